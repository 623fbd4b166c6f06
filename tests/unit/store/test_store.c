/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/limits.h"
#include "store/sql.h"

static int64_t reports_of(struct sample_store *sample)
{
    struct store_totals totals;

    assert_ok(sample, store_totals(sample->store, NULL, SAMPLE_ALL, &totals,
                                   &sample->err));
    return totals.sums.reports;
}

static void a_new_store_is_the_owners_alone(void **state)
{
    struct sample_store *sample = *state;
    struct stat status;

    assert_int_equal(stat(sample->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

/* The service's folder makes the service's file, whoever ran a command first. */
static void a_new_store_belongs_to_the_owner_of_its_folder(void **state)
{
    struct sample_store *sample = *state;
    struct store *store = NULL;
    struct stat status;
    char folder[64] = "test-store-XXXXXX";
    char path[96], url[128];

    if (geteuid() != 0)
        return;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chown(folder, 65534, 65534), 0);
    snprintf(path, sizeof(path), "%s/t.db", folder);
    snprintf(url, sizeof(url), "sqlite:%s", path);
    assert_ok(sample, store_open(url, STORE_WRITE, &sample->clock, &store,
                                 &sample->err));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_uid, 65534);
    assert_int_equal(status.st_gid, 65534);
    assert_int_equal(status.st_mode & 0777, 0600);
    store_close(store);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void urls_of_other_kinds_are_refused(void **state)
{
    static const char *const urls[] = {
        "", "sqlite:", "t.db", "sqlite::memory:", "clickhouse://host:8123/db"
    };
    struct sample_store *sample = *state;

    for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
        struct store *store = NULL;

        assert_int_equal(store_open(urls[i], STORE_WRITE, &sample->clock,
                                    &store, &sample->err),
                         -1);
        assert_int_equal(sample->err.kind, ERR_USAGE);
        assert_null(store);
    }
}

static void a_reader_needs_the_file(void **state)
{
    struct sample_store *sample = *state;
    struct store *store = NULL;

    assert_int_equal(store_open("sqlite:/nonexistent/t.db", STORE_READ,
                                &sample->clock, &store, &sample->err),
                     -1);
    assert_int_equal(store_open("sqlite:/nonexistent/t.db", STORE_WRITE,
                                &sample->clock, &store, &sample->err),
                     -1);
    assert_non_null(strstr(sample->err.text, "/nonexistent/t.db"));
}

static void a_reader_sees_what_is_committed(void **state)
{
    struct sample_store *sample = *state;
    struct store_totals totals;
    struct sample_report report;
    struct store *reader = NULL;

    assert_ok(sample, store_open(sample->url, STORE_READ, &sample->clock,
                                 &reader, &sample->err));
    assert_ok(sample, store_begin(sample->store, &sample->err));
    sample_fill(&report, "a", "example.com", SAMPLE_DAY, 10, 0);
    sample_put_open(sample, &report);
    assert_ok(sample,
              store_totals(reader, NULL, SAMPLE_ALL, &totals, &sample->err));
    assert_int_equal(totals.sums.reports, 0);
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_ok(sample,
              store_totals(reader, NULL, SAMPLE_ALL, &totals, &sample->err));
    assert_int_equal(totals.sums.reports, 1);
    assert_int_equal(store_begin(reader, &sample->err), -1);
    store_close(reader);
}

static void a_batch_sees_what_it_put(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    assert_ok(sample, store_begin(sample->store, &sample->err));
    sample_fill(&report, "a", "example.com", SAMPLE_DAY, 10, 0);
    sample_put_open(sample, &report);
    assert_int_equal(reports_of(sample), 1);
    sample_fill(&report, "b", "example.com", SAMPLE_DAY, 10, 0);
    sample_put_open(sample, &report);
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_int_equal(reports_of(sample), 2);
}

/* What was put before the question is in the table already when it goes. */
static void a_batch_given_up_leaves_nothing(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    char *before, *after;

    sample_fill(&report, "a", "example.com", SAMPLE_DAY, 10, 1);
    sample_put(sample, &report);
    before = sample_dump(sample, sample_sums_sql);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    sample_fill(&report, "b", "other.example", SAMPLE_DAY, 70, 7);
    sample_put_open(sample, &report);
    assert_int_equal(reports_of(sample), 2);
    sample_fill(&report, "c", "third.example", SAMPLE_DAY, 70, 7);
    sample_put_open(sample, &report);
    store_rollback(sample->store);
    assert_int_equal(reports_of(sample), 1);

    /* The names it gave numbers to are given anew. */
    sample_fill(&report, "d", "example.com", SAMPLE_DAY, 5, 0);
    sample_put(sample, &report);
    sample_fill(&report, "b", "other.example", SAMPLE_DAY, 70, 7);
    sample_put(sample, &report);
    assert_int_equal(reports_of(sample), 3);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM line LEFT JOIN"
                                        " name ON name.id = domain_id"
                                        " WHERE domain_id AND text IS NULL"),
                     0);
    assert_int_equal(
        sample_ask(sample, "SELECT count(*) FROM name WHERE text = 'c'"), 0);
    after = sample_dump(sample, sample_sums_sql);
    assert_string_not_equal(before, after);
    free(before);
    free(after);
}

static void closing_gives_an_open_batch_up(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    assert_ok(sample, store_begin(sample->store, &sample->err));
    sample_fill(&report, "a", "example.com", SAMPLE_DAY, 10, 1);
    sample_put_open(sample, &report);
    sample_reopen(sample);
    assert_int_equal(reports_of(sample), 0);
}

static void batches_begin_and_end_in_turn(void **state)
{
    struct sample_store *sample = *state;
    enum store_outcome outcome;
    struct sample_report report;

    sample_fill(&report, "a", "example.com", SAMPLE_DAY, 10, 1);
    assert_int_equal(store_commit(sample->store, &sample->err), -1);
    assert_int_equal(
        store_put_report(sample->store, &report.report, &outcome, &sample->err),
        -1);
    assert_int_equal(sample->err.kind, ERR_USAGE);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_int_equal(store_begin(sample->store, &sample->err), -1);
    assert_ok(sample, store_commit(sample->store, &sample->err));
}

/* A report whose raw is not there fails half-way: nothing of its batch stays. */
static void a_failed_put_spoils_its_batch(void **state)
{
    struct sample_store *sample = *state;
    enum store_outcome outcome;
    struct sample_report report;

    assert_ok(sample, store_begin(sample->store, &sample->err));
    sample_fill(&report, "a", "example.com", SAMPLE_DAY, 10, 1);
    sample_put_open(sample, &report);
    report.report.report_id = "2";
    report.report.raw_hash[0] ^= 1;
    assert_int_equal(
        store_put_report(sample->store, &report.report, &outcome, &sample->err),
        -1);
    assert_int_equal(store_commit(sample->store, &sample->err), -1);
    assert_int_equal(reports_of(sample), 0);
    sample_put(sample, &report);
    assert_int_equal(reports_of(sample), 1);
}

/* Raw octets that could not be kept spoil it, too: what hangs on them would
 * hang on nothing. */
static void a_failed_raw_spoils_its_batch(void **state)
{
    struct sample_store *sample = *state;
    unsigned char hash[DIGEST_BYTES];

    sample_ask(sample, "CREATE TRIGGER full BEFORE INSERT ON raw"
                       " BEGIN SELECT raise(ABORT, 'full'); END");
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_int_equal(
        store_put_raw(sample->store, SLICE("octets"), hash, &sample->err), -1);
    assert_int_equal(store_commit(sample->store, &sample->err), -1);
    sample_ask(sample, "DROP TRIGGER full");
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, store_put_raw(sample->store, SLICE("octets"), hash,
                                    &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
}

static int64_t change_of(struct sample_store *sample)
{
    int64_t change;

    assert_ok(sample, store_change(sample->store, &change, &sample->err));
    return change;
}

/* A page that was fetched stays good while nothing but duplicates comes. */
static void a_batch_of_nothing_new_is_no_change(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    int64_t before;

    sample_fill(&report, "one", "example.com", SAMPLE_DAY, 10, 1);
    before = change_of(sample);
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
    assert_int_equal(change_of(sample), before + 1);
    before = change_of(sample);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_int_equal(change_of(sample), before);
    assert_int_equal(sample_put(sample, &report), STORE_DUPLICATE);
    assert_int_equal(change_of(sample), before);
    sample_fill(&report, "one", "example.com", SAMPLE_DAY, 10, 2);
    assert_int_equal(sample_put(sample, &report), STORE_CONFLICT);
    assert_int_equal(change_of(sample), before + 1);
}

static void closing_leaves_one_file(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    struct stat status;
    char wal[128];

    sample_fill(&report, "a", "example.com", SAMPLE_DAY, 10, 1);
    sample_put(sample, &report);
    store_close(sample->store);
    sample->store = NULL;
    snprintf(wal, sizeof(wal), "%s-wal", sample->path);
    assert_int_equal(stat(wal, &status), -1);
}

/* A reader that stays keeps the log's file, but not its pages. */
static void closing_empties_the_log_beside_a_reader(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    struct store *reader = NULL;
    struct stat status;
    char wal[128];

    assert_ok(sample, store_open(sample->url, STORE_READ, &sample->clock,
                                 &reader, &sample->err));
    sample_fill(&report, "a", "example.com", SAMPLE_DAY, 10, 1);
    sample_put(sample, &report);
    store_close(sample->store);
    sample->store = NULL;
    snprintf(wal, sizeof(wal), "%s-wal", sample->path);
    assert_int_equal(stat(wal, &status), 0);
    assert_int_equal(status.st_size, 0);
    store_close(reader);
}

/* A backup reads one state for long: all that write would wait with who waits
 * for its end. */
static void closing_waits_for_no_reader(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    struct store *reader = NULL, *other = NULL;
    int64_t begin_ms;

    sample_fill(&report, "a", "example.com", SAMPLE_DAY, 10, 1);
    sample_put(sample, &report);
    assert_ok(sample, store_open(sample->url, STORE_READ, &sample->clock,
                                 &reader, &sample->err));
    assert_ok(sample,
              sql_execute(reader, "BEGIN; SELECT * FROM report", &sample->err));
    sample_fill(&report, "b", "example.com", SAMPLE_DAY, 10, 1);
    sample_put(sample, &report);
    assert_ok(sample, store_open(sample->url, STORE_WRITE, &sample->clock,
                                 &other, &sample->err));
    begin_ms = clock_monotonic_ms();
    store_close(other);
    assert_true(clock_monotonic_ms() - begin_ms < STORE_BUSY_MS);
    store_close(reader);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_new_store_is_the_owners_alone),
        test(a_new_store_belongs_to_the_owner_of_its_folder),
        test(urls_of_other_kinds_are_refused),
        test(a_reader_needs_the_file),
        test(a_reader_sees_what_is_committed),
        test(a_batch_sees_what_it_put),
        test(a_batch_given_up_leaves_nothing),
        test(closing_gives_an_open_batch_up),
        test(batches_begin_and_end_in_turn),
        test(a_failed_put_spoils_its_batch),
        test(a_failed_raw_spoils_its_batch),
        test(a_batch_of_nothing_new_is_no_change),
        test(closing_leaves_one_file),
        test(closing_empties_the_log_beside_a_reader),
        test(closing_waits_for_no_reader),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
