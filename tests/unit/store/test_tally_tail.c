/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/tally_tail.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/limits.h"
#include "store/sql.h"
#include "store/tally_handle.h"
#include "store/tally_sample.h"

enum { MANY = 100 * STORE_TALLY_DIRECT, ROUNDS = 400, KINDS = 60 };

static int64_t ask(struct tally_sample *sample, const char *text)
{
    SQL_ONCE sqlite3_stmt *statement =
        sql_prepare(sample->tally->store, text, &sample->err);

    assert_non_null(statement);
    assert_int_equal(sql_step(sample->tally->store, statement, &sample->err),
                     1);
    return sqlite3_column_int64(statement, 0);
}

static void assert_dump(struct tally_sample *sample, utc_day day,
                        const char *expected)
{
    char *got = tally_sample_dump(sample, day);

    assert_string_equal(got, expected);
    free(got);
}

/* One of some sums; a third of them are policies. */
static struct tally_row row_of(int kind, utc_day day)
{
    static const char *const domains[] = { "a.example", "b.example",
                                           "c.example", "d.example" };
    static const char *const texts[] = { "", "D", "E", "F", "G" };
    struct tally_row row =
        tally_sample_row(domains[kind % 4], &"P\0Q\0R"[kind / 4 % 3 * 2],
                         texts[kind / 12 % 5], 1 + kind % 7, kind % 2);

    row.day = day;
    return row;
}

/* Adds one row in a batch of its own, which says that it is large. */
static int put_later(struct tally_sample *sample, const struct tally_row *row,
                     struct tally_place *place)
{
    int status;

    assert_fine(sample, tally_begin(sample->tally, &sample->err));
    tally_expect(sample->tally, MANY);
    status = tally_add_at(sample->tally, row, place, 0, &sample->err);
    assert_fine(sample, tally_commit(sample->tally, &sample->err));
    return status;
}

static void large_batches_wait_and_are_seen_as_of_one_moment(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row policy = tally_sample_row("a.example", "P", "", 3, 1);
    struct tally_row detail = tally_sample_row("a.example", "P", "D", 1, 0);
    struct tally_place places[2] = { { 0 } };
    const char *const seen =
        "a.example|v=TLSRPTv1; rua=mailto:a@example.com|P| 3/1\n";

    assert_int_equal(tally_sample_put(sample, &policy), 0);
    assert_int_equal(put_later(sample, &policy, &places[0]), 0);
    /* Its row is new, and nobody is to see more details than failures. */
    assert_int_equal(put_later(sample, &detail, &places[1]), 0);
    assert_int_equal(put_later(sample, &detail, &places[1]), 0);
    assert_dump(sample, TALLY_SAMPLE_DAY, seen);
    assert_int_equal(ask(sample, "SELECT count(*) FROM tail"), 3);
    assert_fine(sample, tally_settle(sample->tally, &sample->err));
    assert_int_equal(ask(sample, "SELECT count(*) FROM tail"), 0);
    assert_dump(sample, TALLY_SAMPLE_DAY,
                "a.example|v=TLSRPTv1; rua=mailto:a@example.com|P| 6/2\n"
                "a.example|v=TLSRPTv1; rua=mailto:a@example.com|P|D 2/0\n");
}

static void small_batches_do_not_wait(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = row_of(0, TALLY_SAMPLE_DAY);
    struct tally_place place = { 0 };

    for (int i = 0; i < 2; i++) {
        assert_fine(sample, tally_begin(sample->tally, &sample->err));
        tally_expect(sample->tally, STORE_TALLY_DIRECT);
        assert_int_equal(
            tally_add_at(sample->tally, &row, &place, 0, &sample->err), 0);
        assert_fine(sample, tally_commit(sample->tally, &sample->err));
    }
    assert_int_equal(ask(sample, "SELECT count(*) FROM tail"), 0);
    assert_int_equal(ask(sample, "SELECT sum(sessions) FROM tally"), 2);
}

/* Once a minute has passed the next batch adds all, also an empty one. */
static void what_has_waited_long_is_added(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = row_of(0, TALLY_SAMPLE_DAY);

    assert_int_equal(put_later(sample, &row, NULL), 0);
    assert_false(tally_is_due(sample->tally));
    sample->tally->tail.since_ms -= STORE_TALLY_TAIL_MS;
    assert_true(tally_is_due(sample->tally));
    assert_fine(sample, tally_begin(sample->tally, &sample->err));
    assert_fine(sample, tally_commit(sample->tally, &sample->err));
    assert_false(tally_is_due(sample->tally));
    assert_int_equal(ask(sample, "SELECT sum(sessions) FROM tally"), 1);
    assert_int_equal(ask(sample, "SELECT count(*) FROM tail"), 0);
}

/* What an earlier process left is due at once. */
static void what_was_left_is_due(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = row_of(0, TALLY_SAMPLE_DAY);

    assert_int_equal(put_later(sample, &row, NULL), 0);
    tally_sample_reopen(sample);
    assert_true(tally_is_due(sample->tally));
    assert_fine(sample, tally_settle(sample->tally, &sample->err));
    assert_int_equal(ask(sample, "SELECT sum(sessions) FROM tally"), 1);
}

static void a_day_is_closed_with_all_that_waits(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = row_of(0, TALLY_SAMPLE_DAY);
    struct tally_place place = { 0 };

    assert_int_equal(put_later(sample, &row, &place), 0);
    assert_fine(sample, tally_begin(sample->tally, &sample->err));
    tally_expect(sample->tally, MANY);
    assert_int_equal(tally_add_at(sample->tally, &row, &place, 0, &sample->err),
                     0);
    assert_fine(sample,
                tally_close_day(sample->tally, TALLY_SAMPLE_DAY, &sample->err));
    assert_fine(sample, tally_commit(sample->tally, &sample->err));
    assert_int_equal(ask(sample, "SELECT sum(sessions) FROM tally"), 2);
    assert_int_equal(ask(sample, "SELECT count(*) FROM tail"), 0);
}

/* One session of the first sum: format, key and counts, then the check sum. A file
 * that was written before holds just this. */
#define BATCH "01B8C302020406000200AFF3F90F0C0315A1"

static void batches_are_written_as_files_hold_them(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = row_of(0, TALLY_SAMPLE_DAY);
    struct tally_place place = { 0 };

    assert_int_equal(put_later(sample, &row, &place), 0);
    assert_int_equal(ask(sample,
                         "SELECT count(*) FROM tail WHERE hex(octets) = '" BATCH
                         "'"),
                     1);
    assert_int_equal(sqlite3_exec(sample->tally->store->db,
                                  "INSERT INTO tail (octets) VALUES"
                                  " (x'" BATCH "')",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_fine(sample, tally_settle(sample->tally, &sample->err));
    assert_int_equal(tally_damaged(sample->tally), 0);
    assert_int_equal(ask(sample, "SELECT sum(sessions) FROM tally"), 2);
}

static void a_batch_that_is_given_up_leaves_nothing(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = row_of(0, TALLY_SAMPLE_DAY);
    struct tally_place place = { 0 };

    assert_fine(sample, tally_begin(sample->tally, &sample->err));
    tally_expect(sample->tally, MANY);
    assert_int_equal(tally_add_at(sample->tally, &row, &place, 0, &sample->err),
                     0);
    tally_abandon(sample->tally);
    assert_int_equal(put_later(sample, &row, &place), 0);
    assert_fine(sample, tally_settle(sample->tally, &sample->err));
    assert_int_equal(ask(sample, "SELECT sum(sessions) FROM tally"), 1);
}

/* ---- The same with and without ------------------------------------------- */

struct pair {
    struct tally_sample *later;
    struct tally_sample now; /* the same rows, each added at once */
    struct tally_place places[3][KINDS];
    unsigned random;
};

static unsigned roll(struct pair *pair, unsigned n)
{
    pair->random = pair->random * 1103515245 + 12345;
    return (pair->random >> 16) % n;
}

/* A batch of both: caps are reached, and days that are closed. */
static void put_both(struct pair *pair, utc_day day)
{
    struct tally_sample *later = pair->later, *now = &pair->now;
    bool is_large = roll(pair, 4) > 0;

    assert_fine(later, tally_begin(later->tally, &later->err));
    assert_fine(now, tally_begin(now->tally, &now->err));
    tally_expect(later->tally, is_large ? MANY : 1);
    for (unsigned i = roll(pair, 40); i > 0; i--) {
        unsigned kind = roll(pair, KINDS), on = roll(pair, 2);
        struct tally_row row = row_of((int)kind, day + (utc_day)on);
        struct tally_place *place =
            roll(pair, 8) ? &pair->places[row.day % 3][kind] : NULL;

        assert_int_equal(
            tally_add_at(later->tally, &row, place, 9, &later->err),
            tally_add(now->tally, &row, 9, &now->err));
    }
    if (roll(pair, 10) == 0) {
        tally_abandon(later->tally);
        tally_abandon(now->tally);
        return;
    }
    assert_fine(later, tally_commit(later->tally, &later->err));
    assert_fine(now, tally_commit(now->tally, &now->err));
}

static void assert_same(struct pair *pair, utc_day day)
{
    char *expected = tally_sample_dump(&pair->now, day);

    assert_dump(pair->later, day, expected);
    free(expected);
}

static void sums_are_the_same_as_if_none_had_waited(void **state)
{
    struct pair pair = { .later = *state, .random = 7 };
    struct tally_sample *now = &pair.now;
    utc_day day = TALLY_SAMPLE_DAY;

    *now = *pair.later;
    snprintf(now->url, sizeof(now->url), "sqlite:%s/now.db", now->folder);
    assert_fine(now, tally_open(now->url, STORE_WRITE, &now->clock, &now->tally,
                                &now->err));
    tally_limit_day(pair.later->tally, 30);
    tally_limit_day(now->tally, 30);
    for (int i = 0; i < ROUNDS; i++) {
        put_both(&pair, day);
        if (roll(&pair, 20) == 0) {
            tally_sample_reopen(pair.later);
            tally_limit_day(pair.later->tally, 30);
        }
        if (i % 50 < 49)
            continue;
        assert_fine(now, tally_close_day(now->tally, day, &now->err));
        assert_fine(pair.later,
                    tally_close_day(pair.later->tally, day, &pair.later->err));
        assert_same(&pair, day++);
    }
    assert_fine(pair.later, tally_settle(pair.later->tally, &pair.later->err));
    assert_same(&pair, day);
    tally_close(now->tally);
    snprintf(now->path, sizeof(now->path), "%s/now.db", now->folder);
    unlink(now->path);
}

/* ---- Kills and damage ---------------------------------------------------- */

/* Never returns. Tells of each batch that is committed. */
static void put_until_killed(const struct tally_sample *sample, int fd, int n)
{
    struct tally_place places[KINDS] = { { 0 } };
    struct tally *tally;
    struct err err;

    if (tally_open(sample->url, STORE_WRITE, &sample->clock, &tally, &err))
        _exit(1);
    for (;;) {
        if (tally_begin(tally, &err))
            _exit(1);
        tally_expect(tally, MANY);
        for (int kind = 0; kind < KINDS; kind++) {
            struct tally_row row = row_of(kind, TALLY_SAMPLE_DAY);

            row.sessions = 1;
            if (tally_add_at(tally, &row, &places[kind], 0, &err))
                _exit(1);
        }
        if (++n % 4 == 0)
            tally->tail.must_fold = true;
        if (tally_commit(tally, &err) || write(fd, "+", 1) != 1)
            _exit(1);
    }
}

static void a_kill_loses_no_batch_that_was_committed(void **state)
{
    struct tally_sample *sample = *state;
    int64_t n_told = 0, n_kills = 0;

    tally_close(sample->tally);
    sample->tally = NULL;
    for (; n_kills < 12; n_kills++) {
        int ends[2];
        char told[64];
        ssize_t n;
        pid_t child;

        assert_int_equal(pipe(ends), 0);
        child = fork();
        if (child == 0) {
            close(ends[0]);
            put_until_killed(sample, ends[1], (int)n_kills);
        }
        close(ends[1]);
        for (int64_t until = n_told + 3 + n_kills; n_told < until;) {
            n = read(ends[0], told, sizeof(told));
            assert_true(n > 0);
            n_told += n;
        }
        assert_int_equal(kill(child, SIGKILL), 0);
        while ((n = read(ends[0], told, sizeof(told))) > 0)
            n_told += n;
        assert_int_equal(waitpid(child, NULL, 0), child);
        close(ends[0]);
    }
    tally_sample_reopen(sample);
    assert_fine(sample, tally_settle(sample->tally, &sample->err));
    for (int kind = 0; kind < KINDS; kind++)
        assert_int_equal(ask(sample, "SELECT max(sessions) FROM tally"),
                         ask(sample, "SELECT min(sessions) FROM tally"));
    /* At each kill one may be in the file that was not told of. */
    assert_in_range(ask(sample, "SELECT min(sessions) FROM tally"), n_told,
                    n_told + n_kills);
}

static void what_is_damaged_is_left_out_and_kept(void **state)
{
    static const char *const damages[] = {
        "UPDATE tail SET octets = substr(octets, 1, length(octets) - 1)"
        " WHERE id = 2",
        "UPDATE tail SET octets = CAST(x'02' || substr(octets, 2) AS BLOB)"
        " WHERE id = 3",
        "UPDATE tail SET octets = CAST(substr(octets, 1, 6) || x'0f' ||"
        " substr(octets, 8) AS BLOB) WHERE id = 4",
        "UPDATE tail SET octets = x'' WHERE id = 5",
    };
    struct tally_sample *sample = *state;
    struct tally_row row = row_of(0, TALLY_SAMPLE_DAY);

    for (int i = 0; i < 6; i++)
        assert_int_equal(put_later(sample, &row, NULL), 0);
    for (size_t i = 0; i < sizeof(damages) / sizeof(*damages); i++)
        assert_int_equal(sqlite3_exec(sample->tally->store->db, damages[i],
                                      NULL, NULL, NULL),
                         SQLITE_OK);
    assert_fine(sample, tally_settle(sample->tally, &sample->err));
    assert_int_equal(tally_damaged(sample->tally), 4);
    assert_int_equal(ask(sample, "SELECT sum(sessions) FROM tally"), 2);
    assert_int_equal(ask(sample, "SELECT count(*) FROM tail"), 4);
    /* And nothing goes on being due because of them. */
    tally_sample_reopen(sample);
    assert_int_equal(tally_damaged(sample->tally), 4);
    assert_false(tally_is_due(sample->tally));
    assert_int_equal(put_later(sample, &row, NULL), 0);
    assert_fine(sample, tally_settle(sample->tally, &sample->err));
    assert_int_equal(ask(sample, "SELECT sum(sessions) FROM tally"), 3);
    assert_int_equal(tally_damaged(sample->tally), 4);
}

/* Also where no octet is left of any: else each batch would try again. */
static void what_is_empty_is_found_damaged(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = row_of(0, TALLY_SAMPLE_DAY);

    assert_int_equal(put_later(sample, &row, NULL), 0);
    assert_int_equal(sqlite3_exec(sample->tally->store->db,
                                  "UPDATE tail SET octets = x''", NULL, NULL,
                                  NULL),
                     SQLITE_OK);
    tally_sample_reopen(sample);
    assert_true(tally_is_due(sample->tally));
    assert_fine(sample, tally_begin(sample->tally, &sample->err));
    assert_fine(sample, tally_commit(sample->tally, &sample->err));
    assert_false(tally_is_due(sample->tally));
    assert_int_equal(tally_damaged(sample->tally), 1);
}

static void make_older(struct tally_sample *sample)
{
    assert_int_equal(sqlite3_exec(sample->tally->store->db,
                                  "DROP TABLE tail; PRAGMA user_version = 1",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
}

/* In place: a copy of a large one takes minutes, in which none receives. */
static void a_tally_of_before_is_brought_up_to_date(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = row_of(0, TALLY_SAMPLE_DAY);
    char copy[128];

    assert_int_equal(tally_sample_put(sample, &row), 0);
    make_older(sample);
    tally_sample_reopen(sample);
    assert_int_equal(ask(sample, "PRAGMA user_version"), 2);
    assert_int_equal(put_later(sample, &row, NULL), 0);
    assert_fine(sample, tally_settle(sample->tally, &sample->err));
    assert_int_equal(ask(sample, "SELECT sum(sessions) FROM tally"), 2);
    snprintf(copy, sizeof(copy), "%s.backup-1", sample->path);
    assert_int_equal(access(copy, F_OK), -1);
}

static int add_up(void *context, const struct tally_row *row, struct err *err)
{
    (void)err;
    *(int64_t *)context += row->sessions;
    return 0;
}

static void a_tally_of_before_is_read_as_it_is(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = row_of(0, TALLY_SAMPLE_DAY);
    struct tally *reader = NULL;
    int64_t sessions = 0;

    assert_int_equal(tally_sample_put(sample, &row), 0);
    make_older(sample);
    assert_fine(sample, tally_open(sample->url, STORE_READ, &sample->clock,
                                   &reader, &sample->err));
    assert_fine(sample, tally_each(reader, TALLY_SAMPLE_DAY, add_up, &sessions,
                                   &sample->err));
    tally_close(reader);
    assert_int_equal(sessions, 1);
    assert_int_equal(ask(sample, "PRAGMA user_version"), 1);
}

#define WITH_A_TALLY(test)                                                     \
    cmocka_unit_test_setup_teardown(test, tally_sample_open, tally_sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_TALLY(large_batches_wait_and_are_seen_as_of_one_moment),
        WITH_A_TALLY(small_batches_do_not_wait),
        WITH_A_TALLY(what_has_waited_long_is_added),
        WITH_A_TALLY(what_was_left_is_due),
        WITH_A_TALLY(a_day_is_closed_with_all_that_waits),
        WITH_A_TALLY(batches_are_written_as_files_hold_them),
        WITH_A_TALLY(a_batch_that_is_given_up_leaves_nothing),
        WITH_A_TALLY(sums_are_the_same_as_if_none_had_waited),
        WITH_A_TALLY(a_kill_loses_no_batch_that_was_committed),
        WITH_A_TALLY(what_is_damaged_is_left_out_and_kept),
        WITH_A_TALLY(what_is_empty_is_found_damaged),
        WITH_A_TALLY(a_tally_of_before_is_brought_up_to_date),
        WITH_A_TALLY(a_tally_of_before_is_read_as_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
