/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Routes: which path is answered by what.
 *
 * A table of patterns; '*' stands for one segment and is handed to the handler.
 * The dozen rows are looked through in order.
 */

#include <stddef.h>

#include "web/api.h"
#include "web/target.h"

struct route {
    const char *pattern;    /* segments; at most one of them is '*' */
    unsigned parameters;    /* enum request_parameter: what it knows */
    api_function *function; /* NULL for a page of the dashboard */
};

/*
 * Finds the first row that matches a path, with or without a '/' at its end.
 * *out_capture gets the segment under '*', NULL where the pattern has none.
 * Returns: the row, or NULL.
 */
const struct route *route_find(const struct route *table, size_t n,
                               const struct target *target,
                               const char **out_capture);
