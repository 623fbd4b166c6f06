/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Forwarded: who stands behind a proxy that is trusted.
 *
 * Each proxy writes whom it talks to at the end of X-Forwarded-For or Forwarded;
 * what stands before was said by that one and proves nothing. So both are read
 * from their end, as far as proxies of the list wrote them.
 */

#include "web/peer.h"

/* What the header fields of one request say; several of a name are joined by
 * ", " in their order. Empty = absent. */
struct forwarded {
    struct slice forwarded;       /* Forwarded */
    struct slice x_forwarded_for; /* X-Forwarded-For */
};

/*
 * Finds the client of a request that came from `peer`, one of n trusted
 * networks. A client can send a field that its proxy does not write, so where
 * both are there and differ, nobody is known.
 * Returns: the client; `peer` where no field is there; unknown where they
 * cannot be read or differ.
 * RFC: 7239 sections 4, 5.2 and 6.
 */
struct peer forwarded_client(const struct forwarded *fields,
                             const struct peer_network *trusted, size_t n,
                             const struct peer *peer);
