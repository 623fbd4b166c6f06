/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What `outbox` tells: deliveries, one with all about it, the list of what gets
 * nothing.
 */

#include "cli/printer.h"
#include "store/outbox.h"

/* Prints the deliveries of a filter, and how many are in which state.
 * Returns: 0, -1 with err. */
int outbox_print_list(struct printer *printer, struct outbox *outbox,
                      const struct outbox_filter *filter, struct err *err);

/* Prints all about one. Returns: 0, 1 where there is none, -1 with err. */
int outbox_print_one(struct printer *printer, struct outbox *outbox, int64_t id,
                     struct err *err);

/* Says that a delivery has another state. */
void outbox_print_change(struct printer *printer, int64_t id,
                         enum outbox_state state);

/* Says that a pattern is on the list, and how many deliveries ended by it. */
void outbox_print_suppressed(struct printer *printer, const char *pattern,
                             utc_time until, size_t n_ended);

/* Prints the list in force at `now`. Returns: 0, -1 with err. */
int outbox_print_suppressions(struct printer *printer, struct outbox *outbox,
                              utc_time now, struct err *err);
