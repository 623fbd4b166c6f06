/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/tally_handle.h"

/*
 * Version 1. Texts stand once; last_day is the latest day that uses one, so that
 * it goes with the rows of that day. Text 0 is the empty one and stays. extent
 * says which domains a day has, and how many rows each.
 */
static const char version_1[] =
    "CREATE TABLE setting ("
    " name TEXT NOT NULL PRIMARY KEY,"
    " value INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO setting (name, value) VALUES ('change', 1),"
    " ('closed_day', -2147483648);"
    "CREATE TABLE text ("
    " id INTEGER PRIMARY KEY,"
    " text TEXT NOT NULL,"
    " last_day INTEGER NOT NULL"
    ") STRICT;"
    "CREATE UNIQUE INDEX text_text ON text (text);"
    "CREATE INDEX text_last_day ON text (last_day);"
    "INSERT INTO text VALUES (0, '', 2147483647);"
    "CREATE TABLE extent ("
    " day INTEGER NOT NULL,"
    " domain_id INTEGER NOT NULL,"
    " n_rows INTEGER NOT NULL,"
    " PRIMARY KEY (day, domain_id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE tally ("
    " day INTEGER NOT NULL,"
    " domain_id INTEGER NOT NULL,"
    " record_id INTEGER NOT NULL,"
    " policy_id INTEGER NOT NULL,"
    " detail_id INTEGER NOT NULL,"
    " sessions INTEGER NOT NULL,"
    " failures INTEGER NOT NULL,"
    " PRIMARY KEY (day, domain_id, record_id, policy_id, detail_id)"
    ") STRICT, WITHOUT ROWID;";

/* Version 2: what large batches add stands in rows of octets at first. Numbers
 * never come again. */
static const char version_2[] = "CREATE TABLE tail ("
                                " id INTEGER PRIMARY KEY AUTOINCREMENT,"
                                " is_damaged INTEGER NOT NULL DEFAULT 0,"
                                " octets BLOB NOT NULL"
                                ") STRICT;";

const char *const *tally_migrations(size_t *out_n)
{
    static const char *const migrations[] = { version_1, version_2 };

    *out_n = sizeof(migrations) / sizeof(*migrations);
    return migrations;
}
