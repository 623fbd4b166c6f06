/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/outbox.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/outbox_sample.h"

enum { DAY = OUTBOX_SAMPLE_DAY };

static void a_report_stands_once(void **state)
{
    struct outbox_sample *sample = *state;
    struct outbox_report report = outbox_sample_report("a.example", DAY);
    const struct outbox_destination to = { .uri = SLICE("mailto:a@a.example"),
                                           .host = SLICE("a.example") };
    const struct outbox_filter all = { .day = UTC_DAY_NONE };

    outbox_sample_ok(sample, outbox_put_report(sample->outbox, &report, &to, 1,
                                               &sample->err));
    assert_int_equal(
        outbox_put_report(sample->outbox, &report, &to, 1, &sample->err), 1);
    report.part = 1;
    outbox_sample_ok(sample, outbox_put_report(sample->outbox, &report, &to, 1,
                                               &sample->err));
    report.record = SLICE("v=TLSRPTv1; rua=mailto:b@a.example");
    report.part = 0;
    outbox_sample_ok(sample, outbox_put_report(sample->outbox, &report, &to, 1,
                                               &sample->err));
    outbox_sample_reopen(sample);
    assert_int_equal(
        outbox_put_report(sample->outbox, &report, &to, 1, &sample->err), 1);
    outbox_sample_ok(sample,
                     outbox_each_delivery(sample->outbox, &all,
                                          outbox_sample_see, sample, NULL));
    outbox_sample_saw(sample, "1:waiting:mailto:a@a.example;"
                              "2:waiting:mailto:a@a.example;"
                              "3:waiting:mailto:a@a.example;");
}

static int has(struct outbox_sample *sample, const char *domain)
{
    const struct outbox_skip key = { .day = DAY,
                                     .tenant = SLICE("acme"),
                                     .domain = slice_of(domain),
                                     .record = SLICE("v=TLSRPTv1;") };

    return outbox_has_report(sample->outbox, &key, &sample->err);
}

static void what_was_put_or_passed_over_is_known(void **state)
{
    struct outbox_sample *sample = *state;
    const struct slice record = SLICE("v=TLSRPTv1;");

    assert_int_equal(has(sample, "a.example"), 0);
    outbox_sample_put(sample, "a.example", 0);
    assert_int_equal(has(sample, "a.example"), 1);
    assert_int_equal(has(sample, "b.example"), 0);
    outbox_sample_ok(sample, outbox_put_skip(sample->outbox,
                                             &(struct outbox_skip){
                                                 .day = DAY,
                                                 .domain = SLICE("b.example"),
                                                 .record = record,
                                                 .tenant = SLICE("acme"),
                                                 .reason = SLICE("why") },
                                             &sample->err));
    assert_int_equal(
        outbox_put_skip(sample->outbox,
                        &(struct outbox_skip){ .day = DAY,
                                               .domain = SLICE("b.example"),
                                               .record = record,
                                               .tenant = SLICE("acme"),
                                               .reason = SLICE("else") },
                        &sample->err),
        1);
    assert_int_equal(has(sample, "b.example"), 1);
}

static void a_batch_is_whole_or_not_at_all(void **state)
{
    struct outbox_sample *sample = *state;
    const struct outbox_report report = outbox_sample_report("a.example", DAY);

    outbox_sample_ok(sample, outbox_begin(sample->outbox, &sample->err));
    outbox_sample_ok(sample, outbox_put_report(sample->outbox, &report, NULL, 0,
                                               &sample->err));
    outbox_abandon(sample->outbox);
    assert_int_equal(has(sample, "a.example"), 0);
    outbox_sample_ok(sample, outbox_begin(sample->outbox, &sample->err));
    outbox_sample_ok(sample, outbox_put_report(sample->outbox, &report, NULL, 0,
                                               &sample->err));
    outbox_sample_ok(sample, outbox_commit(sample->outbox, &sample->err));
    outbox_sample_reopen(sample);
    assert_int_equal(has(sample, "a.example"), 1);
}

static void a_closed_day_says_what_it_made(void **state)
{
    struct outbox_sample *sample = *state;
    struct outbox_day day;

    assert_int_equal(outbox_find_day(sample->outbox, DAY, &day, &sample->err),
                     0);
    outbox_sample_put(sample, "a.example", 0);
    outbox_sample_put(sample, "b.example", 0);
    outbox_sample_ok(sample, outbox_put_skip(sample->outbox,
                                             &(struct outbox_skip){
                                                 .day = DAY,
                                                 .domain = SLICE("c.example"),
                                                 .record = SLICE("v"),
                                                 .reason = SLICE("why") },
                                             &sample->err));
    outbox_sample_ok(sample,
                     outbox_close_day(sample->outbox, DAY, &sample->err));
    assert_int_equal(outbox_find_day(sample->outbox, DAY, &day, &sample->err),
                     1);
    assert_int_equal(day.n_reports, 2);
    assert_int_equal(day.n_skipped, 1);
    assert_int_equal(day.n_deliveries, 2);
    assert_int_equal(day.composed_at, clock_now(&sample->clock));
    assert_int_equal(
        outbox_find_day(sample->outbox, DAY + 1, &day, &sample->err), 0);
}

static void another_file_is_refused(void **state)
{
    struct outbox_sample *sample = *state;
    struct store *store;

    assert_int_equal(store_open(sample->url, STORE_WRITE, &sample->clock,
                                &store, &sample->err),
                     -1);
    assert_non_null(strstr(sample->err.text, "another program"));
}

/* By whoever writes to it, in place; who reads, as the dashboard does, does not
 * mind. */
static void an_outbox_of_before_is_read_and_brought_up_to_date(void **state)
{
    struct outbox_sample *sample = *state;
    struct outbox *reader = NULL;
    char copy[128];
    sqlite3 *db;

    outbox_sample_put(sample, "a.example", 1);
    outbox_close(sample->outbox);
    sample->outbox = NULL;
    assert_int_equal(sqlite3_open(sample->url + strlen("sqlite:"), &db),
                     SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "DROP TABLE forced; PRAGMA user_version = 3",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    outbox_sample_ok(sample,
                     outbox_open(sample->url, STORE_READ, &sample->clock,
                                 &reader, &sample->err));
    outbox_sample_ok(sample,
                     outbox_each_delivery(
                         reader, &(struct outbox_filter){ .day = UTC_DAY_NONE },
                         outbox_sample_see, sample, &sample->err));
    outbox_sample_saw(sample, "1:waiting:mailto:tls@a.example;");
    outbox_close(reader);
    outbox_sample_reopen(sample);
    assert_int_equal(outbox_is_forced(sample->outbox, 1, &sample->err), 0);
    snprintf(copy, sizeof(copy), "%s.backup-3",
             sample->url + strlen("sqlite:"));
    assert_int_equal(access(copy, F_OK), -1);
}

#define test(f)                                                                \
    cmocka_unit_test_setup_teardown(f, outbox_sample_open, outbox_sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_report_stands_once),
        test(what_was_put_or_passed_over_is_known),
        test(a_batch_is_whole_or_not_at_all),
        test(a_closed_day_says_what_it_made),
        test(another_file_is_refused),
        test(an_outbox_of_before_is_read_and_brought_up_to_date),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
