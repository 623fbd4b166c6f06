/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/dmarc_facts.h"

#include <stdlib.h>

#include "base/count.h"
#include "store/handle.h"
#include "store/sql.h"

/* ---- Made of what was read ----------------------------------------------- */

static int order_of(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare(const void *a, const void *b)
{
    const struct dmarc_fact *left = a;
    const struct dmarc_fact *right = b;
    int order = order_of(left->source_id, right->source_id);

    if (order == 0)
        order = order_of(left->sender_id, right->sender_id);
    if (order == 0)
        order = order_of(left->from_id, right->from_id);
    return order ? order : order_of(left->fate, right->fate);
}

/* Joins what is said of the same source. */
static void join(struct dmarc_facts *facts)
{
    struct dmarc_fact *rows = facts->rows;
    size_t n = 0;

    if (facts->n)
        qsort(rows, facts->n, sizeof(*rows), compare);
    for (size_t i = 0; i < facts->n; i++) {
        if (n && compare(&rows[n - 1], &rows[i]) == 0)
            rows[n - 1].messages =
                count_add(rows[n - 1].messages, rows[i].messages);
        else
            rows[n++] = rows[i];
    }
    facts->n = n;
}

static int make_row(struct store *store, const struct store_dmarc_row *row,
                    struct dmarc_fact *fact, bool *is_implausible,
                    struct err *err)
{
    fact->fate = dmarc_fate(row->disposition, row->dkim, row->spf, row->fault);
    fact->messages = row->messages < 0 ? 0 : row->messages;
    if (!count_is_plausible(fact->messages)) {
        *is_implausible = true;
        fact->messages = 0;
    }
    if (dictionary_put(store, DICTIONARY_SOURCE, row->source ? row->source : "",
                       "", &fact->source_id, err) ||
        dictionary_put(store, DICTIONARY_SENDER, row->sender ? row->sender : "",
                       "", &fact->sender_id, err))
        return -1;
    return dictionary_put(store, DICTIONARY_DOMAIN,
                          row->header_from ? row->header_from : "", "",
                          &fact->from_id, err);
}

/* The sums of a report; where they are beyond what a reporter can have seen,
 * all of it counts nothing. */
static void sum_up(struct dmarc_facts *facts)
{
    int64_t messages = 0;

    for (size_t i = 0; i < facts->n; i++)
        messages = count_add(messages, facts->rows[i].messages);
    facts->is_implausible =
        facts->is_implausible || !count_is_plausible(messages);
    facts->sums = (struct store_dmarc_sums){ .reports = 1 };
    for (size_t i = 0; i < facts->n; i++) {
        if (!count_is_plausible(messages))
            facts->rows[i].messages = 0;
        dmarc_fate_add(&facts->sums, facts->rows[i].fate,
                       facts->rows[i].messages);
    }
}

int dmarc_facts_make(struct store *store, const struct store_report *report,
                     struct dmarc_facts *out_facts, struct err *err)
{
    const struct store_dmarc *dmarc = report->dmarc;
    struct dmarc_facts facts = { .day = report->day, .n = dmarc->n_rows };

    facts.rows =
        arena_calloc(&store->scratch, dmarc->n_rows + 1, sizeof(*facts.rows));
    if (!facts.rows)
        return err_memory(err);
    if (facts_put_organization(store, report, &facts.organization_id, err) ||
        dictionary_put(store, DICTIONARY_DOMAIN,
                       dmarc->domain ? dmarc->domain : "", "", &facts.domain_id,
                       err) ||
        dictionary_put(store, DICTIONARY_DMARC_POLICY,
                       dmarc->policy ? dmarc->policy : "", "", &facts.policy_id,
                       err))
        return -1;
    for (size_t i = 0; i < dmarc->n_rows; i++) {
        if (make_row(store, &dmarc->rows[i], &facts.rows[i],
                     &facts.is_implausible, err))
            return -1;
    }
    join(&facts);
    sum_up(&facts);
    *out_facts = facts;
    return 0;
}

/* ---- Read back ----------------------------------------------------------- */

static int load_head(struct store *store, int64_t report_id,
                     struct dmarc_facts *facts, struct err *err)
{
    sqlite3_stmt *load =
        sql_use(store, STATEMENT_DMARC_LOAD,
                "SELECT domain_id, organization_id, policy_id, day,"
                " is_implausible FROM dmarc WHERE report_id = ?1",
                err);
    int status = sql_find_with(store, load, err, report_id);

    if (status)
        return status;
    facts->domain_id = sqlite3_column_int64(load, 0);
    facts->organization_id = sqlite3_column_int64(load, 1);
    facts->policy_id = sqlite3_column_int64(load, 2);
    facts->day = sqlite3_column_int64(load, 3);
    facts->is_implausible = sqlite3_column_int(load, 4) != 0;
    sqlite3_reset(load);
    return 0;
}

/* Rows grow by doubling in the scratch arena; the old ones go with it. */
static int add_loaded(struct store *store, struct dmarc_facts *facts,
                      const struct dmarc_fact *row, struct err *err)
{
    if (facts->n == facts->capacity) {
        size_t capacity = facts->capacity ? 2 * facts->capacity : 16;
        struct dmarc_fact *larger =
            arena_calloc(&store->scratch, capacity, sizeof(*larger));

        if (!larger)
            return err_memory(err);
        if (facts->n)
            memcpy(larger, facts->rows, facts->n * sizeof(*larger));
        facts->rows = larger;
        facts->capacity = capacity;
    }
    facts->rows[facts->n++] = *row;
    return 0;
}

static int load_rows(struct store *store, int64_t report_id,
                     struct dmarc_facts *facts, struct err *err)
{
    sqlite3_stmt *load =
        sql_use(store, STATEMENT_DMARC_ROW_LOAD,
                "SELECT source_id, sender_id, from_id, fate, messages"
                " FROM dmarc_row WHERE report_id = ?1",
                err);
    int status;

    if (!load)
        return -1;
    sql_bind_integers(load, report_id);
    while ((status = sql_step(store, load, err)) > 0) {
        const struct dmarc_fact row = {
            .source_id = sqlite3_column_int64(load, 0),
            .sender_id = sqlite3_column_int64(load, 1),
            .from_id = sqlite3_column_int64(load, 2),
            .fate = sqlite3_column_int64(load, 3),
            .messages = sqlite3_column_int64(load, 4),
        };

        if (add_loaded(store, facts, &row, err)) {
            sqlite3_reset(load);
            return -1;
        }
    }
    return status;
}

int dmarc_facts_load(struct store *store, int64_t report_id,
                     struct dmarc_facts *out_facts, struct err *err)
{
    struct dmarc_facts facts = { .n = 0 };
    int status = load_head(store, report_id, &facts, err);

    if (status)
        return status;
    if (load_rows(store, report_id, &facts, err))
        return -1;
    sum_up(&facts);
    *out_facts = facts;
    return 0;
}

/* ---- Written ------------------------------------------------------------- */

static int put_head(struct store *store, const struct dmarc_facts *facts,
                    int64_t report_id, int64_t standing, struct err *err)
{
    const struct store_dmarc_sums *sums = &facts->sums;
    sqlite3_stmt *put = sql_use(
        store, STATEMENT_DMARC_PUT,
        "INSERT INTO dmarc (report_id, domain_id, standing, day,"
        " organization_id, policy_id, is_implausible, messages, passed, dkim,"
        " spf, quarantined, rejected)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        err);

    return sql_run_with(store, put, err, report_id, facts->domain_id, standing,
                        facts->day, facts->organization_id, facts->policy_id,
                        facts->is_implausible, sums->messages, sums->passed,
                        sums->dkim, sums->spf, sums->quarantined,
                        sums->rejected);
}

int dmarc_facts_put(struct store *store, const struct dmarc_facts *facts,
                    int64_t report_id, int64_t standing, struct err *err)
{
    sqlite3_stmt *put = sql_use(
        store, STATEMENT_DMARC_ROW_PUT,
        "INSERT INTO dmarc_row (report_id, number, domain_id, standing, day,"
        " organization_id, source_id, sender_id, from_id, fate, messages,"
        " passed)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        err);

    if (!put || put_head(store, facts, report_id, standing, err))
        return -1;
    for (size_t i = 0; i < facts->n; i++) {
        const struct dmarc_fact *row = &facts->rows[i];
        struct store_dmarc_sums sums = { .reports = 0 };

        dmarc_fate_add(&sums, row->fate, row->messages);
        sql_bind_integers(put, report_id, (int64_t)i, facts->domain_id,
                          standing, facts->day, facts->organization_id,
                          row->source_id, row->sender_id, row->from_id,
                          row->fate, row->messages, sums.passed);
        if (sql_run(store, put, err))
            return -1;
    }
    return 0;
}

int dmarc_facts_stand(struct store *store, int64_t report_id, int64_t standing,
                      struct err *err)
{
    sqlite3_stmt *head =
        sql_use(store, STATEMENT_DMARC_STAND,
                "UPDATE dmarc SET standing = ?2 WHERE report_id = ?1", err);
    sqlite3_stmt *rows =
        sql_use(store, STATEMENT_DMARC_ROW_STAND,
                "UPDATE dmarc_row SET standing = ?2 WHERE report_id = ?1", err);

    if (sql_run_with(store, head, err, report_id, standing))
        return -1;
    return sql_run_with(store, rows, err, report_id, standing);
}
