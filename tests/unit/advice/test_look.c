/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "advice/advice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void expect_look(const char *type, const struct advice_failure *failure,
                        const char *expected)
{
    struct buffer buffer;

    buffer_init(&buffer, 4096);
    advice_add_look(&buffer, advice_find(type, NULL), failure);
    assert_string_equal(buffer_text(&buffer), expected);
    buffer_deinit(&buffer);
}

static void placeholders_are_filled_in(void **state)
{
    struct advice_failure failure = { .mx = "mx1.example.com",
                                      .domain = "example.com" };

    (void)state;
    expect_look("starttls-not-supported", &failure,
                "openssl s_client -starttls smtp -connect mx1.example.com:25 "
                "-servername mx1.example.com </dev/null");
    expect_look("sts-policy-fetch-error", &failure,
                "curl -i https://mta-sts.example.com/.well-known/mta-sts.txt");
    expect_look("dnssec-invalid", &failure,
                "delv _25._tcp.mx1.example.com tlsa; delv example.com mx");
}

static void what_is_not_safe_stays_a_placeholder(void **state)
{
    static const char *const unsafe[] = {
        "",
        "mx.example.com; rm -rf /",
        "$(reboot)",
        "`id`",
        "mx;id",
        "-showcerts",
        "mx.example.com\n",
        "m\xc3\xbc.example",
        "a'b",
        ".example.com",
        "2001:db8::1",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++) {
        struct advice_failure failure = { .mx = unsafe[i],
                                          .domain = unsafe[i] };

        expect_look("dnssec-invalid", &failure,
                    "delv _25._tcp.MX tlsa; delv DOMAIN mx");
    }
    expect_look("dnssec-invalid", &(struct advice_failure){ .mx = NULL },
                "delv _25._tcp.MX tlsa; delv DOMAIN mx");
}

/* A value that holds the name of the other placeholder is not filled again. */
static void a_value_is_not_read_as_a_placeholder(void **state)
{
    struct advice_failure failure = { .mx = "DOMAIN", .domain = "MX" };

    (void)state;
    expect_look("dnssec-invalid", &failure,
                "delv _25._tcp.DOMAIN tlsa; delv MX mx");
}

/* With its placeholders filled, no command of the table holds an upper-case
 * MX or DOMAIN: each stands where a word begins and ends. */
static void every_placeholder_of_the_table_is_found(void **state)
{
    struct advice_failure failure = { .mx = "mx.example.com",
                                      .domain = "example.com" };
    size_t n;
    const struct advice *rows = advice_table(&n);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        struct buffer buffer;

        buffer_init(&buffer, 4096);
        advice_add_look(&buffer, &rows[i], &failure);
        if (strstr(buffer_text(&buffer), "MX") ||
            strstr(buffer_text(&buffer), "DOMAIN"))
            fail_msg("%s: %s", rows[i].code, buffer_text(&buffer));
        buffer_deinit(&buffer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(placeholders_are_filled_in),
        cmocka_unit_test(what_is_not_safe_stays_a_placeholder),
        cmocka_unit_test(a_value_is_not_read_as_a_placeholder),
        cmocka_unit_test(every_placeholder_of_the_table_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
