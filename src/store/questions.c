/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/handle.h"
#include "store/limits.h"
#include "store/range.h"
#include "store/sql.h"

static int ask_integer(struct store *store, sqlite3_stmt *statement,
                       int64_t none, int64_t *out_value, struct err *err)
{
    int status = sql_step(store, statement, err);

    if (status < 0)
        return -1;
    *out_value = status ? sqlite3_column_int64(statement, 0) : none;
    sqlite3_reset(statement);
    return 0;
}

/* Domains that a report counts for; the unknown one is none. Sums of the newest
 * may still be in the tail. */
static int count_domains(struct store *store, int64_t *out_count,
                         struct err *err)
{
    sqlite3_stmt *count =
        sql_use(store, STATEMENT_DOMAIN_COUNT,
                "SELECT count(*) FROM name WHERE kind = 1 AND text <> ''"
                " AND (EXISTS (SELECT 1 FROM rollup WHERE rollup.kind = 1"
                " AND domain_id = name.id AND level = 0)"
                " OR (EXISTS (SELECT 1 FROM tail) AND EXISTS (SELECT 1"
                " FROM subject WHERE standing = 0 AND domain_id = name.id)))",
                err);

    return count ? ask_integer(store, count, 0, out_count, err) : -1;
}

static int64_t bounded(double sum)
{
    return sum < (double)STORE_SUM_MAX ? (int64_t)sum : STORE_SUM_MAX;
}

static void note_aside(struct store_totals *totals,
                       enum store_standing standing,
                       const struct store_sums *sums)
{
    if (standing == STORE_CONFLICTING)
        totals->conflicts = sums->reports;
    else if (standing == STORE_UNPROVEN)
        totals->unproven = *sums;
    else
        totals->unclaimed = *sums;
}

/* What stands beside the sums: few, or a limit of the intake is amiss. */
static int sum_aside(struct store *store, int64_t domain_id,
                     struct store_range range, struct store_totals *totals,
                     struct err *err)
{
    /* total() never overflows, and is exact where the sum is below 2^53. */
    sqlite3_stmt *sum =
        sql_use(store, STATEMENT_ASIDE,
                "SELECT standing, count(*), total(sessions), total(failures)"
                " FROM subject WHERE standing IN (1, 2, 3)"
                " AND domain_id = ?1 AND day BETWEEN ?2 AND ?3"
                " GROUP BY standing",
                err);
    int status;

    if (!sum)
        return -1;
    sql_bind_integers(sum, domain_id, range_of(range).from, range_of(range).to);
    while ((status = sql_step(store, sum, err)) > 0) {
        struct store_sums sums = { sqlite3_column_int64(sum, 1),
                                   bounded(sqlite3_column_double(sum, 2)),
                                   bounded(sqlite3_column_double(sum, 3)) };

        note_aside(totals, (enum store_standing)sqlite3_column_int(sum, 0),
                   &sums);
    }
    return status;
}

/* When the newest report was stored. */
static int last_stored(struct store *store, int64_t *out_time, struct err *err)
{
    sqlite3_stmt *last =
        sql_use(store, STATEMENT_LAST_STORED,
                "SELECT stored_at FROM report ORDER BY id DESC LIMIT 1", err);

    return last ? ask_integer(store, last, UTC_NONE, out_time, err) : -1;
}

static int fill_totals(struct store *store, int64_t domain_id,
                       struct store_range range, struct store_totals *totals,
                       struct err *err)
{
    struct rollup_row subject;
    struct rollup_row policy = { 0 };

    if (rollup_find(store, DICTIONARY_DOMAIN, domain_id, 0, range, &subject,
                    err) ||
        rollup_each(store, DICTIONARY_POLICY_TYPE, domain_id, range,
                    rollup_join, &policy, err) ||
        sum_aside(store, domain_id, range, totals, err))
        return -1;
    totals->sums = (struct store_sums){ subject.reports, subject.sessions,
                                        subject.failures };
    totals->success_sessions = policy.sessions - policy.failures;
    totals->failure_sessions = policy.failures;
    totals->first_day = range_day(subject.first_day);
    totals->last_day = range_day(subject.last_day);
    return 0;
}

int store_totals(struct store *store, const char *domain,
                 struct store_range range, struct store_totals *out_totals,
                 struct err *err)
{
    struct store_totals totals = { .first_day = UTC_DAY_NONE,
                                   .last_day = UTC_DAY_NONE };
    int64_t domain_id;
    int status = dictionary_ask_domain(store, domain, &domain_id, err);

    if (status == 0)
        status = fill_totals(store, domain_id, range, &totals, err);
    if (status < 0)
        return -1;
    *out_totals = totals;
    return 0;
}

int store_count_quarantined(struct store *store, int64_t *out_count,
                            struct err *err)
{
    sqlite3_stmt *count;

    if (store_ready(store, err))
        return -1;
    count = sql_use(store, STATEMENT_QUARANTINE_COUNT,
                    "SELECT count(*) FROM quarantine", err);
    return count ? ask_integer(store, count, 0, out_count, err) : -1;
}

int store_contents(struct store *store, struct store_contents *out_contents,
                   struct err *err)
{
    const struct store_range all = { UTC_DAY_NONE, UTC_DAY_NONE };
    struct store_contents contents;

    if (store_totals(store, NULL, all, &contents.totals, err) ||
        store_count_quarantined(store, &contents.quarantined, err) ||
        count_domains(store, &contents.domains, err) ||
        last_stored(store, &contents.last_stored, err))
        return -1;
    *out_contents = contents;
    return 0;
}
