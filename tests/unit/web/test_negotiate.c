/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "web/negotiate.h"

static void gzip_is_taken_where_offered(void **state)
{
    static const struct {
        const char *field;
        bool takes;
    } rows[] = {
        { NULL, false },          { "", false },
        { "gzip", true },         { "GZip", true },
        { "x-gzip", true },       { "deflate, gzip;q=1.0, *;q=0.5", true },
        { "br, gzip", true },     { "gzip;q=0.001", true },
        { "gzip;q=0", false },    { "gzip ; Q = 0.000", false },
        { "gzip;q=0, *", false }, { "*", true },
        { "*;q=0", false },       { "identity", false },
        { "gzipped", false },     { ",,;;,", false },
        { "gzip;q=", true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (negotiate_takes_gzip(rows[i].field) != rows[i].takes)
            fail_msg("Accept-Encoding %s: expected %d", rows[i].field,
                     rows[i].takes);
}

static void a_tag_is_found_in_the_list(void **state)
{
    static const struct {
        const char *field, *etag;
        bool has;
    } rows[] = {
        { NULL, "\"a\"", false },
        { "", "\"a\"", false },
        { "\"a\"", "\"a\"", true },
        { "W/\"a\"", "\"a\"", true },
        { "\"a\"", "W/\"a\"", true },
        { "\"b\", W/\"a\" ,\"c\"", "W/\"a\"", true },
        { "\"b\"", "\"a\"", false },
        { "a", "\"a\"", false },
        { "\"aa\"", "\"a\"", false },
        { "*", "\"a\"", true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (negotiate_has_tag(rows[i].field, rows[i].etag) != rows[i].has)
            fail_msg("If-None-Match %s for %s: expected %d", rows[i].field,
                     rows[i].etag, rows[i].has);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gzip_is_taken_where_offered),
        cmocka_unit_test(a_tag_is_found_in_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
