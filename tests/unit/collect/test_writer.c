/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/writer.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "collect/events.h"

enum { PATIENCE_MS = 20000 };

struct fixture {
    char folder[40];
    char url[64];
    char ring[64];
    struct events_clock hand;
    struct book_rules rules;
    struct book books[2];
    struct book *book;
    struct counters counters;
    struct exchange exchange;
    struct writer writer;
    struct err err;
    _Atomic int notes[WRITER_NOTES];
    char said[WRITER_NOTES][400]; /* text and place of the last */
    char text[EVENTS_BYTES];
};

static void note(void *context, enum writer_note note, const char *text,
                 const char *place)
{
    struct fixture *fixture = context;

    snprintf(fixture->said[note], sizeof(fixture->said[note]), "%s|%s",
             text ? text : "", place ? place : "none");
    atomic_fetch_add(&fixture->notes[note], 1);
}

static void open_writer(struct fixture *fixture)
{
    struct writer *writer = &fixture->writer;

    deposit_init(&writer->deposit, fixture->url, &fixture->hand.clock,
                 fixture->rules.max_rows);
    writer->clock = &fixture->hand.clock;
    writer->exchange = &fixture->exchange;
    writer->counters = &fixture->counters;
    writer->note = note;
    writer->context = fixture;
    ring_init(&writer->ring, fixture->ring);
    if (writer_open(writer, &fixture->err) ||
        writer_start(writer, &fixture->err))
        fail_msg("%s", fixture->err.text);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    if (!fixture)
        return -1;
    snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/writer-XXXXXX");
    if (!mkdtemp(fixture->folder))
        return -1;
    snprintf(fixture->url, sizeof(fixture->url), "sqlite:%s/y.db",
             fixture->folder);
    snprintf(fixture->ring, sizeof(fixture->ring), "%s/ring", fixture->folder);
    fixture->hand.clock.now = events_now;
    fixture->hand.now = (int64_t)EVENTS_DAY * UTC_DAY_SECONDS + 50000;
    fixture->rules.max_rows = 10;
    for (size_t i = 0; i < 2; i++)
        book_init(&fixture->books[i], &fixture->rules);
    fixture->book = &fixture->books[0];
    exchange_init(&fixture->exchange, &fixture->books[1]);
    *state = fixture;
    open_writer(fixture);
    return 0;
}

static void close_writer(struct fixture *fixture)
{
    if (writer_stop(&fixture->writer, fixture->book, &fixture->err))
        fail_msg("%s", fixture->err.text);
    writer_close(&fixture->writer);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    char command[80];

    snprintf(command, sizeof(command), "rm -rf %s", fixture->folder);
    for (size_t i = 0; i < 2; i++)
        book_deinit(&fixture->books[i]);
    exchange_deinit(&fixture->exchange);
    free(fixture);
    return system(command);
}

static void add(struct fixture *fixture, utc_day day, const char *text)
{
    assert_int_not_equal(events_add(fixture->book, day, text), BOOK_LOST);
}

/* Hands the book over, waiting until the writer has given back its own. */
static void swap(struct fixture *fixture, utc_day day)
{
    int64_t begin_ms = clock_monotonic_ms();
    struct book *next;

    fixture->book->day = day;
    while (!(next = exchange_swap(&fixture->exchange, fixture->book))) {
        assert_true(clock_monotonic_ms() - begin_ms < PATIENCE_MS);
        usleep(1000);
    }
    fixture->book = next;
}

static void wait_for(struct fixture *fixture, const counter *at, uint64_t n)
{
    int64_t begin_ms = clock_monotonic_ms();

    (void)fixture;
    while (atomic_load(at) < n) {
        assert_true(clock_monotonic_ms() - begin_ms < PATIENCE_MS);
        usleep(1000);
    }
}

static void wait_for_closed(struct fixture *fixture, utc_day day)
{
    int64_t begin_ms = clock_monotonic_ms();

    while (atomic_load(&fixture->counters.closed_day) != day) {
        assert_true(clock_monotonic_ms() - begin_ms < PATIENCE_MS);
        usleep(1000);
    }
}

static void assert_dump(struct fixture *fixture, utc_day day,
                        const char *expected)
{
    char *got = events_dump_tally(fixture->url, day);

    assert_string_equal(got, expected);
    free(got);
}

static void books_are_added_up(void **state)
{
    struct fixture *fixture = *state;

    for (int i = 0; i < 3; i++) {
        add(fixture, EVENTS_DAY, events_success(fixture->text, "a.example"));
        add(fixture, EVENTS_DAY,
            events_failure(fixture->text, "a.example", 204, "why"));
        swap(fixture, EVENTS_DAY);
    }
    wait_for(fixture, &fixture->counters.committed, 6);
    assert_int_equal(fixture->counters.commits, 3);
    assert_int_equal(fixture->counters.rows, 6);
    /* At the end, what is still being filled. */
    add(fixture, EVENTS_DAY, events_success(fixture->text, "a.example"));
    close_writer(fixture);
    assert_int_equal(fixture->counters.committed, 7);
    assert_dump(fixture, EVENTS_DAY,
                "20700 a.example R sts - - 7/3\n"
                "20700 a.example R sts certificate-expired why 3/0\n");
}

enum { DOMAINS = 700 };

/* Sessions of more domains than go to their sums at once. */
static void add_many(struct fixture *fixture)
{
    char domain[32];

    for (int i = 0; i < DOMAINS; i++) {
        snprintf(domain, sizeof(domain), "d%d.example", i);
        add(fixture, EVENTS_DAY, events_success(fixture->text, domain));
    }
}

/* Three batches; the first closes the day before, and waits for nothing. */
static void put_many(struct fixture *fixture)
{
    for (uint64_t i = 1; i <= 3; i++) {
        add_many(fixture);
        swap(fixture, EVENTS_DAY);
        wait_for(fixture, &fixture->counters.committed, i * DOMAINS);
    }
    assert_int_equal(events_sessions(fixture->url, EVENTS_DAY), DOMAINS);
}

static void what_waits_is_added_at_the_end(void **state)
{
    struct fixture *fixture = *state;

    put_many(fixture);
    close_writer(fixture);
    assert_int_equal(events_sessions(fixture->url, EVENTS_DAY), 3 * DOMAINS);
}

/* Makes what waits in the tally unreadable. */
static void damage(struct fixture *fixture)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(fixture->url + strlen("sqlite:"), &db),
                     SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "UPDATE tail SET octets = x'00'", NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_changes(db), 2);
    sqlite3_close(db);
}

/* Nobody else says that these sessions are in no report. */
static void what_is_damaged_is_told_at_the_end_and_at_each_start(void **state)
{
    struct fixture *fixture = *state;

    put_many(fixture);
    damage(fixture);
    for (int i = 1; i <= 2; i++) {
        close_writer(fixture);
        assert_int_equal(fixture->notes[WRITER_DAMAGED], i);
        assert_string_equal(fixture->said[WRITER_DAMAGED], "2|none");
        book_reset(fixture->book);
        open_writer(fixture);
    }
    close_writer(fixture);
    assert_int_equal(fixture->notes[WRITER_DAMAGED], 3);
    assert_int_equal(events_sessions(fixture->url, EVENTS_DAY), DOMAINS);
}

static void what_waits_is_added_before_its_day_is_closed(void **state)
{
    struct fixture *fixture = *state;

    put_many(fixture);
    fixture->hand.now += UTC_DAY_SECONDS;
    swap(fixture, EVENTS_DAY + 1);
    wait_for_closed(fixture, EVENTS_DAY);
    assert_int_equal(events_sessions(fixture->url, EVENTS_DAY), 3 * DOMAINS);
    close_writer(fixture);
}

static void what_waits_is_added_in_a_file_that_was_moved(void **state)
{
    struct fixture *fixture = *state;
    char path[64], moved[72];

    put_many(fixture);
    snprintf(path, sizeof(path), "%s/y.db", fixture->folder);
    snprintf(moved, sizeof(moved), "%s/moved.db", fixture->folder);
    assert_int_equal(rename(path, moved), 0);
    add(fixture, EVENTS_DAY, events_success(fixture->text, "a.example"));
    swap(fixture, EVENTS_DAY);
    wait_for(fixture, &fixture->counters.gone, 3 * DOMAINS);
    close_writer(fixture);
    assert_int_equal(events_sessions(fixture->url, EVENTS_DAY), 1);
    snprintf(moved, sizeof(moved), "sqlite:%s/moved.db", fixture->folder);
    assert_int_equal(events_sessions(moved, EVENTS_DAY), 3 * DOMAINS);
}

static void what_is_damaged_in_a_file_that_was_moved_is_told(void **state)
{
    struct fixture *fixture = *state;
    char path[64], moved[72];

    put_many(fixture);
    damage(fixture);
    snprintf(path, sizeof(path), "%s/y.db", fixture->folder);
    snprintf(moved, sizeof(moved), "%s/moved.db", fixture->folder);
    assert_int_equal(rename(path, moved), 0);
    add(fixture, EVENTS_DAY, events_success(fixture->text, "a.example"));
    swap(fixture, EVENTS_DAY);
    wait_for(fixture, &fixture->counters.gone, 3 * DOMAINS);
    close_writer(fixture);
    assert_int_equal(fixture->notes[WRITER_DAMAGED], 1);
    assert_string_equal(fixture->said[WRITER_DAMAGED], "2|none");
}

/* What a collector that was killed left, although nothing comes. */
static void what_was_left_waiting_is_added_after_the_start(void **state)
{
    struct fixture *fixture = *state;
    struct deposit left;
    int64_t begin_ms;

    close_writer(fixture);
    book_reset(fixture->book);
    deposit_init(&left, fixture->url, &fixture->hand.clock,
                 fixture->rules.max_rows);
    add_many(fixture);
    assert_int_equal(
        deposit_put(&left, fixture->book, UTC_DAY_NONE, &fixture->err), 0);
    deposit_deinit(&left);
    book_reset(fixture->book);
    assert_int_equal(events_sessions(fixture->url, EVENTS_DAY), 0);
    open_writer(fixture);
    begin_ms = clock_monotonic_ms();
    while (events_sessions(fixture->url, EVENTS_DAY) != DOMAINS) {
        assert_true(clock_monotonic_ms() - begin_ms < PATIENCE_MS);
        usleep(10000);
    }
    close_writer(fixture);
}

static void days_before_are_closed(void **state)
{
    struct fixture *fixture = *state;

    add(fixture, EVENTS_DAY, events_success(fixture->text, "a.example"));
    swap(fixture, EVENTS_DAY);
    wait_for_closed(fixture, EVENTS_DAY - 1);
    fixture->hand.now += UTC_DAY_SECONDS;
    add(fixture, EVENTS_DAY, events_success(fixture->text, "a.example"));
    add(fixture, EVENTS_DAY + 1, events_success(fixture->text, "a.example"));
    swap(fixture, EVENTS_DAY + 1);
    wait_for_closed(fixture, EVENTS_DAY);
    assert_int_equal(fixture->notes[WRITER_CLOSED], 2);
    /* What comes for a closed day all the same is not lost. */
    add(fixture, EVENTS_DAY, events_success(fixture->text, "b.example"));
    close_writer(fixture);
    assert_int_equal(fixture->counters.late, 1);
    assert_dump(fixture, EVENTS_DAY, "20700 a.example R sts - - 2/0\n");
    assert_dump(fixture, EVENTS_DAY + 1,
                "20701 a.example R sts - - 1/0\n"
                "20701 b.example R sts - - 1/0\n");
}

static void a_day_is_closed_after_a_restart_across_midnight(void **state)
{
    struct fixture *fixture = *state;

    add(fixture, EVENTS_DAY, events_success(fixture->text, "a.example"));
    close_writer(fixture);
    book_reset(fixture->book);
    fixture->hand.now += UTC_DAY_SECONDS;
    open_writer(fixture);
    assert_int_equal(fixture->counters.closed_day, EVENTS_DAY - 1);
    /* An empty book tells the day, as there may be no session for hours. */
    swap(fixture, EVENTS_DAY + 1);
    wait_for_closed(fixture, EVENTS_DAY);
    close_writer(fixture);
    assert_dump(fixture, EVENTS_DAY, "20700 a.example R sts - - 1/0\n");
}

static void a_clock_that_leaps_closes_nothing(void **state)
{
    struct fixture *fixture = *state;

    swap(fixture, EVENTS_DAY);
    wait_for_closed(fixture, EVENTS_DAY - 1);
    fixture->hand.now += 40 * UTC_DAY_SECONDS;
    add(fixture, EVENTS_DAY + 40, events_success(fixture->text, "a.example"));
    swap(fixture, EVENTS_DAY + 40);
    wait_for(fixture, &fixture->counters.committed, 1);
    close_writer(fixture);
    assert_int_equal(fixture->counters.closed_day, EVENTS_DAY - 1);
    assert_int_equal(fixture->notes[WRITER_DOUBTS], 1);
}

static void the_correction_of_a_leap_closes_nothing(void **state)
{
    struct fixture *fixture = *state;

    swap(fixture, EVENTS_DAY);
    wait_for_closed(fixture, EVENTS_DAY - 1);
    fixture->hand.now += 40 * UTC_DAY_SECONDS;
    add(fixture, EVENTS_DAY + 40, events_success(fixture->text, "a.example"));
    swap(fixture, EVENTS_DAY + 40);
    wait_for(fixture, &fixture->counters.committed, 1);
    fixture->hand.now -= 40 * UTC_DAY_SECONDS;
    /* The books after it are of the right day, which is still open. */
    for (int i = 0; i < 2; i++) {
        add(fixture, EVENTS_DAY, events_success(fixture->text, "a.example"));
        swap(fixture, EVENTS_DAY + (i == 0 ? 40 : 0));
    }
    close_writer(fixture);
    assert_int_equal(fixture->counters.closed_day, EVENTS_DAY - 1);
    assert_int_equal(fixture->counters.late, 0);
    assert_dump(fixture, EVENTS_DAY, "20700 a.example R sts - - 2/0\n");
}

/* Every write to a file fails, as on a full disk. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_full_disk_loses_nothing(void **state)
{
    struct fixture *fixture = *state;

    add(fixture, EVENTS_DAY, events_success(fixture->text, "a.example"));
    swap(fixture, EVENTS_DAY);
    wait_for(fixture, &fixture->counters.committed, 1);
    limit_files(0);
    add(fixture, EVENTS_DAY, events_success(fixture->text, "a.example"));
    swap(fixture, EVENTS_DAY);
    wait_for(fixture, &fixture->counters.commit_failures, 2);
    add(fixture, EVENTS_DAY, events_success(fixture->text, "b.example"));
    assert_int_equal(fixture->counters.committed, 1);
    limit_files(RLIM_INFINITY);
    wait_for(fixture, &fixture->counters.committed, 2);
    assert_int_equal(fixture->notes[WRITER_FAILING], 1);
    assert_int_equal(fixture->notes[WRITER_WORKS], 1);
    close_writer(fixture);
    assert_int_equal(fixture->counters.rows, 3);
    assert_dump(fixture, EVENTS_DAY,
                "20700 a.example R sts - - 2/0\n"
                "20700 b.example R sts - - 1/0\n");
}

static void what_is_given_up_at_the_end_is_said(void **state)
{
    struct fixture *fixture = *state;

    add(fixture, EVENTS_DAY, events_success(fixture->text, "a.example"));
    swap(fixture, EVENTS_DAY);
    wait_for(fixture, &fixture->counters.committed, 1);
    limit_files(0);
    add(fixture, EVENTS_DAY, events_success(fixture->text, "a.example"));
    swap(fixture, EVENTS_DAY);
    add(fixture, EVENTS_DAY, events_success(fixture->text, "b.example"));
    fixture->counters.summed = 3;
    assert_int_equal(
        writer_stop(&fixture->writer, fixture->book, &fixture->err), -1);
    limit_files(RLIM_INFINITY);
    writer_close(&fixture->writer);
    assert_int_equal(fixture->notes[WRITER_GIVEN_UP], 1);
    assert_int_equal(fixture->err.kind, ERR_STORE);
    assert_non_null(
        strstr(fixture->err.text, "2 session events could not be stored: "));
    assert_non_null(strstr(fixture->err.text, "y.db"));
}

static void days_are_closed_in_a_new_file_too(void **state)
{
    struct fixture *fixture = *state;
    char moved[72];

    add(fixture, EVENTS_DAY, events_success(fixture->text, "a.example"));
    swap(fixture, EVENTS_DAY);
    wait_for_closed(fixture, EVENTS_DAY - 1);
    wait_for(fixture, &fixture->counters.committed, 1);
    snprintf(moved, sizeof(moved), "%s/moved.db", fixture->folder);
    assert_int_equal(rename(fixture->url + strlen("sqlite:"), moved), 0);
    add(fixture, EVENTS_DAY, events_success(fixture->text, "b.example"));
    swap(fixture, EVENTS_DAY);
    wait_for(fixture, &fixture->counters.committed, 2);
    swap(fixture, EVENTS_DAY);
    swap(fixture, EVENTS_DAY);
    close_writer(fixture);
    assert_int_equal(fixture->counters.gone, 1);
    assert_int_equal(fixture->notes[WRITER_GONE], 1);
    /* One in each of the files. */
    assert_int_equal(fixture->notes[WRITER_CLOSED], 2);
    assert_int_equal(fixture->counters.closed_day, EVENTS_DAY - 1);
}

static void the_file_knows_how_many_rows_a_domain_has(void **state)
{
    struct fixture *fixture = *state;
    char reason[16], *got;

    for (int i = 0; i < 30; i++) {
        snprintf(reason, sizeof(reason), "r%02d", i);
        add(fixture, EVENTS_DAY,
            events_failure(fixture->text, "a.example", 204, reason));
        swap(fixture, EVENTS_DAY);
    }
    close_writer(fixture);
    got = events_dump_tally(fixture->url, EVENTS_DAY);
    assert_non_null(strstr(got, "20700 a.example R sts - - 30/30\n"));
    assert_non_null(strstr(got, "certificate-expired r08 1/0\n"));
    assert_null(strstr(got, "r09"));
    assert_non_null(strstr(got, "certificate-expired aggregated 21/0\n"));
    /* The later ones are folded by the books, which have ten sums by then. */
    assert_int_equal(fixture->counters.folded, 9);
    free(got);
}

static void malformed_datagrams_are_kept(void **state)
{
    struct fixture *fixture = *state;
    char place[80], odd[110];

    add(fixture, EVENTS_DAY, "nonsense");
    events_success(fixture->text, "a.example");
    fixture->text[9] = '7';
    add(fixture, EVENTS_DAY, fixture->text);
    add(fixture, EVENTS_DAY, "nonsense again");
    close_writer(fixture);
    snprintf(place, sizeof(place), "|%s/malformed-00", fixture->ring);
    snprintf(odd, sizeof(odd), "its dpv is not \"1\"|%s/malformed-01",
             fixture->ring);
    assert_int_equal(access(place + 1, R_OK), 0);
    assert_int_equal(fixture->notes[WRITER_MALFORMED], 1);
    assert_non_null(strstr(fixture->said[WRITER_MALFORMED], place));
    assert_true(fixture->said[WRITER_MALFORMED][0] != '|');
    assert_int_equal(fixture->notes[WRITER_ODD], 1);
    assert_string_equal(fixture->said[WRITER_ODD], odd);
}

static void without_a_folder_they_are_told_of(void **state)
{
    struct fixture *fixture = *state;

    close_writer(fixture);
    book_reset(fixture->book);
    open_writer(fixture);
    ring_init(&fixture->writer.ring, NULL);
    add(fixture, EVENTS_DAY, "nonsense");
    close_writer(fixture);
    assert_int_equal(fixture->notes[WRITER_MALFORMED], 1);
    assert_int_equal(fixture->notes[WRITER_NO_SAMPLE], 0);
    assert_string_equal(strchr(fixture->said[WRITER_MALFORMED], '|'), "|none");
}

static void old_days_are_removed(void **state)
{
    struct fixture *fixture = *state;

    close_writer(fixture);
    fixture->writer.keep_days = 2;
    open_writer(fixture);
    for (int i = 0; i < 5; i++) {
        add(fixture, EVENTS_DAY + i,
            events_success(fixture->text, "a.example"));
        swap(fixture, EVENTS_DAY + i);
        wait_for_closed(fixture, EVENTS_DAY + i - 1);
        fixture->hand.now += UTC_DAY_SECONDS;
    }
    /* The last pruning follows the closing. */
    swap(fixture, EVENTS_DAY + 4);
    swap(fixture, EVENTS_DAY + 4);
    close_writer(fixture);
    assert_dump(fixture, EVENTS_DAY + 1, "");
    assert_dump(fixture, EVENTS_DAY + 2, "20702 a.example R sts - - 1/0\n");
    assert_dump(fixture, EVENTS_DAY + 3, "20703 a.example R sts - - 1/0\n");
}

#define WITH_WRITER(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WRITER(books_are_added_up),
        WITH_WRITER(what_waits_is_added_at_the_end),
        WITH_WRITER(what_is_damaged_is_told_at_the_end_and_at_each_start),
        WITH_WRITER(what_waits_is_added_before_its_day_is_closed),
        WITH_WRITER(what_was_left_waiting_is_added_after_the_start),
        WITH_WRITER(what_waits_is_added_in_a_file_that_was_moved),
        WITH_WRITER(what_is_damaged_in_a_file_that_was_moved_is_told),
        WITH_WRITER(days_before_are_closed),
        WITH_WRITER(a_day_is_closed_after_a_restart_across_midnight),
        WITH_WRITER(a_clock_that_leaps_closes_nothing),
        WITH_WRITER(the_correction_of_a_leap_closes_nothing),
        WITH_WRITER(a_full_disk_loses_nothing),
        WITH_WRITER(what_is_given_up_at_the_end_is_said),
        WITH_WRITER(days_are_closed_in_a_new_file_too),
        WITH_WRITER(the_file_knows_how_many_rows_a_domain_has),
        WITH_WRITER(malformed_datagrams_are_kept),
        WITH_WRITER(without_a_folder_they_are_told_of),
        WITH_WRITER(old_days_are_removed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
