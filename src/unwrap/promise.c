/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "unwrap/promise.h"

#include <stddef.h>

#include "base/slice.h"

static unsigned promise_of_name(struct slice name)
{
    static const struct {
        struct slice end;
        unsigned promise;
    } rows[] = {
        { { ".json", 5 }, PROMISE_JSON },
        { { ".gz", 3 }, PROMISE_GZIP },
        { { ".gzip", 5 }, PROMISE_GZIP },
        { { ".zip", 4 }, PROMISE_ZIP },
        { { ".xml", 4 }, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (slice_ends_fold(name, rows[i].end))
            return PROMISE_REPORT | rows[i].promise;
    }
    return 0;
}

static unsigned promise_of_type(struct slice type)
{
    /* Gateways name any text application/json: that promises a report, but is
     * no word about how it is packed. */
    static const struct {
        struct slice type;
        unsigned promise;
    } rows[] = {
        { { "application/tlsrpt+gzip", 23 }, PROMISE_GZIP },
        { { "application/tlsrpt+json", 23 }, PROMISE_JSON },
        { { "application/tlsrpt+zip", 22 }, PROMISE_ZIP },
        { { "application/gzip", 16 }, PROMISE_GZIP },
        { { "application/x-gzip", 18 }, PROMISE_GZIP },
        { { "application/zip", 15 }, PROMISE_ZIP },
        { { "application/x-zip", 17 }, PROMISE_ZIP },
        { { "application/x-zip-compressed", 28 }, PROMISE_ZIP },
        { { "application/json", 16 }, 0 },
        { { "text/json", 9 }, 0 },
        { { "application/xml", 15 }, 0 },
        { { "text/xml", 8 }, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (slice_equal(type, rows[i].type))
            return PROMISE_REPORT | rows[i].promise;
    }
    return slice_starts(type, SLICE("application/tlsrpt")) ? PROMISE_REPORT : 0;
}

unsigned promise_read(const char *name, const char *media_type)
{
    return promise_of_name(slice_of(name)) |
           promise_of_type(slice_of(media_type));
}
