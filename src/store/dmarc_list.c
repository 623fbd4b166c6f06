/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/cursor.h"
#include "store/dmarc.h"
#include "store/handle.h"
#include "store/page.h"
#include "store/range.h"
#include "store/sql.h"

/* A filter with its names as numbers, 0 where they do not restrict. */
struct numbers {
    int64_t domain_id;
    int64_t organization_id;
    int64_t source_id;
};

static int find_numbers(struct store *store,
                        const struct store_dmarc_filter *filter,
                        struct numbers *numbers, struct err *err)
{
    int status = store_ready(store, err);

    *numbers = (struct numbers){ .domain_id = 0 };
    if (filter->source && !filter->domain)
        return err_set(err, ERR_USAGE, "a source is asked of a domain");
    if (status == 0)
        status = dictionary_find_asked(store, DICTIONARY_DOMAIN, filter->domain,
                                       &numbers->domain_id, err);
    if (status == 0)
        status = dictionary_find_asked(store, DICTIONARY_ORGANIZATION,
                                       filter->organization,
                                       &numbers->organization_id, err);
    if (status == 0)
        status = dictionary_find_asked(store, DICTIONARY_SOURCE, filter->source,
                                       &numbers->source_id, err);
    return status;
}

/* ?1 standing, ?2 domain, ?3 first day, ?4 ?5 cursor, ?6 organisation or 0,
 * ?7 failures needed, ?8 source: the same in each statement, so that all are
 * bound alike. Each is one walk along the index it names. */
#define COLUMNS "SELECT day, report_id, messages, passed FROM dmarc INDEXED BY "
#define WINDOW " AND day >= ?3 AND (day, report_id) < (?4, ?5)"
#define FALLING                                                                \
    " AND (?7 = 0 OR messages > passed) ORDER BY day DESC, report_id DESC"

static sqlite3_stmt *choose(struct store *store, const struct numbers *numbers,
                            struct err *err)
{
    if (numbers->source_id)
        return sql_use(
            store, STATEMENT_DMARC_LIST_SOURCE,
            "SELECT day, report_id, sum(messages), sum(passed) FROM dmarc_row"
            " INDEXED BY dmarc_row_source WHERE standing = ?1"
            " AND domain_id = ?2 AND source_id = ?8"
            " AND (?6 = 0 OR organization_id = ?6)" WINDOW
            " GROUP BY day, report_id"
            " HAVING ?7 = 0 OR sum(messages) > sum(passed)"
            " ORDER BY day DESC, report_id DESC",
            err);
    if (numbers->domain_id)
        return sql_use(store, STATEMENT_DMARC_LIST_DOMAIN,
                       COLUMNS
                       "dmarc_domain WHERE standing = ?1"
                       " AND domain_id = ?2"
                       " AND (?6 = 0 OR organization_id = ?6)" WINDOW FALLING,
                       err);
    if (numbers->organization_id)
        return sql_use(store, STATEMENT_DMARC_LIST_ORGANIZATION,
                       COLUMNS "dmarc_organization WHERE standing = ?1"
                               " AND organization_id = ?6" WINDOW FALLING,
                       err);
    return sql_use(store, STATEMENT_DMARC_LIST_ALL,
                   COLUMNS "dmarc_day WHERE standing = ?1" WINDOW FALLING, err);
}

static sqlite3_stmt *start(struct store *store,
                           const struct store_dmarc_filter *filter,
                           const struct numbers *numbers, struct cursor from,
                           struct err *err)
{
    sqlite3_stmt *facts = choose(store, numbers, err);

    if (facts)
        sql_bind_integers(facts, filter->standing, numbers->domain_id,
                          range_of(filter->range).from, from.day, from.id,
                          numbers->organization_id, filter->failed_only,
                          numbers->source_id);
    return facts;
}

/* Whom a page is given to. */
struct giving {
    struct store *store;
    store_dmarc_listed_function *function;
    void *context;
};

static int give(void *context, const struct page_fact *fact, struct err *err)
{
    const struct giving *giving = context;
    struct store_dmarc_listed listed = { .id = fact->id,
                                         .day = (int32_t)fact->day,
                                         .messages = fact->whole,
                                         .passed = fact->part };
    sqlite3_stmt *row = sql_use(
        giving->store, STATEMENT_DMARC_LISTED,
        "SELECT organization, report.report_id, start_at, end_at, stored_at,"
        " proof, report.standing, n_findings, name.text FROM report"
        " JOIN dmarc ON dmarc.report_id = report.id"
        " JOIN name ON name.id = domain_id WHERE report.id = ?1",
        err);
    int status;

    if (!row)
        return -1;
    sql_bind_integers(row, fact->id);
    status = sql_step(giving->store, row, err);
    if (status <= 0)
        return status;
    listed.organization = sql_text(row, 0);
    listed.report_id = sql_text(row, 1);
    listed.start = sqlite3_column_int64(row, 2);
    listed.end = sqlite3_column_int64(row, 3);
    listed.stored_at = sqlite3_column_int64(row, 4);
    listed.proof = (enum store_proof)sqlite3_column_int(row, 5);
    listed.standing = (enum store_standing)sqlite3_column_int(row, 6);
    listed.n_findings = sqlite3_column_int64(row, 7);
    listed.domain = sql_text(row, 8);
    status = giving->function(giving->context, &listed, err);
    sqlite3_reset(row);
    return status;
}

int store_dmarc_each_report(struct store *store,
                            const struct store_dmarc_filter *filter,
                            const char *cursor, size_t limit,
                            char out_cursor[static STORE_CURSOR_BYTES],
                            store_dmarc_listed_function *function,
                            void *context, struct err *err)
{
    struct giving giving = { store, function, context };
    struct numbers numbers;
    struct cursor from;
    int status;

    if (page_check_limit(limit, err) ||
        cursor_parse(cursor, filter->range, &from, err))
        return -1;
    status = find_numbers(store, filter, &numbers, err);
    if (status == 0)
        return page_each(store, start(store, filter, &numbers, from, err),
                         limit, out_cursor, give, &giving, err);
    if (status < 0)
        return -1;
    out_cursor[0] = '\0';
    return 0;
}

/* Walks the whole list: covering indexes make that some ms for a domain. */
static int sum_list(struct store *store,
                    const struct store_dmarc_filter *filter,
                    const struct numbers *numbers,
                    struct store_dmarc_sums *sums, struct err *err)
{
    sqlite3_stmt *facts =
        start(store, filter, numbers, cursor_first(filter->range), err);
    struct page_fact fact;
    int status;

    if (!facts)
        return -1;
    while ((status = page_next(store, facts, &fact, err)) > 0) {
        sums->reports++;
        sums->messages = rollup_told(sums->messages + fact.whole);
        sums->passed = rollup_told(sums->passed + fact.part);
    }
    return status;
}

int store_dmarc_filter_sums(struct store *store,
                            const struct store_dmarc_filter *filter,
                            struct store_dmarc_sums *out_sums, struct err *err)
{
    bool has_rollup = filter->standing == STORE_COUNTED &&
                      !filter->organization && !filter->source &&
                      !filter->failed_only;
    struct store_dmarc_totals totals = { .first_day = 0 };
    struct numbers numbers;
    int status;

    if (has_rollup) {
        status = store_dmarc_totals(store, filter->domain, filter->range,
                                    &totals, err);
    } else {
        status = find_numbers(store, filter, &numbers, err);
        if (status == 0)
            status = sum_list(store, filter, &numbers, &totals.sums, err);
    }
    if (status < 0)
        return -1;
    *out_sums = totals.sums;
    return 0;
}
