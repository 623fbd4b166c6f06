/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/handle.h"
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

/* Domains that a report counts for; the unknown one is none. */
static int count_domains(struct store *store, int64_t *out_count,
                         struct err *err)
{
    sqlite3_stmt *count =
        sql_use(store, STATEMENT_DOMAIN_COUNT,
                "SELECT count(*) FROM name WHERE kind = 1 AND text <> ''"
                " AND EXISTS (SELECT 1 FROM rollup WHERE rollup.kind = 1"
                " AND domain_id = name.id AND level = 0)",
                err);

    return count ? ask_integer(store, count, 0, out_count, err) : -1;
}

static int count_conflicts(struct store *store, int64_t domain_id,
                           struct store_range range, int64_t *out_count,
                           struct err *err)
{
    sqlite3_stmt *count =
        sql_use(store, STATEMENT_CONFLICTS,
                "SELECT count(*) FROM subject WHERE is_conflict = 1"
                " AND domain_id = ?1 AND day BETWEEN ?2 AND ?3",
                err);

    if (!count)
        return -1;
    sql_bind_integers(count, domain_id, range_of(range).from,
                      range_of(range).to);
    return ask_integer(store, count, 0, out_count, err);
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
        count_conflicts(store, domain_id, range, &totals->conflicts, err))
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
    int status = store_ready(store, err);

    if (status == 0)
        status = dictionary_find_domain(store, domain, &domain_id, err);
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
