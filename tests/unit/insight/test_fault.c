/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/fault.h"

#include <stdio.h>
#include <string.h>

#include "store/sample.h"

/* The day of the samples' clock, 2027-01-15. */
enum { TODAY = 20833, FAR = TODAY + 30000 };

static const struct store_range week = { TODAY - 6, TODAY };

static void put(struct sample_store *sample, int32_t day, const char *type,
                const char *mx, int64_t failures)
{
    struct sample_report report;

    sample_fill(&report, type, "example.com", day, 1000, failures);
    report.results[0].key = type;
    report.mxs[0].key = mx;
    sample_put(sample, &report);
}

/* The answer, and room for it. */
struct found {
    struct arena arena;
    struct insight_fault *faults;
    size_t n;
};

static struct found find(struct sample_store *sample, struct store_range range)
{
    struct found found;

    arena_init(&found.arena, 1 << 20);
    assert_ok(sample, insight_faults_find(sample->store, "example.com", range,
                                          &found.arena, &found.faults, &found.n,
                                          &sample->err));
    return found;
}

static void assert_since(struct sample_store *sample, const char *expected,
                         bool is_open)
{
    struct found found = find(sample, week);

    assert_int_equal(found.n, 1);
    assert_string_equal(found.faults[0].since, expected);
    assert_true(found.faults[0].is_open == is_open);
    arena_deinit(&found.arena);
}

static void since_looks_beyond_the_range(void **state)
{
    struct sample_store *sample = *state;

    put(sample, TODAY - 100, "certificate-expired", "mx", 5);
    put(sample, TODAY - 3, "certificate-expired", "mx", 5);
    assert_since(sample, "Since 2026-10-07, still open", true);
}

/* Seen on the last two days of the range, but not of all that is stored. */
static void what_ended_behind_the_range_is_not_open(void **state)
{
    struct sample_store *sample = *state;
    const struct store_range range = { TODAY - 9, TODAY - 5 };
    struct found found;

    put(sample, TODAY - 6, "certificate-expired", "mx", 5);
    put(sample, TODAY - 5, "certificate-expired", "mx", 5);
    put(sample, TODAY - 2, "", "", 0);
    put(sample, TODAY - 1, "", "", 0);
    found = find(sample, range);
    assert_int_equal(found.n, 1);
    assert_false(found.faults[0].is_open);
    assert_string_equal(found.faults[0].since,
                        "From 2027-01-09 to 2027-01-10, not seen since");
    arena_deinit(&found.arena);
}

static void reports_of_the_future_close_nothing(void **state)
{
    struct sample_store *sample = *state;

    put(sample, TODAY - 1, "certificate-expired", "mx", 5);
    put(sample, FAR, "", "", 0);
    put(sample, FAR + 1, "", "", 0);
    assert_since(sample, "Since 2027-01-14, still open", true);
}

static void what_has_no_day_has_no_since(void **state)
{
    struct sample_store *sample = *state;
    struct found found;

    put(sample, UTC_DAY_NONE, "certificate-expired", "mx", 5);
    found = find(sample, SAMPLE_ALL);
    assert_int_equal(found.n, 1);
    assert_null(found.faults[0].since);
    assert_false(found.faults[0].is_open);
    arena_deinit(&found.arena);
}

static void assert_look(const struct found *found, const char *key,
                        const char *has, const char *has_not)
{
    for (size_t i = 0; i < found->n; i++) {
        const struct insight_fault *fault = &found->faults[i];

        if (strcmp(fault->key, key) != 0)
            continue;
        if (!strstr(fault->look, has) || strstr(fault->look, has_not))
            fail_msg("%s: %s", key, fault->look);
        return;
    }
    fail_msg("%s: not found", key);
}

static void commands_are_ready_to_copy(void **state)
{
    struct sample_store *sample = *state;
    struct found found;

    put(sample, TODAY, "certificate-expired", "mx7.example.net", 5);
    put(sample, TODAY, "sts-policy-fetch-error", "mx8.example.net", 5);
    put(sample, TODAY, "tlsa-invalid", "$(reboot)", 5);
    put(sample, TODAY, "starttls-not-supported", "", 5);
    found = find(sample, week);
    assert_look(&found, "certificate-expired", "mx7.example.net:25", "MX");
    assert_look(&found, "sts-policy-fetch-error", "mta-sts.example.com",
                "DOMAIN");
    assert_look(&found, "tlsa-invalid", "MX", "$(");
    assert_look(&found, "starttls-not-supported", "MX", "mx7");
    arena_deinit(&found.arena);
}

/* Result types are free text: strangers may send as many as they like. */
static void questions_are_asked_for_the_worst_only(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    char type[32];
    struct found found;

    for (int i = 0; i <= INSIGHT_FAULTS_ASKED; i++) {
        snprintf(type, sizeof(type), "invented-%02d", i);
        sample_fill(&report, "one", "example.com", TODAY, 1000, 100 - i);
        report.results[0].key = type;
        report.report.report_id = type;
        sample_put(sample, &report);
    }
    found = find(sample, week);
    assert_int_equal(found.n, INSIGHT_FAULTS_ASKED + 1);
    for (size_t i = 0; i < found.n; i++) {
        bool is_asked = i < INSIGHT_FAULTS_ASKED;

        assert_non_null(found.faults[i].since);
        assert_true((found.faults[i].who != NULL) == is_asked);
        assert_true((strstr(found.faults[i].look, "mx1") != NULL) == is_asked);
    }
    arena_deinit(&found.arena);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(since_looks_beyond_the_range),
        test(what_ended_behind_the_range_is_not_open),
        test(reports_of_the_future_close_nothing),
        test(what_has_no_day_has_no_since),
        test(commands_are_ready_to_copy),
        test(questions_are_asked_for_the_worst_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
