/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char one[] =
    "{'organization-name':'S','date-range':{"
    "'start-datetime':'2026-10-01T00:00:00Z',"
    "'end-datetime':'2026-10-01T23:59:59Z'},'contact-info':'a@s.example',"
    "'report-id':'r1','policies':[{'policy':{'policy-type':'sts',"
    "'policy-string':['version: STSv1'],'policy-domain':'example.com',"
    "'mx-host':['mx.example.com']},'summary':{"
    "'total-successful-session-count':5,'total-failure-session-count':0}}]}";

static void refuses_what_is_no_report(void **state)
{
    static const struct {
        const char *name, *text, *reason;
    } rows[] = {
        { "nothing", "", "no TLS report" },
        { "blanks", " \n\t", "no TLS report" },
        { "an empty object", "{}", "no policies" },
        { "an empty array", "[]", "no TLS report" },
        { "a number", "5", "no TLS report" },
        { "a string", "'x'", "no TLS report" },
        { "text", "hello", "octet 0" },
        { "NaN", "{'policies':NaN}", "octet 12" },
        { "a trailing comma", "{'policies':[],}", "octet 15" },
        { "a missing colon", "{'policies' []}", "octet 12" },
        { "another JSON", "{'policy':{},'name':1}", "no policies" },
        { "cut off", "{'policies':[", "octet 13" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reads reads;

        reads_init(&reads, rows[i].text, NULL);
        if (reads.rc != -1 || !strstr(reads.err.text, rows[i].reason))
            fail_msg("%s: rc %d, %s", rows[i].name, reads.rc, reads.err.text);
        reads_deinit(&reads);
    }
}

static void refuses_a_report_cut_at_any_octet(void **state)
{
    (void)state;
    for (size_t len = 0; len + 1 < sizeof(one); len++) {
        char text[sizeof(one)];
        struct reads reads;

        memcpy(text, one, len);
        text[len] = '\0';
        reads_init(&reads, text, NULL);
        if (reads.rc != -1)
            fail_msg("read when cut at %zu", len);
        reads_deinit(&reads);
    }
}

static void keeps_a_report_before_other_text(void **state)
{
    static const char *const tails[] = { " x", "}", "{", "{}", "[", "5", "," };

    (void)state;
    for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
        char text[sizeof(one) + 8];
        struct reads reads;

        snprintf(text, sizeof(text), "%s%s", one, tails[i]);
        reads_init(&reads, text, NULL);
        assert_int_equal(reads_report(&reads)->n_policies, 1);
        if (reads_count(&reads, "text-after") != 1)
            fail_msg("tail '%s' was not noted", tails[i]);
        reads_deinit(&reads);
    }
}

static void blanks_behind_are_no_finding(void **state)
{
    char text[sizeof(one) + 8];
    struct reads reads;

    (void)state;
    snprintf(text, sizeof(text), "%s \r\n", one);
    reads_init(&reads, text, NULL);
    assert_int_equal(reads_report(&reads)->findings.n_items, 0);
    reads_deinit(&reads);
}

static void reads_arrays_and_lines_of_reports(void **state)
{
    char text[3 * sizeof(one) + 16];
    struct reads reads;

    (void)state;
    snprintf(text, sizeof(text), "[%s,7,%s]", one, one);
    reads_init(&reads, text, NULL);
    assert_int_equal(reads.list.n_reports, 2);
    reads_deinit(&reads);
    snprintf(text, sizeof(text), "%s\n%s\n%s", one, one, one);
    reads_init(&reads, text, NULL);
    assert_int_equal(reads.list.n_reports, 3);
    assert_int_equal(reads_count(&reads, "reports-several"), 1);
    reads_deinit(&reads);
}

static void deep_nesting_is_a_limit(void **state)
{
    enum { DEEP = 100000 };
    char *text = malloc(DEEP + 1);
    struct reads reads;

    (void)state;
    memset(text, '[', DEEP);
    text[DEEP] = '\0';
    reads_init(&reads, text, NULL);
    assert_int_equal(reads.rc, -1);
    assert_int_equal(reads.err.kind, ERR_LIMIT);
    assert_non_null(strstr(reads.err.text, "512 levels"));
    reads_deinit(&reads);
    free(text);
}

static void memory_is_bounded_by_the_arena(void **state)
{
    struct arena arena;
    struct report_list list;
    struct err err;
    char text[sizeof(one)];

    (void)state;
    for (char *p = memcpy(text, one, sizeof(one)); *p; p++)
        *p = *p == '\'' ? '"' : *p;
    arena_init(&arena, 64);
    assert_int_equal(
        report_read(&arena, text, sizeof(one) - 1, NULL, &list, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    arena_deinit(&arena);
}

static void drops_a_byte_order_mark(void **state)
{
    char text[sizeof(one) + 8];
    struct reads reads;

    (void)state;
    snprintf(text, sizeof(text), "\xef\xbb\xbf%s", one);
    reads_init(&reads, text, NULL);
    assert_int_equal(reads_report(&reads)->n_policies, 1);
    reads_deinit(&reads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_is_no_report),
        cmocka_unit_test(refuses_a_report_cut_at_any_octet),
        cmocka_unit_test(keeps_a_report_before_other_text),
        cmocka_unit_test(blanks_behind_are_no_finding),
        cmocka_unit_test(reads_arrays_and_lines_of_reports),
        cmocka_unit_test(deep_nesting_is_a_limit),
        cmocka_unit_test(memory_is_bounded_by_the_arena),
        cmocka_unit_test(drops_a_byte_order_mark),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
