/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Rows: assertions for tests that are tables.
 *
 * Each row has a name; a failure prints row, expected and got, and marks the
 * line of the test. Include <cmocka.h> with what it needs before.
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/slice.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* Octets that are not plain ASCII show as \xNN, so that TAP stays readable. */
static inline void row_quote(char *out, size_t out_bytes, struct slice s)
{
    size_t used = 0;

    for (size_t i = 0; i < s.len && used + 8 < out_bytes; i++) {
        unsigned char c = (unsigned char)s.ptr[i];

        used += (size_t)snprintf(out + used, out_bytes - used,
                                 c < 0x20 || c >= 0x7f ? "\\x%02x" : "%c", c);
    }
    out[used] = '\0';
}

static inline void row_check_octets(const char *row, struct slice got,
                                    struct slice expected, const char *file,
                                    int line)
{
    char a[400], b[400];

    if (slice_equal(got, expected) && !got.ptr == !expected.ptr)
        return;
    row_quote(a, sizeof(a), expected);
    row_quote(b, sizeof(b), got);
    print_error("row \"%s\": expected %s\"%s\" (%zu), got %s\"%s\" (%zu)\n",
                row, expected.ptr ? "" : "NULL ", a, expected.len,
                got.ptr ? "" : "NULL ", b, got.len);
    _fail(file, line);
}

static inline void row_check_number(const char *row, int64_t got,
                                    int64_t expected, const char *file,
                                    int line)
{
    if (got == expected)
        return;
    print_error("row \"%s\": expected %" PRId64 ", got %" PRId64 "\n", row,
                expected, got);
    _fail(file, line);
}

/* Octets of two slices are the same, and both or none are NULL. */
#define ROW_OCTETS(row, got, expected)                                         \
    row_check_octets((row), (got), (expected), __FILE__, __LINE__)

/* Two texts are the same; NULL equals NULL alone. */
#define ROW_TEXT(row, got, expected)                                           \
    row_check_octets((row), slice_of(got), slice_of(expected), __FILE__,       \
                     __LINE__)

#define ROW_NUMBER(row, got, expected)                                         \
    row_check_number((row), (int64_t)(got), (int64_t)(expected), __FILE__,     \
                     __LINE__)
