/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/schema.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/handle.h"
#include "store/sql.h"

/*
 * Version 1. Facts hang on report.id, which only grows, so they are appended;
 * the indexes hold every column a question needs. Texts that come again stand
 * once in name and policy_text. A day without value is -2147483648.
 */
static const char version_1[] =
    /* State: small, changed in place. "change" grows with each commit. */
    "CREATE TABLE setting ("
    " name TEXT NOT NULL PRIMARY KEY,"
    " value INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO setting (name, value) VALUES ('change', 1);"

    /* Dictionaries. */
    "CREATE TABLE name ("
    " id INTEGER PRIMARY KEY,"
    " kind INTEGER NOT NULL,"
    " text TEXT NOT NULL,"
    " label TEXT NOT NULL"
    ") STRICT;"
    "CREATE UNIQUE INDEX name_text ON name (kind, text);"
    "CREATE TABLE policy_text ("
    " id INTEGER PRIMARY KEY,"
    " hash BLOB NOT NULL,"
    " type_id INTEGER NOT NULL,"
    " text TEXT NOT NULL,"
    " mx_hosts TEXT NOT NULL"
    ") STRICT;"
    "CREATE UNIQUE INDEX policy_text_hash ON policy_text (hash);"

    /* Raw octets, once per content hash. encoding: 0 as they came, 1 gzip. */
    "CREATE TABLE raw ("
    " id INTEGER PRIMARY KEY,"
    " hash BLOB NOT NULL,"
    " bytes INTEGER NOT NULL,"
    " encoding INTEGER NOT NULL,"
    " octets BLOB NOT NULL"
    ") STRICT;"
    "CREATE UNIQUE INDEX raw_hash ON raw (hash);"

    /* Facts. Under one key one report counts, others stand beside it. */
    "CREATE TABLE report ("
    " id INTEGER PRIMARY KEY,"
    " key BLOB NOT NULL,"
    " content_hash BLOB NOT NULL,"
    " is_conflict INTEGER NOT NULL,"
    " proof INTEGER NOT NULL,"
    " day INTEGER NOT NULL,"
    " start_at INTEGER NOT NULL,"
    " end_at INTEGER NOT NULL,"
    " stored_at INTEGER NOT NULL,"
    " organization_id INTEGER NOT NULL,"
    " organization TEXT NOT NULL,"
    " contact_info TEXT NOT NULL,"
    " report_id TEXT NOT NULL,"
    " success_sessions INTEGER NOT NULL,"
    " failure_sessions INTEGER NOT NULL,"
    " n_findings INTEGER NOT NULL,"
    " reader_version INTEGER NOT NULL,"
    " raw_id INTEGER NOT NULL,"
    " payload INTEGER NOT NULL,"
    " ordinal INTEGER NOT NULL,"
    " input TEXT NOT NULL"
    ") STRICT;"
    "CREATE UNIQUE INDEX report_key ON report (key) WHERE is_conflict = 0;"
    "CREATE UNIQUE INDEX report_conflict ON report (key, content_hash)"
    " WHERE is_conflict = 1;"

    /* domain_id 0: all domains. */
    "CREATE TABLE subject ("
    " report_id INTEGER NOT NULL,"
    " domain_id INTEGER NOT NULL,"
    " is_conflict INTEGER NOT NULL,"
    " day INTEGER NOT NULL,"
    " organization_id INTEGER NOT NULL,"
    " sessions INTEGER NOT NULL,"
    " failures INTEGER NOT NULL,"
    " PRIMARY KEY (report_id, domain_id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX subject_day ON subject (is_conflict, domain_id, day,"
    " report_id, organization_id, sessions, failures);"
    "CREATE INDEX subject_failed ON subject (is_conflict, domain_id, day,"
    " report_id, organization_id, sessions, failures) WHERE failures > 0;"
    "CREATE INDEX subject_organization ON subject (is_conflict,"
    " organization_id, day, report_id, sessions, failures)"
    " WHERE domain_id = 0;"
    "CREATE TABLE share ("
    " report_id INTEGER NOT NULL,"
    " domain_id INTEGER NOT NULL,"
    " label_id INTEGER NOT NULL,"
    " kind INTEGER NOT NULL,"
    " is_conflict INTEGER NOT NULL,"
    " day INTEGER NOT NULL,"
    " organization_id INTEGER NOT NULL,"
    " sessions INTEGER NOT NULL,"
    " failures INTEGER NOT NULL,"
    " PRIMARY KEY (report_id, domain_id, label_id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX share_day ON share (is_conflict, domain_id, label_id, day,"
    " report_id, organization_id, sessions, failures);"
    "CREATE TABLE policy ("
    " report_id INTEGER NOT NULL,"
    " number INTEGER NOT NULL,"
    " domain_id INTEGER NOT NULL,"
    " policy_domain_id INTEGER NOT NULL,"
    " type_id INTEGER NOT NULL,"
    " type_text TEXT NOT NULL,"
    " text_id INTEGER NOT NULL,"
    " is_conflict INTEGER NOT NULL,"
    " day INTEGER NOT NULL,"
    " success_sessions INTEGER NOT NULL,"
    " failure_sessions INTEGER NOT NULL,"
    " is_implausible INTEGER NOT NULL,"
    " PRIMARY KEY (report_id, number)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX policy_day ON policy (is_conflict, domain_id, day, text_id,"
    " success_sessions, failure_sessions, is_implausible);"
    "CREATE TABLE finding ("
    " report_id INTEGER NOT NULL,"
    " number INTEGER NOT NULL,"
    " code TEXT NOT NULL,"
    " place TEXT NOT NULL,"
    " value TEXT NOT NULL,"
    " PRIMARY KEY (report_id, number)"
    ") STRICT, WITHOUT ROWID;"

    /* What could not be read. */
    "CREATE TABLE quarantine ("
    " id INTEGER PRIMARY KEY,"
    " raw_id INTEGER NOT NULL,"
    " reason TEXT NOT NULL,"
    " input TEXT NOT NULL,"
    " stored_at INTEGER NOT NULL,"
    " reader_version INTEGER NOT NULL"
    ") STRICT;"
    "CREATE UNIQUE INDEX quarantine_raw ON quarantine (raw_id, reason);"
    "CREATE TABLE quarantine_finding ("
    " quarantine_id INTEGER NOT NULL,"
    " number INTEGER NOT NULL,"
    " code TEXT NOT NULL,"
    " place TEXT NOT NULL,"
    " value TEXT NOT NULL,"
    " PRIMARY KEY (quarantine_id, number)"
    ") STRICT, WITHOUT ROWID;"

    /* Sums, made of subject and share. level: 0 days, 1 blocks of 8, 2 of 64.
     * kind: of the label; 1 the domain itself, 6 domains as labels of all. */
    "CREATE TABLE rollup ("
    " kind INTEGER NOT NULL,"
    " domain_id INTEGER NOT NULL,"
    " level INTEGER NOT NULL,"
    " block INTEGER NOT NULL,"
    " label_id INTEGER NOT NULL,"
    " reports INTEGER NOT NULL,"
    " sessions INTEGER NOT NULL,"
    " failures INTEGER NOT NULL,"
    " failed_reports INTEGER NOT NULL,"
    " failed_sessions INTEGER NOT NULL,"
    " first_day INTEGER NOT NULL,"
    " last_day INTEGER NOT NULL,"
    " PRIMARY KEY (kind, domain_id, level, block, label_id)"
    ") STRICT, WITHOUT ROWID;";

/*
 * Version 2. Beside the reports that count stand those that conflict, those of
 * unproven origin and those about domains of others; under one key one of them
 * stands, and what conflicts with it beside. How a report came is kept with it;
 * what could not be judged when it came waits in pending.
 */
static const char version_2[] =
    "ALTER TABLE report RENAME COLUMN is_conflict TO standing;"
    "ALTER TABLE subject RENAME COLUMN is_conflict TO standing;"
    "ALTER TABLE share RENAME COLUMN is_conflict TO standing;"
    "ALTER TABLE policy RENAME COLUMN is_conflict TO standing;"
    "DROP INDEX report_key;"
    "CREATE UNIQUE INDEX report_key ON report (key) WHERE standing <> 1;"

    /* Sources as configured. 1: an import of files. */
    "CREATE TABLE origin ("
    " id INTEGER PRIMARY KEY,"
    " source TEXT NOT NULL,"
    " tenant TEXT NOT NULL,"
    " way INTEGER NOT NULL,"
    " rule INTEGER NOT NULL,"
    " is_live INTEGER NOT NULL,"
    " UNIQUE (source, tenant, way, rule, is_live)"
    ") STRICT;"
    "INSERT INTO origin VALUES (1, '', '', 0, 0, 0);"
    "ALTER TABLE report ADD COLUMN origin_id INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE report ADD COLUMN verdict TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE report ADD COLUMN reason TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE report ADD COLUMN signer TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE quarantine ADD COLUMN origin_id INTEGER NOT NULL DEFAULT 1;"
    "CREATE TABLE pending ("
    " id INTEGER PRIMARY KEY,"
    " report_id INTEGER NOT NULL,"
    " raw_id INTEGER NOT NULL,"
    " payload INTEGER NOT NULL,"
    " ordinal INTEGER NOT NULL,"
    " origin_id INTEGER NOT NULL,"
    " destination TEXT NOT NULL,"
    " input TEXT NOT NULL,"
    " arrived_at INTEGER NOT NULL,"
    " judge_at INTEGER NOT NULL,"
    " tries INTEGER NOT NULL,"
    " UNIQUE (report_id, raw_id, payload, ordinal)"
    ") STRICT;"
    "CREATE INDEX pending_due ON pending (judge_at);"

    /* How far each source has been read. */
    "CREATE TABLE position ("
    " source TEXT NOT NULL,"
    " item TEXT NOT NULL,"
    " value TEXT NOT NULL,"
    " PRIMARY KEY (source, item)"
    ") STRICT, WITHOUT ROWID;";

const char *const *schema_migrations(size_t *out_n)
{
    static const char *const migrations[] = {
        version_1,   version_2,    schema_dmarc,    schema_care, schema_tail,
        schema_ways, schema_lines, schema_checksum, schema_since
    };

    *out_n = sizeof(migrations) / sizeof(*migrations);
    return migrations;
}

/* The one integer a pragma or a count answers. */
static int ask(struct store *store, const char *text, int64_t *out_value,
               struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int status = 0;

    if (sqlite3_prepare_v2(store->db, text, -1, &statement, NULL) != SQLITE_OK)
        return sql_fail(store, "cannot be read", err);
    if (sqlite3_step(statement) == SQLITE_ROW)
        *out_value = sqlite3_column_int64(statement, 0);
    else
        status = sql_fail(store, "cannot be read", err);
    sqlite3_finalize(statement);
    return status;
}

static int check(struct store *store, size_t n, struct err *err)
{
    int64_t application = 0;
    int64_t version = 0;
    int64_t n_tables = 0;

    if (ask(store, "PRAGMA application_id", &application, err) ||
        ask(store, "PRAGMA user_version", &version, err) ||
        ask(store, "SELECT count(*) FROM sqlite_schema", &n_tables, err))
        return -1;
    if (n_tables == 0 && application == 0 && version == 0)
        return 1;
    if (application != store->kind->application || version < 1)
        return err_set(err, ERR_STORE,
                       "store %s: is a database of another program",
                       store->path);
    if (version > (int64_t)n)
        return err_set(err, ERR_STORE,
                       "store %s: has schema version %lld, this program knows"
                       " up to %zu; a newer tlsrpt is needed",
                       store->path, (long long)version, n);
    return version < (int64_t)n;
}

static bool is_same(const struct store *store, int64_t version)
{
    const int64_t since = store->kind->same_since;

    return since > 0 && version >= since;
}

static int check_reader(struct store *store, size_t n, struct err *err)
{
    int64_t version = 0;
    int status = check(store, n, err);

    if (status > 0 && ask(store, "PRAGMA user_version", &version, err))
        return -1;
    return status > 0 && is_same(store, version) ? 0 : status;
}

/* One transaction, so that a migration cannot commit between two asks. */
static int check_at_once(struct store *store, size_t n,
                         int (*check_it)(struct store *, size_t, struct err *),
                         struct err *err)
{
    int status;

    if (sql_execute(store, "BEGIN", err))
        return -1;
    status = check_it(store, n, err);
    sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
    return status;
}

int schema_check(struct store *store, size_t n, struct err *err)
{
    return check_at_once(store, n, check, err);
}

int schema_check_reader(struct store *store, size_t n, struct err *err)
{
    return check_at_once(store, n, check_reader, err);
}

/* Runs one statement on a connection of its own, which sees what is committed
 * while this store's connection holds the lock to change it. */
static int run_beside(struct store *store, const char *text, struct err *err)
{
    sqlite3 *db = NULL;
    int status = 0;

    if (sqlite3_open_v2(store->path, &db, SQLITE_OPEN_READWRITE, NULL) !=
            SQLITE_OK ||
        sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
        status = err_set(err, ERR_STORE,
                         "store %s: cannot be copied before migrating: %s",
                         store->path, db ? sqlite3_errmsg(db) : "no memory");
    sqlite3_close(db);
    return status;
}

/* Copies an older store beside itself; a copy cut off by a crash is made anew,
 * one that is whole is kept. */
static int back_up(struct store *store, int64_t version, struct err *err)
{
    char *target =
        sqlite3_mprintf("%s.backup-%lld", store->path, (long long)version);
    char *part = target ? sqlite3_mprintf("%s.part", target) : NULL;
    char *text = part ? sqlite3_mprintf("VACUUM INTO %Q", part) : NULL;
    int status = text ? 0 : err_memory(err);

    if (text && status == 0 && access(target, F_OK) != 0) {
        unlink(part);
        status = run_beside(store, text, err);
        if (status == 0 &&
            (chmod(part, S_IRUSR | S_IWUSR) || rename(part, target)))
            status = err_system(err, "store %s: cannot keep the copy %s",
                                store->path, target);
    }
    sqlite3_free(text);
    sqlite3_free(part);
    sqlite3_free(target);
    return status;
}

static int run_migrations(struct store *store, const char *const *migrations,
                          int64_t version, size_t n, struct err *err)
{
    char text[96];

    int status = schema_lines_begin(store, err);

    for (size_t i = (size_t)version; i < n && status == 0; i++) {
        if (sql_execute(store, migrations[i], err))
            status = err_prefix(err, "migration %zu", i + 1);
    }
    schema_lines_end(store);
    if (status)
        return -1;
    snprintf(text, sizeof(text),
             "PRAGMA application_id = %d; PRAGMA user_version = %zu",
             store->kind->application, n);
    return sql_execute(store, text, err);
}

/* Another process may have migrated while this one waited for the lock, so the
 * version is asked again behind it. */
static int migrate_locked(struct store *store, const char *const *migrations,
                          size_t n, struct err *err)
{
    int64_t version = 0;
    int status = check(store, n, err);

    if (status <= 0)
        return status;
    if (ask(store, "PRAGMA user_version", &version, err) ||
        (version > 0 && !is_same(store, version) &&
         back_up(store, version, err)))
        return -1;
    return run_migrations(store, migrations, version, n, err);
}

int schema_migrate(struct store *store, const char *const *migrations, size_t n,
                   struct err *err)
{
    int status = schema_check(store, n, err);

    if (status <= 0)
        return status;
    if (sql_execute(store, "BEGIN EXCLUSIVE", err))
        return -1;
    if (migrate_locked(store, migrations, n, err) == 0 &&
        sql_execute(store, "COMMIT", err) == 0)
        return 0;
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}
