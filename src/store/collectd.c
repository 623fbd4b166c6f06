/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/collectd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "store/sql.h"

enum {
    PATH_BYTES = 4096,
    BUSY_MS = 2000, /* it commits once in 5 s, on its one thread */
    VALUE_BYTES =
        16 * 1024 * 1024 /* no text of its is longer than a datagram */
};

static const char purpose[] = "TLSRPT-Collectd-DB";

/* One of the two files while it is read. */
struct file {
    char path[PATH_BYTES];
    struct store store;
    struct stat before;
    bool is_there;
};

static int open_file(struct file *file, struct err *err)
{
    file->store = (struct store){ .path = file->path, .mode = STORE_READ };
    if (stat(file->path, &file->before)) {
        file->is_there = false;
        return errno == ENOENT ? 0
                               : err_system(err, "opening %.200s", file->path);
    }
    file->is_there = true;
    if (sqlite3_open_v2(file->path, &file->store.db,
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK)
        return file->store.db ? sql_fail(&file->store, "cannot be opened", err)
                              : err_memory(err);
    sqlite3_busy_timeout(file->store.db, BUSY_MS);
    sqlite3_db_config(file->store.db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(file->store.db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_limit(file->store.db, SQLITE_LIMIT_LENGTH, VALUE_BYTES);
    return 0;
}

/* Tells whether somebody exchanged a file since it was opened. */
static bool is_same(const struct file *file)
{
    struct stat now;

    if (stat(file->path, &now))
        return !file->is_there;
    return file->is_there && now.st_dev == file->before.st_dev &&
           now.st_ino == file->before.st_ino;
}

static struct slice text_of(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);

    return text ? slice_make(text,
                             (size_t)sqlite3_column_bytes(statement, column))
                : SLICE("");
}

static int check_purpose(struct file *file, struct err *err)
{
    SQL_ONCE sqlite3_stmt *ask = sql_prepare(
        &file->store, "SELECT version, purpose FROM dbversion", err);
    int status = ask ? sql_step(&file->store, ask, err) : -1;

    if (status < 0)
        return -1;
    if (status > 0 && sqlite3_column_int(ask, 0) == 1 &&
        slice_starts(text_of(ask, 1), SLICE(purpose)))
        return 0;
    return err_set(err, ERR_STORE,
                   "%.200s is no database of tlsrpt-collectd that this program"
                   " knows",
                   file->path);
}

static int read_complete(struct file *file, const char *day, bool *is_complete,
                         struct err *err)
{
    SQL_ONCE sqlite3_stmt *ask = sql_prepare(
        &file->store, "SELECT 1 FROM daystatus WHERE daycomplete >= ?1", err);
    int status;

    if (!ask)
        return -1;
    sql_bind_text(ask, 1, day);
    status = sql_step(&file->store, ask, err);
    *is_complete |= status > 0;
    return status < 0 ? -1 : 0;
}

static int read_rows(struct file *file, const char *day,
                     collectd_function *function, void *context,
                     struct err *err)
{
    SQL_ONCE sqlite3_stmt *each = sql_prepare(
        &file->store,
        "SELECT domain, tlsrptrecord, policy, '' AS reason, cntrtotal,"
        " cntrfailure FROM finalresults WHERE day = ?1 UNION ALL"
        " SELECT domain, tlsrptrecord, policy, reason, cntr, 0 FROM failures"
        " WHERE day = ?1 ORDER BY 1, 2, 3, 4",
        err);
    int status = each ? 0 : -1;

    if (each)
        sql_bind_text(each, 1, day);
    while (status == 0 && (status = sql_step(&file->store, each, err)) > 0) {
        const struct collectd_row row = {
            .domain = text_of(each, 0),
            .record = text_of(each, 1),
            .policy = text_of(each, 2),
            .failure = text_of(each, 3),
            .sessions = sqlite3_column_int64(each, 4),
            .failures = sqlite3_column_int64(each, 5),
        };

        status = function(context, &row, err);
        if (status)
            return status;
    }
    return status;
}

static int read_file(struct file *file, const char *day,
                     collectd_function *function, void *context,
                     bool *is_complete, struct err *err)
{
    if (!file->is_there)
        return 0;
    if (check_purpose(file, err) || read_complete(file, day, is_complete, err))
        return -1;
    return read_rows(file, day, function, context, err);
}

/* A daemon that runs begins a new file at midnight: one that was written last
 * before the day is of a daemon that was stopped, and gets no row of it. */
static bool is_abandoned(const struct file *today, utc_day day)
{
    return today->is_there &&
           today->before.st_mtime < (time_t)day * UTC_DAY_SECONDS;
}

static int read_both(struct file *yesterday, struct file *today, utc_day day,
                     collectd_function *function, void *context,
                     bool *out_is_complete, struct err *err)
{
    bool is_complete = false;
    char text[UTC_DAY_BYTES];
    int status;

    utc_day_format(day, text);
    status = read_file(yesterday, text, function, context, &is_complete, err);
    if (status == 0)
        status = read_file(today, text, function, context, &is_complete, err);
    if (status == 0 && !(is_same(yesterday) && is_same(today)))
        return err_set(err, ERR_STORE,
                       "%.200s was exchanged for a new one while it was read;"
                       " try again",
                       today->path);
    if (status == 0)
        *out_is_complete = is_complete || is_abandoned(today, day);
    return status;
}

int collectd_each(const char *path, utc_day day, collectd_function *function,
                  void *context, bool *out_is_complete, struct err *err)
{
    struct file today, yesterday;
    int status;

    today.store.db = NULL;
    snprintf(today.path, sizeof(today.path), "%s", path);
    if (snprintf(yesterday.path, sizeof(yesterday.path), "%s.yesterday",
                 path) >= (int)sizeof(yesterday.path))
        return err_set(err, ERR_USAGE, "the path %.100s... is too long", path);
    status = open_file(&yesterday, err);
    if (status == 0)
        status = open_file(&today, err);
    if (status == 0 && !today.is_there && !yesterday.is_there)
        status = err_set(err, ERR_STORE, "there is no %.200s", path);
    if (status == 0)
        status = read_both(&yesterday, &today, day, function, context,
                           out_is_complete, err);
    sqlite3_close(today.store.db);
    sqlite3_close(yesterday.store.db);
    return status;
}
