/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/domain.h"
#include "intake/limits.h"
#include "intake/wire.h"
#include "unit/intake/wire_sample.h"
#include "unit/row.h"

/* One item, written and read. */
static struct wire_sample sample;
static struct buffer out;
static struct arena arena;

static int setup(void **state)
{
    (void)state;
    wire_sample_init(&sample);
    buffer_init(&out, INTAKE_WIRE_ITEM_BYTES + 1024);
    arena_init(&arena, 4 * 1024 * 1024);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_deinit(&arena);
    buffer_deinit(&out);
    return 0;
}

/* Returns: the payload, in `out`. */
static struct slice written(const struct intake_item *item)
{
    struct wire_frame frame;

    buffer_reset(&out);
    wire_put_item(&out, item);
    assert_false(out.failed);
    assert_int_equal(wire_find(buffer_slice(&out), &frame), 0);
    assert_int_equal(frame.kind, WIRE_ITEM);
    return frame.payload;
}

static const struct intake_item *through(const struct intake_item *item)
{
    const struct intake_item *got = NULL;
    struct err err;

    assert_int_equal(wire_read_item(&arena, written(item), &got, &err), 0);
    return got;
}

static void check_policy(const struct store_policy *got,
                         const struct store_policy *want)
{
    assert_string_equal(got->type_text, want->type_text);
    assert_string_equal(got->type, want->type);
    assert_string_equal(got->policy_domain, want->policy_domain);
    assert_string_equal(got->subject_domain, want->subject_domain);
    assert_string_equal(got->policy_text, want->policy_text);
    assert_string_equal(got->mx_hosts, want->mx_hosts);
    assert_true(got->success_sessions == want->success_sessions);
    assert_true(got->failure_sessions == want->failure_sessions);
    assert_int_equal(got->is_implausible, want->is_implausible);
}

static void check_shares(const struct store_share *got, size_t n_got,
                         const struct store_share *want, size_t n_want)
{
    assert_int_equal(n_got, n_want);
    for (size_t i = 0; i < n_want; i++) {
        assert_string_equal(got[i].domain, want[i].domain);
        assert_string_equal(got[i].key, want[i].key);
        assert_int_equal(got[i].failures, want[i].failures);
    }
}

static void check_findings(const struct store_finding *got, size_t n_got,
                           const struct store_finding *want, size_t n_want)
{
    assert_int_equal(n_got, n_want);
    for (size_t i = 0; i < n_want; i++) {
        assert_string_equal(got[i].code, want[i].code);
        assert_string_equal(got[i].where, want[i].where);
        assert_int_equal(!got[i].value, !want[i].value);
        if (want[i].value)
            assert_string_equal(got[i].value, want[i].value);
    }
}

static void check_head(const struct store_report *got,
                       const struct store_report *want)
{
    assert_memory_equal(got->content_hash, want->content_hash, DIGEST_BYTES);
    assert_int_equal(got->payload, want->payload);
    assert_int_equal(got->ordinal, want->ordinal);
    assert_string_equal(got->organization, want->organization);
    assert_string_equal(got->organization_key, want->organization_key);
    assert_string_equal(got->contact_info, want->contact_info);
    assert_string_equal(got->report_id, want->report_id);
    assert_int_equal(got->start, want->start);
    assert_int_equal(got->end, want->end);
    assert_string_equal(got->start_odd, want->start_odd);
    assert_null(got->end_odd);
    assert_int_equal(got->day, want->day);
    assert_int_equal(got->reader_version, want->reader_version);
}

static void a_report_comes_through_whole(void **state)
{
    const struct intake_item *item = through(&sample.report);
    const struct store_report *got = item->rows, *want = &sample.rows;

    (void)state;
    assert_null(item->refused);
    assert_string_equal(item->contact_domain, "sender.example");
    assert_string_equal(item->submitter_domain, "mx.example");
    assert_int_equal(item->dkim->n_signatures, 2);
    check_head(got, want);
    assert_int_equal(got->success_sessions, want->success_sessions);
    assert_int_equal(got->failure_sessions, want->failure_sessions);
    assert_int_equal(got->n_policies, want->n_policies);
    for (size_t i = 0; i < want->n_policies; i++)
        check_policy(&got->policies[i], &want->policies[i]);
    assert_int_equal(got->n_subjects, want->n_subjects);
    for (size_t i = 0; i < want->n_subjects; i++) {
        assert_string_equal(got->subjects[i].domain, want->subjects[i].domain);
        assert_int_equal(got->subjects[i].sessions, want->subjects[i].sessions);
        assert_int_equal(got->subjects[i].failures, want->subjects[i].failures);
    }
    check_shares(got->results, got->n_results, want->results, want->n_results);
    check_shares(got->mxs, got->n_mxs, want->mxs, want->n_mxs);
    check_findings(got->findings, got->n_findings, want->findings,
                   want->n_findings);
}

static void a_refusal_comes_through_whole(void **state)
{
    const struct intake_item *item = through(&sample.refusal);

    (void)state;
    assert_null(item->rows);
    assert_null(item->dkim);
    assert_string_equal(item->refused, "no report");
    assert_string_equal(item->contact_domain, "");
    assert_string_equal(item->submitter_domain, "");
    check_findings(item->findings, item->n_findings, sample.findings, 2);
}

static void a_report_may_hold_next_to_nothing(void **state)
{
    const struct intake_item *item;

    (void)state;
    sample.rows = (struct store_report){ .organization = "",
                                         .contact_info = "",
                                         .report_id = "",
                                         .start = UTC_NONE,
                                         .end = UTC_NONE,
                                         .day = UTC_DAY_NONE };
    sample.report.dkim = NULL;
    item = through(&sample.report);
    assert_int_equal(item->rows->n_policies, 0);
    assert_null(item->rows->organization_key);
    assert_null(item->rows->findings);
    assert_int_equal(item->rows->day, UTC_DAY_NONE);
}

/* ---- Rules --------------------------------------------------------------- */

static char long_domain[DOMAIN_TEXT_MAX_BYTES + 2];

static void break_code(void)
{
    sample.findings[1].code = "no-such-finding";
}
static void break_text(void)
{
    sample.rows.report_id = "\xff";
}
static void break_count(void)
{
    sample.policies[0].success_sessions = -1;
}
static void break_domain(void)
{
    memset(long_domain, 'x', sizeof(long_domain) - 1);
    sample.policies[0].subject_domain = long_domain;
}
static void break_range(void)
{
    sample.rows.end = sample.rows.start - 1;
}
static void break_year(void)
{
    sample.rows.end = INT64_C(253402300799) + 2 * UTC_DAY_SECONDS;
}
static void break_early_year(void)
{
    sample.rows.start = UTC_NONE + 1;
}
static void break_failures(void)
{
    sample.subjects[0].failures = sample.subjects[0].sessions + 1;
}
static void break_sessions(void)
{
    sample.subjects[0].sessions = 140 + 14 - 77 + 1;
}
static void break_subjects(void)
{
    sample.rows.n_subjects = sample.rows.n_results = sample.rows.n_mxs = 0;
}
static void break_share(void)
{
    sample.mxs[0].failures = -1;
}
static void break_payload(void)
{
    sample.rows.payload = 1001 + 1;
}
static void break_organization(void)
{
    sample.rows.organization = NULL;
}
static void break_key(void)
{
    sample.results[0].key = NULL;
}

static void what_breaks_a_rule_is_refused(void **state)
{
    static const struct {
        const char *name;
        void (*apply)(void);
    } rows[] = {
        { "an unknown finding", break_code },
        { "a text that is no UTF-8", break_text },
        { "a count below zero", break_count },
        { "a domain that is too long", break_domain },
        { "an end before the start", break_range },
        { "a year beyond 9999", break_year },
        { "a year long ago", break_early_year },
        { "more failures than sessions", break_failures },
        { "more sessions than were evaluated", break_sessions },
        { "policies about nobody", break_subjects },
        { "failures below zero", break_share },
        { "more texts than an input can have", break_payload },
        { "no organization", break_organization },
        { "no result type", break_key },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct intake_item *got = NULL;
        struct err err = { .kind = ERR_NONE };

        wire_sample_init(&sample);
        rows[i].apply();
        if (wire_read_item(&arena, written(&sample.report), &got, &err) != -1 ||
            err.kind != ERR_INPUT || got)
            fail_msg("%s was taken", rows[i].name);
    }
}

static void a_refusal_has_a_reason(void **state)
{
    const struct intake_item *got;
    struct err err;

    (void)state;
    sample.refusal.refused = "";
    assert_int_equal(
        wire_read_item(&arena, written(&sample.refusal), &got, &err), -1);
}

/* ---- Whatever comes ------------------------------------------------------ */

static void a_cut_item_is_none(void **state)
{
    struct slice payload = written(&sample.report);

    (void)state;
    for (size_t len = 0; len < payload.len; len++) {
        const struct intake_item *got;
        struct err err;
        char *copy = malloc(len ? len : 1);

        memcpy(copy, payload.ptr, len);
        arena_reset(&arena);
        if (wire_read_item(&arena, slice_make(copy, len), &got, &err) == 0)
            fail_msg("cut at %zu of %zu", len, payload.len);
        free(copy);
    }
}

/* Any octet changed: refused, or an item that can be written and read. */
static void a_changed_item_is_refused_or_sound(void **state)
{
    static const unsigned char marks[] = { 0, 1, 0x7f, 0x80, 0xff };
    struct slice payload = written(&sample.report);
    size_t n_taken = 0;
    char *copy = malloc(payload.len);
    struct buffer again;

    (void)state;
    buffer_init(&again, 64 * 1024);
    for (size_t at = 0; at < payload.len * sizeof(marks); at++) {
        const struct intake_item *got;
        struct err err;

        memcpy(copy, payload.ptr, payload.len);
        copy[at / sizeof(marks)] = (char)marks[at % sizeof(marks)];
        arena_reset(&arena);
        if (wire_read_item(&arena, slice_make(copy, payload.len), &got, &err))
            continue;
        n_taken++;
        buffer_reset(&again);
        wire_put_item(&again, got);
        assert_false(again.failed);
    }
    assert_true(n_taken > 0);
    buffer_deinit(&again);
    free(copy);
}

static void memory_is_bounded_by_what_came(void **state)
{
    enum { N = 20000 };
    static struct store_share shares[N];
    const struct intake_item *got;
    struct slice payload;
    struct err err;

    (void)state;
    for (size_t i = 0; i < N; i++)
        shares[i] = (struct store_share){ sample.subjects[0].domain, "", 1 };
    sample.rows.results = shares;
    sample.rows.n_results = N;
    payload = written(&sample.report);
    arena.max_bytes = wire_item_bytes(payload.len);
    assert_int_equal(wire_read_item(&arena, payload, &got, &err), 0);
    assert_int_equal(got->rows->n_results, N);
    arena_deinit(&arena);
    arena_init(&arena, payload.len / 2);
    assert_int_equal(wire_read_item(&arena, payload, &got, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_report_comes_through_whole),
        TEST(a_refusal_comes_through_whole),
        TEST(a_report_may_hold_next_to_nothing),
        TEST(what_breaks_a_rule_is_refused),
        TEST(a_refusal_has_a_reason),
        TEST(a_cut_item_is_none),
        TEST(a_changed_item_is_refused_or_sound),
        TEST(memory_is_bounded_by_what_came),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
