/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/facts_octets.h"
#include "store/handle.h"
#include "store/schema.h"
#include "store/sql.h"

/*
 * What a report says stands once, as octets in its row; the lists of reports are
 * one table without an index beside it. Until then both had been rows of
 * subject, share and policy, each written twice. The lines come in the order of
 * the old indexes, which is theirs for long stretches.
 */
const char schema_lines[] =
    "CREATE TABLE line ("
    " standing INTEGER NOT NULL,"
    " domain_id INTEGER NOT NULL,"
    " label_id INTEGER NOT NULL,"
    " day INTEGER NOT NULL,"
    " report_id INTEGER NOT NULL,"
    " organization_id INTEGER NOT NULL,"
    " sessions INTEGER NOT NULL,"
    " failures INTEGER NOT NULL,"
    " PRIMARY KEY (standing, domain_id, label_id, day, report_id)"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO line SELECT standing, domain_id, 0, day, report_id,"
    " organization_id, sessions, failures FROM subject INDEXED BY subject_day"
    " ORDER BY standing, domain_id, day, report_id;"
    "INSERT INTO line SELECT standing, domain_id, -1, day, report_id,"
    " organization_id, sessions, failures FROM subject INDEXED BY"
    " subject_failed WHERE failures > 0"
    " ORDER BY standing, domain_id, day, report_id;"
    "INSERT INTO line SELECT standing, 0, organization_id, day, report_id,"
    " organization_id, sessions, failures FROM subject INDEXED BY"
    " subject_organization WHERE domain_id = 0"
    " ORDER BY standing, organization_id, day, report_id;"
    "INSERT INTO line SELECT standing, domain_id, label_id, day, report_id,"
    " organization_id, sessions, failures FROM share INDEXED BY share_day"
    " ORDER BY standing, domain_id, label_id, day, report_id;"
    "INSERT INTO line SELECT p.standing, p.domain_id, -1 - p.text_id, p.day,"
    " p.report_id, r.organization_id, iif(p.is_implausible, 0,"
    " p.success_sessions + p.failure_sessions),"
    " iif(p.is_implausible, 0, p.failure_sessions)"
    " FROM policy p INDEXED BY policy_day CROSS JOIN report r"
    " ON r.id = p.report_id WHERE true ON CONFLICT DO UPDATE SET"
    " sessions = sessions + excluded.sessions,"
    " failures = failures + excluded.failures;"
    "ALTER TABLE report ADD COLUMN facts BLOB NOT NULL DEFAULT x'';"
    "UPDATE report SET facts = facts_of_rows(id) WHERE kind = 0;"
    "DROP TABLE subject; DROP TABLE share; DROP TABLE policy;"
    "ALTER TABLE tail ADD COLUMN facts BLOB NOT NULL DEFAULT x'';";

/* The rows of one report are read into its facts. */
struct reading {
    struct store *store;
    int64_t report_id;
    struct facts facts;
    struct err err;
};

/* Rows grow by doubling in the scratch arena, and the old ones go with it. */
static void *grow(struct reading *reading, void *rows, size_t n, size_t bytes)
{
    void *larger;

    if (n & (n - 1))
        return rows;
    larger = arena_calloc(&reading->store->scratch, n ? 2 * n : 1, bytes);
    if (larger && n)
        memcpy(larger, rows, n * bytes);
    return larger;
}

static int read_rows(struct reading *reading, enum store_statement place,
                     const char *text, struct facts_rows *rows)
{
    struct store *store = reading->store;
    sqlite3_stmt *each = sql_use(store, place, text, &reading->err);
    int status;

    if (!each)
        return -1;
    sql_bind_integers(each, reading->report_id);
    while ((status = sql_step(store, each, &reading->err)) > 0) {
        rows->rows = grow(reading, rows->rows, rows->n, sizeof(*rows->rows));
        if (!rows->rows)
            return err_memory(&reading->err);
        rows->rows[rows->n++] = (struct facts_row){
            .domain_id = sqlite3_column_int64(each, 0),
            .sessions = sqlite3_column_int64(each, 1),
            .failures = sqlite3_column_int64(each, 2),
            .label_id = sqlite3_column_int64(each, 3),
            .kind = sqlite3_column_int64(each, 4),
        };
    }
    return status;
}

static int add_policy(struct reading *reading, sqlite3_stmt *row)
{
    struct facts *facts = &reading->facts;
    const char *type_text =
        arena_copy(&reading->store->scratch, slice_of(sql_text(row, 7)));

    facts->policies = grow(reading, facts->policies, facts->n_policies,
                           sizeof(*facts->policies));
    if (!facts->policies || !type_text)
        return err_memory(&reading->err);
    facts->policies[facts->n_policies++] = (struct facts_policy){
        .domain_id = sqlite3_column_int64(row, 0),
        .policy_domain_id = sqlite3_column_int64(row, 1),
        .type_id = sqlite3_column_int64(row, 2),
        .text_id = sqlite3_column_int64(row, 3),
        .success_sessions = sqlite3_column_int64(row, 4),
        .failure_sessions = sqlite3_column_int64(row, 5),
        .is_implausible = sqlite3_column_int64(row, 6),
        .type_text = slice_of(type_text),
    };
    return 0;
}

static int read_policies(struct reading *reading)
{
    struct store *store = reading->store;
    sqlite3_stmt *each =
        sql_use(store, STATEMENT_OLD_POLICIES,
                "SELECT domain_id, policy_domain_id, type_id, text_id,"
                " success_sessions, failure_sessions, is_implausible, type_text"
                " FROM policy WHERE report_id = ?1 ORDER BY number",
                &reading->err);
    int status;

    if (!each)
        return -1;
    sql_bind_integers(each, reading->report_id);
    while ((status = sql_step(store, each, &reading->err)) > 0) {
        if (add_policy(reading, each))
            return -1;
    }
    return status;
}

static int read_head(struct reading *reading)
{
    sqlite3_stmt *head = sql_use(
        reading->store, STATEMENT_OLD_HEAD,
        "SELECT organization_id, day FROM report WHERE id = ?1", &reading->err);
    int status =
        sql_find_with(reading->store, head, &reading->err, reading->report_id);

    if (status)
        return -1;
    reading->facts.organization_id = sqlite3_column_int64(head, 0);
    reading->facts.day = sqlite3_column_int64(head, 1);
    sqlite3_reset(head);
    return 0;
}

static int read_all(struct reading *reading)
{
    arena_reset(&reading->store->scratch);
    if (read_head(reading) ||
        read_rows(reading, STATEMENT_OLD_SUBJECTS,
                  "SELECT domain_id, sessions, failures FROM subject"
                  " WHERE report_id = ?1 ORDER BY domain_id",
                  &reading->facts.subjects) ||
        read_rows(reading, STATEMENT_OLD_SHARES,
                  "SELECT domain_id, sessions, failures, label_id, kind"
                  " FROM share WHERE report_id = ?1"
                  " ORDER BY domain_id, label_id",
                  &reading->facts.shares))
        return -1;
    return read_policies(reading);
}

/* facts_of_rows(id): the octets of a report's facts, from its rows. */
static void facts_of_rows(sqlite3_context *context, int n,
                          sqlite3_value **values)
{
    struct reading reading = { .store = sqlite3_user_data(context) };
    struct buffer octets;

    (void)n;
    reading.report_id = sqlite3_value_int64(values[0]);
    buffer_init(&octets, FACTS_OCTETS_MAX);
    if (read_all(&reading)) {
        sqlite3_result_error(context, reading.err.text, -1);
    } else {
        facts_octets_write(&reading.facts, &octets);
        if (octets.failed)
            sqlite3_result_error_nomem(context);
        else
            sqlite3_result_blob64(context, octets.ptr, octets.len,
                                  SQLITE_TRANSIENT);
    }
    buffer_deinit(&octets);
}

int schema_lines_begin(struct store *store, struct err *err)
{
    if (sqlite3_create_function(store->db, "facts_of_rows", 1,
                                SQLITE_UTF8 | SQLITE_DIRECTONLY, store,
                                facts_of_rows, NULL, NULL) != SQLITE_OK)
        return sql_fail(store, "cannot be migrated", err);
    return 0;
}

void schema_lines_end(struct store *store)
{
    static const enum store_statement places[] = { STATEMENT_OLD_HEAD,
                                                   STATEMENT_OLD_SUBJECTS,
                                                   STATEMENT_OLD_SHARES,
                                                   STATEMENT_OLD_POLICIES };

    /* Their tables are gone, or the migration is. */
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        sqlite3_finalize(store->statements[places[i]]);
        store->statements[places[i]] = NULL;
    }
    sqlite3_create_function(store->db, "facts_of_rows", 1, SQLITE_UTF8, NULL,
                            NULL, NULL, NULL);
}
