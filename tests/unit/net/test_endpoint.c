/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "net/endpoint.h"

static void addresses_are_read_and_written(void **state)
{
    static const struct {
        const char *text;
        const char *written; /* NULL: refused */
    } rows[] = {
        { "127.0.0.1:24", "127.0.0.1:24" },
        { "0.0.0.0:0", "0.0.0.0:0" },
        { "[::1]:8024", "[::1]:8024" },
        { "[::1]:0", "[::1]:0" },
        { "[2001:DB8::1]:65535", "[2001:db8::1]:65535" },
        { "unix:/run/tlsrpt/lmtp", "unix:/run/tlsrpt/lmtp" },
        { "127.0.0.1", NULL },
        { "127.0.0.1:", NULL },
        { "127.0.0.1:65536", NULL },
        { "127.0.0.1:x", NULL },
        { "127.0.0.1:-1", NULL },
        { "::1:24", NULL },
        { "[::1]", NULL },
        { "localhost:24", NULL },
        { "unix:", NULL },
        { "", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char text[ENDPOINT_TEXT_BYTES];
        struct endpoint endpoint;
        struct err err;
        int status = endpoint_parse(rows[i].text, &endpoint, &err);

        if (!rows[i].written) {
            if (status == 0)
                fail_msg("%s is taken", rows[i].text);
            assert_int_equal(err.kind, ERR_USAGE);
            continue;
        }
        if (status)
            fail_msg("%s: %s", rows[i].text, err.text);
        assert_string_equal(endpoint_format(&endpoint, text), rows[i].written);
    }
}

static void a_long_path_is_refused(void **state)
{
    char text[200] = "unix:/";
    struct endpoint endpoint;
    struct err err;

    (void)state;
    for (size_t i = 6; i < 180; i++)
        text[i] = 'x';
    assert_int_equal(endpoint_parse(text, &endpoint, &err), -1);
    text[5 + 107] = '\0';
    assert_int_equal(endpoint_parse(text, &endpoint, &err), 0);
    assert_string_equal(endpoint_path(&endpoint), text + 5);
}

static void nobody_there_is_an_error(void **state)
{
    struct endpoint endpoint;
    struct err err;

    (void)state;
    assert_int_equal(endpoint_parse("unix:/nowhere/at/all", &endpoint, &err),
                     0);
    assert_int_equal(endpoint_connect(&endpoint, 1, &err), -1);
    assert_int_equal(err.kind, ERR_SYSTEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_and_written),
        cmocka_unit_test(a_long_path_is_refused),
        cmocka_unit_test(nobody_there_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
