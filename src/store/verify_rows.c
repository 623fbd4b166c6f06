/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>

#include "store/handle.h"
#include "store/sql.h"
#include "store/verifying.h"

/* Reports looked at by one statement: some ms. */
enum { SLICE = 5000 };

/* A statement that gives the ids of what is amiss among ids above ?1 up to ?2. */
struct check {
    const char *code;
    const char *of; /* what the id is of */
    const char *message;
    const char *sql;
};

#define SLICE_OF(column) " " column " > ?1 AND " column " <= ?2 "
#define ID_SLICE SLICE_OF("id")
#define REPORT_SLICE SLICE_OF("report_id")
#define ASTRAY(table, owner, of)                                               \
    "SELECT DISTINCT " owner " FROM " table                                    \
    " WHERE" SLICE_OF(owner) "AND NOT EXISTS (SELECT 1 FROM " of               \
                             " AS o WHERE o.id = " table "." owner ")"
#define DIFFERS(table, more)                                                   \
    "SELECT DISTINCT r.id FROM report r JOIN " table " t ON t.report_id = "    \
    "r.id WHERE" SLICE_OF(                                                     \
        "r.id") "AND (t.standing <> r.standing OR t.day <> r.day" more ")"
static const struct check report_checks[] = {
    { "raw-missing", "report", "its raw octets are missing",
      "SELECT id FROM report r WHERE" SLICE_OF(
          "r.id") "AND NOT EXISTS (SELECT 1 FROM raw WHERE raw.id = r.raw_id)" },
    { "rows-missing", "report", "its row of a DMARC report is missing",
      "SELECT id FROM report r WHERE" ID_SLICE
      "AND kind = 1 AND NOT EXISTS (SELECT 1 FROM dmarc"
      " WHERE report_id = r.id)" },
    { "rows-missing", "report", "findings of it are missing",
      "SELECT id FROM report r WHERE" ID_SLICE
      "AND n_findings <> (SELECT count(*) FROM finding"
      " WHERE report_id = r.id)" },
    { "rows-astray", "report", "it is missing, and findings of it are there",
      ASTRAY("finding", "report_id", "report") },
    { "rows-astray", "report", "it is missing, and its DMARC row is there",
      ASTRAY("dmarc", "report_id", "report") },
    { "rows-astray", "report", "it is missing, and messages of it are there",
      ASTRAY("dmarc_row", "report_id", "report") },
    { "rows-astray", "report", "it is missing, and is still to be judged",
      ASTRAY("pending", "report_id", "report") },
    { "rows-differ", "report", "its DMARC row does not stand as it does",
      DIFFERS("dmarc", " OR t.organization_id <> r.organization_id") },
    { "rows-differ", "report", "its messages do not stand as it does",
      DIFFERS("dmarc_row", " OR t.organization_id <> r.organization_id") },
    { "name-missing", "report", "its organization has no name",
      "SELECT id FROM report r WHERE" ID_SLICE
      "AND NOT EXISTS (SELECT 1 FROM name WHERE name.id = organization_id"
      " AND kind = 2)" },
    { "name-missing", "report", "its origin is missing",
      "SELECT id FROM report r WHERE" ID_SLICE
      "AND NOT EXISTS (SELECT 1 FROM origin WHERE origin.id = origin_id)" },
    { "name-missing", "report", "a source, sender or domain has no name",
      "SELECT DISTINCT report_id FROM dmarc_row WHERE" REPORT_SLICE
      "AND (NOT EXISTS (SELECT 1 FROM name WHERE name.id = source_id)"
      " OR NOT EXISTS (SELECT 1 FROM name WHERE name.id = sender_id)"
      " OR NOT EXISTS (SELECT 1 FROM name WHERE name.id = from_id)"
      " OR NOT EXISTS (SELECT 1 FROM name WHERE name.id = domain_id))" },
    { 0 }
};

static const struct check quarantine_checks[] = {
    { "raw-missing", "quarantine", "its raw octets are missing",
      "SELECT id FROM quarantine WHERE" ID_SLICE
      "AND NOT EXISTS (SELECT 1 FROM raw WHERE raw.id = raw_id"
      " AND encoding <> 2)" },
    { "rows-astray", "quarantine",
      "it is missing, and findings of it are there",
      ASTRAY("quarantine_finding", "quarantine_id", "quarantine") },
    { 0 }
};

/* Runs one check over a slice of ids. */
static int run(struct verifying *verifying, const struct check *check,
               sqlite3_stmt *statement, int64_t from, int64_t to,
               struct err *err)
{
    char where[48];
    int status;

    sql_bind_integers(statement, from, to);
    while ((status = sql_step(verifying->store, statement, err)) > 0) {
        snprintf(where, sizeof(where), "%s %lld", check->of,
                 (long long)sqlite3_column_int64(statement, 0));
        verifying_fault(verifying, check->code, where, "%s", check->message);
    }
    return status;
}

/* The ids a walk goes along: slices of SLICE rows, and one of what lies behind
 * the last, where only rows gone astray can be. */
struct slices {
    const char
        *end_sql; /* gives the end of the slice behind ?1, 0 at the end */
    const char *count_sql;
    const struct check *checks;
};

enum { CHECKS_MAX = 32 };

static void drop_all(sqlite3_stmt *(*statements)[CHECKS_MAX])
{
    for (int i = 0; i < CHECKS_MAX; i++)
        sqlite3_finalize((*statements)[i]);
}

/* Returns: 1 with the end of the slice behind from, 0 behind the last, -1. */
static int find_end(struct verifying *verifying, sqlite3_stmt *find,
                    int64_t from, int64_t *out_end, struct err *err)
{
    int status;

    sql_bind_integers(find, from, SLICE);
    status = sql_step(verifying->store, find, err);
    if (status <= 0)
        return -1;
    *out_end = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    return *out_end > from;
}

static int count(struct verifying *verifying, const char *sql,
                 int64_t *out_count, struct err *err)
{
    SQL_ONCE sqlite3_stmt *ask = sql_prepare(verifying->store, sql, err);

    if (!ask || sql_step(verifying->store, ask, err) <= 0)
        return -1;
    *out_count = sqlite3_column_int64(ask, 0);
    return 0;
}

static int run_slices(struct verifying *verifying, const struct slices *slices,
                      int64_t total, struct err *err)
{
    struct store *store = verifying->store;
    __attribute__((cleanup(drop_all))) sqlite3_stmt *checks[CHECKS_MAX] = { 0 };
    SQL_ONCE sqlite3_stmt *find = sql_prepare(store, slices->end_sql, err);
    int64_t from = 0, end = 0, done = 0;
    int status = find ? 1 : -1;

    for (int i = 0; status > 0 && slices->checks[i].code; i++) {
        checks[i] = sql_prepare(store, slices->checks[i].sql, err);
        status = checks[i] ? 1 : -1;
    }
    while (status > 0) {
        status = find_end(verifying, find, from, &end, err);
        if (status == 0)
            end = INT64_MAX;
        for (int i = 0; status >= 0 && checks[i]; i++)
            if (run(verifying, &slices->checks[i], checks[i], from, end, err))
                return -1;
        from = end;
        done += SLICE;
        if (verifying_step(verifying, STORE_VERIFY_ROWS,
                           done < total ? done : total, total))
            return 1;
    }
    return status;
}

int verify_rows(struct verifying *verifying, struct err *err)
{
    static const struct slices reports = {
        .end_sql = "SELECT coalesce(max(id), 0) FROM (SELECT id FROM report"
                   " WHERE id > ?1 ORDER BY id LIMIT ?2)",
        .count_sql = "SELECT count(*) FROM report",
        .checks = report_checks,
    };
    static const struct slices refused = {
        .end_sql = "SELECT coalesce(max(id), 0) FROM (SELECT id FROM quarantine"
                   " WHERE id > ?1 ORDER BY id LIMIT ?2)",
        .count_sql = "SELECT count(*) FROM quarantine",
        .checks = quarantine_checks,
    };
    int64_t n_refused = 0;
    int status;

    if (count(verifying, reports.count_sql, &verifying->counts.reports, err) ||
        count(verifying, refused.count_sql, &n_refused, err))
        return -1;
    status = run_slices(verifying, &reports, verifying->counts.reports, err);
    if (status == 0)
        status = run_slices(verifying, &refused, n_refused, err);
    return status ? status : verify_lines(verifying, err);
}
