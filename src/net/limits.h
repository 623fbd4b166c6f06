/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/* Limits of the room `net`, each with its reason. */

enum {
    /* Connections that wait to be taken: with few a relay's Unix sockets are
       told to try again, and its TCP ones wait a second each. */
    NET_BACKLOG = 1024,
    /* Read at a time: what a relay sends ahead of an answer. */
    NET_READ_BYTES = 64 * 1024,
    /* A line of a reply, or of a command with an address. */
    NET_REPLY_BYTES = 1024
};
