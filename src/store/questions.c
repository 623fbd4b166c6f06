/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/buffer.h"
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

/* Writes the numbers of domains whose sums are in the tail, as JSON. */
static int write_due(struct store *store, struct buffer *due, struct err *err)
{
    const struct rollup *sums = &store->tail.sums;
    const char *before = "[";

    if (tail_sync(store, err))
        return -1;
    for (size_t i = 0; i < sums->n_deltas; i++) {
        const struct rollup_delta *delta = &sums->deltas[i];

        if (delta->key.kind != DICTIONARY_DOMAIN || delta->row.reports <= 0)
            continue;
        buffer_add_format(due, "%s%lld", before,
                          (long long)delta->key.domain_id);
        before = ",";
    }
    buffer_add_text(due, *before == '[' ? "[]" : "]");
    return due->failed ? err_memory(err) : 0;
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
                " OR name.id IN (SELECT value FROM json_each(?1)))",
                err);
    struct buffer due;
    int status = count ? 0 : -1;

    buffer_init(&due, SIZE_MAX / 2);
    if (status == 0)
        status = write_due(store, &due, err);
    if (status == 0) {
        sql_bind_text(count, 1, buffer_text(&due));
        status = ask_integer(store, count, 0, out_count, err);
        sqlite3_clear_bindings(count);
    }
    buffer_deinit(&due);
    return status;
}

static int64_t bounded(double sum)
{
    return sum < (double)STORE_SUM_MAX ? (int64_t)sum : STORE_SUM_MAX;
}

static int sum_table(struct store *store, int64_t domain_id, struct range range,
                     struct store_sums sums[static STORE_STANDING_COUNT],
                     struct err *err)
{
    /* total() never overflows, and is exact where the sum is below 2^53. */
    sqlite3_stmt *sum =
        sql_use(store, STATEMENT_ASIDE,
                "SELECT standing, count(*), total(sessions), total(failures)"
                " FROM line WHERE standing IN (1, 2, 3)"
                " AND domain_id = ?1 AND label_id = 0 AND day BETWEEN ?2 AND ?3"
                " GROUP BY standing",
                err);
    int status;

    if (!sum)
        return -1;
    sql_bind_integers(sum, domain_id, range.from, range.to);
    while ((status = sql_step(store, sum, err)) > 0)
        sums[sqlite3_column_int(sum, 0)] =
            (struct store_sums){ sqlite3_column_int64(sum, 1),
                                 bounded(sqlite3_column_double(sum, 2)),
                                 bounded(sqlite3_column_double(sum, 3)) };
    return status;
}

static void sum_tail(const struct lines *lines, int64_t domain_id,
                     struct range range,
                     struct store_sums sums[static STORE_STANDING_COUNT])
{
    for (size_t i = 0; i < lines->n; i++) {
        const struct line *line = &lines->items[i];
        struct store_sums *sum;

        if (line->domain_id != domain_id || line->label_id != LINES_WHOLE ||
            line->day < range.from || line->day > range.to)
            continue;
        sum = &sums[line->standing % STORE_STANDING_COUNT];
        sum->reports++;
        sum->sessions = rollup_told(sum->sessions + line->sessions);
        sum->failures = rollup_told(sum->failures + line->failures);
    }
}

/* What stands beside the sums: few, or a limit of the intake is amiss. */
static int sum_aside(struct store *store, int64_t domain_id,
                     struct store_range range, struct store_totals *totals,
                     struct err *err)
{
    struct store_sums sums[STORE_STANDING_COUNT] = { { 0 } };
    bool began;
    int status;

    if (tail_begin(store, &began, err))
        return -1;
    status = sum_table(store, domain_id, range_of(range), sums, err);
    sum_tail(&store->tail.lines, domain_id, range_of(range), sums);
    tail_end(store, began);
    totals->conflicts = sums[STORE_CONFLICTING].reports;
    totals->unproven = sums[STORE_UNPROVEN];
    totals->unclaimed = sums[STORE_UNCLAIMED];
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
