/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/cursor.h"
#include "store/handle.h"
#include "store/limits.h"
#include "store/page.h"
#include "store/range.h"
#include "store/rollup.h"
#include "store/sql.h"

/* A filter with its names as numbers, 0 where they do not restrict. */
struct numbers {
    int64_t domain_id;
    int64_t organization_id;
    int64_t label_id; /* result type, MX or policy type, and its kind */
    enum dictionary_kind kind;
};

static int find_label(struct store *store, const struct store_filter *filter,
                      struct numbers *numbers, struct err *err)
{
    const char *text = NULL;

    if ((filter->result_type != NULL) + (filter->mx != NULL) +
            (filter->policy_type != NULL) >
        1)
        return err_set(err, ERR_USAGE,
                       "a list is filtered by one of result"
                       " type, MX and policy type");
    if (filter->result_type) {
        numbers->kind = DICTIONARY_RESULT_TYPE;
        text = filter->result_type;
    } else if (filter->mx) {
        numbers->kind = DICTIONARY_MX;
        text = filter->mx;
    } else if (filter->policy_type) {
        numbers->kind = DICTIONARY_POLICY_TYPE;
        text = filter->policy_type;
    }
    return dictionary_find_asked(store, numbers->kind, text, &numbers->label_id,
                                 err);
}

static int find_numbers(struct store *store, const struct store_filter *filter,
                        struct numbers *out_numbers, struct err *err)
{
    struct numbers numbers = { .kind = DICTIONARY_DOMAIN };
    int status = store_ready(store, err);

    if (status == 0)
        status = find_label(store, filter, &numbers, err);
    if (status == 0)
        status = dictionary_find_asked(store, DICTIONARY_DOMAIN, filter->domain,
                                       &numbers.domain_id, err);
    if (status == 0)
        status = dictionary_find_asked(store, DICTIONARY_ORGANIZATION,
                                       filter->organization,
                                       &numbers.organization_id, err);
    *out_numbers = numbers;
    return status;
}

/* ?1 standing, ?2 domain, ?3 first day, ?4 ?5 cursor, ?6 organisation or 0,
 * ?7 failures needed, ?8 label: the same in each statement, so that all are
 * bound alike. Each is one walk along the index it names. */
#define COLUMNS "SELECT day, report_id, sessions, failures FROM "
#define WINDOW                                                                 \
    " AND day >= ?3 AND (day, report_id) < (?4, ?5)"                           \
    " AND failures >= ?7"
#define FALLING " ORDER BY day DESC, report_id DESC"

static sqlite3_stmt *choose(struct store *store,
                            const struct store_filter *filter,
                            const struct numbers *numbers, struct err *err)
{
    if (numbers->label_id)
        return sql_use(store, STATEMENT_LIST_SHARE,
                       COLUMNS
                       "share INDEXED BY share_day"
                       " WHERE standing = ?1 AND domain_id = ?2"
                       " AND label_id = ?8"
                       " AND (?6 = 0 OR organization_id = ?6)" WINDOW FALLING,
                       err);
    if (numbers->organization_id && numbers->domain_id == DICTIONARY_ALL)
        return sql_use(store, STATEMENT_LIST_ORGANIZATION,
                       COLUMNS "subject INDEXED BY subject_organization"
                               " WHERE standing = ?1 AND domain_id = 0"
                               " AND organization_id = ?6" WINDOW FALLING,
                       err);
    if (filter->failed_only)
        return sql_use(store, STATEMENT_LIST_FAILED,
                       COLUMNS
                       "subject INDEXED BY subject_failed"
                       " WHERE standing = ?1 AND domain_id = ?2"
                       " AND failures > 0"
                       " AND (?6 = 0 OR organization_id = ?6)" WINDOW FALLING,
                       err);
    return sql_use(store, STATEMENT_LIST_SUBJECT,
                   COLUMNS
                   "subject INDEXED BY subject_day"
                   " WHERE standing = ?1 AND domain_id = ?2"
                   " AND (?6 = 0 OR organization_id = ?6)" WINDOW FALLING,
                   err);
}

/* The statement for a filter, bound from a cursor on. */
static sqlite3_stmt *start(struct store *store,
                           const struct store_filter *filter,
                           const struct numbers *numbers, struct cursor cursor,
                           struct err *err)
{
    sqlite3_stmt *facts = choose(store, filter, numbers, err);

    if (facts)
        sql_bind_integers(facts, filter->standing, numbers->domain_id,
                          range_of(filter->range).from, cursor.day, cursor.id,
                          numbers->organization_id, filter->failed_only,
                          numbers->label_id);
    return facts;
}

/* The first subject domains of a report, in the scratch arena. */
struct domains {
    const char *names[STORE_LISTED_DOMAINS];
    size_t n;
};

static int find_domains(struct store *store, int64_t id,
                        struct domains *domains, struct err *err)
{
    sqlite3_stmt *find =
        sql_use(store, STATEMENT_LISTED_DOMAINS,
                "SELECT text FROM subject JOIN name ON name.id = domain_id"
                " WHERE report_id = ?1 AND domain_id > 0"
                " ORDER BY text LIMIT ?2",
                err);
    int status;

    if (!find)
        return -1;
    sql_bind_integers(find, id, STORE_LISTED_DOMAINS);
    while ((status = sql_step(store, find, err)) > 0) {
        const char *name =
            arena_copy(&store->scratch, slice_of(sql_text(find, 0)));

        if (!name) {
            sqlite3_reset(find);
            return err_memory(err);
        }
        domains->names[domains->n++] = name;
    }
    return status;
}

/* Whom a page is given to. */
struct giving {
    struct store *store;
    store_listed_function *function;
    void *context;
};

static int give_row(const struct giving *giving, const struct page_fact *fact,
                    const struct domains *domains, struct err *err)
{
    struct store_listed listed = { .id = fact->id,
                                   .domains = domains->names,
                                   .n_domains = domains->n,
                                   .day = (int32_t)fact->day,
                                   .sums = { 1, fact->whole, fact->part } };
    sqlite3_stmt *row =
        sql_use(giving->store, STATEMENT_LISTED,
                "SELECT organization, report_id, start_at, end_at, stored_at,"
                " proof, standing, n_findings FROM report WHERE id = ?1",
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
    status = giving->function(giving->context, &listed, err);
    sqlite3_reset(row);
    return status;
}

static int give(void *context, const struct page_fact *fact, struct err *err)
{
    const struct giving *giving = context;
    struct domains domains = { .n = 0 };

    arena_reset(&giving->store->scratch);
    if (find_domains(giving->store, fact->id, &domains, err))
        return -1;
    return give_row(giving, fact, &domains, err);
}

int store_each_report(struct store *store, const struct store_filter *filter,
                      const char *cursor, size_t limit,
                      char out_cursor[static STORE_CURSOR_BYTES],
                      store_listed_function *function, void *context,
                      struct err *err)
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

/* Walks the whole list. Needed where no roll-up knows the combination. */
static int sum_facts(struct store *store, const struct store_filter *filter,
                     const struct numbers *numbers, struct rollup_row *sum,
                     struct err *err)
{
    sqlite3_stmt *facts =
        start(store, filter, numbers, cursor_first(filter->range), err);
    struct page_fact fact;
    int status;

    if (!facts)
        return -1;
    while ((status = page_next(store, facts, &fact, err)) > 0) {
        struct rollup_row row = { .reports = 1,
                                  .sessions = fact.whole,
                                  .failures = fact.part };

        (void)rollup_join(sum, &row, err);
    }
    return status;
}

static int sum_rollup(struct store *store, const struct store_filter *filter,
                      const struct numbers *numbers, struct rollup_row *sum,
                      struct err *err)
{
    int kind = (int)numbers->kind;
    int64_t label_id = numbers->label_id;

    if (numbers->organization_id) {
        kind = DICTIONARY_ORGANIZATION;
        label_id = numbers->organization_id;
    }
    if (rollup_find(store, kind, numbers->domain_id, label_id, filter->range,
                    sum, err))
        return -1;
    if (filter->failed_only) {
        sum->reports = sum->failed_reports;
        sum->sessions = sum->failed_sessions;
    }
    return 0;
}

int store_filter_sums(struct store *store, const struct store_filter *filter,
                      struct store_sums *out_sums, struct err *err)
{
    struct rollup_row sum = { 0 };
    struct numbers numbers;
    bool has_rollup;
    int status = find_numbers(store, filter, &numbers, err);

    /* Roll-ups know what counts, and organisations over all domains alone. */
    has_rollup = filter->standing == STORE_COUNTED &&
                 (numbers.organization_id == 0 ||
                  (numbers.domain_id == DICTIONARY_ALL && !numbers.label_id));
    if (status == 0)
        status = has_rollup ? sum_rollup(store, filter, &numbers, &sum, err)
                            : sum_facts(store, filter, &numbers, &sum, err);
    if (status < 0)
        return -1;
    *out_sums = (struct store_sums){ sum.reports, sum.sessions, sum.failures };
    return 0;
}
