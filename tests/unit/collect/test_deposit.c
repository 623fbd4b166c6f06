/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/deposit.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collect/events.h"

enum { MAX_ROWS = 10 };

/* ---- A disk that fails at the sync --------------------------------------- */

/* The library of the store finds these before those of the system. */
static atomic_bool is_sync_failing;
static atomic_int n_failed_syncs;

static int sync_fd(long number, int fd)
{
    if (!atomic_load(&is_sync_failing))
        return (int)syscall(number, fd);
    atomic_fetch_add(&n_failed_syncs, 1);
    errno = EIO;
    return -1;
}

int fsync(int fd)
{
    return sync_fd(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return sync_fd(SYS_fdatasync, fd);
}

/* ---- The deposit --------------------------------------------------------- */

struct fixture {
    char folder[40];
    char path[56];
    char url[64];
    struct clock clock;
    struct book_rules rules;
    struct book book;
    struct deposit deposit;
    struct err err;
    char text[EVENTS_BYTES];
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    if (!fixture)
        return -1;
    snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/deposit-XXXXXX");
    if (!mkdtemp(fixture->folder))
        return -1;
    snprintf(fixture->path, sizeof(fixture->path), "%s/y.db", fixture->folder);
    snprintf(fixture->url, sizeof(fixture->url), "sqlite:%s", fixture->path);
    fixture->clock = clock_fixed((int64_t)EVENTS_DAY * UTC_DAY_SECONDS);
    fixture->rules.max_rows = MAX_ROWS;
    book_init(&fixture->book, &fixture->rules);
    deposit_init(&fixture->deposit, fixture->url, &fixture->clock, MAX_ROWS);
    atomic_store(&is_sync_failing, false);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    char command[80];

    snprintf(command, sizeof(command), "rm -rf %s", fixture->folder);
    atomic_store(&is_sync_failing, false);
    deposit_deinit(&fixture->deposit);
    book_deinit(&fixture->book);
    free(fixture);
    return system(command);
}

static void add(struct fixture *fixture, const char *domain)
{
    assert_int_equal(events_add(&fixture->book, EVENTS_DAY,
                                events_success(fixture->text, domain)),
                     BOOK_SUMMED);
}

static int put(struct fixture *fixture, utc_day closing)
{
    return deposit_put(&fixture->deposit, &fixture->book, closing,
                       &fixture->err);
}

static void assert_dump(struct fixture *fixture, utc_day day,
                        const char *expected)
{
    char *got = events_dump_tally(fixture->url, day);

    assert_string_equal(got, expected);
    free(got);
}

static void a_batch_that_failed_at_the_sync_counts_once(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(deposit_open(&fixture->deposit, &fixture->err), 0);
    add(fixture, "a.example");
    atomic_store(&is_sync_failing, true);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(put(fixture, UTC_DAY_NONE), -1);
        deposit_close(&fixture->deposit);
    }
    assert_true(n_failed_syncs > 0);
    atomic_store(&is_sync_failing, false);
    assert_int_equal(put(fixture, EVENTS_DAY - 1), 0);
    assert_int_equal(fixture->deposit.batch.rows, 1);
    assert_dump(fixture, EVENTS_DAY, "20700 a.example R sts - - 1/0\n");
    /* The same datagram in the next book is another session. */
    book_reset(&fixture->book);
    add(fixture, "a.example");
    assert_int_equal(put(fixture, UTC_DAY_NONE), 0);
    assert_dump(fixture, EVENTS_DAY, "20700 a.example R sts - - 2/0\n");
}

static void close_by_another(struct fixture *fixture, utc_day day)
{
    struct tally *tally;

    assert_int_equal(tally_open(fixture->url, STORE_WRITE, &fixture->clock,
                                &tally, &fixture->err),
                     0);
    assert_int_equal(tally_close_day(tally, day, &fixture->err), 0);
    tally_close(tally);
}

/* As the reporter does, who waits for no disk of ours. */
static void late_sums_go_to_the_open_day(void **state)
{
    struct fixture *fixture = *state;

    add(fixture, "a.example");
    assert_int_equal(put(fixture, UTC_DAY_NONE), 0);
    book_reset(&fixture->book);
    add(fixture, "a.example");
    for (int i = 0; i < 2 * MAX_ROWS; i++) {
        char reason[16];

        snprintf(reason, sizeof(reason), "r%02d", i);
        events_add(&fixture->book, EVENTS_DAY,
                   events_failure(fixture->text, "a.example", 204, reason));
    }
    close_by_another(fixture, EVENTS_DAY);
    assert_int_equal(put(fixture, EVENTS_DAY), 0);
    assert_int_equal(fixture->deposit.batch.late, fixture->deposit.batch.rows);
    assert_int_equal(events_sessions(fixture->url, EVENTS_DAY), 1);
    assert_int_equal(events_sessions(fixture->url, EVENTS_DAY + 1),
                     1 + 2 * MAX_ROWS);
}

static void a_tally_that_was_moved_is_left(void **state)
{
    struct fixture *fixture = *state;
    char moved[64], url[80];

    for (int i = 0; i < 2; i++) {
        book_reset(&fixture->book);
        add(fixture, "a.example");
        assert_int_equal(put(fixture, EVENTS_DAY - 1), 0);
    }
    snprintf(moved, sizeof(moved), "%s/moved.db", fixture->folder);
    assert_int_equal(rename(fixture->path, moved), 0);
    book_reset(&fixture->book);
    add(fixture, "b.example");
    assert_int_equal(put(fixture, UTC_DAY_NONE), 0);
    assert_int_equal(fixture->deposit.n_gone, 2);
    assert_dump(fixture, EVENTS_DAY, "20700 b.example R sts - - 1/0\n");
    /* It is whole, although its log stood beside it. */
    snprintf(url, sizeof(url), "sqlite:%s", moved);
    assert_int_equal(events_sessions(url, EVENTS_DAY), 2);
    /* And one that was removed is made again. */
    assert_int_equal(unlink(fixture->path), 0);
    book_reset(&fixture->book);
    add(fixture, "c.example");
    assert_int_equal(put(fixture, UTC_DAY_NONE), 0);
    assert_int_equal(fixture->deposit.n_gone, 3);
    assert_dump(fixture, EVENTS_DAY, "20700 c.example R sts - - 1/0\n");
}

#define WITH_TALLY(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TALLY(a_batch_that_failed_at_the_sync_counts_once),
        WITH_TALLY(late_sums_go_to_the_open_day),
        WITH_TALLY(a_tally_that_was_moved_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
