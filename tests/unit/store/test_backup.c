/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/backup.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store/sample.h"

/* The file a copy goes to, beside the store. */
static const char *target(struct sample_store *sample)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/copy.db", sample->folder);
    return path;
}

static int count_files(struct sample_store *sample)
{
    DIR *folder = opendir(sample->folder);
    int n = 0;

    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        n += entry->d_name[0] != '.';
    closedir(folder);
    return n;
}

static int64_t reports_in(struct sample_store *sample, const char *file)
{
    struct store_contents contents;
    struct store *copy;
    char url[160];

    snprintf(url, sizeof(url), "sqlite:%s", file);
    assert_ok(sample, store_open(url, STORE_WRITE, &sample->clock, &copy,
                                 &sample->err));
    assert_ok(sample, store_contents(copy, &contents, &sample->err));
    store_close(copy);
    return contents.totals.sums.reports;
}

static void a_copy_holds_what_was_committed(void **state)
{
    const struct store_backup_options options = { NULL, NULL };
    struct sample_store *sample = *state;
    struct sample_report report;
    struct store_backup backup;
    struct stat file;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 3);
    sample_put(sample, &report);
    /* A batch that is open does not wait, and is not in it. */
    assert_ok(sample, store_begin(sample->store, &sample->err));
    sample_fill(&report, "two", "a.example", SAMPLE_DAY, 10, 3);
    sample_put_open(sample, &report);
    assert_ok(sample, store_backup(sample->url, target(sample), &options,
                                   &backup, &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_int_equal(backup.reports, 1);
    assert_int_equal(stat(target(sample), &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    assert_int_equal(file.st_size, backup.bytes);
    /* The store with its two side files, and the copy alone. */
    assert_int_equal(count_files(sample), 4);
    assert_int_equal(reports_in(sample, target(sample)), 1);
    unlink(target(sample));
}

static void nothing_is_written_over(void **state)
{
    const struct store_backup_options options = { NULL, NULL };
    struct sample_store *sample = *state;
    struct store_backup backup;
    FILE *file = fopen(target(sample), "w");

    assert_non_null(file);
    fputs("mine", file);
    fclose(file);
    assert_int_equal(store_backup(sample->url, target(sample), &options,
                                  &backup, &sample->err),
                     -1);
    assert_int_equal(sample->err.kind, ERR_USAGE);
    unlink(target(sample));
    assert_int_equal(symlink("/nowhere", target(sample)), 0);
    assert_int_equal(store_backup(sample->url, target(sample), &options,
                                  &backup, &sample->err),
                     -1);
    assert_int_equal(sample->err.kind, ERR_USAGE);
    unlink(target(sample));
    assert_int_equal(count_files(sample), 3);
}

static void a_folder_that_is_not_there_is_told(void **state)
{
    const struct store_backup_options options = { NULL, NULL };
    struct sample_store *sample = *state;
    struct store_backup backup;

    assert_int_equal(store_backup(sample->url, "/nowhere/at/all.db", &options,
                                  &backup, &sample->err),
                     -1);
    assert_int_equal(sample->err.kind, ERR_SYSTEM);
    assert_int_equal(store_backup("sqlite:/nowhere.db", target(sample),
                                  &options, &backup, &sample->err),
                     -1);
    assert_int_equal(
        store_backup("x:y", target(sample), &options, &backup, &sample->err),
        -1);
    assert_int_equal(count_files(sample), 3);
}

/* Stops at once; there are enough rows to be asked. */
static bool stop(void *context, int64_t done, int64_t total)
{
    int *n = context;

    assert_true(done >= 0 && total > 0);
    ++*n;
    return false;
}

static void a_copy_that_is_stopped_leaves_nothing(void **state)
{
    int n = 0;
    const struct store_backup_options options = { stop, &n };
    struct sample_store *sample = *state;
    struct sample_report report;
    struct store_backup backup;

    assert_ok(sample, store_begin(sample->store, &sample->err));
    for (int i = 0; i < 2000; i++) {
        sample_fill(&report, "one", "a.example", SAMPLE_DAY + i, 10, 3);
        sample_put_open(sample, &report);
    }
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_int_equal(store_backup(sample->url, target(sample), &options,
                                  &backup, &sample->err),
                     1);
    assert_int_equal(n, 1);
    assert_int_equal(count_files(sample), 3);
}

static void a_copy_that_is_not_whole_is_none(void **state)
{
    const struct store_backup_options options = { NULL, NULL };
    struct sample_store *sample = *state;
    struct store_backup backup;

    /* What is stored under a unique index twice is copied, and found out. */
    free(sample_dump(sample, "PRAGMA writable_schema = 1"));
    free(sample_dump(sample, "CREATE TABLE odd (a)"));
    free(sample_dump(sample, "INSERT INTO odd VALUES (NULL)"));
    store_close(sample->store);
    sample->store = NULL;
    {
        sqlite3 *db;

        assert_int_equal(sqlite3_open(sample->path, &db), SQLITE_OK);
        assert_int_equal(
            sqlite3_exec(db,
                         "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET"
                         " sql = 'CREATE TABLE odd (a NOT NULL)'"
                         " WHERE name = 'odd'",
                         NULL, NULL, NULL),
            SQLITE_OK);
        sqlite3_close(db);
    }
    assert_int_equal(store_backup(sample->url, target(sample), &options,
                                  &backup, &sample->err),
                     -1);
    assert_int_equal(sample->err.kind, ERR_STORE);
    assert_int_equal(access(target(sample), F_OK), -1);
}

static void versions_are_told(void **state)
{
    struct sample_store *sample = *state;
    int version = 0, needed = 0;
    char text[128];

    assert_ok(sample,
              store_version(sample->url, &version, &needed, &sample->err));
    assert_true(version > 0 && version == needed);
    free(sample_dump(sample, "PRAGMA user_version = 99"));
    assert_int_equal(
        store_version(sample->url, &version, &needed, &sample->err), -1);
    assert_non_null(strstr(sample->err.text, "schema version 99"));
    free(sample_dump(sample, "PRAGMA application_id = 3"));
    assert_int_equal(
        store_version(sample->url, &version, &needed, &sample->err), -1);
    assert_int_equal(store_version("x:y", &version, &needed, &sample->err), -1);
    assert_string_equal(
        store_version_copy("sqlite:a.db", 1, text, sizeof(text)),
        "a.db.backup-1");
}

#define TEST(function)                                                         \
    cmocka_unit_test_setup_teardown(function, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_copy_holds_what_was_committed),
        TEST(nothing_is_written_over),
        TEST(a_folder_that_is_not_there_is_told),
        TEST(a_copy_that_is_stopped_leaves_nothing),
        TEST(a_copy_that_is_not_whole_is_none),
        TEST(versions_are_told),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
