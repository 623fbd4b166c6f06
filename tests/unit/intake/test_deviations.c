/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * The 79 known deviations: each read as docs/findings.md says, with exactly its
 * findings, values and day. A number without a row fails.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "deviation_sample.h"
#include "intake/read.h"
#include "policy/result_type.h"

enum { HIGHEST = 79 };

/* What a reading yielded, as text to compare with. */
struct outcome {
    struct buffer codes;
    struct buffer dump;
    struct buffer refusals;
    char day[UTC_DAY_BYTES];
    int n_reports;
};

static const char *or_dash(const char *text)
{
    return text ? text : "-";
}

static void dump_texts(struct buffer *out, const char *name,
                       const char *const *texts, size_t n)
{
    buffer_add_format(out, "%s=[", name);
    for (size_t i = 0; i < n; i++)
        buffer_add_format(out, "%s%s", i ? "|" : "", texts[i]);
    buffer_add_text(out, "] ");
}

static void dump_policy(struct buffer *out, struct arena *arena,
                        const struct report_policy *policy)
{
    buffer_add_format(out,
                      "policy type=%s domain=%s subject=%s ok=%lld "
                      "fail=%lld ",
                      policy_type_name(policy->type), policy->domain,
                      policy->subject_domain,
                      (long long)policy->success_sessions,
                      (long long)policy->failure_sessions);
    dump_texts(out, "strings", (const char *const *)policy->strings,
               policy->n_strings);
    dump_texts(out, "mx", (const char *const *)policy->mx_hosts,
               policy->n_mx_hosts);
    buffer_add_char(out, '\n');
    for (size_t i = 0; i < policy->n_failures; i++) {
        const struct report_failure *f = &policy->failures[i];

        buffer_add_format(
            out,
            "failure type=%s key=%s sessions n=%lld ip=%s mx=%s helo=%s "
            "rip=%s info=%s reason=%s\n",
            f->result_type,
            result_type_key(arena, slice_of(f->result_type), NULL),
            (long long)f->sessions, or_dash(f->sending_mta_ip),
            or_dash(f->receiving_mx_hostname), or_dash(f->receiving_mx_helo),
            or_dash(f->receiving_ip), or_dash(f->additional_information),
            or_dash(f->failure_reason_code));
        if (strcmp(f->result_type,
                   result_type_key(arena, slice_of(f->result_type), NULL)) == 0)
            buffer_add_format(out, "type=%s n=%lld ip=%s mx=%s\n",
                              f->result_type, (long long)f->sessions,
                              or_dash(f->sending_mta_ip),
                              or_dash(f->receiving_mx_hostname));
    }
}

static void dump_report(struct outcome *outcome, const struct report *report)
{
    struct buffer *out = &outcome->dump;
    struct report_totals totals;
    char start[UTC_TIME_BYTES], end[UTC_TIME_BYTES];
    struct arena arena;

    arena_init(&arena, 1 << 20);
    buffer_add_format(out, "org=%s contact=%s id=%s start=%s end=%s\n",
                      or_dash(report->organization_name),
                      or_dash(report->contact_info), or_dash(report->report_id),
                      utc_format(report->start, start),
                      utc_format(report->end, end));
    for (size_t i = 0; i < report->n_policies; i++)
        dump_policy(out, &arena, &report->policies[i]);
    assert_int_equal(report_totals_compute(report, &arena, &totals), 0);
    buffer_add_format(
        out, "totals %lld %lld %lld %lld\n", (long long)totals.success_sessions,
        (long long)totals.failure_sessions, (long long)totals.distinct_sessions,
        (long long)totals.distinct_failures);
    utc_day_format(report_day(report), outcome->day);
    outcome->n_reports++;
    arena_deinit(&arena);
}

static int take(void *context, const struct intake_result *result,
                struct err *err)
{
    struct outcome *outcome = context;

    (void)err;
    for (size_t i = 0; i < result->findings->n_items; i++)
        buffer_add_format(&outcome->codes, "%s %s\n",
                          result->findings->items[i].kind->code,
                          result->findings->items[i].where);
    if (result->report)
        dump_report(outcome, result->report);
    else
        buffer_add_format(&outcome->refusals, "%s\n", result->refused);
    return 0;
}

static void read_row(const struct deviation *row, struct outcome *outcome)
{
    struct buffer octets;
    struct err err;

    buffer_init(&octets, 1 << 20);
    buffer_init(&outcome->codes, 1 << 16);
    buffer_init(&outcome->dump, 1 << 16);
    buffer_init(&outcome->refusals, 1 << 16);
    outcome->day[0] = '\0';
    outcome->n_reports = 0;
    sample_make(row, &octets);
    assert_int_equal(
        intake_read(buffer_slice(&octets), row->file, take, outcome, &err), 0);
    buffer_deinit(&octets);
}

/* Prints what differs to stderr. Returns: whether the row holds. */
static int row_holds(const struct deviation *row, struct outcome *o)
{
    const char *day = row->day ? row->day : "2026-10-01";
    const char *codes = row->codes ? row->codes : "";
    int holds;

    if (row->refused)
        holds = o->n_reports == 0 &&
                strstr(buffer_text(&o->refusals), row->refused) != NULL;
    else
        holds = o->n_reports > 0 && o->refusals.len == 0 &&
                strcmp(o->day, day) == 0;
    holds = holds && strcmp(buffer_text(&o->codes), codes) == 0 &&
            (!row->value || strstr(buffer_text(&o->dump), row->value));
    if (!holds)
        fprintf(stderr,
                "deviation %d (%s)\n expected codes:\n%s got:\n%s"
                " expected value: %s\n got:\n%s refusals: %s day %s\n",
                row->number, row->name, codes, buffer_text(&o->codes),
                row->value ? row->value : "(any)", buffer_text(&o->dump),
                buffer_text(&o->refusals), o->day);
    return holds;
}

static int table_holds(const struct deviation *rows, size_t n)
{
    int failed = 0;

    for (size_t i = 0; i < n; i++) {
        struct outcome outcome;

        if (rows[i].absent)
            continue;
        read_row(&rows[i], &outcome);
        failed += !row_holds(&rows[i], &outcome);
        buffer_deinit(&outcome.codes);
        buffer_deinit(&outcome.dump);
        buffer_deinit(&outcome.refusals);
    }
    return failed == 0;
}

static void members_and_values_read_as_told(void **state)
{
    (void)state;
    assert_true(table_holds(deviations_members, n_deviations_members));
}

static void containers_read_as_told(void **state)
{
    (void)state;
    assert_true(table_holds(deviations_containers, n_deviations_containers));
}

static void mark(const struct deviation *rows, size_t n, int *seen)
{
    for (size_t i = 0; i < n; i++) {
        assert_in_range(rows[i].number, 1, HIGHEST);
        seen[rows[i].number] = 1;
    }
}

static void every_number_has_a_row(void **state)
{
    int seen[HIGHEST + 1] = { 0 };

    (void)state;
    mark(deviations_members, n_deviations_members, seen);
    mark(deviations_containers, n_deviations_containers, seen);
    for (int i = 1; i <= HIGHEST; i++) {
        if (!seen[i])
            fail_msg("deviation %d has no row", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_and_values_read_as_told),
        cmocka_unit_test(containers_read_as_told),
        cmocka_unit_test(every_number_has_a_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
