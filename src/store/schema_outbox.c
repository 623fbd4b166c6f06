/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/outbox_handle.h"

/*
 * Version 1. A report stands once by day, tenant, domain, record
 * and part. What waits is
 * found by its time alone, so that a year of delivered reports costs nothing.
 */
static const char version_1[] =
    "CREATE TABLE setting ("
    " name TEXT NOT NULL PRIMARY KEY,"
    " value INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO setting (name, value) VALUES ('change', 1);"
    "CREATE TABLE report ("
    " id INTEGER PRIMARY KEY,"
    " day INTEGER NOT NULL,"
    " domain TEXT NOT NULL,"
    " record TEXT NOT NULL,"
    " part INTEGER NOT NULL,"
    " tenant TEXT NOT NULL,"
    " report_id TEXT NOT NULL,"
    " file_name TEXT NOT NULL,"
    " submitter TEXT NOT NULL,"
    " success_sessions INTEGER NOT NULL,"
    " failure_sessions INTEGER NOT NULL,"
    " json_bytes INTEGER NOT NULL,"
    " composed_at INTEGER NOT NULL,"
    " octets BLOB NOT NULL"
    ") STRICT;"
    "CREATE UNIQUE INDEX report_key ON report (day, tenant, domain, record,"
    " part);"
    "CREATE TABLE delivery ("
    " id INTEGER PRIMARY KEY,"
    " report_id INTEGER NOT NULL,"
    " uri TEXT NOT NULL,"
    " host TEXT NOT NULL,"
    " origin INTEGER NOT NULL,"
    " state INTEGER NOT NULL,"
    " start_at INTEGER NOT NULL,"
    " next_at INTEGER NOT NULL,"
    " first_try_at INTEGER NOT NULL,"
    " last_try_at INTEGER NOT NULL,"
    " tries INTEGER NOT NULL,"
    " is_open INTEGER NOT NULL,"
    " answer TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX delivery_report ON delivery (report_id);"
    "CREATE INDEX delivery_due ON delivery (next_at) WHERE state = 0;"
    /* What was signed and sent; a retry sends the same octets. */
    "CREATE TABLE mail ("
    " delivery_id INTEGER PRIMARY KEY,"
    " sender TEXT NOT NULL,"
    " recipient TEXT NOT NULL,"
    " octets BLOB NOT NULL"
    ") STRICT;"
    "CREATE TABLE skip ("
    " day INTEGER NOT NULL,"
    " tenant TEXT NOT NULL,"
    " domain TEXT NOT NULL,"
    " record TEXT NOT NULL,"
    " reason TEXT NOT NULL,"
    " PRIMARY KEY (day, tenant, domain, record)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE day ("
    " day INTEGER PRIMARY KEY,"
    " composed_at INTEGER NOT NULL,"
    " n_reports INTEGER NOT NULL,"
    " n_skipped INTEGER NOT NULL,"
    " n_deliveries INTEGER NOT NULL"
    ") STRICT;"
    /* Mails that left us, for loop protection. */
    "CREATE TABLE mail_count ("
    " day INTEGER NOT NULL,"
    " host TEXT NOT NULL,"
    " n INTEGER NOT NULL,"
    " PRIMARY KEY (day, host)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE suppression ("
    " pattern TEXT NOT NULL PRIMARY KEY,"
    " reason TEXT NOT NULL,"
    " created_at INTEGER NOT NULL,"
    " expires_at INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;";

/* Version 2: what self-test mails have shown of each tenant's relay. */
static const char version_2[] = "CREATE TABLE proof ("
                                " tenant TEXT NOT NULL PRIMARY KEY,"
                                " token TEXT NOT NULL,"
                                " way TEXT NOT NULL,"
                                " sent_at INTEGER NOT NULL,"
                                " proven_at INTEGER NOT NULL,"
                                " proven_way TEXT NOT NULL,"
                                " domain TEXT NOT NULL,"
                                " selector TEXT NOT NULL"
                                ") STRICT, WITHOUT ROWID;";

/* Version 3. What became of deliveries, of all and of one domain's reports, is
 * read newest first without reading the others. */
static const char version_3[] =
    "CREATE INDEX delivery_state ON delivery (state, id);"
    "CREATE INDEX report_domain ON report (domain, id);"
    "CREATE INDEX skip_domain ON skip (domain, day);";

/* Version 4: deliveries that are tried although their destination is on the list
 * of what gets nothing. Only who delivers asks for it. */
static const char version_4[] = "CREATE TABLE forced ("
                                " delivery_id INTEGER PRIMARY KEY"
                                ") STRICT;";

const char *const *outbox_migrations(size_t *out_n)
{
    static const char *const migrations[] = { version_1, version_2, version_3,
                                              version_4 };

    *out_n = sizeof(migrations) / sizeof(*migrations);
    return migrations;
}
