/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/facts.h"

#include <stdlib.h>

#include "base/count.h"
#include "base/text.h"
#include "store/facts_octets.h"
#include "store/handle.h"
#include "store/limits.h"
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
    if (!has_implausible(&facts->subjects) && !has_implausible(&facts->shares))
        return;
    clear(&facts->subjects);
    clear(&facts->shares);
    for (size_t i = 0; i < facts->n_policies; i++)
        facts->policies[i].is_implausible = 1;
}

/* ---- Policies ------------------------------------------------------------ */

/* Keeps the text of an unusual spelling only; the type says the usual. */
static struct slice type_text_of(const struct store_policy *policy)
{
    struct slice text = slice_of(policy->type_text ? policy->type_text : "");

    if (slice_equal(text, slice_of(policy->type)))
        return SLICE("");
    if (text.len > STORE_TYPE_TEXT_MAX) {
        text.len = STORE_TYPE_TEXT_MAX;
        text.len = text_utf8_prefix(text);
    }
    return text;
}

static int make_policy(struct store *store, const struct store_policy *policy,
                       struct facts_policy *out, struct err *err)
{
    *out = (struct facts_policy){
        .success_sessions = policy->success_sessions,
        .failure_sessions = policy->failure_sessions,
        .is_implausible = policy->is_implausible,
        .type_text = type_text_of(policy),
    };
    if (dictionary_put(store, DICTIONARY_DOMAIN, policy->subject_domain, "",
                       &out->domain_id, err) ||
        dictionary_put(store, DICTIONARY_DOMAIN, policy->policy_domain, "",
                       &out->policy_domain_id, err) ||
        dictionary_put(store, DICTIONARY_POLICY_TYPE, policy->type, "",
                       &out->type_id, err))
        return -1;
    return dictionary_put_policy(store, policy, out->type_id, &out->text_id,
                                 err);
}

static int make_policies(struct store *store, const struct store_report *report,
                         struct facts *facts, struct err *err)
{
    facts->policies = arena_calloc(&store->scratch, report->n_policies + 1,
                                   sizeof(*facts->policies));
    if (!facts->policies)
        return err_memory(err);
    for (; facts->n_policies < report->n_policies; facts->n_policies++) {
        if (make_policy(store, &report->policies[facts->n_policies],
                        &facts->policies[facts->n_policies], err))
            return -1;
    }
    return 0;
}

/* ---- All ----------------------------------------------------------------- */

int facts_put_organization(struct store *store,
                           const struct store_report *report, int64_t *out_id,
                           struct err *err)
{
    return dictionary_put(
        store, DICTIONARY_ORGANIZATION, report->organization_key,
        report->organization_label ? report->organization_label
                                   : report->organization,
        out_id, err);
}

int facts_make(struct store *store, const struct store_report *report,
               struct facts *out_facts, struct err *err)
{
    struct facts facts = { .day = report->day };

    if (facts_put_organization(store, report, &facts.organization_id, err) ||
        make_subjects(store, report, &facts, err) ||
        make_shares(store, report, &facts, err) ||
        make_policies(store, report, &facts, err))
        return -1;
    clear_implausible(&facts);
    *out_facts = facts;
    return 0;
}

int facts_load(struct store *store, int64_t report_id, struct facts *out_facts,
               struct err *err)
{
    sqlite3_stmt *load =
        sql_use(store, STATEMENT_FACTS_LOAD,
                "SELECT facts, day, organization_id FROM report"
                " WHERE id = ?1 AND kind = 0",
                err);
    struct facts facts;
    int status = sql_find_with(store, load, err, report_id);

    if (status)
        return status;
    status = facts_octets_read(sql_slice(load, 0), &store->scratch, &facts);
    if (status == 0 && (facts.day != sqlite3_column_int64(load, 1) ||
                        facts.organization_id != sqlite3_column_int64(load, 2)))
        status = 1;
    sqlite3_reset(load);
    if (status < 0)
        return err_memory(err);
    if (status > 0)
        return FACTS_DAMAGED;
    *out_facts = facts;
    return 0;
}
