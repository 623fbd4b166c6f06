/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "event/seen_address.h"

#include <arpa/inet.h>
#include <stdbool.h>

#include "base/address.h"
#include "event/event.h"

int seen_address_clean(struct arena *arena, const char *text, const char **out)
{
    struct slice s = slice_of(text);
    int form;

    if (address_is_plain(s)) {
        *out = text;
        return 0;
    }
    form = address_normalise(arena, s, out);
    if (form == ADDRESS_NO_ADDRESS)
        *out = NULL;
    return form < 0 ? -1 : 0;
}

/*
 * Networks that no other network sees. Those for documentation are not among
 * them: nothing is sent from there but in examples, which are to come out as
 * they are.
 */
static bool is_local4(const unsigned char *a)
{
    return a[0] == 0 || a[0] == 10 || a[0] == 127 || a[0] >= 224 ||
           (a[0] == 100 && (a[1] & 0xc0) == 64) || /* shared by carriers */
           (a[0] == 169 && a[1] == 254) || (a[0] == 172 && a[1] >> 4 == 1) ||
           (a[0] == 192 && a[1] == 168);
}

static bool is_local6(const unsigned char *a)
{
    static const unsigned char zeros[15];

    return (a[0] & 0xfe) == 0xfc ||                   /* unique local */
           (a[0] == 0xfe && (a[1] & 0x80) == 0x80) || /* link, site */
           a[0] == 0xff ||                            /* multicast */
           (memcmp(a, zeros, 15) == 0 && a[15] <= 1);
}

static bool is_local(const char *address)
{
    unsigned char octets[16];

    if (inet_pton(AF_INET, address, octets) == 1)
        return is_local4(octets);
    return inet_pton(AF_INET6, address, octets) == 1 && is_local6(octets);
}

static bool is_ipv6(const char *address)
{
    return strchr(address, ':') != NULL;
}

/* The first that fits. What is a public address already stays, so that cleaning
 * twice maps once. */
static const char *find_mapped(const char *address, bool is_inside,
                               const struct event_cleaning *options)
{
    for (size_t i = 0; i < options->n_addresses; i++) {
        if (strcmp(options->addresses[i].public_address, address) == 0)
            return address;
    }
    for (size_t i = 0; i < options->n_addresses; i++) {
        const struct event_address *row = &options->addresses[i];

        if (row->local
                ? strcmp(row->local, address) == 0
                : is_inside && is_ipv6(row->public_address) == is_ipv6(address))
            return row->public_address;
    }
    return NULL;
}

const char *seen_address_from(const char *address,
                              const struct event_cleaning *options)
{
    bool is_inside = is_local(address);
    const char *mapped =
        options ? find_mapped(address, is_inside, options) : NULL;

    if (mapped)
        return mapped;
    return is_inside ? NULL : address;
}
