/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Peer: the address of who sends a request, and networks of such addresses.
 *
 * Both kinds of addresses are one: IPv4 stands in its IPv4-mapped form, so that
 * who comes by a socket of both kinds is the same peer.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/slice.h"

enum {
    PEER_BYTES = 16,
    PEER_TEXT_BYTES = 48 /* the longest address as text */
};

/* An address; all zero for one that nobody knows. */
struct peer {
    unsigned char octets[PEER_BYTES];
};

/* A network, "192.0.2.0/24"; a lone address is a network, too. */
struct peer_network {
    struct peer first;
    unsigned bits; /* 0 to 128, those of the mapped form */
};

/* The peer of a socket address; this machine for a Unix socket. */
struct peer peer_of(const struct sockaddr *address);

/*
 * Reads "192.0.2.1", "192.0.2.1:4711", "2001:db8::1" or "[2001:db8::1]:4711".
 * Returns: 0, -1 where it is none of these.
 */
int peer_parse(struct slice text, struct peer *out_peer);

/* Writes the address. Returns: out. */
const char *peer_format(const struct peer *peer,
                        char out[static PEER_TEXT_BYTES]);

/* Tells whether nobody knows the address. */
bool peer_is_unknown(const struct peer *peer);

/* Tells whether it is this machine. */
bool peer_is_loopback(const struct peer *peer);

/*
 * Whom limits by address are counted for: an IPv4 address, or the /64 that one
 * customer has at least.
 */
struct peer peer_group(const struct peer *peer);

/*
 * Reads "192.0.2.0/24", "2001:db8::/32" or an address alone.
 * Returns: 0, -1 with err (ERR_USAGE: no such form, or bits behind the network).
 */
int peer_network_parse(const char *text, struct peer_network *out_network,
                       struct err *err);

/* Tells whether an address is of one of n networks. */
bool peer_network_holds(const struct peer_network *networks, size_t n,
                        const struct peer *peer);
