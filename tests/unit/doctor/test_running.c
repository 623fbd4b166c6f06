/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "charts.h"
#include "doctor/running.h"
#include "row.h"

enum { NOW = 1800000000 };

static void the_collector_runs_and_loses_nothing(void **state)
{
    static const struct {
        const char *name, *text, *want;
    } rows[] = {
        { "silent", NULL, "collector:error " },
        { "good",
          "# HELP tlsrpt_collect_received_total x\n"
          "tlsrpt_collect_received_total 5\n"
          "tlsrpt_collect_malformed_total 0\n",
          "collector:good " },
        { "malformed", "tlsrpt_collect_malformed_total 1\n",
          "collector:warning " },
        { "too long", "tlsrpt_collect_truncated_total 1\n",
          "collector:warning " },
        { "lost",
          "tlsrpt_collect_malformed_total 1\ntlsrpt_collect_lost_total 2\n",
          "collector:error " },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();

        running_judge_collector(chart, "t", rows[i].text, "nobody");
        charts_compare(chart, rows[i].want, rows[i].name);
    }
}

static void days_are_reported(void **state)
{
    static const struct running_days none = { .first_open = UTC_DAY_NONE },
                                     two = { .first_open = 20000, .n_open = 2 },
                                     unknown = { .failure = "x" };
    struct chart *chart = charts_new();

    (void)state;
    running_judge_days(chart, "o", &none);
    running_judge_days(chart, "o", &two);
    running_judge_days(chart, "o", &unknown);
    charts_compare(chart, "reporter:good reporter:error reporter:unknown ",
                   "days");
    assert_string_equal(
        chart->rows[1].evidence,
        "2 days are not reported, the first of them 2024-10-04");
}

/* A day that collectors are still waited for is not late. */
static void patience_is_waited_for(void **state)
{
    enum { DAY = 20000 };
    static const struct {
        const char *name;
        int64_t patience_s, hours; /* behind the day's end */
        int last;
    } rows[] = {
        { "as without a configuration, soon", OUTGOING_PATIENCE_S, 1, DAY - 1 },
        { "as without a configuration", OUTGOING_PATIENCE_S, 2, DAY },
        { "patient, waits", 6 * 3600, 6, DAY - 1 },
        { "patient", 6 * 3600, 7, DAY },
        { "impatient", 0, 1, DAY },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct outgoing_settings settings = { .patience_s =
                                                        rows[i].patience_s };
        const utc_time now =
            (utc_time)(DAY + 1) * UTC_DAY_SECONDS + rows[i].hours * 3600;

        ROW_NUMBER(rows[i].name, running_last_day(&settings, now),
                   rows[i].last);
    }
}

static void what_is_due_goes_out(void **state)
{
    static const struct {
        const char *name, *want;
        struct running_outbox outbox;
    } rows[] = {
        { "empty", "outbox:good ", { .next_due = UTC_NONE } },
        { "waits", "outbox:good ", { .n_waiting = 3, .next_due = NOW + 60 } },
        { "at its turn",
          "outbox:good ",
          { .n_waiting = 3, .next_due = NOW - 60 } },
        { "overdue",
          "outbox:error ",
          { .n_waiting = 3, .next_due = NOW - 7200 } },
        { "given up",
          "outbox:warning ",
          { .n_given_up = 1, .next_due = UTC_NONE } },
        { "refused for hours",
          "outbox:error ",
          { .n_waiting = 3,
            .next_due = NOW + 60,
            .deliveries.ways[DELIVERIES_MAIL] = { .n_in_vain = 3 } } },
        { "refused and overdue",
          "outbox:error outbox:error ",
          { .n_waiting = 3,
            .next_due = NOW - 7200,
            .deliveries.ways[DELIVERIES_MAIL] = { .n_in_vain = 3 } } },
        { "none yet", "outbox:note ", { .is_absent = true } },
        { "hidden", "outbox:unknown ", { .failure = "x" } },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();

        running_judge_outbox(chart, "o", "r", &rows[i].outbox, NOW);
        charts_compare(chart, rows[i].want, rows[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_collector_runs_and_loses_nothing),
        cmocka_unit_test(days_are_reported),
        cmocka_unit_test(patience_is_waited_for),
        cmocka_unit_test(what_is_due_goes_out),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    charts_end();
    return failed;
}
