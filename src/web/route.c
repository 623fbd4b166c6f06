/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/route.h"

#include <stdbool.h>

#include "base/slice.h"

static bool matches(const char *pattern, const struct target *target,
                    const char **out_capture)
{
    struct slice rest = slice_skip(slice_of(pattern), 1);
    const char *capture = NULL;
    size_t n = 0;
    while (rest.len > 0) {
        struct slice part = slice_cut(&rest, '/');
        if (n == target->n_segments)
            return false;
        const char *segment = target->segments[n++];
        if (slice_equal(part, SLICE("*")))
            capture = segment;
        else if (!slice_equal(part, slice_of(segment)))
            return false;
    }
    if (n != target->n_segments)
        return false;
    *out_capture = capture;
    return true;
}

const struct route *route_find(const struct route *table, size_t n,
                               const struct target *target,
                               const char **out_capture)
{
    for (size_t i = 0; i < n; i++)
        if (matches(table[i].pattern, target, out_capture))
            return &table[i];
    return NULL;
}
