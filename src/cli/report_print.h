/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What `report` tells of each domain: what goes out, to whom, and why not.
 */

#include "cli/report_outlook.h"
#include "outgoing/night.h"

/* Prints one item; context is a struct report_outlook, with its printer. An
 * outgoing_item_function. */
int report_print_item(void *context, const struct outgoing_item *item,
                      struct err *err);

/* Prints the totals. is_dry: nothing was made. */
void report_print_total(const struct report_outlook *outlook, utc_day day,
                        bool is_dry, const struct outgoing_counts *counts);
