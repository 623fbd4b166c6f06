/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Merged: several tallies read as one.
 *
 * Several collectors, one reporter: rows of the same key are added up, in the
 * order that each tally has them. Memory: the names of the day's domains of each
 * tally, and the rows of one domain.
 */

#include "store/tally.h"

/*
 * Gives all rows of a day of n tallies as tally_each gives those of one. A domain
 * whose rows are beyond memory is given as one row that says so, and keeps no
 * other from being read.
 * Returns: 0, -1 with err, or what the function returned if not 0.
 */
int tally_merged_each(struct tally *const *tallies, size_t n, utc_day day,
                      tally_function *function, void *context, struct err *err);

/* As tally_merged_each, for one domain. */
int tally_merged_each_of(struct tally *const *tallies, size_t n, utc_day day,
                         struct slice domain, tally_function *function,
                         void *context, struct err *err);

/* Takes the name of a domain, valid until it returns.
 * Returns: 0 to go on, else what tally_merged_domains is to return. */
typedef int tally_domain_function(void *context, struct slice domain,
                                  struct err *err);

/*
 * Gives the domains of a day of n tallies, each once, in the order of their
 * octets.
 * Returns: 0, -1 with err, or what the function returned if not 0.
 */
int tally_merged_domains(struct tally *const *tallies, size_t n, utc_day day,
                         tally_domain_function *function, void *context,
                         struct err *err);
