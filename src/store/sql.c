/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/sql.h"

#include <string.h>

int sql_fail(struct store *store, const char *what, struct err *err)
{
    enum err_kind kind = ERR_STORE;

    if (sqlite3_errcode(store->db) == SQLITE_NOMEM)
        kind = ERR_MEMORY;
    return err_set(err, kind, "store %s: %s: %s", store->path, what,
                   sqlite3_errmsg(store->db));
}

sqlite3_stmt *sql_use(struct store *store, enum store_statement place,
                      const char *text, struct err *err)
{
    sqlite3_stmt **kept = &store->statements[place];

    if (*kept) {
        sqlite3_reset(*kept);
        return *kept;
    }
    if (sqlite3_prepare_v3(store->db, text, -1, SQLITE_PREPARE_PERSISTENT, kept,
                           NULL) != SQLITE_OK) {
        sql_fail(store, "cannot prepare a statement", err);
        return NULL;
    }
    return *kept;
}

sqlite3_stmt *sql_prepare(struct store *store, const char *text,
                          struct err *err)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v2(store->db, text, -1, &statement, NULL) != SQLITE_OK)
        sql_fail(store, "cannot prepare a statement", err);
    return statement;
}

void sql_drop(sqlite3_stmt **statement)
{
    sqlite3_finalize(*statement);
}

int sql_step(struct store *store, sqlite3_stmt *statement, struct err *err)
{
    int status = sqlite3_step(statement);

    if (status == SQLITE_ROW)
        return 1;
    if (status != SQLITE_DONE) {
        sql_fail(store, "cannot run a statement", err);
        sqlite3_reset(statement);
        return -1;
    }
    sqlite3_reset(statement);
    return 0;
}

int sql_run(struct store *store, sqlite3_stmt *statement, struct err *err)
{
    int status;

    do {
        status = sql_step(store, statement, err);
    } while (status > 0);
    return status;
}

int sql_execute(struct store *store, const char *text, struct err *err)
{
    if (sqlite3_exec(store->db, text, NULL, NULL, NULL) != SQLITE_OK)
        return sql_fail(store, "cannot run a statement", err);
    return 0;
}

void sql_bind_all(sqlite3_stmt *statement, const int64_t *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sqlite3_bind_int64(statement, (int)i + 1, values[i]);
}

int sql_run_all(struct store *store, sqlite3_stmt *statement,
                const int64_t *values, size_t n, struct err *err)
{
    if (!statement)
        return -1;
    sql_bind_all(statement, values, n);
    return sql_run(store, statement, err);
}

int sql_find_all(struct store *store, sqlite3_stmt *statement,
                 const int64_t *values, size_t n, struct err *err)
{
    int status;

    if (!statement)
        return -1;
    sql_bind_all(statement, values, n);
    status = sql_step(store, statement, err);
    return status < 0 ? -1 : status == 0;
}

void sql_bind_integer(sqlite3_stmt *statement, int place, int64_t value)
{
    sqlite3_bind_int64(statement, place, value);
}

void sql_bind_text(sqlite3_stmt *statement, int place, const char *text)
{
    sqlite3_bind_text64(statement, place, text ? text : "",
                        text ? strlen(text) : 0, SQLITE_STATIC, SQLITE_UTF8);
}

void sql_bind_octets(sqlite3_stmt *statement, int place, const void *octets,
                     size_t bytes)
{
    sqlite3_bind_blob64(statement, place, bytes ? octets : "", bytes,
                        SQLITE_STATIC);
}

const char *sql_text(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);

    return text ? (const char *)text : "";
}

struct slice sql_slice(sqlite3_stmt *statement, int column)
{
    const void *octets = sqlite3_column_blob(statement, column);

    return slice_make(octets, (size_t)sqlite3_column_bytes(statement, column));
}

void sql_octets(sqlite3_stmt *statement, int column, unsigned char *out,
                size_t bytes)
{
    const void *octets = sqlite3_column_blob(statement, column);

    if (octets && (size_t)sqlite3_column_bytes(statement, column) == bytes)
        memcpy(out, octets, bytes);
    else
        memset(out, 0, bytes);
}
