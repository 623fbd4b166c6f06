/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/handle.h"
#include "store/sample.h"

/* ---- Random data --------------------------------------------------------- */

static unsigned random_state;

/* A generator of our own, so that a failure comes again. */
static unsigned pick(unsigned n)
{
    random_state = random_state * 1103515245 + 12345;
    return (random_state >> 16) % n;
}

static const char *const domains[] = { "a.example", "b.example", "c.example",
                                       "" };
static const char *const organizations[] = { "google", "microsoft", "small" };
static const char *const types[] = { "certificate-expired",
                                     "validation-failure", "tlsa-invalid" };
static const char *const hosts[] = { "mx1.example.net", "mx2.example.net", "" };
static const char *const policies[] = { "sts", "tlsa", "no-policy-found" };

/* A report of one to three subjects, failures spread over types and hosts. */
static void fill_random(struct sample_report *report, unsigned number)
{
    struct store_report *r = &report->report;
    static char ids[2000][8];

    sample_fill(report, organizations[pick(3)], domains[0],
                pick(12) ? SAMPLE_DAY + (int32_t)pick(40) : UTC_DAY_NONE, 0, 0);
    snprintf(ids[number % 2000], 8, "%u", number);
    r->report_id = ids[number % 2000];
    r->n_subjects = r->n_policies = 1 + pick(3);
    r->n_results = r->n_mxs = 0;
    for (size_t i = 0; i < r->n_subjects; i++) {
        const char *domain = domains[(number + i) % 4];
        int64_t failures = pick(4) ? 0 : 1 + pick(50);

        report->policies[i] = report->policies[0];
        report->policies[i].subject_domain = domain;
        report->policies[i].type = policies[pick(3)];
        report->policies[i].success_sessions = pick(1000);
        report->policies[i].failure_sessions = failures;
        report->policies[i].is_implausible = pick(20) == 0;
        report->subjects[i] =
            (struct store_subject){ domain, 1000 + pick(100), failures };
        if (failures == 0)
            continue;
        report->results[r->n_results++] =
            (struct store_share){ domain, types[pick(3)], failures };
        report->mxs[r->n_mxs++] =
            (struct store_share){ domain, hosts[pick(3)], failures };
        r->success_sessions += 1000;
        r->failure_sessions += failures;
    }
}

static void put_random(struct sample_store *sample, unsigned seed)
{
    random_state = seed;
    for (unsigned batch = 0; batch < 6; batch++) {
        assert_ok(sample, store_begin(sample->store, &sample->err));
        for (unsigned i = 0; i < 60; i++) {
            struct sample_report report;

            fill_random(&report, batch * 60 + i);
            sample_put_open(sample, &report);
            if (pick(8) == 0) {
                report.report.success_sessions += 77;
                report.subjects[0].sessions += 77;
                report.report.proof =
                    pick(2) ? STORE_PROOF_DKIM : STORE_PROOF_HTTPS;
                sample_put_open(sample, &report);
            }
        }
        assert_ok(sample, store_commit(sample->store, &sample->err));
    }
}

/* ---- Lists and sums ------------------------------------------------------ */

/* What a walk through all pages saw. */
struct walk {
    struct store_sums sums;
    int64_t last_day;
    int64_t last_id;
    bool is_out_of_order;
};

static int see(void *context, const struct store_listed *listed,
               struct err *err)
{
    struct walk *walk = context;

    (void)err;
    if (walk->sums.reports &&
        (listed->day > walk->last_day ||
         (listed->day == walk->last_day && listed->id >= walk->last_id)))
        walk->is_out_of_order = true;
    walk->last_day = listed->day;
    walk->last_id = listed->id;
    walk->sums.reports += listed->sums.reports;
    walk->sums.sessions += listed->sums.sessions;
    walk->sums.failures += listed->sums.failures;
    return 0;
}

static struct store_sums walk_all(struct sample_store *sample,
                                  const struct store_filter *filter,
                                  size_t limit)
{
    char cursor[STORE_CURSOR_BYTES] = "";
    struct walk walk = { 0 };

    do {
        assert_ok(sample,
                  store_each_report(sample->store, filter, cursor, limit,
                                    cursor, see, &walk, &sample->err));
    } while (cursor[0]);
    assert_false(walk.is_out_of_order);
    return walk.sums;
}

static void assert_sums(struct store_sums got, struct store_sums expected,
                        const char *what)
{
    if (got.reports != expected.reports || got.sessions != expected.sessions ||
        got.failures != expected.failures)
        fail_msg("%s: expected %lld %lld %lld, got %lld %lld %lld", what,
                 (long long)expected.reports, (long long)expected.sessions,
                 (long long)expected.failures, (long long)got.reports,
                 (long long)got.sessions, (long long)got.failures);
}

/* The list, page by page, adds up to the sums asked at once. */
static void assert_agrees(struct sample_store *sample,
                          const struct store_filter *filter)
{
    struct store_sums sums;
    char what[200];

    snprintf(what, sizeof(what), "%s %s %s %s %s%s%s",
             filter->domain ? filter->domain : "-",
             filter->organization ? filter->organization : "-",
             filter->result_type ? filter->result_type : "-",
             filter->mx ? filter->mx : "-",
             filter->policy_type ? filter->policy_type : "-",
             filter->failed_only ? " failed" : "",
             filter->standing == STORE_CONFLICTING ? " conflicts" : "");
    assert_ok(sample,
              store_filter_sums(sample->store, filter, &sums, &sample->err));
    assert_sums(walk_all(sample, filter, 7), sums, what);
    assert_sums(walk_all(sample, filter, 1000), sums, what);
}

/* Each label in turn: none, a result type, an MX, no MX, a policy type. */
static void with_label(struct store_filter *filter, unsigned label)
{
    filter->result_type = label == 1 ? types[0] : NULL;
    filter->mx = label == 2 ? hosts[0] : label == 3 ? "" : NULL;
    filter->policy_type = label == 4 ? policies[1] : NULL;
}

static void every_list_adds_up_to_its_sums(void **state)
{
    static const struct store_range ranges[] = {
        { UTC_DAY_NONE, UTC_DAY_NONE },
        { SAMPLE_DAY + 3, SAMPLE_DAY + 30 },
        { SAMPLE_DAY + 5, SAMPLE_DAY + 5 },
        { UTC_DAY_NONE, SAMPLE_DAY + 10 },
    };
    struct sample_store *sample = *state;

    put_random(sample, 1);
    for (unsigned i = 0; i < 4u * 4 * 2 * 5 * 3; i++) {
        static const char *const asked[] = { NULL, "a.example", "", "never" };
        struct store_filter filter = {
            .range = ranges[i % 4],
            .domain = asked[i / 4 % 4],
            .organization = i / 16 % 2 ? "google" : NULL,
            .failed_only = i / 160 % 3 == 1,
            .standing = i / 160 % 3 == 2 ? STORE_CONFLICTING : STORE_COUNTED,
        };

        with_label(&filter, i / 32 % 5);
        assert_agrees(sample, &filter);
    }
}

/* ---- Breakdowns and lists ------------------------------------------------ */

struct check {
    struct sample_store *sample;
    struct store *beside; /* a callback may not ask its own store */
    enum store_dimension dimension;
    const char *domain;
    struct store_range range;
    int64_t n_groups;
};

static int check_group(void *context, const struct store_group *group,
                       struct err *err)
{
    struct check *check = context;
    struct store_filter filter = { .range = check->range,
                                   .domain = check->domain };
    struct store_sums sums;
    const char **places[STORE_DIMENSION_COUNT] = {
        [STORE_BY_DOMAIN] = &filter.domain,
        [STORE_BY_ORGANIZATION] = &filter.organization,
        [STORE_BY_RESULT_TYPE] = &filter.result_type,
        [STORE_BY_MX] = &filter.mx,
        [STORE_BY_POLICY_TYPE] = &filter.policy_type,
    };

    *places[check->dimension] = group->key;
    assert_int_equal(store_filter_sums(check->beside, &filter, &sums, err), 0);
    assert_sums(group->sums, sums, group->key);
    check->n_groups++;
    return 0;
}

static void every_row_of_a_breakdown_is_its_list(void **state)
{
    static const struct store_range ranges[] = {
        { UTC_DAY_NONE, UTC_DAY_NONE }, { SAMPLE_DAY + 3, SAMPLE_DAY + 30 }
    };
    struct sample_store *sample = *state;
    struct check check = { .sample = sample };

    put_random(sample, 2);
    assert_ok(sample, store_open(sample->url, STORE_READ, &sample->clock,
                                 &check.beside, &sample->err));
    for (unsigned i = 0; i < STORE_DIMENSION_COUNT * 4; i++) {
        check.dimension = (enum store_dimension)(i % STORE_DIMENSION_COUNT);
        check.domain = i / STORE_DIMENSION_COUNT % 2 ? "b.example" : NULL;
        check.range = ranges[i / STORE_DIMENSION_COUNT / 2];
        check.n_groups = 0;
        assert_ok(sample, store_each_group(sample->store, check.dimension,
                                           check.domain, check.range,
                                           check_group, &check, &sample->err));
        assert_true(check.n_groups > 0);
    }
    store_close(check.beside);
}

static int add_day(void *context, const struct store_day *day, struct err *err)
{
    struct store_sums *sums = context;

    (void)err;
    sums->reports += day->sums.reports;
    sums->sessions += day->sums.sessions;
    sums->failures += day->sums.failures;
    return 0;
}

static void days_add_up_to_the_list_of_their_range(void **state)
{
    struct sample_store *sample = *state;
    struct store_filter filter = { .range = { SAMPLE_DAY - 100,
                                              SAMPLE_DAY + 100 } };
    static const char *const asked[] = { NULL, "a.example", "" };

    put_random(sample, 3);
    for (size_t i = 0; i < 3; i++) {
        struct store_totals totals;
        struct store_sums days = { 0 };

        filter.domain = asked[i];
        assert_ok(sample, store_each_day(sample->store, asked[i], filter.range,
                                         1, add_day, &days, &sample->err));
        assert_sums(walk_all(sample, &filter, 50), days, "days");
        assert_ok(sample, store_totals(sample->store, asked[i], filter.range,
                                       &totals, &sample->err));
        assert_sums(totals.sums, days, "totals");
    }
}

/* ---- One line ------------------------------------------------------------ */

static int check_line(void *context, const struct store_listed *listed,
                      struct err *err)
{
    (void)err;
    ++*(int *)context;
    assert_string_equal(listed->organization, "Google Inc.");
    assert_string_equal(listed->report_id, "id-7");
    assert_int_equal(listed->n_domains, 2);
    assert_string_equal(listed->domains[0], "a example");
    assert_string_equal(listed->domains[1], "b.example");
    assert_int_equal(listed->day, SAMPLE_DAY);
    assert_true(listed->start == (int64_t)SAMPLE_DAY * UTC_DAY_SECONDS);
    assert_true(listed->end == listed->start + 86399);
    assert_true(listed->stored_at == 1800000000);
    assert_int_equal(listed->proof, STORE_PROOF_DKIM);
    assert_int_equal(listed->standing, STORE_COUNTED);
    assert_int_equal(listed->n_findings, 1);
    assert_int_equal(listed->sums.sessions, 30);
    return 9;
}

static void a_line_says_what_was_put(void **state)
{
    struct sample_store *sample = *state;
    struct store_filter filter = { .range = SAMPLE_ALL };
    char cursor[STORE_CURSOR_BYTES] = "kept";
    struct sample_report report;
    int n = 0;

    sample_fill(&report, "Google Inc.", "b.example", SAMPLE_DAY, 10, 1);
    report.subjects[1] = (struct store_subject){ "a example", 20, 0 };
    report.report.n_subjects = 2;
    report.report.report_id = "id-7";
    report.report.proof = STORE_PROOF_DKIM;
    report.findings[0] = (struct store_finding){ "x", "", NULL };
    report.report.n_findings = 1;
    sample_put(sample, &report);
    assert_int_equal(store_each_report(sample->store, &filter, NULL, 10, cursor,
                                       check_line, &n, &sample->err),
                     9);
    assert_int_equal(n, 1);
    assert_string_equal(cursor, "kept");
}

static void conflicts_have_a_list_of_their_own(void **state)
{
    struct sample_store *sample = *state;
    struct store_filter filter = { .range = SAMPLE_ALL, .domain = "a.example" };
    struct sample_report report;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    sample_put(sample, &report);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 70, 7);
    assert_int_equal(sample_put(sample, &report), STORE_CONFLICT);
    assert_sums(walk_all(sample, &filter, 10), (struct store_sums){ 1, 10, 1 },
                "what counts");
    filter.standing = STORE_CONFLICTING;
    assert_sums(walk_all(sample, &filter, 10), (struct store_sums){ 1, 70, 7 },
                "conflicts");
}

static void what_cannot_be_listed_is_refused(void **state)
{
    static const char *const cursors[] = {
        "x", "1", "1.", ".1", "1.2x", "99999999999.1", "99999999999999999999.1"
    };
    struct sample_store *sample = *state;
    struct store_filter filter = { .range = { 1, 2 } };
    char cursor[STORE_CURSOR_BYTES];
    struct walk walk = { 0 };

    for (size_t i = 0; i < sizeof(cursors) / sizeof(*cursors); i++) {
        assert_int_equal(store_each_report(sample->store, &filter, cursors[i],
                                           10, cursor, see, &walk,
                                           &sample->err),
                         -1);
        assert_int_equal(sample->err.kind, ERR_USAGE);
    }
    assert_int_equal(store_each_report(sample->store, &filter, NULL, 0, cursor,
                                       see, &walk, &sample->err),
                     -1);
    assert_int_equal(store_each_report(sample->store, &filter, NULL, 1001,
                                       cursor, see, &walk, &sample->err),
                     -1);
    filter.mx = filter.policy_type = "x";
    assert_int_equal(store_each_report(sample->store, &filter, NULL, 10, cursor,
                                       see, &walk, &sample->err),
                     -1);
    assert_int_equal(sample->err.kind, ERR_USAGE);
}

/* ---- How the database goes about it -------------------------------------- */

static int see_nothing(void *context, const struct rollup_row *row,
                       struct err *err)
{
    (void)context;
    (void)row;
    (void)err;
    return 0;
}

static int see_group(void *context, const struct store_group *group,
                     struct err *err)
{
    (void)context;
    (void)group;
    (void)err;
    return 0;
}

/* Asks so that each hot statement is prepared. */
static void ask_all(struct sample_store *sample)
{
    struct rollup_row sum;

    for (unsigned i = 0; i < 8; i++) {
        struct store_filter filter = { .range = SAMPLE_ALL,
                                       .organization = i & 1 ? "google" : NULL,
                                       .failed_only = i & 2,
                                       .mx = i & 4 ? hosts[0] : NULL };

        walk_all(sample, &filter, 10);
    }
    assert_ok(sample, store_each_group(sample->store, STORE_BY_ORGANIZATION,
                                       "a.example", SAMPLE_ALL, see_group, NULL,
                                       &sample->err));
    assert_ok(sample, rollup_each(sample->store, DICTIONARY_MX, 1, SAMPLE_ALL,
                                  see_nothing, NULL, &sample->err));
    assert_ok(sample, rollup_find(sample->store, DICTIONARY_MX, 1, 2,
                                  SAMPLE_ALL, &sum, &sample->err));
}

/* Each hot question is one walk along one index with both bounds used: no
 * sorting, no look-up of the facts' own rows. */
static void hot_questions_are_one_walk_along_an_index(void **state)
{
    static const struct {
        enum store_statement statement;
        const char *plan;
    } rows[] = {
        { STATEMENT_LINE_WALK,
          "USING PRIMARY KEY (standing=? AND domain_id=? AND label_id=? AND"
          " day>? AND (day,report_id)<(?,?))" },
        { STATEMENT_ROLLUP_READ, "PRIMARY KEY (kind=? AND domain_id=? AND"
                                 " level=? AND block>? AND block<?)" },
        { STATEMENT_ROLLUP_FIND, "PRIMARY KEY (kind=? AND domain_id=? AND"
                                 " level=? AND block>? AND block<?)" },
    };
    struct sample_store *sample = *state;

    put_random(sample, 4);
    ask_all(sample);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        sqlite3_stmt *used = sample->store->statements[rows[i].statement];
        char sql[1000];
        char *plan;

        assert_non_null(used);
        snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", sqlite3_sql(used));
        plan = sample_dump(sample, sql);
        if (!strstr(plan, rows[i].plan) || strstr(plan, "TEMP B-TREE"))
            fail_msg("%s\nexpected %s\ngot %s", sql, rows[i].plan, plan);
        free(plan);
    }
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(every_list_adds_up_to_its_sums),
        test(every_row_of_a_breakdown_is_its_list),
        test(days_add_up_to_the_list_of_their_range),
        test(a_line_says_what_was_put),
        test(conflicts_have_a_list_of_their_own),
        test(what_cannot_be_listed_is_refused),
        test(hot_questions_are_one_walk_along_an_index),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
