/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <stdio.h>
#include <string.h>

#include "report/value.h"

static void scalars_of_another_type_are_taken_as_text(void **state)
{
    static const struct {
        const char *value, *want;
    } rows[] = {
        { "'x'", "x" },       { "12.5", "12.5" }, { "true", "true" },
        { "false", "false" }, { "[1]", NULL },    { "{'a':'b'}", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[128];
        struct reads reads;

        snprintf(text, sizeof(text), "{'report-id':%s,'policies':[]}",
                 rows[i].value);
        reads_init(&reads, text, NULL);
        if (rows[i].want)
            assert_string_equal(reads_report(&reads)->report_id, rows[i].want);
        else
            assert_null(reads_report(&reads)->report_id);
        assert_int_equal(reads_count(&reads, "value-type"), i ? 1 : 0);
        reads_deinit(&reads);
    }
}

static void counts_never_wrap(void **state)
{
    static const struct {
        const char *value;
        int64_t want;
        const char *code;
    } rows[] = {
        { "7", 7, NULL },
        { "1e3", 1000, "count-fraction" },
        { "1.9", 1, "count-fraction" },
        { "-1", 0, "count-negative" },
        { "9223372036854775807", INT64_MAX, "count-implausible" },
        { "9223372036854775808", INT64_MAX, "count-too-large" },
        { "1e400", INT64_MAX, "count-too-large" },
        { "'8'", 8, "count-text" },
        { "'x'", 0, "count-unreadable" },
        { "true", 0, "count-unreadable" },
        { "[3]", 0, "count-unreadable" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[256];
        struct reads reads;

        snprintf(text, sizeof(text),
                 "{'summary':{'total-successful-session-count':%s}}",
                 rows[i].value);
        reads_init_policies(&reads, text, NULL);
        if (reads_report(&reads)->policies[0].success_sessions != rows[i].want)
            fail_msg("%s gave another count", rows[i].value);
        if (rows[i].code)
            reads_expect(&reads, rows[i].code,
                         "/policies/0/summary/total-successful-session-count");
        reads_deinit(&reads);
    }
}

static void addresses_are_told_from_what_looks_like_them(void **state)
{
    static const char *const others[] = { "1.2.3.256", "1.2.3",  "01.2.3.4",
                                          "1.2.3.4.5", "1.2.3.", "1.2.3.4x" };

    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        char text[256];
        struct reads reads;

        snprintf(text, sizeof(text),
                 "{'failure-details':[{'sending-mta-ip':'%s'}]}", others[i]);
        reads_init_policies(&reads, text, NULL);
        reads_expect(&reads, "address-bad",
                     "/policies/0/failure-details/0/sending-mta-ip");
        reads_deinit(&reads);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_of_another_type_are_taken_as_text),
        cmocka_unit_test(counts_never_wrap),
        cmocka_unit_test(addresses_are_told_from_what_looks_like_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
