/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/collectd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/buffer.h"

enum { DAY = 20700 }; /* 2026-09-04 */

struct room {
    char folder[40], path[64], yesterday[80];
    struct buffer seen; /* "domain|record|policy|failure n/n;" of each row */
    bool is_complete;
    struct err err;
};

static int set_up(void **state)
{
    struct room *room = calloc(1, sizeof(*room));

    snprintf(room->folder, sizeof(room->folder), "/tmp/tlsrpt-old-XXXXXX");
    assert_non_null(mkdtemp(room->folder));
    snprintf(room->path, sizeof(room->path), "%s/c.sqlite", room->folder);
    snprintf(room->yesterday, sizeof(room->yesterday), "%s.yesterday",
             room->path);
    buffer_init(&room->seen, 4096);
    *state = room;
    return 0;
}

static int tear_down(void **state)
{
    struct room *room = *state;

    unlink(room->path);
    unlink(room->yesterday);
    rmdir(room->folder);
    buffer_deinit(&room->seen);
    free(room);
    return 0;
}

/* Makes a file as tlsrpt-collectd does, and adds what is given. */
static void make(const char *path, const char *more)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db,
                     "CREATE TABLE finalresults(day, domain, tlsrptrecord,"
                     " policy, cntrtotal, cntrfailure, its);"
                     "CREATE TABLE failures(day, domain, tlsrptrecord, policy,"
                     " reason, cntr);"
                     "CREATE TABLE daystatus(daycomplete, its);"
                     "CREATE TABLE dbversion(version, installdate, purpose);"
                     "INSERT INTO dbversion VALUES (1, '',"
                     " 'TLSRPT-Collectd-DB-devel-2024-10-28')",
                     NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, more, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static int take(void *context, const struct collectd_row *row, struct err *err)
{
    struct room *room = context;

    (void)err;
    buffer_add_format(
        &room->seen, "%.*s|%.*s|%.*s|%.*s %lld/%lld;", (int)row->domain.len,
        row->domain.ptr, (int)row->record.len, row->record.ptr,
        (int)row->policy.len, row->policy.ptr, (int)row->failure.len,
        row->failure.ptr, (long long)row->sessions, (long long)row->failures);
    return 0;
}

static int read_day(struct room *room)
{
    buffer_reset(&room->seen);
    room->is_complete = false;
    return collectd_each(room->path, DAY, take, room, &room->is_complete,
                         &room->err);
}

static void expect(struct room *room, const char *rows, bool is_complete)
{
    if (read_day(room))
        fail_msg("%s", room->err.text);
    assert_string_equal(buffer_text(&room->seen), rows);
    assert_int_equal(room->is_complete, is_complete);
}

static void both_files_are_read(void **state)
{
    struct room *room = *state;

    make(room->yesterday,
         "INSERT INTO finalresults VALUES ('2026-09-04', 'a', 'r', 'p', 5, 2,"
         " 0), ('2026-09-03', 'a', 'r', 'p', 9, 9, 0);"
         "INSERT INTO failures VALUES ('2026-09-04', 'a', 'r', 'p', 'f', 2);"
         "INSERT INTO daystatus VALUES ('2026-09-04', 0)");
    make(room->path,
         "INSERT INTO finalresults VALUES ('2026-09-05', 'b', 'r', 'p', 1, 0,"
         " 0), ('2026-09-04', 'c', 'r', 'p', 1, 0, 0)");
    expect(room, "a|r|p| 5/2;a|r|p|f 2/0;c|r|p| 1/0;", true);
}

static void a_day_that_is_not_closed_is_not_complete(void **state)
{
    struct room *room = *state;

    make(room->path, "INSERT INTO finalresults VALUES"
                     " ('2026-09-04', 'a', 'r', 'p', 5, 2, 0)");
    expect(room, "a|r|p| 5/2;", false);
}

static void a_file_left_alone_before_the_day_is_complete(void **state)
{
    const struct timespec times[2] = {
        { .tv_sec = (time_t)DAY * 86400 - 1 },
        { .tv_sec = (time_t)DAY * 86400 - 1 },
    };
    struct room *room = *state;

    make(room->path, "");
    assert_int_equal(utimensat(AT_FDCWD, room->path, times, 0), 0);
    expect(room, "", true);
}

static void what_is_no_such_database_is_refused(void **state)
{
    struct room *room = *state;
    FILE *file;

    assert_int_equal(read_day(room), -1);
    make(room->path, "UPDATE dbversion SET version = 2");
    assert_int_equal(read_day(room), -1);
    unlink(room->path);
    make(room->path, "UPDATE dbversion SET purpose = 'TLSRPT-Reportd-DB'");
    assert_int_equal(read_day(room), -1);
    unlink(room->path);
    make(room->path, "DROP TABLE failures");
    assert_int_equal(read_day(room), -1);
    unlink(room->path);
    file = fopen(room->path, "w");
    fputs("no database at all", file);
    fclose(file);
    assert_int_equal(read_day(room), -1);
}

/* Exchanged at midnight, between one row and the next. */
static int exchange(void *context, const struct collectd_row *row,
                    struct err *err)
{
    struct room *room = context;

    (void)row;
    (void)err;
    return rename(room->path, room->yesterday);
}

static void files_that_are_exchanged_are_read_again(void **state)
{
    struct room *room = *state;

    make(room->path, "INSERT INTO finalresults VALUES"
                     " ('2026-09-04', 'a', 'r', 'p', 5, 2, 0)");
    assert_int_equal(collectd_each(room->path, DAY, exchange, room,
                                   &room->is_complete, &room->err),
                     -1);
    expect(room, "a|r|p| 5/2;", false);
}

#define test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(both_files_are_read),
        test(a_day_that_is_not_closed_is_not_complete),
        test(a_file_left_alone_before_the_day_is_complete),
        test(what_is_no_such_database_is_refused),
        test(files_that_are_exchanged_are_read_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
