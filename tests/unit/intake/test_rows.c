/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "intake/read.h"
#include "intake/rows.h"
#include "unit/intake/samples.h"

/* What is asked of the rows while the report they borrow from is there. */
typedef void check_function(const struct store_report *rows);

static int make(void *context, const struct intake_result *result,
                struct err *err)
{
    check_function *const *check = context;
    struct store_report rows;
    struct arena arena;

    assert_non_null(result->report);
    arena_init(&arena, 1 << 20);
    assert_int_equal(intake_rows_make(result->report, &arena, &rows, err), 0);
    (*check)(&rows);
    arena_deinit(&arena);
    return 0;
}

static void check_rows(const char *text, check_function *check)
{
    struct err err;

    assert_int_equal(intake_read(slice_of(text), NULL, make, &check, &err), 0);
}

static void check_usual(const struct store_report *rows)
{
    assert_string_equal(rows->organization, "Sender Ltd");
    assert_string_equal(rows->contact_info, "tls@sender.example");
    assert_string_equal(rows->report_id, "id-1");
    assert_int_equal(rows->day, utc_day_from_civil(2026, 10, 1));
    assert_int_equal(rows->success_sessions, 8);
    assert_int_equal(rows->failure_sessions, 2);
    assert_int_equal(rows->n_policies, 1);
    assert_string_equal(rows->policies[0].type, "sts");
    assert_string_equal(rows->policies[0].policy_text,
                        "version: STSv1\nmode: enforce");
    assert_string_equal(rows->policies[0].mx_hosts, "mx1.example.com");
    assert_int_equal(rows->n_subjects, 1);
    assert_string_equal(rows->subjects[0].domain, "example.com");
    assert_int_equal(rows->subjects[0].sessions, 10);
    assert_int_equal(rows->subjects[0].failures, 2);
    assert_int_equal(rows->n_results, 1);
    assert_string_equal(rows->results[0].key, "certificate-expired");
    assert_int_equal(rows->n_mxs, 1);
    assert_string_equal(rows->mxs[0].key, "mx1.example.com");
    assert_int_equal(rows->n_findings, 0);
}

static void a_report_becomes_rows(void **state)
{
    (void)state;
    check_rows(sample_report, check_usual);
    check_rows(sample_report_other_spelling, check_usual);
}

static void check_implausible(const struct store_report *rows)
{
    assert_int_equal(rows->n_policies, 2);
    assert_true(rows->policies[0].is_implausible);
    assert_int_equal(rows->policies[0].success_sessions, INT64_MAX);
    assert_false(rows->policies[1].is_implausible);
    assert_int_equal(rows->success_sessions, 5);
    for (size_t i = 0; i < rows->n_subjects; i++)
        assert_true(rows->subjects[i].sessions <= 5);
    assert_true(rows->n_findings > 0);
}

static void implausible_counts_are_in_no_sum(void **state)
{
    (void)state;
    check_rows("{\"policies\":[{\"policy\":{\"policy-type\":\"sts\","
               "\"policy-domain\":\"a.example\"},\"summary\":{"
               "\"total-successful-session-count\":9223372036854775807}},"
               "{\"policy\":{\"policy-type\":\"sts\",\"policy-domain\":"
               "\"b.example\"},\"summary\":{"
               "\"total-successful-session-count\":5}}]}",
               check_implausible);
}

static void check_bare(const struct store_report *rows)
{
    assert_string_equal(rows->organization, "");
    assert_string_equal(rows->report_id, "");
    assert_int_equal(rows->day, UTC_DAY_NONE);
    assert_int_equal(rows->n_policies, 0);
    assert_true(rows->n_findings > 0);
    for (size_t i = 0; i < rows->n_findings; i++) {
        assert_non_null(rows->findings[i].code);
        assert_non_null(rows->findings[i].where);
    }
}

static void what_is_absent_is_an_empty_text(void **state)
{
    (void)state;
    check_rows("{\"policies\":[]}", check_bare);
}

static void check_odd_hosts(const struct store_report *rows)
{
    assert_int_equal(rows->n_policies, 2);
    assert_string_equal(rows->policies[0].mx_hosts, "a.example b.example");
    assert_string_equal(rows->policies[1].mx_hosts,
                        "a.example\xef\xbf\xbd\xef\xbf\xbd"
                        "b.example");
}

/* Joined with blanks, one pattern must not look like two. */
static void no_host_pattern_holds_a_blank(void **state)
{
    (void)state;
    check_rows("{\"organization-name\":\"x\",\"policies\":["
               "{\"policy\":{\"policy-type\":\"sts\",\"policy-domain\":\"a\","
               "\"mx-host\":[\"a.example\",\"b.example\"]}},"
               "{\"policy\":{\"policy-type\":\"sts\",\"policy-domain\":\"a\","
               "\"mx-host\":[\"a.example \\tb.example\"]}}]}",
               check_odd_hosts);
}

static void check_seconds(const struct store_report *rows)
{
    assert_int_not_equal(rows->day, UTC_DAY_NONE);
    assert_string_equal(rows->start_odd, "1790812800");
    assert_null(rows->end_odd);
}

static void check_unreadable(const struct store_report *rows)
{
    assert_int_equal(rows->day, UTC_DAY_NONE);
    assert_string_equal(rows->start_odd, "yesterday");
    assert_null(rows->end_odd);
}

static void dates_that_are_none_are_kept_as_written(void **state)
{
    (void)state;
    check_rows("{\"date-range\":{\"start-datetime\":1790812800,"
               "\"end-datetime\":\"2026-10-01T23:59:59Z\"},\"policies\":[]}",
               check_seconds);
    check_rows("{\"date-range\":{\"start-datetime\":\"yesterday\"},"
               "\"policies\":[]}",
               check_unreadable);
}

static const char *sign_key(struct arena *arena, const char *key,
                            const char *signer)
{
    if (strcmp(signer, "lost.example") == 0)
        return NULL;
    return strcmp(signer, "own.example") == 0
               ? key
               : arena_printf(arena, "%s by %s", key, signer);
}

static void a_report_is_grouped_by_who_signed_it(void **state)
{
    struct store_report rows = { .organization_key = "one" };
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_int_equal(intake_rows_sign(&rows, &arena, NULL, "x.example"), 0);
    assert_int_equal(intake_rows_sign(&rows, &arena, sign_key, ""), 0);
    assert_int_equal(intake_rows_sign(&rows, &arena, sign_key, "own.example"),
                     0);
    assert_string_equal(rows.organization_key, "one");
    assert_null(rows.organization_label);
    assert_int_equal(intake_rows_sign(&rows, &arena, sign_key, "x.example"), 0);
    assert_string_equal(rows.organization_key, "one by x.example");
    assert_string_equal(rows.organization_label, "");
    assert_int_equal(intake_rows_sign(&rows, &arena, sign_key, "lost.example"),
                     -1);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_becomes_rows),
        cmocka_unit_test(implausible_counts_are_in_no_sum),
        cmocka_unit_test(no_host_pattern_holds_a_blank),
        cmocka_unit_test(dates_that_are_none_are_kept_as_written),
        cmocka_unit_test(a_report_is_grouped_by_who_signed_it),
        cmocka_unit_test(what_is_absent_is_an_empty_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
