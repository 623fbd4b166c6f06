/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

enum { MAPPED_BYTES = 12 };

/* RFC 4291 section 2.5.5.2. */
static const unsigned char mapped[MAPPED_BYTES] = { [10] = 0xff, [11] = 0xff };

static const struct peer loopback = { { [PEER_BYTES - 1] = 1 } };

static bool is_mapped(const struct peer *peer)
{
    return memcmp(peer->octets, mapped, MAPPED_BYTES) == 0;
}

static struct peer map(const struct in_addr *address)
{
    struct peer peer;

    memcpy(peer.octets, mapped, MAPPED_BYTES);
    memcpy(peer.octets + MAPPED_BYTES, address, sizeof(*address));
    return peer;
}

struct peer peer_of(const struct sockaddr *address)
{
    struct peer peer = loopback;

    if (address && address->sa_family == AF_INET)
        return map(
            &((const struct sockaddr_in *)(const void *)address)->sin_addr);
    if (address && address->sa_family == AF_INET6)
        memcpy(peer.octets,
               &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
               sizeof(peer.octets));
    return peer;
}

static bool is_port(struct slice text)
{
    if (text.len < 2 || text.len > 6 || text.ptr[0] != ':')
        return false;
    for (size_t i = 1; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return true;
}

/* Takes brackets and port off. Returns: false where they are odd. */
static bool strip(struct slice *text)
{
    size_t colon = slice_find(*text, ':');
    struct slice rest;

    if (text->len && text->ptr[0] == '[') {
        size_t end = slice_find(*text, ']');

        if (end == text->len)
            return false;
        rest = slice_skip(*text, end + 1);
        *text = slice_make(text->ptr + 1, end - 1);
        return rest.len == 0 || is_port(rest);
    }
    /* One colon alone stands before a port: IPv6 has two at least. */
    rest = slice_skip(*text, colon);
    if (rest.len == 0 || slice_find(slice_skip(rest, 1), ':') < rest.len - 1)
        return true;
    text->len = colon;
    return is_port(rest);
}

int peer_parse(struct slice text, struct peer *out_peer)
{
    char copy[PEER_TEXT_BYTES];
    struct in_addr ipv4;
    struct in6_addr ipv6;

    if (!strip(&text) || text.len == 0 || text.len >= sizeof(copy) ||
        memchr(text.ptr, '\0', text.len))
        return -1;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    if (inet_pton(AF_INET, copy, &ipv4) == 1) {
        *out_peer = map(&ipv4);
        return 0;
    }
    if (inet_pton(AF_INET6, copy, &ipv6) != 1)
        return -1;
    memcpy(out_peer->octets, &ipv6, sizeof(out_peer->octets));
    return 0;
}

const char *peer_format(const struct peer *peer,
                        char out[static PEER_TEXT_BYTES])
{
    const bool is_ipv4 = is_mapped(peer);

    inet_ntop(is_ipv4 ? AF_INET : AF_INET6,
              peer->octets + (is_ipv4 ? MAPPED_BYTES : 0), out,
              PEER_TEXT_BYTES);
    return out;
}

bool peer_is_unknown(const struct peer *peer)
{
    static const struct peer unknown;

    return memcmp(peer, &unknown, sizeof(unknown)) == 0;
}

bool peer_is_loopback(const struct peer *peer)
{
    return memcmp(peer, &loopback, sizeof(loopback)) == 0 ||
           (is_mapped(peer) && peer->octets[MAPPED_BYTES] == IN_LOOPBACKNET);
}

struct peer peer_group(const struct peer *peer)
{
    struct peer group = *peer;

    if (!is_mapped(peer))
        memset(group.octets + PEER_BYTES / 2, 0, PEER_BYTES / 2);
    return group;
}

/* Reads the number behind the slash. Returns: -1 where it is none. */
static int parse_bits(struct slice text)
{
    int bits = 0;

    if (text.len == 0 || text.len > 3)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return -1;
        bits = bits * 10 + (text.ptr[i] - '0');
    }
    return bits;
}

static bool is_set(const struct peer *peer, unsigned bit)
{
    return peer->octets[bit / 8] & 0x80u >> bit % 8;
}

int peer_network_parse(const char *text, struct peer_network *out_network,
                       struct err *err)
{
    struct peer_network network = { .bits = 8 * PEER_BYTES };
    struct slice rest = slice_of(text);
    struct slice address = slice_cut(&rest, '/');
    bool has_bits = address.len < strlen(text);
    int bits = has_bits ? parse_bits(rest) : 0;
    unsigned before;

    if (peer_parse(address, &network.first) || bits < 0)
        return err_set(err, ERR_USAGE,
                       "\"%.60s\" is no network; write it as 192.0.2.0/24, "
                       "2001:db8::/32 or 192.0.2.1",
                       text);
    before =
        is_mapped(&network.first) && slice_find(address, ':') == address.len
            ? 8 * MAPPED_BYTES
            : 0;
    if (has_bits)
        network.bits = before + (unsigned)bits;
    if (network.bits > 8 * PEER_BYTES)
        return err_set(err, ERR_USAGE, "\"%.60s\" has too many bits", text);
    for (unsigned bit = network.bits; bit < 8 * PEER_BYTES; bit++)
        if (is_set(&network.first, bit))
            return err_set(err, ERR_USAGE,
                           "\"%.60s\" has bits set behind its first %d", text,
                           bits);
    *out_network = network;
    return 0;
}

static bool holds(const struct peer_network *network, const struct peer *peer)
{
    const size_t whole = network->bits / 8;

    if (memcmp(network->first.octets, peer->octets, whole) != 0)
        return false;
    for (unsigned bit = (unsigned)whole * 8; bit < network->bits; bit++)
        if (is_set(&network->first, bit) != is_set(peer, bit))
            return false;
    return true;
}

bool peer_network_holds(const struct peer_network *networks, size_t n,
                        const struct peer *peer)
{
    for (size_t i = 0; i < n; i++)
        if (holds(&networks[i], peer))
            return true;
    return false;
}
