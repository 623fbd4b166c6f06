/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/tally_sums.h"

#include "base/count.h"
#include "store/sql.h"
#include "store/tally_handle.h"

/* ---- Sums ---------------------------------------------------------------- */

/* Which of a record's sums an evaluation goes to. */
enum side { SIDE_OTHER, SIDE_STS, SIDE_TLSA, SIDE_COUNT };

/* A row of the statements below: all of one policy under one record. */
struct policy_row {
    int64_t domain, record, policy;
    int64_t sessions, failures;
};

/* A domain's sum, as its rows come. */
struct gathering {
    struct tally *tally;
    struct tally_sum sum;
    int64_t of, record; /* whose rows come: a domain's, under a record */
    int64_t sessions[SIDE_COUNT], failures[SIDE_COUNT]; /* of that record */
    struct policy_row first; /* of that record: its side is not asked yet */
    bool has_first;
};

static struct policy_row row_of(sqlite3_stmt *row)
{
    return (struct policy_row){ .domain = sqlite3_column_int64(row, 0),
                                .record = sqlite3_column_int64(row, 1),
                                .policy = sqlite3_column_int64(row, 2),
                                .sessions = sqlite3_column_int64(row, 3),
                                .failures = sqlite3_column_int64(row, 4) };
}

/* A text and, where it is a policy, its side. Returns: as sql_find_all. */
static int find_text(struct tally *tally, int64_t id, sqlite3_stmt **out_row,
                     struct err *err)
{
    *out_row = sql_use(
        tally->store, STATEMENT_TALLY_NAME,
        "SELECT text, CASE WHEN json_valid(text) THEN"
        " CASE json_extract(text, '$.\"policy-type\"') WHEN 'sts' THEN 1"
        " WHEN 'tlsa' THEN 2 ELSE 0 END ELSE 0 END FROM text WHERE id = ?1",
        err);
    return sql_find_with(tally->store, *out_row, err, id);
}

/* The type of a policy; what cannot be read is of none. */
static int find_side(struct tally *tally, int64_t policy, enum side *out_side,
                     struct err *err)
{
    sqlite3_stmt *row;
    const int status = find_text(tally, policy, &row, err);

    if (status < 0)
        return -1;
    *out_side = status ? SIDE_OTHER : (enum side)sqlite3_column_int(row, 1);
    sqlite3_reset(row);
    return 0;
}

static void add_to_side(struct gathering *g, enum side side,
                        const struct policy_row *row)
{
    g->sessions[side] = count_add(g->sessions[side], row->sessions);
    g->failures[side] = count_add(g->failures[side], row->failures);
}

/* Ends a record: what stands under sts and tlsa counts once. */
static void end_record(struct gathering *g)
{
    struct tally_sum *sum = &g->sum;

    if (g->has_first)
        add_to_side(g, SIDE_OTHER, &g->first);
    sum->sessions = count_add(
        sum->sessions,
        count_add(g->sessions[SIDE_OTHER],
                  count_max(g->sessions[SIDE_STS], g->sessions[SIDE_TLSA])));
    sum->failures = count_add(
        sum->failures,
        count_add(g->failures[SIDE_OTHER],
                  count_max(g->failures[SIDE_STS], g->failures[SIDE_TLSA])));
    memset(g->sessions, 0, sizeof(g->sessions));
    memset(g->failures, 0, sizeof(g->failures));
    g->has_first = false;
}

/* Adds a row. Nearly always a record has one policy, whose type then makes no
 * difference: it is asked for with the second one. */
static int add_row(struct gathering *g, const struct policy_row *row,
                   struct err *err)
{
    enum side side;

    if (row->record != g->record || row->domain != g->of)
        end_record(g);
    g->of = row->domain;
    g->record = row->record;
    g->sum.failure_evaluations =
        count_add(g->sum.failure_evaluations, row->failures);
    g->sum.success_evaluations =
        count_add(g->sum.success_evaluations,
                  count_max(row->sessions - row->failures, 0));
    if (!g->has_first && !g->sessions[SIDE_OTHER] && !g->sessions[SIDE_STS] &&
        !g->sessions[SIDE_TLSA]) {
        g->first = *row;
        g->has_first = true;
        return 0;
    }
    if (g->has_first) {
        if (find_side(g->tally, g->first.policy, &side, err))
            return -1;
        add_to_side(g, side, &g->first);
        g->has_first = false;
    }
    if (find_side(g->tally, row->policy, &side, err))
        return -1;
    add_to_side(g, side, row);
    return 0;
}

static struct gathering begin(struct tally *tally, int64_t domain)
{
    return (struct gathering){ .tally = tally,
                               .sum = { .domain = domain },
                               .record = -1 };
}

/* What is under no record belongs to no report, as what is under no domain:
 * both are told under number 0 at the end. */
struct pass {
    struct gathering domain;
    struct gathering unnamed;
    tally_sum_function *function;
    void *context;
};

static int end_domain(struct pass *pass, struct err *err)
{
    end_record(&pass->domain);
    if (pass->domain.sum.domain == 0 || pass->domain.sum.sessions == 0)
        return 0;
    return pass->function(pass->context, &pass->domain.sum, err);
}

static int take(struct pass *pass, const struct policy_row *row,
                struct err *err)
{
    int status = 0;

    if (row->domain == 0 || row->record == 0)
        return add_row(&pass->unnamed, row, err);
    if (row->domain != pass->domain.sum.domain) {
        status = end_domain(pass, err);
        pass->domain = begin(pass->domain.tally, row->domain);
    }
    return status ? status : add_row(&pass->domain, row, err);
}

static int end_pass(struct pass *pass, struct err *err)
{
    const int status = end_domain(pass, err);

    end_record(&pass->unnamed);
    if (status || pass->unnamed.sum.sessions == 0)
        return status;
    return pass->function(pass->context, &pass->unnamed.sum, err);
}

int tally_each_sum(struct tally *tally, utc_day day,
                   tally_sum_function *function, void *context, struct err *err)
{
    struct pass pass = { .domain = begin(tally, 0),
                         .unnamed = begin(tally, 0),
                         .function = function,
                         .context = context };
    SQL_ONCE sqlite3_stmt *each =
        sql_prepare(tally->store,
                    "SELECT domain_id, record_id, policy_id, sessions, failures"
                    " FROM tally WHERE day = ?1 AND detail_id = 0",
                    err);
    int status;

    if (!each)
        return -1;
    sql_bind_integer(each, 1, day);
    while ((status = sql_step(tally->store, each, err)) > 0) {
        const struct policy_row row = row_of(each);

        status = take(&pass, &row, err);
        if (status) {
            sqlite3_reset(each);
            return status;
        }
    }
    return status ? status : end_pass(&pass, err);
}

int tally_sum_of(struct tally *tally, utc_day day, int64_t domain,
                 struct tally_sum *out_sum, struct err *err)
{
    struct gathering g = begin(tally, domain);
    sqlite3_stmt *each =
        sql_use(tally->store, STATEMENT_TALLY_SUMS_OF,
                "SELECT domain_id, record_id, policy_id, sessions, failures"
                " FROM tally WHERE day = ?1 AND domain_id = ?2 AND"
                " record_id <> 0 AND detail_id = 0",
                err);
    int status;

    if (!each)
        return -1;
    sql_bind_integers(each, day, domain);
    while ((status = sql_step(tally->store, each, err)) > 0) {
        const struct policy_row row = row_of(each);

        if (add_row(&g, &row, err)) {
            sqlite3_reset(each);
            return -1;
        }
    }
    end_record(&g);
    *out_sum = g.sum;
    return status;
}

/* ---- Names --------------------------------------------------------------- */

int tally_domain_find(struct tally *tally, struct slice name,
                      int64_t *out_domain, struct err *err)
{
    sqlite3_stmt *find = sql_use(tally->store, STATEMENT_TALLY_DOMAIN_FIND,
                                 "SELECT id FROM text WHERE text = ?1", err);
    int status;

    if (!find)
        return -1;
    tally_bind(find, 1, name);
    status = sql_step(tally->store, find, err);
    if (status <= 0)
        return status ? -1 : 1;
    *out_domain = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    return 0;
}

/* The text in the first column of a statement's row, kept. */
static int keep_text(sqlite3_stmt *row, struct arena *arena,
                     const char **out_text, struct err *err)
{
    const char *copy = arena_copy(arena, slice_of(sql_text(row, 0)));

    sqlite3_reset(row);
    if (!copy)
        return arena_error(arena, err);
    *out_text = copy;
    return 0;
}

int tally_domain_name(struct tally *tally, int64_t domain, struct arena *arena,
                      const char **out_name, struct err *err)
{
    sqlite3_stmt *row;
    const int status = find_text(tally, domain, &row, err);

    return status ? status : keep_text(row, arena, out_name, err);
}

int tally_record_of(struct tally *tally, utc_day day, int64_t domain,
                    struct arena *arena, const char **out_record,
                    struct err *err)
{
    SQL_ONCE sqlite3_stmt *ask = sql_prepare(
        tally->store,
        "SELECT r.text FROM tally t JOIN text r ON r.id = t.record_id"
        " AND r.id <> 0"
        " WHERE t.day = ?1 AND t.domain_id = ?2 AND t.detail_id = 0"
        " AND t.sessions > 0 GROUP BY t.record_id ORDER BY sum(t.sessions) DESC, r.text LIMIT 1",
        err);
    const int status = sql_find_with(tally->store, ask, err, day, domain);

    if (status > 0)
        *out_record = "";
    return status ? (status < 0 ? -1 : 0)
                  : keep_text(ask, arena, out_record, err);
}

/* ---- Reasons ------------------------------------------------------------- */

/* What a key says; nothing where it cannot be read. */
#define OF_KEY(table, member)                                                  \
    "CASE WHEN json_valid(" table ".text) THEN"                                \
    " coalesce(json_extract(" table ".text, '$.\"" member "\"'), '')"          \
    " ELSE '' END"

#define POLICY_TYPE OF_KEY("p", "policy-type")
#define POLICY_DOMAIN OF_KEY("p", "policy-domain")
#define RESULT_TYPE OF_KEY("f", "result-type")
#define REASON OF_KEY("f", "failure-reason-code")
#define MX OF_KEY("f", "receiving-mx-hostname")

/* How many are under one policy type; under none of two. */
#define UNDER(type) "coalesce(sum(n) FILTER (WHERE side = '" type "'), 0)"
#define UNDER_STS UNDER("sts")
#define UNDER_TLSA UNDER("tlsa")
#define UNDER_OTHERS                                                           \
    "coalesce(sum(n) FILTER (WHERE side NOT IN ('sts', 'tlsa')), 0)"

int tally_each_reason(struct tally *tally, int64_t domain, utc_day from,
                      utc_day to, tally_reason_function *function,
                      void *context, struct err *err)
{
    /* A session under sts and tlsa has its reason under both. */
    SQL_ONCE sqlite3_stmt *each = sql_prepare(
        tally->store,
        "WITH RECURSIVE days(day) AS (SELECT ?2 UNION ALL SELECT day + 1 FROM"
        " days WHERE day < ?3),"
        " failed AS (SELECT t.day, t.sessions AS n, " POLICY_TYPE " AS side,"
        " " RESULT_TYPE " AS result, " REASON " AS reason, " MX " AS mx"
        " FROM days CROSS JOIN tally t ON t.day = days.day AND t.domain_id = ?1"
        " JOIN text p ON p.id = t.policy_id JOIN text f ON f.id = t.detail_id"
        " WHERE t.detail_id <> 0 AND t.record_id <> 0 AND t.sessions > 0)"
        " SELECT result, reason, mx, max(" UNDER_STS ", " UNDER_TLSA ") +"
        " " UNDER_OTHERS " AS all_n, min(day), max(day)"
        " FROM failed GROUP BY result, reason, mx"
        " ORDER BY all_n DESC, result, reason, mx",
        err);
    int status;

    if (!each)
        return -1;
    sql_bind_integers(each, domain, from, to);
    while ((status = sql_step(tally->store, each, err)) > 0) {
        const struct tally_reason reason = {
            .result_type = sql_text(each, 0),
            .reason = sql_text(each, 1),
            .mx = sql_text(each, 2),
            .failures = sqlite3_column_int64(each, 3),
            .first_day = sqlite3_column_int(each, 4),
            .last_day = sqlite3_column_int(each, 5),
        };

        status = function(context, &reason, err);
        if (status)
            break;
    }
    sqlite3_reset(each);
    return status;
}

/* ---- Policies ------------------------------------------------------------ */

int tally_each_policy(struct tally *tally, utc_day day, int64_t domain,
                      size_t n, tally_policy_function *function, void *context,
                      struct err *err)
{
    SQL_ONCE sqlite3_stmt *each = sql_prepare(
        tally->store,
        "SELECT " POLICY_TYPE ", " POLICY_DOMAIN
        ", CASE WHEN json_valid(p.text) THEN coalesce((SELECT"
        " group_concat(value, char(10)) FROM json_each(p.text,"
        " '$.\"policy-string\"')), '') ELSE '' END,"
        " sum(t.sessions - t.failures), sum(t.failures)"
        " FROM tally t JOIN text p ON p.id = t.policy_id"
        " WHERE t.day = ?1 AND t.domain_id = ?2 AND t.record_id <> 0"
        " AND t.detail_id = 0 AND t.sessions > 0 GROUP BY t.policy_id"
        " ORDER BY sum(t.sessions) DESC, p.text LIMIT ?3",
        err);
    int status;

    if (!each)
        return -1;
    sql_bind_integers(each, day, domain, (int64_t)n);
    while ((status = sql_step(tally->store, each, err)) > 0) {
        const struct tally_policy policy = {
            .type = sql_text(each, 0),
            .domain = sql_text(each, 1),
            .text = sql_text(each, 2),
            .successes = sqlite3_column_int64(each, 3),
            .failures = sqlite3_column_int64(each, 4),
        };

        status = function(context, &policy, err);
        if (status)
            break;
    }
    return status;
}
