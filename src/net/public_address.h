/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Which addresses a stranger may send us to.
 *
 * Records in DNS, written by anybody, name the places that reports go to. A
 * program that connects wherever they say asks inside a network what nobody
 * outside may ask. So an address counts only if it is one of the public Internet:
 * what the special-purpose registries of IANA set apart is not. RFC: 6890.
 */

#include <stdbool.h>

struct sockaddr;

/*
 * Tells whether an address is public: unicast, globally reachable, and for IPv6
 * not one that leads to an IPv4 address that is not. Of families other than IPv4
 * and IPv6 none is.
 */
bool public_address_is(const struct sockaddr *address);

/* Tells whether it is an address of this machine. When that cannot be found out,
 * no. */
bool public_address_is_own(const struct sockaddr *address);
