/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/public_address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Networks of IPv4 that are not globally reachable, RFC 6890 and its registry. */
static const struct {
    uint32_t network;
    unsigned bits;
} special4[] = {
    { 0x00000000, 8 },  /* 0.0.0.0: this network */
    { 0x0a000000, 8 },  /* 10.0.0.0: private */
    { 0x64400000, 10 }, /* 100.64.0.0: shared by carriers */
    { 0x7f000000, 8 },  /* 127.0.0.0: loopback */
    { 0xa9fe0000, 16 }, /* 169.254.0.0: link-local */
    { 0xac100000, 12 }, /* 172.16.0.0: private */
    { 0xc0000000, 24 }, /* 192.0.0.0: protocols */
    { 0xc0000200, 24 }, /* 192.0.2.0: documentation */
    { 0xc0586300, 24 }, /* 192.88.99.0: 6to4 relays, withdrawn */
    { 0xc0a80000, 16 }, /* 192.168.0.0: private */
    { 0xc6120000, 15 }, /* 198.18.0.0: benchmarks */
    { 0xc6336400, 24 }, /* 198.51.100.0: documentation */
    { 0xcb007100, 24 }, /* 203.0.113.0: documentation */
    { 0xe0000000, 3 },  /* 224.0.0.0 on: multicast, reserved, broadcast */
};

/* Networks of IPv6 within 2000::/3 that are not. */
static const struct {
    unsigned char network[4];
    unsigned bits;
} special6[] = {
    { { 0x20, 0x01, 0x00, 0x00 }, 23 }, /* protocols; Teredo among them */
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
    { { 0x3f, 0xff, 0x00, 0x00 }, 20 }, /* documentation */
};

static bool is_public4(uint32_t address)
{
    for (size_t i = 0; i < sizeof(special4) / sizeof(*special4); i++) {
        if ((address ^ special4[i].network) >> (32 - special4[i].bits) == 0)
            return false;
    }
    return true;
}

static uint32_t word_at(const unsigned char *octets)
{
    return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 |
           (uint32_t)octets[2] << 8 | octets[3];
}

static bool is_public6(const unsigned char *octets)
{
    static const unsigned char nat64[12] = { 0x00, 0x64, 0xff, 0x9b };
    static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
    uint32_t first = word_at(octets);

    /* An IPv4 address inside counts: RFC 6052, RFC 4291 and 6to4, RFC 3056. */
    if (memcmp(octets, nat64, 12) == 0 || memcmp(octets, mapped, 12) == 0)
        return is_public4(word_at(octets + 12));
    if (first >> 16 == 0x2002)
        return is_public4(word_at(octets + 2));
    if (first >> 29 != 1) /* 2000::/3 is all that is unicast and global */
        return false;
    for (size_t i = 0; i < sizeof(special6) / sizeof(*special6); i++) {
        if ((first ^ word_at(special6[i].network)) >> (32 - special6[i].bits) ==
            0)
            return false;
    }
    return true;
}

bool public_address_is(const struct sockaddr *address)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;

    if (address->sa_family == AF_INET) {
        memcpy(&in, address, sizeof(in));
        return is_public4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family != AF_INET6)
        return false;
    memcpy(&in6, address, sizeof(in6));
    return is_public6(in6.sin6_addr.s6_addr);
}

static bool is_same(const struct sockaddr *a, const struct sockaddr *b)
{
    if (a->sa_family != b->sa_family)
        return false;
    if (a->sa_family == AF_INET)
        return memcmp((const char *)a + offsetof(struct sockaddr_in, sin_addr),
                      (const char *)b + offsetof(struct sockaddr_in, sin_addr),
                      sizeof(struct in_addr)) == 0;
    if (a->sa_family == AF_INET6)
        return memcmp(
                   (const char *)a + offsetof(struct sockaddr_in6, sin6_addr),
                   (const char *)b + offsetof(struct sockaddr_in6, sin6_addr),
                   sizeof(struct in6_addr)) == 0;
    return false;
}

bool public_address_is_own(const struct sockaddr *address)
{
    struct ifaddrs *list = NULL;
    bool is_own = false;

    if (getifaddrs(&list))
        return false;
    for (const struct ifaddrs *i = list; i && !is_own; i = i->ifa_next)
        is_own = i->ifa_addr && is_same(i->ifa_addr, address);
    freeifaddrs(list);
    return is_own;
}
