/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdlib.h>

#include "store/cursor.h"
#include "store/facts.h"
#include "store/handle.h"
#include "store/limits.h"
#include "store/page.h"
#include "store/rollup.h"
#include "store/sql.h"
#include "store/walk.h"

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

/* Which list is walked along. */
static int64_t label_of(const struct store_filter *filter,
                        const struct numbers *numbers)
{
    if (numbers->label_id)
        return numbers->label_id;
    if (numbers->organization_id && numbers->domain_id == DICTIONARY_ALL)
        return numbers->organization_id;
    return filter->failed_only ? LINES_FAILED : LINES_WHOLE;
}

static struct walk_window window_of(const struct store_filter *filter,
                                    const struct numbers *numbers)
{
    struct walk_window window =
        walk_window_of(filter->standing, numbers->domain_id,
                       label_of(filter, numbers), filter->range);

    window.organization_id = numbers->organization_id;
    window.min_failures = filter->failed_only;
    return window;
}

/* The first subject domains of a report, of the dictionary. */
struct domains {
    const char *names[STORE_LISTED_DOMAINS];
    size_t n;
    bool is_damaged; /* nobody can say */
};

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int find_domains(struct store *store, int64_t id,
                        struct domains *domains, struct err *err)
{
    const char **names;
    struct facts facts;
    size_t n = 0;
    int status = facts_load(store, id, &facts, err);

    domains->is_damaged = status == FACTS_DAMAGED;
    if (status)
        return status < 0 ? -1 : 0;
    names = arena_calloc(&store->scratch, facts.subjects.n + 1, sizeof(*names));
    if (!names)
        return err_memory(err);
    for (size_t i = 0; i < facts.subjects.n; i++) {
        int64_t domain_id = facts.subjects.rows[i].domain_id;

        if (domain_id != DICTIONARY_ALL &&
            dictionary_text(store, domain_id, &names[n++], err))
            return -1;
    }
    if (n)
        qsort(names, n, sizeof(*names), compare_names);
    for (; domains->n < n && domains->n < STORE_LISTED_DOMAINS; domains->n++)
        domains->names[domains->n] = names[domains->n];
    return 0;
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
                                   .is_damaged = domains->is_damaged,
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

static int next_line(void *source, struct page_fact *out_fact, struct err *err)
{
    struct line line;
    int status = walk_next(source, &line, err);

    if (status > 0)
        *out_fact = (struct page_fact){ line.day, line.report_id, line.sessions,
                                        line.failures };
    return status;
}

static int give_page(struct giving *giving, const struct walk_window *window,
                     size_t limit, char out_cursor[static STORE_CURSOR_BYTES],
                     struct err *err)
{
    struct walk walk;
    int status = walk_begin(giving->store, window, &walk, err);

    if (status)
        return status;
    status = page_cut(next_line, &walk, limit, out_cursor, give, giving, err);
    walk_end(&walk);
    return status;
}

int store_each_report(struct store *store, const struct store_filter *filter,
                      const char *cursor, size_t limit,
                      char out_cursor[static STORE_CURSOR_BYTES],
                      store_listed_function *function, void *context,
                      struct err *err)
{
    struct giving giving = { store, function, context };
    struct walk_window window;
    struct numbers numbers;
    struct cursor from;
    int status;

    if (page_check_limit(limit, err) ||
        cursor_parse(cursor, filter->range, &from, err))
        return -1;
    status = find_numbers(store, filter, &numbers, err);
    if (status == 0) {
        window = window_of(filter, &numbers);
        window.before = from;
        return give_page(&giving, &window, limit, out_cursor, err);
    }
    if (status < 0)
        return -1;
    out_cursor[0] = '\0';
    return 0;
}

static int add_line(void *context, const struct line *line, struct err *err)
{
    struct rollup_row row = { .reports = 1,
                              .sessions = line->sessions,
                              .failures = line->failures };

    return rollup_join(context, &row, err);
}

/* Walks the whole list. Needed where no roll-up knows the combination. */
static int sum_facts(struct store *store, const struct store_filter *filter,
                     const struct numbers *numbers, struct rollup_row *sum,
                     struct err *err)
{
    struct walk_window window = window_of(filter, numbers);

    return walk_each(store, &window, add_line, sum, err);
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
