/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Thin statement helpers: prepare once, bind, step.
 *
 * All parameters are bound. A bind that runs out of memory leaves NULL, which
 * every column refuses, so that binds need no check of their own.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "base/err.h"
#include "base/slice.h"
#include "store/handle.h"

/* Fills err from the connection's last failure. Returns: -1. */
int sql_fail(struct store *store, const char *what, struct err *err);

/*
 * Gives the statement of a place, preparing `text` the first time, reset and
 * ready to be bound.
 * Owns: the store keeps it.
 * Returns: the statement, or NULL with err.
 */
sqlite3_stmt *sql_use(struct store *store, enum store_statement place,
                      const char *text, struct err *err);

/*
 * Prepares a statement for one use, for work that is done once in a while.
 * Owns: the caller; SQL_ONCE drops it at the end of the block.
 * Returns: the statement, or NULL with err.
 */
sqlite3_stmt *sql_prepare(struct store *store, const char *text,
                          struct err *err);

/* Drops what a variable holds; for SQL_ONCE. */
void sql_drop(sqlite3_stmt **statement);

/* Marks a variable that holds a statement of sql_prepare. */
#define SQL_ONCE __attribute__((cleanup(sql_drop)))

/*
 * Runs a statement one row on.
 * Returns: 1 with a row, 0 at the end, -1 with err; it is reset by the latter
 * two.
 */
int sql_step(struct store *store, sqlite3_stmt *statement, struct err *err);

/* Runs a statement to its end. Returns: 0, -1 with err. */
int sql_run(struct store *store, sqlite3_stmt *statement, struct err *err);

/* Runs a text of one or more statements. Returns: 0, -1 with err. */
int sql_execute(struct store *store, const char *text, struct err *err);

/* Binds integers to the parameters 1 to n. */
void sql_bind_all(sqlite3_stmt *statement, const int64_t *values, size_t n);

/* Binds the integers given to the parameters from 1 on. */
#define sql_bind_integers(statement, ...)                                      \
    sql_bind_all(statement, (const int64_t[]){ __VA_ARGS__ },                  \
                 sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))

/*
 * Runs a statement of sql_use to its end, the values bound to the parameters 1
 * to n; NULL is handed on as the failure it stands for.
 * Returns: 0, -1 with err.
 */
int sql_run_all(struct store *store, sqlite3_stmt *statement,
                const int64_t *values, size_t n, struct err *err);

/* As sql_run_all, with the integers given. */
#define sql_run_with(store, statement, err, ...)                               \
    sql_run_all(store, statement, (const int64_t[]){ __VA_ARGS__ },            \
                sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t),    \
                err)

/*
 * Runs a statement of sql_use to its one row, the values bound to the parameters
 * 1 to n; NULL is handed on as the failure it stands for.
 * Returns: 0 with the row, 1 where there is none, -1 with err; it is reset by the
 * latter two.
 */
int sql_find_all(struct store *store, sqlite3_stmt *statement,
                 const int64_t *values, size_t n, struct err *err);

/* As sql_find_all, with the integers given. */
#define sql_find_with(store, statement, err, ...)                              \
    sql_find_all(store, statement, (const int64_t[]){ __VA_ARGS__ },           \
                 sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t),   \
                 err)

/* Binds one integer. */
void sql_bind_integer(sqlite3_stmt *statement, int place, int64_t value);

/* Binds a text, "" for NULL; borrowed until the statement has run. */
void sql_bind_text(sqlite3_stmt *statement, int place, const char *text);

/* Binds octets, borrowed until the statement has run. */
void sql_bind_octets(sqlite3_stmt *statement, int place, const void *octets,
                     size_t bytes);

/* A text column of the current row, never NULL; valid until the next step. */
const char *sql_text(sqlite3_stmt *statement, int column);

/* An octets column of the current row; valid until the next step. */
struct slice sql_slice(sqlite3_stmt *statement, int column);

/* Copies an octets column of exactly `bytes`, else clears out. */
void sql_octets(sqlite3_stmt *statement, int column, unsigned char *out,
                size_t bytes);
