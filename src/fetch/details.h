/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Details: the sums that a fetcher gives of domains, read.
 */

#include <stddef.h>

#include "base/err.h"
#include "fetch/day.h"

/*
 * Reads the objects of domains and adds their sums to a day. What is odd in them is
 * noted there and passed over; an object that cannot be read ends the text, and is
 * noted, too: the domains behind it have no sums.
 * text: writable, changed while reading.
 * domains: those that were asked for, in this order; others are not taken.
 * out_n: how many of them were answered, from the first on.
 * Returns: 0; -1 with err (ERR_LIMIT: the day is too large; ERR_MEMORY).
 */
int details_read(char *text, size_t len, const char *const *domains,
                 size_t n_domains, struct day *day, size_t *out_n,
                 struct err *err);
