/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store/wal_file.h"

enum { ROWS = 300, PATH_BYTES = 64 };

/* ---- What is below: logs whose writes are counted, or fail ---------------- */

static int n_writes;
static int n_allowed = -1; /* writes until they fail; -1: all are good */
static sqlite3_vfs below;
static sqlite3_vfs *system_vfs;
static const sqlite3_io_methods *system_methods;
static sqlite3_io_methods counted;

static int count_write(sqlite3_file *file, const void *octets, int n,
                       sqlite3_int64 offset)
{
    n_writes++;
    if (n_allowed == 0)
        return SQLITE_FULL;
    n_allowed -= n_allowed > 0;
    return system_methods->xWrite(file, octets, n, offset);
}

static int open_below(sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
                      int flags, int *out_flags)
{
    int status = system_vfs->xOpen(system_vfs, name, file, flags, out_flags);

    (void)vfs;
    if (status == SQLITE_OK && flags & SQLITE_OPEN_WAL) {
        system_methods = file->pMethods;
        counted = *system_methods;
        counted.xWrite = count_write;
        file->pMethods = &counted;
    }
    return status;
}

static int register_below(void **state)
{
    (void)state;
    system_vfs = sqlite3_vfs_find(NULL);
    below = *system_vfs;
    below.zName = "counted";
    below.xOpen = open_below;
    return sqlite3_vfs_register(&below, 1);
}

/* ---- A database ----------------------------------------------------------- */

struct sample {
    char folder[PATH_BYTES], path[PATH_BYTES + 16];
    sqlite3 *db;    /* as a store writes */
    sqlite3 *other; /* somebody else */
};

static void run(sqlite3 *db, const char *text)
{
    if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", text, sqlite3_errmsg(db));
}

static int64_t ask(sqlite3 *db, const char *text)
{
    sqlite3_stmt *statement;
    int64_t answer;

    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &statement, NULL), 0);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    answer = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return answer;
}

static sqlite3 *open_as(const struct sample *sample, const char *vfs)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open_v2(sample->path, &db,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                     vfs),
                     0);
    run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    return db;
}

static int set_up(void **state)
{
    struct sample *sample = calloc(1, sizeof(*sample));

    assert_non_null(sample);
    snprintf(sample->folder, sizeof(sample->folder), "/tmp/tlsrpt-wal-XXXXXX");
    assert_non_null(mkdtemp(sample->folder));
    snprintf(sample->path, sizeof(sample->path), "%s/a.db", sample->folder);
    assert_non_null(wal_file_vfs());
    sample->db = open_as(sample, wal_file_vfs());
    sample->other = open_as(sample, NULL);
    run(sample->db, "CREATE TABLE t (by TEXT, octets BLOB)");
    n_allowed = -1;
    *state = sample;
    return 0;
}

static int tear_down(void **state)
{
    struct sample *sample = *state;

    sqlite3_close(sample->db);
    sqlite3_close(sample->other);
    unlink(sample->path);
    rmdir(sample->folder);
    free(sample);
    return 0;
}

/* Each row has a page of its own. */
static void put_rows(sqlite3 *db, const char *by)
{
    char text[200];

    snprintf(text, sizeof(text),
             "INSERT INTO t SELECT '%s', randomblob(3000) FROM (WITH RECURSIVE"
             " n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
             " SELECT i FROM n)",
             by, ROWS);
    run(db, text);
}

static int commit(sqlite3 *db)
{
    int status;

    wal_file_gather(db);
    status = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    wal_file_end(db);
    return status;
}

static int64_t count(sqlite3 *db, const char *by)
{
    char text[80];

    snprintf(text, sizeof(text), "SELECT count(*) FROM t WHERE by = '%s'", by);
    return ask(db, text);
}

static void assert_sound(sqlite3 *db)
{
    assert_int_equal(
        ask(db, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"),
        1);
}

/* ---- Tests ---------------------------------------------------------------- */

static void a_commit_is_few_writes_and_others_read_it(void **state)
{
    const struct sample *sample = *state;
    int n_alone;

    run(sample->other, "BEGIN IMMEDIATE");
    put_rows(sample->other, "other");
    n_writes = 0;
    assert_int_equal(commit(sample->other), 0);
    n_alone = n_writes;
    assert_true(n_alone > 2 * ROWS);
    run(sample->db, "BEGIN IMMEDIATE");
    put_rows(sample->db, "us");
    n_writes = 0;
    assert_int_equal(commit(sample->db), 0);
    assert_in_range(n_writes, 1, n_alone / 20);
    assert_int_equal(count(sample->other, "us"), ROWS);
    assert_sound(sample->other);
}

static void a_commit_that_cannot_be_written_leaves_nothing(void **state)
{
    const struct sample *sample = *state;

    for (int n = 0; n < 4; n++) {
        run(sample->db, "BEGIN IMMEDIATE");
        put_rows(sample->db, "failed");
        n_allowed = n;
        assert_int_equal(commit(sample->db) & 0xff, SQLITE_FULL);
        n_allowed = -1;
        sqlite3_exec(sample->db, "ROLLBACK", NULL, NULL, NULL);
        run(sample->other, "BEGIN IMMEDIATE");
        put_rows(sample->other, "other");
        assert_int_equal(commit(sample->other), 0);
        assert_int_equal(count(sample->db, "failed"), 0);
        run(sample->db, "BEGIN IMMEDIATE");
        put_rows(sample->db, "us");
        assert_int_equal(commit(sample->db), 0);
        assert_int_equal(count(sample->other, "other"), (n + 1) * ROWS);
        assert_int_equal(count(sample->other, "us"), (n + 1) * ROWS);
        assert_sound(sample->other);
    }
}

/* More than the cache holds is written before the commit, and may be given up. */
static void what_is_no_commit_is_written_as_it_comes(void **state)
{
    const struct sample *sample = *state;

    run(sample->db, "PRAGMA cache_size = 10; BEGIN IMMEDIATE");
    n_writes = 0;
    put_rows(sample->db, "undone");
    assert_true(n_writes > ROWS);
    run(sample->db, "ROLLBACK");
    run(sample->other, "BEGIN IMMEDIATE");
    put_rows(sample->other, "other");
    assert_int_equal(commit(sample->other), 0);
    run(sample->db, "BEGIN IMMEDIATE");
    put_rows(sample->db, "us");
    run(sample->db, "UPDATE t SET octets = randomblob(2900)");
    assert_int_equal(commit(sample->db), 0);
    assert_int_equal(count(sample->other, "undone"), 0);
    assert_int_equal(count(sample->other, "other"), ROWS);
    assert_int_equal(count(sample->other, "us"), ROWS);
    assert_sound(sample->other);
}

static void who_is_killed_behind_a_commit_has_written_it(void **state)
{
    const struct sample *sample = *state;
    int status;
    pid_t child;

    sqlite3_close(((struct sample *)*state)->db);
    ((struct sample *)*state)->db = NULL;
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        sqlite3 *db = open_as(sample, wal_file_vfs());

        run(db, "BEGIN IMMEDIATE");
        put_rows(db, "us");
        _exit(commit(db));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(count(sample->other, "us"), ROWS);
    assert_sound(sample->other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_commit_is_few_writes_and_others_read_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_commit_that_cannot_be_written_leaves_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            what_is_no_commit_is_written_as_it_comes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            who_is_killed_behind_a_commit_has_written_it, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("wal file", tests, register_below, NULL);
}
