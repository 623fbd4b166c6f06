/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/handle.h"
#include "store/range.h"
#include "store/sql.h"

/* Evaluations of all policy types together. */
static int join_row(void *context, const struct rollup_row *row,
                    struct err *err)
{
    (void)err;
    rollup_join(context, row);
    return 0;
}

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

/* Domains with a report in the range; the unknown one is none. */
static int count_domains(struct store *store, struct store_range range,
                         int64_t *out_count, struct err *err)
{
    sqlite3_stmt *count = sql_use(
        store, STATEMENT_DOMAIN_COUNT,
        "SELECT count(*) FROM name WHERE kind = 1 AND text <> ''"
        " AND EXISTS (SELECT 1 FROM rollup WHERE rollup.kind = 1"
        " AND domain_id = name.id AND level = 0 AND block BETWEEN ?1 AND ?2)",
        err);

    if (!count)
        return -1;
    sql_bind_integers(count, range_of(range).from, range_of(range).to);
    return ask_integer(store, count, 0, out_count, err);
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

/* When the newest report was stored; of a domain, the newest of its last day. */
static int last_stored(struct store *store, int64_t domain_id, int32_t last_day,
                       int64_t *out_time, struct err *err)
{
    sqlite3_stmt *last;

    if (domain_id == DICTIONARY_ALL) {
        last = sql_use(store, STATEMENT_LAST_STORED,
                       "SELECT stored_at FROM report ORDER BY id DESC LIMIT 1",
                       err);
    } else {
        last = sql_use(store, STATEMENT_LAST_STORED_DOMAIN,
                       "SELECT stored_at FROM report WHERE id ="
                       " (SELECT max(report_id) FROM subject"
                       " WHERE is_conflict = 0 AND domain_id = ?1"
                       " AND day = ?2)",
                       err);
        if (last)
            sql_bind_integers(last, domain_id, last_day);
    }
    if (!last)
        return -1;
    return ask_integer(store, last, UTC_NONE, out_time, err);
}

/* What is counted over everything, whatever the range. */
static int count_all(struct store *store, struct store_totals *totals,
                     struct err *err)
{
    sqlite3_stmt *ask =
        sql_use(store, STATEMENT_TOTALS,
                "SELECT (SELECT count(*) FROM quarantine),"
                " (SELECT value FROM setting WHERE name = 'change')",
                err);
    int status;

    if (!ask)
        return -1;
    status = sql_step(store, ask, err);
    if (status < 0)
        return -1;
    totals->quarantined = sqlite3_column_int64(ask, 0);
    totals->change = sqlite3_column_int64(ask, 1);
    sqlite3_reset(ask);
    return 0;
}

static int fill_totals(struct store *store, int64_t domain_id,
                       struct store_range range, struct store_totals *totals,
                       struct err *err)
{
    struct rollup_row subject;
    struct rollup_row policy = { 0 };

    if (rollup_find(store, DICTIONARY_DOMAIN, domain_id, 0, range, &subject,
                    err) ||
        rollup_each(store, DICTIONARY_POLICY_TYPE, domain_id, range, join_row,
                    &policy, err) ||
        count_conflicts(store, domain_id, range, &totals->conflicts, err))
        return -1;
    totals->sums = (struct store_sums){ subject.reports, subject.sessions,
                                        subject.failures };
    totals->success_sessions = policy.sessions - policy.failures;
    totals->failure_sessions = policy.failures;
    totals->first_day = range_day(subject.first_day);
    totals->last_day = range_day(subject.last_day);
    totals->domains = subject.reports > 0;
    if (domain_id == DICTIONARY_ALL &&
        count_domains(store, range, &totals->domains, err))
        return -1;
    return last_stored(store, domain_id, totals->last_day, &totals->last_stored,
                       err);
}

/* The number of a domain asked for. Returns: 0, 1 never met, -1 with err. */
static int find_domain(struct store *store, const char *domain, int64_t *out_id,
                       struct err *err)
{
    *out_id = DICTIONARY_ALL;
    if (!domain)
        return 0;
    return dictionary_find(store, DICTIONARY_DOMAIN, domain, out_id, err);
}

int store_totals(struct store *store, const char *domain,
                 struct store_range range, struct store_totals *out_totals,
                 struct err *err)
{
    struct store_totals totals = { .first_day = UTC_DAY_NONE,
                                   .last_day = UTC_DAY_NONE,
                                   .last_stored = UTC_NONE };
    int64_t domain_id;
    int status;

    if (store_ready(store, err) || count_all(store, &totals, err))
        return -1;
    status = find_domain(store, domain, &domain_id, err);
    if (status == 0)
        status = fill_totals(store, domain_id, range, &totals, err);
    if (status < 0)
        return -1;
    *out_totals = totals;
    return 0;
}
