/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "fetch/day.h"
#include "fetch/limits.h"

#include <stdlib.h>
#include <string.h>

#include "store/tally_sample.h"

#include "row.h"

#define RECORD "v=TLSRPTv1;rua=mailto:a@b.example"
#define NONE "{\"policy-type\": 9}"
#define KEY                                                                    \
    "{\"policy-type\":\"no-policy-found\",\"policy-domain\":\"a.example\"}"

static struct day_sum sum_of(const char *domain, const char *policy,
                             const char *failure, int64_t sessions,
                             int64_t failures)
{
    return (struct day_sum){ .domain = slice_of(domain),
                             .record = SLICE(RECORD),
                             .policy = slice_of(policy),
                             .failure = slice_of(failure),
                             .sessions = sessions,
                             .failures = failures };
}

static void add(struct day *day, struct day_sum sum)
{
    struct err err;

    assert_int_equal(day_add(day, &sum, &err), 0);
}

static void expect(struct tally_sample *sample, const char *expected)
{
    char *text = tally_sample_dump(sample, TALLY_SAMPLE_DAY);

    assert_string_equal(text, expected);
    free(text);
}

static int put(struct tally_sample *sample, struct day *day,
               enum day_state state)
{
    return day_put(day, sample->url, &sample->clock, state, &sample->err);
}

static void what_is_put_is_clean(void **state)
{
    struct tally_sample *sample = *state;
    struct day day;

    day_init(&day, TALLY_SAMPLE_DAY, FETCH_SOURCE_BYTES / 2);
    add(&day, sum_of("A.example.", NONE, "", 3, 1));
    add(&day,
        sum_of("A.example.", NONE,
               "{\"c\": 204, \"h\": \"250-mx.a.example\\r\\n250 X\"}", 1, 0));
    add(&day, sum_of("A.example.", NONE,
                     "{\"c\": 204, \"h\": \"mx.A.example\"}", 2, 0));
    add(&day, sum_of("a.example", NONE, "", 1, 0));
    assert_int_equal(day.n_bad, 0);
    assert_fine(sample, put(sample, &day, DAY_WHOLE));
    day_deinit(&day);
    expect(sample, "a.example|" RECORD "|" KEY "| 4/1\n"
                   "a.example|" RECORD "|" KEY
                   "|{\"result-type\":\"certificate-expired\","
                   "\"receiving-mx-helo\":\"mx.a.example\"} 3/0\n");
}

static const struct {
    const char *name, *domain, *policy, *failure;
    int64_t sessions, failures;
} bad[] = {
    { "no policy", "a.example", "x", "", 1, 0 },
    { "no type", "a.example", "{}", "", 1, 0 },
    { "two policies", "a.example", NONE NONE, "", 1, 0 },
    { "no domain", "", NONE, "", 1, 0 },
    { "a domain for a shell", "a.example;b", NONE, "", 1, 0 },
    { "no failure", "a.example", NONE, "x", 1, 0 },
    { "a failure without a type", "a.example", NONE, "{}", 1, 0 },
    { "more failures than sessions", "a.example", NONE, "", 1, 2 },
    { "less than nothing", "a.example", NONE, "", -1, 0 },
    { "failures less than nothing", "a.example", NONE, "", 1, -1 },
    { "more than there can be", "a.example", NONE, "", INT64_MAX, 0 },
};

static void what_is_bad_is_passed_over(void **state)
{
    struct tally_sample *sample = *state;
    struct day day;

    for (size_t i = 0; i < ROWS(bad); i++) {
        day_init(&day, TALLY_SAMPLE_DAY, FETCH_SOURCE_BYTES / 2);
        add(&day, sum_of("good.example", NONE, "", 1, 0));
        add(&day, sum_of(bad[i].domain, bad[i].policy, bad[i].failure,
                         bad[i].sessions, bad[i].failures));
        add(&day, sum_of("good.example", NONE, "", 1, 0));
        if (day.n_bad != 1 || day.rows.n_items != 2 || !*day.bad)
            fail_msg("%s: %lld bad, %zu rows", bad[i].name,
                     (long long)day.n_bad, day.rows.n_items);
        day_deinit(&day);
    }
    (void)sample;
}

static void a_record_that_is_no_text_is_bad(void **state)
{
    struct day_sum sum = sum_of("a.example", NONE, "", 1, 0);
    struct day day;

    (void)state;
    day_init(&day, TALLY_SAMPLE_DAY, FETCH_SOURCE_BYTES / 2);
    sum.record = SLICE("v=\xff");
    add(&day, sum);
    sum.record = SLICE("");
    add(&day, sum);
    assert_int_equal(day.n_bad, 2);
    assert_int_equal(day.rows.n_items, 0);
    day_deinit(&day);
}

static void a_day_put_again_takes_the_place_of_itself(void **state)
{
    struct tally_sample *sample = *state;
    struct day day;

    day_init(&day, TALLY_SAMPLE_DAY, FETCH_SOURCE_BYTES / 2);
    add(&day, sum_of("a.example", NONE, "", 5, 0));
    for (int i = 0; i < 3; i++)
        assert_fine(sample, put(sample, &day, DAY_SO_FAR));
    add(&day, sum_of("a.example", NONE, "", 1, 0));
    assert_fine(sample, put(sample, &day, DAY_SO_FAR));
    expect(sample, "a.example|" RECORD "|" KEY "| 6/0\n");
    assert_fine(sample, put(sample, &day, DAY_WHOLE));
    assert_int_equal(put(sample, &day, DAY_WHOLE), 1);
    expect(sample, "a.example|" RECORD "|" KEY "| 6/0\n");
    day_deinit(&day);
}

#define test(f)                                                                \
    cmocka_unit_test_setup_teardown(f, tally_sample_open, tally_sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_is_put_is_clean),
        test(what_is_bad_is_passed_over),
        test(a_record_that_is_no_text_is_bad),
        test(a_day_put_again_takes_the_place_of_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
