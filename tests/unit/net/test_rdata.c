/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/rdata.h"
#include "row.h"

static const struct {
    const char *name;
    struct slice rdata, text; /* text.ptr NULL: no TXT record */
} rows[] = {
    { "one string", { "\3abc", 4 }, { "abc", 3 } },
    { "two", { "\3abc\2de", 7 }, { "abcde", 5 } },
    { "an empty one between", { "\1a\0\1b", 5 }, { "ab", 2 } },
    { "an empty one", { "\0", 1 }, { "", 0 } },
    { "octets of any kind", { "\3\0\xff;", 4 }, { "\0\xff;", 3 } },
    { "nothing", { "", 0 }, { NULL, 0 } },
    { "cut", { "\3ab", 3 }, { NULL, 0 } },
    { "the second is cut", { "\1a\1", 3 }, { NULL, 0 } },
};

static void strings_are_joined(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        char out[16];
        size_t len = 0;
        int status = rdata_join_text(rows[i].rdata, out, &len);

        ROW_NUMBER(rows[i].name, status, rows[i].text.ptr ? 0 : -1);
        if (status == 0)
            ROW_OCTETS(rows[i].name, slice_make(out, len), rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_joined),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
