/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/tally_sums.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "store/tally_sample.h"

#define STS "{\"policy-type\":\"sts\",\"policy-domain\":\"a.example\"}"
#define TLSA                                                                   \
    "{\"policy-type\":\"tlsa\",\"policy-string\":[\"3 1 1 AA\",\"3 1 1 BB\"]," \
    "\"policy-domain\":\"mx.a.example\"}"
#define NONE "{\"policy-type\":\"no-policy-found\"}"
#define EXPIRED                                                                \
    "{\"result-type\":\"certificate-expired\","                                \
    "\"receiving-mx-hostname\":\"mx1.a.example\"}"
#define EXPIRED_2                                                              \
    "{\"result-type\":\"certificate-expired\","                                \
    "\"receiving-mx-hostname\":\"mx2.a.example\"}"
#define ODD "{\"result-type\":299,\"failure-reason-code\":\"why\"}"

enum { DAY = TALLY_SAMPLE_DAY };

static void put(struct tally_sample *sample, utc_day day, const char *domain,
                const char *policy, const char *detail, int64_t sessions,
                int64_t failures)
{
    struct tally_row row =
        tally_sample_row(domain, policy, detail, sessions, failures);

    row.day = day;
    assert_int_equal(tally_sample_put(sample, &row), 0);
}

struct seen {
    struct tally_sample *sample;
    struct arena arena;
    FILE *out;
    char *text;
    size_t bytes;
};

static void see(struct seen *seen, struct tally_sample *sample)
{
    seen->sample = sample;
    arena_init(&seen->arena, 1 << 20);
    seen->out = open_memstream(&seen->text, &seen->bytes);
    assert_non_null(seen->out);
}

static void saw(struct seen *seen, const char *expected)
{
    fclose(seen->out);
    assert_string_equal(seen->text, expected);
    free(seen->text);
    arena_deinit(&seen->arena);
}

static int print_sum(void *context, const struct tally_sum *sum,
                     struct err *err)
{
    struct seen *seen = context;
    const char *name = "-";

    (void)err;
    if (sum->domain)
        assert_fine(seen->sample,
                    tally_domain_name(seen->sample->tally, sum->domain,
                                      &seen->arena, &name, &seen->sample->err));
    fprintf(seen->out, "%s %d/%d %d+%d\n", name, (int)sum->sessions,
            (int)sum->failures, (int)sum->success_evaluations,
            (int)sum->failure_evaluations);
    return 0;
}

static void assert_sums(struct tally_sample *sample, utc_day day,
                        const char *expected)
{
    struct seen seen;

    see(&seen, sample);
    assert_fine(sample, tally_each_sum(sample->tally, day, print_sum, &seen,
                                       &sample->err));
    saw(&seen, expected);
}

static void a_session_under_two_policies_counts_once(void **state)
{
    struct tally_sample *sample = *state;

    put(sample, DAY, "a.example", STS, "", 10, 2);
    put(sample, DAY, "a.example", STS, EXPIRED, 2, 0);
    put(sample, DAY, "a.example", TLSA, "", 7, 5);
    put(sample, DAY, "a.example", NONE, "", 3, 1);
    put(sample, DAY, "b.example", TLSA, "", 4, 0);
    put(sample, DAY, "b.example", "no JSON", "", 5, 5);
    put(sample, DAY + 1, "b.example", STS, "", 8, 0);
    assert_sums(sample, DAY, "a.example 13/6 12+8\nb.example 9/5 4+5\n");
    assert_sums(sample, DAY + 1, "b.example 8/0 8+0\n");
    assert_sums(sample, DAY + 2, "");
}

/* Policies of one type add up, whatever their order. */
static void policies_of_one_type_add_up(void **state)
{
    struct tally_sample *sample = *state;

    put(sample, DAY, "a.example", TLSA, "", 4, 0);
    put(sample, DAY, "a.example", STS, "", 3, 1);
    put(sample, DAY, "a.example",
        "{\"policy-type\":\"sts\",\"policy-domain\":\"b\"}", "", 3, 1);
    assert_sums(sample, DAY, "a.example 6/2 8+2\n");
}

static void what_belongs_to_no_report_stands_apart(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = tally_sample_row("a.example", STS, "", 2, 1);

    row.record = slice_of("");
    tally_sample_put(sample, &row);
    put(sample, DAY, "", NONE, "", 3, 0);
    put(sample, DAY, "a.example", STS, "", 4, 0);
    assert_sums(sample, DAY, "a.example 4/0 4+0\n- 5/1 4+1\n");
}

/* Under one record a session stands under sts and tlsa; those of two domains
 * without a record are not the same ones. */
static void domains_without_a_record_are_not_one(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row one = tally_sample_row("a.example", STS, "", 2, 1);
    struct tally_row other = tally_sample_row("b.example", TLSA, "", 3, 1);

    one.record = other.record = slice_of("");
    tally_sample_put(sample, &one);
    tally_sample_put(sample, &other);
    assert_sums(sample, DAY, "- 5/2 3+2\n");
    one.policy = other.policy;
    one.sessions = 4;
    tally_sample_put(sample, &one);
    assert_sums(sample, DAY, "- 7/2 6+3\n");
}

static void one_domain_has_the_sum_that_the_walk_gives(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_sum sum;
    int64_t number;

    put(sample, DAY, "a.example", STS, "", 10, 2);
    put(sample, DAY, "a.example", TLSA, "", 7, 5);
    assert_int_equal(tally_domain_find(sample->tally, SLICE("a.example"),
                                       &number, &sample->err),
                     0);
    assert_fine(sample,
                tally_sum_of(sample->tally, DAY, number, &sum, &sample->err));
    assert_int_equal(sum.sessions, 10);
    assert_int_equal(sum.failures, 5);
    assert_fine(sample, tally_sum_of(sample->tally, DAY + 1, number, &sum,
                                     &sample->err));
    assert_int_equal(sum.sessions, 0);
    assert_int_equal(tally_domain_find(sample->tally, SLICE("b.example"),
                                       &number, &sample->err),
                     1);
}

static int print_reason(void *context, const struct tally_reason *reason,
                        struct err *err)
{
    struct seen *seen = context;

    (void)err;
    fprintf(seen->out, "%s|%s|%s %d %d-%d\n", reason->result_type,
            reason->reason, reason->mx, (int)reason->failures,
            (int)reason->first_day - DAY, (int)reason->last_day - DAY);
    return 0;
}

static void reasons_are_added_up_over_days(void **state)
{
    struct tally_sample *sample = *state;
    struct seen seen;
    int64_t number;

    put(sample, DAY, "a.example", STS, EXPIRED, 4, 0);
    put(sample, DAY, "a.example", TLSA, EXPIRED, 3, 0);
    put(sample, DAY + 2, "a.example", NONE, EXPIRED, 5, 0);
    put(sample, DAY + 1, "a.example", STS, EXPIRED_2, 20, 0);
    put(sample, DAY + 3, "a.example", STS, ODD, 1, 0);
    put(sample, DAY + 4, "a.example", STS, ODD, 100, 0);
    put(sample, DAY, "b.example", STS, EXPIRED, 50, 0);
    put(sample, DAY, "a.example", STS, "no JSON", 2, 0);
    tally_domain_find(sample->tally, SLICE("a.example"), &number, &sample->err);
    see(&seen, sample);
    assert_fine(sample, tally_each_reason(sample->tally, number, DAY, DAY + 3,
                                          print_reason, &seen, &sample->err));
    saw(&seen, "certificate-expired||mx2.a.example 20 1-1\n"
               "certificate-expired||mx1.a.example 9 0-2\n"
               "|| 2 0-0\n299|why| 1 3-3\n");
}

static int print_policy(void *context, const struct tally_policy *policy,
                        struct err *err)
{
    struct seen *seen = context;

    (void)err;
    fprintf(seen->out, "%s %s [%s] %d/%d\n", policy->type, policy->domain,
            policy->text, (int)policy->successes, (int)policy->failures);
    return 0;
}

static void policies_and_record_of_a_day_are_told(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = tally_sample_row("a.example", NONE, "", 50, 0);
    const char *record;
    struct seen seen;
    int64_t number;

    put(sample, DAY, "a.example", STS, "", 10, 2);
    put(sample, DAY, "a.example", TLSA, "", 30, 1);
    row.record = slice_of("v=TLSRPTv1; rua=mailto:more@a.example");
    tally_sample_put(sample, &row);
    tally_domain_find(sample->tally, SLICE("a.example"), &number, &sample->err);
    see(&seen, sample);
    assert_fine(sample, tally_record_of(sample->tally, DAY, number, &seen.arena,
                                        &record, &sample->err));
    assert_string_equal(record, "v=TLSRPTv1; rua=mailto:more@a.example");
    assert_fine(sample, tally_record_of(sample->tally, DAY + 1, number,
                                        &seen.arena, &record, &sample->err));
    assert_string_equal(record, "");
    assert_fine(sample, tally_each_policy(sample->tally, DAY, number, 2,
                                          print_policy, &seen, &sample->err));
    row.record = slice_of("");
    row.sessions = 500;
    row.policy = slice_of(STS);
    tally_sample_put(sample, &row);
    assert_fine(sample, tally_record_of(sample->tally, DAY, number, &seen.arena,
                                        &record, &sample->err));
    assert_string_equal(record, "v=TLSRPTv1; rua=mailto:more@a.example");
    saw(&seen, "no-policy-found  [] 50/0\n"
               "tlsa mx.a.example [3 1 1 AA\n3 1 1 BB] 29/1\n");
}

static int stop(void *context, const struct tally_sum *sum, struct err *err)
{
    (void)context;
    (void)sum;
    (void)err;
    return 7;
}

static void a_walk_ends_when_told(void **state)
{
    struct tally_sample *sample = *state;

    put(sample, DAY, "a.example", STS, "", 1, 0);
    put(sample, DAY, "b.example", STS, "", 1, 0);
    assert_int_equal(
        tally_each_sum(sample->tally, DAY, stop, NULL, &sample->err), 7);
    assert_sums(sample, DAY, "a.example 1/0 1+0\nb.example 1/0 1+0\n");
}

static void who_glances_does_not_wait_for_long(void **state)
{
    struct tally_sample *sample = *state;
    struct tally *other = NULL;
    sqlite3 *alone;

    put(sample, DAY, "a.example", STS, "", 1, 0);
    assert_fine(sample, tally_open(sample->url, STORE_GLANCE, &sample->clock,
                                   &other, &sample->err));
    assert_int_equal(tally_begin(other, &sample->err), -1);
    tally_close(other);
    tally_close(sample->tally);
    sample->tally = NULL;
    assert_int_equal(sqlite3_open(sample->path, &alone), SQLITE_OK);
    assert_int_equal(sqlite3_exec(alone,
                                  "PRAGMA locking_mode = EXCLUSIVE;"
                                  "BEGIN EXCLUSIVE",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(tally_open(sample->url, STORE_GLANCE, &sample->clock,
                                &other, &sample->err),
                     -1);
    assert_non_null(strstr(sample->err.text, "locked"));
    sqlite3_close(alone);
}

#define IN_A_TALLY(test)                                                       \
    cmocka_unit_test_setup_teardown(test, tally_sample_open, tally_sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_TALLY(a_session_under_two_policies_counts_once),
        IN_A_TALLY(policies_of_one_type_add_up),
        IN_A_TALLY(what_belongs_to_no_report_stands_apart),
        IN_A_TALLY(one_domain_has_the_sum_that_the_walk_gives),
        IN_A_TALLY(reasons_are_added_up_over_days),
        IN_A_TALLY(domains_without_a_record_are_not_one),
        IN_A_TALLY(policies_and_record_of_a_day_are_told),
        IN_A_TALLY(a_walk_ends_when_told),
        IN_A_TALLY(who_glances_does_not_wait_for_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
