/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/claim.h"

#include "store/arrival_row.h"
#include "store/facts.h"
#include "store/handle.h"
#include "store/sql.h"
#include "store/standing.h"

/* Reports of one transaction: some milliseconds. */
enum { SLICE = 100 };

/* An unclaimed report. */
struct unclaimed {
    int64_t id;
    int64_t origin_id;
    int way, rule;
    enum store_proof proof;
};

/* Finds those behind the claim. Returns: 0, -1 with err. */
static int find_slice(struct store *store, const struct store_claim *claim,
                      struct unclaimed slice[static SLICE], size_t *out_n,
                      struct err *err)
{
    sqlite3_stmt *each = sql_use(
        store, STATEMENT_CLAIM_EACH,
        "SELECT r.id, r.origin_id, way, rule, proof FROM report r"
        " INDEXED BY report_aside JOIN origin ON origin.id = r.origin_id"
        " WHERE r.standing >= 2 AND r.standing = ?1"
        " AND (r.origin_id, r.id) > (?2, ?3) ORDER BY r.origin_id, r.id"
        " LIMIT ?4",
        err);
    size_t n = 0;
    int status;

    if (!each)
        return -1;
    sql_bind_integers(each, STORE_UNCLAIMED, claim->origin_id, claim->after_id,
                      SLICE);
    while ((status = sql_step(store, each, err)) > 0)
        slice[n++] = (struct unclaimed){
            .id = sqlite3_column_int64(each, 0),
            .origin_id = sqlite3_column_int64(each, 1),
            .way = sqlite3_column_int(each, 2),
            .rule = sqlite3_column_int(each, 3),
            .proof = (enum store_proof)sqlite3_column_int(each, 4),
        };
    *out_n = n;
    return status;
}

/* Returns: 1, 0, -1 with err. */
static int is_domain_ours(struct store *store, int64_t domain_id,
                          const struct store_claim_judge *judge,
                          struct err *err)
{
    const char *domain;

    if (dictionary_text(store, domain_id, &domain, err))
        return -1;
    return judge->is_ours(judge->context, domain);
}

/* Returns: 0, 1 where it is no DMARC report, -1 with err. */
static int find_dmarc_domain(struct store *store, int64_t report_id,
                             int64_t *out_domain_id, struct err *err)
{
    sqlite3_stmt *find =
        sql_use(store, STATEMENT_CLAIM_DMARC,
                "SELECT domain_id FROM dmarc WHERE report_id = ?1", err);
    int status = sql_find_with(store, find, err, report_id);

    if (status)
        return status;
    *out_domain_id = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    return 0;
}

/* Tells whether all domains of a report are ours; of none it is not.
 * Returns: 1, 0, -1 with err. */
static int is_ours(struct store *store, int64_t report_id,
                   const struct store_claim_judge *judge, struct err *err)
{
    struct facts facts;
    int64_t domain_id;
    bool has_any = false;
    int status;

    arena_reset(&store->scratch);
    status = facts_load(store, report_id, &facts, err);
    /* Whom it is about nobody can say until it is read again. */
    if (status == FACTS_DAMAGED)
        return 0;
    if (status > 0) {
        status = find_dmarc_domain(store, report_id, &domain_id, err);
        return status ? (status < 0 ? -1 : 0)
                      : is_domain_ours(store, domain_id, judge, err);
    }
    for (size_t i = 0; status == 0 && i < facts.subjects.n; i++) {
        domain_id = facts.subjects.rows[i].domain_id;
        if (domain_id == DICTIONARY_ALL)
            continue;
        has_any = true;
        status = is_domain_ours(store, domain_id, judge, err);
        if (status <= 0)
            return status;
        status = 0;
    }
    return status < 0 ? -1 : has_any;
}

/* What waits for an answer of DNS is judged by the usual way, and now. What was
 * given up waits anew: what it waited before would have it given up at once.
 * Returns: 1 where it waits, 0, -1 with err. */
static int hasten(struct store *store, int64_t report_id, int64_t now,
                  struct err *err)
{
    sqlite3_stmt *hasten =
        sql_use(store, STATEMENT_CLAIM_HASTEN,
                "UPDATE pending SET judge_at = min(judge_at, ?2),"
                " since = iif(judge_at < " ARRIVAL_NEVER ", since, ?2),"
                " tries = iif(judge_at < " ARRIVAL_NEVER ", tries, 0)"
                " WHERE report_id = ?1",
                err);

    if (sql_run_with(store, hasten, err, report_id, now))
        return -1;
    return sqlite3_changes(store->db) > 0;
}

/* Asks once more, in the batch: another process may have moved it since.
 * Returns: 0 with its proof; 1 where it is unclaimed no more; -1 with err. */
static int ask_again(struct store *store, struct unclaimed *report,
                     struct err *err)
{
    sqlite3_stmt *ask = sql_use(
        store, STATEMENT_CLAIM_AGAIN,
        "SELECT proof FROM report WHERE id = ?1 AND standing = ?2", err);
    int status = sql_find_with(store, ask, err, report->id, STORE_UNCLAIMED);

    if (status)
        return status;
    report->proof = (enum store_proof)sqlite3_column_int(ask, 0);
    sqlite3_reset(ask);
    return 0;
}

static int claim_one(struct store *store, struct store_claim *claim,
                     struct unclaimed *report,
                     const struct store_claim_judge *judge, int64_t now,
                     struct err *err)
{
    int status = ask_again(store, report, err);

    if (status)
        return status < 0 ? -1 : 0;
    status = hasten(store, report->id, now, err);
    claim->n_waiting += status > 0;
    if (status)
        return status < 0 ? -1 : 0;
    claim->n_claimed++;
    return standing_move(store, report->id, STORE_UNCLAIMED,
                         judge->standing(judge->context, report->way,
                                         report->rule, report->proof),
                         err);
}

static int claim_all(struct store *store, struct store_claim *claim,
                     struct unclaimed *slice, size_t n,
                     const struct store_claim_judge *judge, int64_t now,
                     struct err *err)
{
    if (n == 0)
        return 0;
    if (store_begin(store, err))
        return -1;
    for (size_t i = 0; i < n; i++) {
        arena_reset(&store->scratch);
        if (claim_one(store, claim, &slice[i], judge, now, err)) {
            store_rollback(store);
            return -1;
        }
    }
    return store_commit(store, err);
}

int store_claim_step(struct store *store, struct store_claim *claim,
                     const struct store_claim_judge *judge, int64_t now,
                     struct err *err)
{
    struct unclaimed slice[SLICE];
    struct store_claim done = *claim;
    size_t n, n_ours = 0;

    if (find_slice(store, claim, slice, &n, err))
        return -1;
    if (n == 0)
        return 0;
    done.origin_id = slice[n - 1].origin_id;
    done.after_id = slice[n - 1].id;
    for (size_t i = 0; i < n; i++) {
        int status = is_ours(store, slice[i].id, judge, err);

        if (status < 0)
            return -1;
        if (status > 0)
            slice[n_ours++] = slice[i];
    }
    if (claim_all(store, &done, slice, n_ours, judge, now, err))
        return -1;
    *claim = done;
    return n == SLICE;
}
