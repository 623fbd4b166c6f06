/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/sample.h"

/* Groups as lines of text, in the order they were given. */
struct lines {
    char text[2000];
    size_t len;
};

static int add_line(void *context, const struct store_group *group,
                    struct err *err)
{
    struct lines *lines = context;

    (void)err;
    lines->len += (size_t)snprintf(
        lines->text + lines->len, sizeof(lines->text) - lines->len,
        "%s|%s|%lld %lld %lld|%d %d|%lld %lld\n", group->key, group->label,
        (long long)group->sums.reports, (long long)group->sums.sessions,
        (long long)group->sums.failures,
        group->first_day == UTC_DAY_NONE ? -1 : group->first_day - SAMPLE_DAY,
        group->last_day == UTC_DAY_NONE ? -1 : group->last_day - SAMPLE_DAY,
        (long long)group->success_evaluations,
        (long long)group->failure_evaluations);
    return 0;
}

static void assert_groups(struct sample_store *sample,
                          enum store_dimension dimension, const char *domain,
                          struct store_range range, const char *expected)
{
    struct lines lines = { 0 };

    assert_ok(sample, store_each_group(sample->store, dimension, domain, range,
                                       add_line, &lines, &sample->err));
    assert_string_equal(lines.text, expected);
}

/* a.example fails on two days by Google, b.example never; one report has no
 * day, one no MX. */
static void fill(struct sample_store *sample)
{
    struct sample_report report;

    sample_fill(&report, "Google LLC", "a.example", SAMPLE_DAY, 100, 5);
    report.report.organization_key = "google";
    sample_put(sample, &report);
    sample_fill(&report, "google.com", "a.example", SAMPLE_DAY + 20, 100, 7);
    report.report.organization_key = "google";
    report.results[0].key = "validation-failure";
    report.mxs[0].key = "";
    sample_put(sample, &report);
    sample_fill(&report, "Microsoft", "a.example", SAMPLE_DAY + 2, 50, 0);
    sample_put(sample, &report);
    sample_fill(&report, "Microsoft", "b.example", SAMPLE_DAY + 2, 90, 0);
    report.policies[0].type = "tlsa";
    sample_put(sample, &report);
    sample_fill(&report, "Microsoft", "b.example", UTC_DAY_NONE, 3, 1);
    sample_put(sample, &report);
}

static void each_dimension_has_its_groups(void **state)
{
    struct sample_store *sample = *state;

    fill(sample);
    assert_groups(sample, STORE_BY_DOMAIN, NULL, SAMPLE_ALL,
                  "a.example|a.example|3 250 12|0 20|0 0\n"
                  "b.example|b.example|2 93 1|2 2|0 0\n");
    assert_groups(sample, STORE_BY_ORGANIZATION, NULL, SAMPLE_ALL,
                  "google|Google LLC|2 200 12|0 20|0 0\n"
                  "Microsoft|Microsoft|3 143 1|2 2|0 0\n");
    assert_groups(sample, STORE_BY_RESULT_TYPE, NULL, SAMPLE_ALL,
                  "validation-failure|validation-failure|1 0 7|20 20|0 0\n"
                  "certificate-expired|certificate-expired|2 0 6|0 0|0 0\n");
    assert_groups(sample, STORE_BY_MX, NULL, SAMPLE_ALL,
                  "||1 0 7|20 20|0 0\n"
                  "mx1.example.net|mx1.example.net|2 0 6|0 0|0 0\n");
    assert_groups(sample, STORE_BY_POLICY_TYPE, NULL, SAMPLE_ALL,
                  "sts|sts|4 253 13|0 20|240 13\n"
                  "tlsa|tlsa|1 90 0|2 2|90 0\n");
}

static void a_domain_has_groups_of_its_own(void **state)
{
    struct sample_store *sample = *state;

    fill(sample);
    assert_groups(sample, STORE_BY_DOMAIN, "b.example", SAMPLE_ALL,
                  "b.example|b.example|2 93 1|2 2|0 0\n");
    assert_groups(sample, STORE_BY_ORGANIZATION, "a.example", SAMPLE_ALL,
                  "google|Google LLC|2 200 12|0 20|0 0\n"
                  "Microsoft|Microsoft|1 50 0|2 2|0 0\n");
    assert_groups(sample, STORE_BY_ORGANIZATION, "b.example", SAMPLE_ALL,
                  "Microsoft|Microsoft|2 93 1|2 2|0 0\n");
    assert_groups(sample, STORE_BY_RESULT_TYPE, "b.example", SAMPLE_ALL,
                  "certificate-expired|certificate-expired|1 0 1|-1 -1|0 0\n");
    assert_groups(sample, STORE_BY_MX, "b.example", SAMPLE_ALL,
                  "mx1.example.net|mx1.example.net|1 0 1|-1 -1|0 0\n");
    assert_groups(sample, STORE_BY_POLICY_TYPE, "b.example", SAMPLE_ALL,
                  "sts|sts|1 3 1|-1 -1|2 1\n"
                  "tlsa|tlsa|1 90 0|2 2|90 0\n");
    assert_groups(sample, STORE_BY_MX, "never.example", SAMPLE_ALL, "");
}

static void a_range_holds_its_days_and_no_undated(void **state)
{
    struct store_range range = { SAMPLE_DAY + 1, SAMPLE_DAY + 19 };
    struct store_range dated = { SAMPLE_DAY - 4000, SAMPLE_DAY + 4000 };
    struct sample_store *sample = *state;

    fill(sample);
    assert_groups(sample, STORE_BY_DOMAIN, NULL, range,
                  "b.example|b.example|1 90 0|2 2|0 0\n"
                  "a.example|a.example|1 50 0|2 2|0 0\n");
    assert_groups(sample, STORE_BY_ORGANIZATION, "a.example", range,
                  "Microsoft|Microsoft|1 50 0|2 2|0 0\n");
    assert_groups(sample, STORE_BY_MX, NULL, range, "");
    assert_groups(sample, STORE_BY_MX, NULL, dated,
                  "||1 0 7|20 20|0 0\n"
                  "mx1.example.net|mx1.example.net|1 0 5|0 0|0 0\n");
}

static int stop(void *context, const struct store_group *group, struct err *err)
{
    (void)group;
    (void)err;
    return ++*(int *)context == 2 ? 5 : 0;
}

static void a_function_can_stop_it(void **state)
{
    struct sample_store *sample = *state;
    int n = 0;

    fill(sample);
    assert_int_equal(store_each_group(sample->store, STORE_BY_DOMAIN, NULL,
                                      SAMPLE_ALL, stop, &n, &sample->err),
                     5);
    assert_int_equal(n, 2);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

static int ignore_group(void *context, const struct store_group *group,
                        struct err *err)
{
    (void)context;
    (void)group;
    (void)err;
    return 0;
}

static void a_question_leaves_the_reader_free(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    struct store *reader = NULL;
    int64_t before, after;

    assert_ok(sample, store_open(sample->url, STORE_READ, &sample->clock,
                                 &reader, &sample->err));
    for (int i = 0; i < STORE_DIMENSION_COUNT; i++) {
        sample_fill(&report, "a", "a.example", SAMPLE_DAY + i, 10, 1);
        sample_put(sample, &report);
        assert_ok(sample, store_change(reader, &before, &sample->err));
        assert_ok(sample, store_each_group(reader, (enum store_dimension)i,
                                           NULL, SAMPLE_ALL, ignore_group, NULL,
                                           &sample->err));
        sample_fill(&report, "b", "a.example", SAMPLE_DAY + i, 10, 1);
        sample_put(sample, &report);
        assert_ok(sample, store_change(reader, &after, &sample->err));
        assert_true(after > before);
    }
    store_close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(each_dimension_has_its_groups),
        test(a_domain_has_groups_of_its_own),
        test(a_range_holds_its_days_and_no_undated),
        test(a_function_can_stop_it),
        test(a_question_leaves_the_reader_free),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
