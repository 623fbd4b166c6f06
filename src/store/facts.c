/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/facts.h"

#include <stdlib.h>

#include "base/count.h"
#include "store/handle.h"
#include "store/sql.h"

/* Counts are never negative; a caller that says otherwise takes nothing out. */
static int64_t counted(int64_t count)
{
    return count < 0 ? 0 : count;
}

static void add(int64_t *sum, int64_t count)
{
    *sum = count_add(*sum, count);
}

static int order_of(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare(const void *a, const void *b)
{
    const struct facts_row *left = a;
    const struct facts_row *right = b;
    int order = order_of(left->domain_id, right->domain_id);

    return order ? order : order_of(left->label_id, right->label_id);
}

/* Joins what is said of the same domain and label. */
static void join(struct facts_rows *facts)
{
    struct facts_row *rows = facts->rows;
    size_t n = 0;

    if (facts->n)
        qsort(rows, facts->n, sizeof(*rows), compare);
    for (size_t i = 0; i < facts->n; i++) {
        if (n && compare(&rows[n - 1], &rows[i]) == 0) {
            add(&rows[n - 1].sessions, rows[i].sessions);
            add(&rows[n - 1].failures, rows[i].failures);
        } else {
            rows[n++] = rows[i];
        }
    }
    facts->n = n;
}

/* Every report has a row for all domains, even one without any policy. */
static int make_subjects(struct store *store, const struct store_report *report,
                         struct facts *facts, struct err *err)
{
    struct facts_row *rows = arena_calloc(
        &store->scratch, 2 * report->n_subjects + 1, sizeof(*rows));
    size_t n = 0;

    if (!rows)
        return err_memory(err);
    rows[n++] = (struct facts_row){ .domain_id = DICTIONARY_ALL };
    for (size_t i = 0; i < report->n_subjects; i++) {
        const struct store_subject *subject = &report->subjects[i];
        struct facts_row row = { .sessions = counted(subject->sessions),
                                 .failures = counted(subject->failures) };

        rows[n++] = row;
        if (dictionary_put(store, DICTIONARY_DOMAIN, subject->domain, "",
                           &row.domain_id, err))
            return -1;
        rows[n++] = row;
    }
    facts->subjects = (struct facts_rows){ rows, n };
    join(&facts->subjects);
    return 0;
}

/* Appends the row of one share for its domain and for all domains. */
static int add_share(struct store *store, struct facts *facts,
                     const char *domain, const char *label,
                     struct facts_row row, struct err *err)
{
    row.sessions = counted(row.sessions);
    row.failures = counted(row.failures);
    if (dictionary_put(store, (enum dictionary_kind)row.kind, label, "",
                       &row.label_id, err))
        return -1;
    row.domain_id = DICTIONARY_ALL;
    facts->shares.rows[facts->shares.n++] = row;
    if (dictionary_put(store, DICTIONARY_DOMAIN, domain, "", &row.domain_id,
                       err))
        return -1;
    facts->shares.rows[facts->shares.n++] = row;
    return 0;
}

static int add_shares(struct store *store, struct facts *facts,
                      enum dictionary_kind kind,
                      const struct store_share *shares, size_t n,
                      struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        struct facts_row row = { .kind = kind, .failures = shares[i].failures };

        if (add_share(store, facts, shares[i].domain, shares[i].key, row, err))
            return -1;
    }
    return 0;
}

/* A policy with an implausible count is listed under its type, with nothing to
 * add to the type's sum. */
static int add_policies(struct store *store, struct facts *facts,
                        const struct store_report *report, struct err *err)
{
    for (size_t i = 0; i < report->n_policies; i++) {
        const struct store_policy *policy = &report->policies[i];
        struct facts_row row = { .kind = DICTIONARY_POLICY_TYPE };

        if (!policy->is_implausible) {
            row.failures = counted(policy->failure_sessions);
            row.sessions =
                count_add(counted(policy->success_sessions), row.failures);
        }
        if (add_share(store, facts, policy->subject_domain, policy->type, row,
                      err))
            return -1;
    }
    return 0;
}

static int make_shares(struct store *store, const struct store_report *report,
                       struct facts *facts, struct err *err)
{
    size_t n = report->n_results + report->n_mxs + report->n_policies;

    facts->shares.rows =
        arena_calloc(&store->scratch, 2 * n, sizeof(*facts->shares.rows));
    if (n && !facts->shares.rows)
        return err_memory(err);
    if (add_shares(store, facts, DICTIONARY_RESULT_TYPE, report->results,
                   report->n_results, err) ||
        add_shares(store, facts, DICTIONARY_MX, report->mxs, report->n_mxs,
                   err) ||
        add_policies(store, facts, report, err))
        return -1;
    join(&facts->shares);
    return 0;
}

/* Tells whether a row has more than a sender can have seen in a day. */
static bool has_implausible(const struct facts_rows *facts)
{
    for (size_t i = 0; i < facts->n; i++) {
        if (!count_is_plausible(facts->rows[i].sessions) ||
            !count_is_plausible(facts->rows[i].failures))
            return true;
    }
    return false;
}

static void clear(struct facts_rows *facts)
{
    for (size_t i = 0; i < facts->n; i++)
        facts->rows[i].sessions = facts->rows[i].failures = 0;
}

/* Lets a report of many policies, each of them plausible, count as one with an
 * implausible count does: it is listed, and adds nothing. Rows for all domains
 * are the largest, so this is asked of the whole report. */
static void clear_implausible(struct facts *facts)
{
    facts->is_implausible =
        has_implausible(&facts->subjects) || has_implausible(&facts->shares);
    if (!facts->is_implausible)
        return;
    clear(&facts->subjects);
    clear(&facts->shares);
}

int facts_make(struct store *store, const struct store_report *report,
               struct facts *out_facts, struct err *err)
{
    struct facts facts = { .day = report->day };

    if (dictionary_put(store, DICTIONARY_ORGANIZATION, report->organization_key,
                       report->organization, &facts.organization_id, err) ||
        make_subjects(store, report, &facts, err) ||
        make_shares(store, report, &facts, err))
        return -1;
    clear_implausible(&facts);
    *out_facts = facts;
    return 0;
}

/* Adds a row; they grow by doubling in the scratch arena, and the old ones go
 * with it. */
static int add_loaded(struct store *store, struct facts_rows *facts,
                      const struct facts_row *row, struct err *err)
{
    size_t n = facts->n;

    if ((n & (n - 1)) == 0) {
        struct facts_row *larger =
            arena_calloc(&store->scratch, n ? 2 * n : 1, sizeof(*larger));

        if (!larger)
            return err_memory(err);
        if (n)
            memcpy(larger, facts->rows, n * sizeof(*larger));
        facts->rows = larger;
    }
    facts->rows[facts->n++] = *row;
    return 0;
}

static int load_subjects(struct store *store, int64_t report_id,
                         struct facts *facts, struct err *err)
{
    sqlite3_stmt *load = sql_use(store, STATEMENT_SUBJECT_LOAD,
                                 "SELECT domain_id, sessions, failures, day,"
                                 " organization_id FROM subject"
                                 " WHERE report_id = ?1",
                                 err);
    int status;

    if (!load)
        return -1;
    sql_bind_integers(load, report_id);
    while ((status = sql_step(store, load, err)) > 0) {
        const struct facts_row row = {
            .domain_id = sqlite3_column_int64(load, 0),
            .sessions = sqlite3_column_int64(load, 1),
            .failures = sqlite3_column_int64(load, 2),
        };

        if (add_loaded(store, &facts->subjects, &row, err))
            return -1;
        facts->day = sqlite3_column_int64(load, 3);
        facts->organization_id = sqlite3_column_int64(load, 4);
    }
    return status;
}

static int load_shares(struct store *store, int64_t report_id,
                       struct facts *facts, struct err *err)
{
    sqlite3_stmt *load =
        sql_use(store, STATEMENT_SHARE_LOAD,
                "SELECT domain_id, label_id, kind, sessions, failures"
                " FROM share WHERE report_id = ?1",
                err);
    int status;

    if (!load)
        return -1;
    sql_bind_integers(load, report_id);
    while ((status = sql_step(store, load, err)) > 0) {
        const struct facts_row row = {
            .domain_id = sqlite3_column_int64(load, 0),
            .label_id = sqlite3_column_int64(load, 1),
            .kind = sqlite3_column_int64(load, 2),
            .sessions = sqlite3_column_int64(load, 3),
            .failures = sqlite3_column_int64(load, 4),
        };

        if (add_loaded(store, &facts->shares, &row, err))
            return -1;
    }
    return status;
}

int facts_load(struct store *store, int64_t report_id, struct facts *out_facts,
               struct err *err)
{
    struct facts facts = { .day = UTC_DAY_NONE };

    if (load_subjects(store, report_id, &facts, err) ||
        load_shares(store, report_id, &facts, err))
        return -1;
    *out_facts = facts;
    return 0;
}

int facts_put(struct store *store, const struct facts *facts, int64_t report_id,
              int64_t standing, struct err *err)
{
    sqlite3_stmt *subject =
        sql_use(store, STATEMENT_SUBJECT_PUT,
                "INSERT INTO subject (report_id, domain_id, standing, day,"
                " organization_id, sessions, failures)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                err);
    sqlite3_stmt *share =
        sql_use(store, STATEMENT_SHARE_PUT,
                "INSERT INTO share (report_id, domain_id, label_id, kind,"
                " standing, day, organization_id, sessions, failures)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                err);

    if (!subject || !share)
        return -1;
    for (size_t i = 0; i < facts->subjects.n; i++) {
        const struct facts_row *row = &facts->subjects.rows[i];

        sql_bind_integers(subject, report_id, row->domain_id, standing,
                          facts->day, facts->organization_id, row->sessions,
                          row->failures);
        if (sql_run(store, subject, err))
            return -1;
    }
    for (size_t i = 0; i < facts->shares.n; i++) {
        const struct facts_row *row = &facts->shares.rows[i];

        sql_bind_integers(share, report_id, row->domain_id, row->label_id,
                          row->kind, standing, facts->day,
                          facts->organization_id, row->sessions, row->failures);
        if (sql_run(store, share, err))
            return -1;
    }
    return 0;
}

int facts_stand(struct store *store, int64_t report_id, int64_t standing,
                struct err *err)
{
    sqlite3_stmt *subject =
        sql_use(store, STATEMENT_SUBJECT_STAND,
                "UPDATE subject SET standing = ?2 WHERE report_id = ?1", err);
    sqlite3_stmt *share =
        sql_use(store, STATEMENT_SHARE_STAND,
                "UPDATE share SET standing = ?2 WHERE report_id = ?1", err);
    sqlite3_stmt *policy =
        sql_use(store, STATEMENT_POLICY_STAND,
                "UPDATE policy SET standing = ?2 WHERE report_id = ?1", err);

    if (sql_run_with(store, subject, err, report_id, standing) ||
        sql_run_with(store, share, err, report_id, standing))
        return -1;
    return sql_run_with(store, policy, err, report_id, standing);
}
