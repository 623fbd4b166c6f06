/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * Report texts: read, counted, written, read again and written again. What is
 * read from our own text equals what was written on every field, the sums are
 * the same, and the second writing gives the same octets.
 */

#include <stdlib.h>

#include "base/text.h"
#include "report/distinct.h"
#include "report/report.h"
#include "json/writer.h"

enum { ARENA_BYTES = 64 * 1024 * 1024 };

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            abort();                                                           \
    } while (0)

/* Absent equals absent alone; what is there is UTF-8. */
static bool same(const char *a, const char *b)
{
    CHECK(!a || text_utf8_prefix(slice_of(a)) == strlen(a));
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_list(const char **a, size_t n_a, const char **b, size_t n_b)
{
    bool is_same = n_a == n_b;

    for (size_t i = 0; is_same && i < n_a; i++)
        is_same = same(a[i], b[i]);
    return is_same;
}

static void compare_failure(const struct report_failure *a,
                            const struct report_failure *b)
{
    CHECK(a->result_type && same(a->result_type, b->result_type));
    CHECK(a->sessions >= 0 && a->sessions == b->sessions);
    CHECK(same(a->sending_mta_ip, b->sending_mta_ip));
    CHECK(same(a->receiving_mx_hostname, b->receiving_mx_hostname));
    CHECK(same(a->receiving_mx_helo, b->receiving_mx_helo));
    CHECK(same(a->receiving_ip, b->receiving_ip));
    CHECK(same(a->additional_information, b->additional_information));
    CHECK(same(a->failure_reason_code, b->failure_reason_code));
}

static void compare_policy(const struct report_policy *a,
                           const struct report_policy *b)
{
    CHECK(a->type == b->type);
    CHECK(a->type_text && same(a->type_text, b->type_text));
    CHECK(a->domain && same(a->domain, b->domain));
    CHECK(a->subject_domain && same(a->subject_domain, b->subject_domain));
    CHECK(same_list(a->strings, a->n_strings, b->strings, b->n_strings));
    CHECK(same_list(a->mx_hosts, a->n_mx_hosts, b->mx_hosts, b->n_mx_hosts));
    CHECK(a->success_sessions >= 0 && a->failure_sessions >= 0);
    CHECK(a->success_sessions == b->success_sessions);
    CHECK(a->failure_sessions == b->failure_sessions);
    CHECK(a->n_failures == b->n_failures);
    for (size_t i = 0; i < a->n_failures; i++)
        compare_failure(&a->failures[i], &b->failures[i]);
}

/* A date that could be read is written in one form: then the text may differ. */
static void compare_date(utc_time a, utc_time b, const char *a_text,
                         const char *b_text)
{
    CHECK(a == b);
    CHECK(!a_text == !b_text);
    CHECK(a != UTC_NONE || same(a_text, b_text));
}

static void compare_report(const struct report *a, const struct report *b)
{
    CHECK(same(a->organization_name, b->organization_name));
    CHECK(same(a->contact_info, b->contact_info));
    CHECK(same(a->report_id, b->report_id));
    compare_date(a->start, b->start, a->start_text, b->start_text);
    compare_date(a->end, b->end, a->end_text, b->end_text);
    CHECK(a->n_policies == b->n_policies);
    for (size_t i = 0; i < a->n_policies; i++)
        compare_policy(&a->policies[i], &b->policies[i]);
    CHECK(report_day(a) == report_day(b));
}

static void compare_totals(const struct report *a, const struct report *b,
                           struct arena *arena)
{
    struct report_totals x, y;

    CHECK(report_totals_compute(a, arena, &x) == 0);
    CHECK(report_totals_compute(b, arena, &y) == 0);
    CHECK(memcmp(&x, &y, sizeof(x)) == 0);
    CHECK(x.success_sessions >= 0 && x.failure_sessions >= 0);
    CHECK(x.distinct_failures >= 0);
    CHECK(x.distinct_failures <= x.distinct_sessions);
    CHECK(x.distinct_sessions <=
          count_add(x.success_sessions, x.failure_sessions));
}

static void check_shares(const struct distinct_rows *rows,
                         const struct distinct_share *shares, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        CHECK(shares[i].key && shares[i].subject < rows->n_subjects);
        CHECK(shares[i].failures >= 0);
    }
}

static void check_distinct(const struct report *report, struct arena *arena)
{
    struct distinct_rows rows;
    struct report_totals totals;
    int64_t sessions = 0, failures = 0;

    CHECK(distinct_compute(report, arena, &rows) == 0);
    CHECK(report_totals_compute(report, arena, &totals) == 0);
    for (size_t i = 0; i < rows.n_subjects; i++) {
        CHECK(rows.subjects[i].failures <= rows.subjects[i].sessions);
        CHECK(rows.subjects[i].subject_domain);
        sessions = count_add(sessions, rows.subjects[i].sessions);
        failures = count_add(failures, rows.subjects[i].failures);
    }
    CHECK(sessions == totals.distinct_sessions);
    CHECK(failures == totals.distinct_failures);
    check_shares(&rows, rows.results, rows.n_results);
    check_shares(&rows, rows.mxs, rows.n_mxs);
}

static void check_findings(const struct finding_list *list)
{
    size_t n_met = 0;

    for (size_t i = 0; i < list->n_items; i++) {
        const struct finding *finding = &list->items[i];

        n_met += finding->n_same;
        CHECK(finding->kind->code && finding->where);
        CHECK(same(finding->where, finding->where));
        CHECK(same(finding->value, finding->value));
    }
    CHECK(n_met <= list->n_items + list->n_dropped);
}

static void write_report(const struct report *report, struct buffer *out)
{
    struct json_writer writer;

    buffer_init(out, ARENA_BYTES);
    json_writer_init(&writer, out);
    report_write(report, &writer);
    CHECK(!out->failed);
}

/* Reads one report of our own writing; the text lives in the arena. */
static const struct report *read_again(struct slice text, struct arena *arena)
{
    static const struct report_origin nothing = { NULL, NULL, NULL, NULL };
    struct report_list list;
    struct err err;
    char *copy = arena_copy(arena, text);

    CHECK(copy);
    CHECK(report_read(arena, copy, text.len, &nothing, &list, &err) == 0);
    CHECK(list.n_reports == 1);
    return &list.reports[0];
}

static void check_report(const struct report *report, struct arena *arena)
{
    const struct report *again;
    struct buffer once, twice;

    check_findings(&report->findings);
    check_distinct(report, arena);
    write_report(report, &once);
    again = read_again(buffer_slice(&once), arena);
    compare_report(report, again);
    compare_totals(report, again, arena);
    write_report(again, &twice);
    CHECK(slice_equal(buffer_slice(&once), buffer_slice(&twice)));
    buffer_deinit(&once);
    buffer_deinit(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct report_list list;
    struct arena arena;
    struct err err = { .kind = ERR_NONE };
    char *text = malloc(size ? size : 1);

    CHECK(text);
    if (size)
        memcpy(text, data, size);
    arena_init(&arena, ARENA_BYTES);
    if (report_read(&arena, text, size, NULL, &list, &err) == 0) {
        CHECK(list.n_reports > 0);
        for (size_t i = 0; i < list.n_reports; i++)
            check_report(&list.reports[i], &arena);
    } else {
        CHECK(err.kind != ERR_NONE && err.text[0]);
    }
    arena_deinit(&arena);
    free(text);
    return 0;
}
