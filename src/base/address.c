/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/address.h"

#include <arpa/inet.h>
#include <stdio.h>

/* inet_pton over a slice; writes the canonical text. */
static int to_canonical(struct slice s, char out[static INET6_ADDRSTRLEN])
{
    static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
    unsigned char octets[16];
    char text[INET6_ADDRSTRLEN];

    if (s.len == 0 || s.len >= sizeof(text) || slice_find(s, '\0') < s.len)
        return -1;
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    if (inet_pton(AF_INET, text, octets) == 1)
        return inet_ntop(AF_INET, octets, out, INET6_ADDRSTRLEN) ? 0 : -1;
    if (inet_pton(AF_INET6, text, octets) != 1)
        return -1;
    if (memcmp(octets, mapped, sizeof(mapped)) == 0)
        return inet_ntop(AF_INET, octets + 12, out, INET6_ADDRSTRLEN) ? 0 : -1;
    return inet_ntop(AF_INET6, octets, out, INET6_ADDRSTRLEN) ? 0 : -1;
}

/* Takes off prefix, brackets, port, prefix length and zone. */
static struct slice undecorate(struct slice s)
{
    size_t at;

    if (s.len > 5 && slice_equal_fold(slice_make(s.ptr, 5), SLICE("IPv6:")))
        s = slice_skip(s, 5);
    if (s.len && s.ptr[0] == '[') {
        s = slice_skip(s, 1);
        s.len = slice_find(s, ']');
        if (s.len > 5 && slice_equal_fold(slice_make(s.ptr, 5), SLICE("IPv6:")))
            s = slice_skip(s, 5);
    }
    s.len = slice_find(s, '%');
    s.len = slice_find(s, '/');
    at = slice_find(s, ':');
    /* One colon alone sets off a port; more of them are an IPv6 address. */
    if (at < s.len && slice_find(slice_skip(s, at + 1), ':') == s.len - at - 1)
        s.len = at;
    return s;
}

int address_normalise(struct arena *arena, struct slice text,
                      const char **out_text)
{
    struct slice s = slice_trim(text);
    char canonical[INET6_ADDRSTRLEN];
    int form;

    *out_text = NULL;
    if (s.len == 0)
        return ADDRESS_EMPTY;
    if (to_canonical(s, canonical) == 0)
        form = slice_find(slice_of(canonical), ':') == strlen(canonical) &&
                       slice_find(s, ':') < s.len
                   ? ADDRESS_DECORATED
                   : ADDRESS_PLAIN;
    else if (to_canonical(undecorate(s), canonical) == 0)
        form = ADDRESS_DECORATED;
    else
        form = ADDRESS_NO_ADDRESS;
    *out_text =
        arena_copy(arena, form == ADDRESS_NO_ADDRESS ? s : slice_of(canonical));
    return *out_text ? form : -1;
}

bool address_is_plain(struct slice s)
{
    const char *p = s.ptr, *end = s.ptr + s.len;

    for (int octet = 0;; octet++) {
        const char *digits = p;
        unsigned value = 0;

        while (p < end && (unsigned)(*p - '0') <= 9 && p - digits < 3)
            value = value * 10 + (unsigned)(*p++ - '0');
        if (p == digits || value > 255 || (*digits == '0' && p - digits > 1))
            return false;
        if (octet == 3)
            return p == end;
        if (p == end || *p++ != '.')
            return false;
    }
}
