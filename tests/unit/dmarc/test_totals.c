/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include "row.h"

static void adds_what_passed(void **state)
{
    struct dmarc_record records[] = {
        { .count = 1, .dkim = "pass", .spf = "pass" },
        { .count = 10, .dkim = "pass", .spf = "fail" },
        { .count = 100, .dkim = NULL, .spf = "pass" },
        { .count = 1000, .dkim = "fail", .spf = "passed" },
    };
    struct dmarc_report report = { .records = records, .n_records = 4 };
    struct dmarc_totals totals = dmarc_totals_compute(&report);

    (void)state;
    ROW_NUMBER("messages", totals.messages, 1111);
    ROW_NUMBER("dkim", totals.dkim_pass, 11);
    ROW_NUMBER("spf", totals.spf_pass, 101);
    ROW_NUMBER("dmarc", totals.dmarc_pass, 111);
}

static void sums_stop_at_the_largest_number(void **state)
{
    struct dmarc_record records[] = {
        { .count = COUNT_MAX, .dkim = "pass" },
        { .count = COUNT_MAX, .dkim = "pass" },
    };
    struct dmarc_report report = { .records = records, .n_records = 2 };
    struct dmarc_totals totals = dmarc_totals_compute(&report);

    (void)state;
    ROW_NUMBER("messages", totals.messages, COUNT_MAX);
    ROW_NUMBER("dkim", totals.dkim_pass, COUNT_MAX);
    ROW_NUMBER("spf", totals.spf_pass, 0);
    ROW_NUMBER("dmarc", totals.dmarc_pass, COUNT_MAX);
}

static void tells_what_no_receiver_can_have_got(void **state)
{
    struct dmarc_record record = { .count = COUNT_PLAUSIBLE_MAX };

    (void)state;
    assert_false(dmarc_record_is_implausible(&record));
    record.count++;
    assert_true(dmarc_record_is_implausible(&record));
}

static void the_day_is_that_of_the_middle(void **state)
{
    struct dmarc_report report = { .start = 1790812800, .end = 1790899200 };
    char day[UTC_DAY_BYTES];

    (void)state;
    ROW_TEXT("day", utc_day_format(dmarc_day(&report), day), "2026-10-01");
    report.start = UTC_NONE;
    ROW_NUMBER("none", dmarc_day(&report), UTC_DAY_NONE);
    report = (struct dmarc_report){ .start = 1790812800, .end = UTC_NONE };
    ROW_NUMBER("none", dmarc_day(&report), UTC_DAY_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_what_passed),
        cmocka_unit_test(sums_stop_at_the_largest_number),
        cmocka_unit_test(tells_what_no_receiver_can_have_got),
        cmocka_unit_test(the_day_is_that_of_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
