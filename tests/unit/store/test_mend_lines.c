/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/mend_lines.h"

#include <stdlib.h>
#include <string.h>

#include "store/sample.h"
#include "store/verify.h"

#include "row.h"

static const char sums_sql[] =
    "SELECT * FROM rollup ORDER BY kind, domain_id, level, block, label_id";

static void fill(struct sample_store *sample)
{
    static const char *const domains[] = { "a.example", "b.example" };
    struct sample_report report;

    for (int i = 0; i < 20; i++) {
        sample_fill(&report, i % 3 ? "one" : "two", domains[i % 2],
                    i % 9 ? SAMPLE_DAY + 5 * i : UTC_DAY_NONE, 100 + i, i % 4);
        report.report.start += i;
        sample_put(sample, &report);
    }
}

static void note(void *context, const struct store_fault *fault)
{
    (void)context, (void)fault;
}

static const struct store_verify_options quiet = { .fault = note };

static const char lines_sql[] =
    "SELECT * FROM line ORDER BY standing, domain_id, label_id, day, report_id";

/* What is damaged in lists, of which all sums are made. */
static const char *const line_damages[] = {
    "DELETE FROM line",
    "DELETE FROM line WHERE report_id % 3 = 0 AND domain_id > 0",
    "DELETE FROM line WHERE label_id < 1 OR report_id = 4",
    "UPDATE line SET sessions = sessions + 7, failures = 0",
    "UPDATE line SET day = day + 1 WHERE report_id = 2",
    "UPDATE line SET organization_id = organization_id + 1, standing = 2"
    " WHERE report_id = 5",
    "INSERT INTO line SELECT standing, domain_id, label_id, day,"
    " report_id + 5000, organization_id, sessions, failures FROM line",
    "INSERT INTO line SELECT 3, domain_id, label_id, day - 3, report_id,"
    " organization_id, sessions, failures FROM line",
};

static void lines_are_made_anew_before_sums(void **state)
{
    struct sample_store *sample = *state;
    struct store_verified verified;
    char *lines, *sums, *met_lines, *met_sums;

    fill(sample);
    lines = sample_dump(sample, lines_sql);
    sums = sample_dump(sample, sums_sql);
    for (size_t i = 0; i < ROWS(line_damages); i++) {
        free(sample_dump(sample, line_damages[i]));
        assert_ok(sample,
                  store_mend(sample->store, &quiet, &verified, &sample->err));
        assert_true(verified.mended > 0);
        assert_int_equal(verified.mended, verified.faults);
        met_lines = sample_dump(sample, lines_sql);
        met_sums = sample_dump(sample, sums_sql);
        if (strcmp(met_lines, lines) != 0)
            fail_msg("%s: %.2000s", line_damages[i], met_lines);
        if (strcmp(met_sums, sums) != 0)
            fail_msg("%s: %.2000s", line_damages[i], met_sums);
        free(met_lines);
        free(met_sums);
        assert_ok(sample,
                  store_mend(sample->store, &quiet, &verified, &sample->err));
        assert_int_equal(verified.faults, 0);
    }
    free(lines);
    free(sums);
}

static void what_was_mended_meanwhile_stays(void **state)
{
    struct sample_store *sample = *state;
    struct mend_lines mending = { 0 };
    struct line right = { 0 }, stray = { .report_id = 3, .day = 1 };
    char *lines, *met;

    fill(sample);
    lines = sample_dump(sample, lines_sql);
    right = (struct line){
        .day = sample_ask(sample, "SELECT day FROM report WHERE id = 3"),
        .report_id = 3,
        .organization_id = sample_ask(
            sample, "SELECT organization_id FROM report WHERE id = 3"),
        .sessions = 102,
        .failures = 2,
    };
    assert_int_equal(mend_lines_note(&mending, 9999), 0);
    assert_int_equal(mend_lines_note_stray(&mending, &right), 0);
    assert_int_equal(mend_lines_note_stray(&mending, &stray), 0);
    assert_ok(sample, mend_lines_write(sample->store, &mending, &sample->err));
    met = sample_dump(sample, lines_sql);
    assert_string_equal(met, lines);
    mend_lines_clear(&mending);
    assert_int_equal(mending.n_reports + mending.strays.n, 0);
    mend_lines_deinit(&mending);
    free(lines);
    free(met);
}

/* They are all that is left of it: its sums stay as they are. */
static void lines_of_damaged_facts_stay(void **state)
{
    struct sample_store *sample = *state;
    struct store_verified verified;
    char *lines, *sums, *met;

    fill(sample);
    lines = sample_dump(sample, lines_sql);
    sums = sample_dump(sample, sums_sql);
    free(sample_dump(sample, "UPDATE report SET facts = substr(facts, 1, 9)"
                             " WHERE id = 3"));
    free(sample_dump(sample, "DELETE FROM rollup WHERE kind = 1"));
    assert_ok(sample,
              store_mend(sample->store, &quiet, &verified, &sample->err));
    assert_int_equal(verified.faults, verified.mended + 1);
    met = sample_dump(sample, lines_sql);
    assert_string_equal(met, lines);
    free(met);
    met = sample_dump(sample, sums_sql);
    assert_string_equal(met, sums);
    free(met);
    free(lines);
    free(sums);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(lines_are_made_anew_before_sums),
        test(what_was_mended_meanwhile_stays),
        test(lines_of_damaged_facts_stay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
