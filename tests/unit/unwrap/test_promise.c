/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unwrap/promise.h"

static const struct {
    const char *name, *media_type;
    unsigned want;
} rows[] = {
    { NULL, NULL, 0 },
    { "", "", 0 },
    { "r.txt", "text/plain", 0 },
    { "r.JSON", NULL, PROMISE_REPORT | PROMISE_JSON },
    { "r.json.gz", NULL, PROMISE_REPORT | PROMISE_GZIP },
    { "r.json.gzip", NULL, PROMISE_REPORT | PROMISE_GZIP },
    { "r.zip", NULL, PROMISE_REPORT | PROMISE_ZIP },
    { NULL, "application/gzip", PROMISE_REPORT | PROMISE_GZIP },
    { NULL, "application/x-gzip", PROMISE_REPORT | PROMISE_GZIP },
    { NULL, "application/tlsrpt+gzip", PROMISE_REPORT | PROMISE_GZIP },
    { NULL, "application/tlsrpt+zip", PROMISE_REPORT | PROMISE_ZIP },
    { NULL, "application/x-zip-compressed", PROMISE_REPORT | PROMISE_ZIP },
    { NULL, "application/tlsrpt", PROMISE_REPORT },
    { NULL, "application/json", PROMISE_REPORT },
    { "r.xml", NULL, PROMISE_REPORT },
    { NULL, "application/xml", PROMISE_REPORT },
    { NULL, "text/xml", PROMISE_REPORT },
    { NULL, "application/xhtml+xml", 0 },
    { NULL, "application/bzip", 0 },
    { "a.json", "application/tlsrpt+gzip",
      PROMISE_REPORT | PROMISE_JSON | PROMISE_GZIP },
};

static void names_and_types_promise(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned got = promise_read(rows[i].name, rows[i].media_type);

        if (got != rows[i].want)
            fail_msg("row %zu: got %#x, want %#x", i, got, rows[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_types_promise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
