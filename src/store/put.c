/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/arrival_row.h"
#include "store/author.h"
#include "store/dmarc_facts.h"
#include "store/facts_octets.h"
#include "store/findings.h"
#include "store/handle.h"
#include "store/keys.h"
#include "store/replace.h"
#include "store/spare.h"
#include "store/sql.h"
#include "store/standing.h"

/* Reports without a raw would leave nothing to read again by a later version. */
static int find_raw(struct store *store, const struct store_report *report,
                    struct err *err)
{
    int status = store_raw_id(store, report->raw_hash, err);

    if (status > 0)
        return err_set(err, ERR_USAGE,
                       "store %s: the raw octets of a report must be put"
                       " before it",
                       store->path);
    return status;
}

/* Verdict, reason and signer. */
static void bind_verdict(sqlite3_stmt *statement, int place,
                         const struct store_report *report)
{
    sql_bind_text(statement, place, report->arrival.verdict);
    sql_bind_text(statement, place + 1, report->arrival.reason);
    sql_bind_text(statement, place + 2, report->arrival.signer);
}

/* What a row says beside the report that was handed in. */
struct named {
    const unsigned char *key;
    enum store_standing standing;
    int64_t organization_id;
    int64_t origin_id;
    struct slice facts; /* of a TLS report */
};

static void bind_report(struct store *store, sqlite3_stmt *put,
                        const struct store_report *report,
                        const struct named *named)
{
    sql_bind_octets(put, 1, named->key, DIGEST_BYTES);
    sql_bind_octets(put, 2, report->content_hash, DIGEST_BYTES);
    sql_bind_integer(put, 3, named->standing);
    sql_bind_integer(put, 4, report->proof);
    sql_bind_integer(put, 5, report->day);
    sql_bind_integer(put, 6, report->start);
    sql_bind_integer(put, 7, report->end);
    sql_bind_integer(put, 8, clock_now(store->clock));
    sql_bind_integer(put, 9, named->organization_id);
    sql_bind_text(put, 10, report->organization);
    sql_bind_text(put, 11, report->contact_info);
    sql_bind_text(put, 12, report->report_id);
    sql_bind_integer(put, 13, report->success_sessions);
    sql_bind_integer(put, 14, report->failure_sessions);
    sql_bind_integer(put, 15, (int64_t)report->n_findings);
    sql_bind_integer(put, 16, report->reader_version);
    sql_bind_integer(put, 17, store->raw_id);
    sql_bind_integer(put, 18, (int64_t)report->payload);
    sql_bind_integer(put, 19, (int64_t)report->ordinal);
    sql_bind_text(put, 20, report->input);
    sql_bind_integer(put, 21, named->origin_id);
    bind_verdict(put, 22, report);
    sql_bind_integer(put, 25, report->dmarc ? 1 : 0);
    sql_bind_octets(put, 26, named->facts.ptr, named->facts.len);
}

static int put_row(struct store *store, const struct store_report *report,
                   struct named *named, int64_t *out_id, struct err *err)
{
    sqlite3_stmt *put = sql_use(
        store, STATEMENT_REPORT_PUT,
        "INSERT INTO report (key, content_hash, standing, proof, day,"
        " start_at, end_at, stored_at, organization_id, organization,"
        " contact_info, report_id, success_sessions, failure_sessions,"
        " n_findings, reader_version, raw_id, payload, ordinal, input,"
        " origin_id, verdict, reason, signer, kind, facts)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
        " ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25,"
        " ?26)",
        err);

    if (!put ||
        arrival_put_origin(store, &report->arrival, &named->origin_id, err))
        return -1;
    bind_report(store, put, report, named);
    if (sql_run(store, put, err))
        return -1;
    *out_id = sqlite3_last_insert_rowid(store->db);
    return 0;
}

/* The facts of a TLS report, made and as octets. */
struct made {
    struct facts facts;
    struct buffer octets;
};

/* Owns: the caller deinits the octets in any case. */
static int make(struct store *store, const struct store_report *report,
                struct made *made, struct err *err)
{
    buffer_init(&made->octets, FACTS_OCTETS_MAX);
    if (facts_make(store, report, &made->facts, err))
        return -1;
    facts_octets_write(&made->facts, &made->octets);
    return made->octets.failed ? err_memory(err) : 0;
}

static int put_facts(struct store *store, const struct made *made, int64_t id,
                     struct err *err)
{
    sqlite3_stmt *put =
        sql_use(store, STATEMENT_FACTS_PUT,
                "UPDATE report SET facts = ?2 WHERE id = ?1", err);

    if (!put)
        return -1;
    sql_bind_integer(put, 1, id);
    sql_bind_octets(put, 2, made->octets.ptr, made->octets.len);
    return sql_run(store, put, err);
}

static int replace_tls(struct store *store, const struct store_report *report,
                       int64_t id, enum store_standing standing,
                       int64_t *out_organization_id, struct err *err)
{
    struct made made;
    int status = make(store, report, &made, err);

    if (status == 0)
        status = put_facts(store, &made, id, err);
    if (status == 0)
        status = tail_add(store, &made.facts, buffer_slice(&made.octets), id,
                          standing, err);
    *out_organization_id = made.facts.organization_id;
    buffer_deinit(&made.octets);
    return status;
}

int replace_rows(struct store *store, const struct store_report *report,
                 int64_t id, enum store_standing standing,
                 int64_t *out_organization_id, struct err *err)
{
    struct dmarc_facts messages;

    if (report->dmarc) {
        if (dmarc_facts_make(store, report, &messages, err) ||
            dmarc_facts_put(store, &messages, id, standing, err))
            return -1;
        *out_organization_id = messages.organization_id;
    } else if (replace_tls(store, report, id, standing, out_organization_id,
                           err)) {
        return -1;
    }
    return findings_put(store, STORE_FINDINGS_OF_REPORT, id, report->findings,
                        report->n_findings, err);
}

static int put_tls(struct store *store, const struct store_report *report,
                   const unsigned char *key, enum store_standing standing,
                   int64_t *out_id, struct err *err)
{
    struct made made;
    struct named named = { .key = key, .standing = standing };
    int status = make(store, report, &made, err);

    named.organization_id = made.facts.organization_id;
    named.facts = buffer_slice(&made.octets);
    if (status == 0)
        status = put_row(store, report, &named, out_id, err);
    if (status == 0)
        status =
            tail_add(store, &made.facts, named.facts, *out_id, standing, err);
    if (status == 0 && standing == STORE_COUNTED)
        status = rollup_add(store, &made.facts, 1, err);
    buffer_deinit(&made.octets);
    return status;
}

static int put_dmarc(struct store *store, const struct store_report *report,
                     const unsigned char *key, enum store_standing standing,
                     int64_t *out_id, struct err *err)
{
    struct named named = { .key = key, .standing = standing };
    struct dmarc_facts facts;

    if (dmarc_facts_make(store, report, &facts, err))
        return -1;
    named.organization_id = facts.organization_id;
    if (put_row(store, report, &named, out_id, err) ||
        dmarc_facts_put(store, &facts, *out_id, standing, err))
        return -1;
    return standing == STORE_COUNTED ? dmarc_facts_sum(store, &facts, 1, err)
                                     : 0;
}

/* Writes a report with all that hangs on it, and lets it count where it is to. */
static int put_whole(struct store *store, const struct store_report *report,
                     const unsigned char *key, enum store_standing standing,
                     int64_t *out_id, struct err *err)
{
    int64_t id = 0;

    if (find_raw(store, report, err) ||
        (report->dmarc ? put_dmarc(store, report, key, standing, &id, err)
                       : put_tls(store, report, key, standing, &id, err)) ||
        findings_put(store, STORE_FINDINGS_OF_REPORT, id, report->findings,
                     report->n_findings, err))
        return -1;
    *out_id = id;
    return 0;
}

/* Notes a better proof of a stored report, and the octets that gave it. */
static int prove(struct store *store, int64_t id,
                 const struct store_report *report, struct err *err)
{
    int64_t origin_id;
    sqlite3_stmt *prove = sql_use(
        store, STATEMENT_REPORT_PROVE,
        "UPDATE report SET proof = ?2, raw_id = ?3, payload = ?4, ordinal = ?5,"
        " reader_version = ?6, origin_id = ?7, input = ?8, verdict = ?9,"
        " reason = ?10, signer = ?11 WHERE id = ?1",
        err);

    if (!prove || find_raw(store, report, err) ||
        arrival_put_origin(store, &report->arrival, &origin_id, err))
        return -1;
    sql_bind_integers(prove, id, report->proof, store->raw_id,
                      (int64_t)report->payload, (int64_t)report->ordinal,
                      report->reader_version, origin_id);
    sql_bind_text(prove, 8, report->input);
    bind_verdict(prove, 9, report);
    return sql_run(store, prove, err);
}

/* Who signed it was not known when it was put under its organisation, or is
 * another one: then it counts under another. */
static int regroup(struct store *store, int64_t id,
                   const struct store_report *report, struct err *err)
{
    SQL_ONCE sqlite3_stmt *find = sql_prepare(
        store, "SELECT organization_id FROM report WHERE id = ?1", err);
    int64_t organization_id = 0, old_id = 0;
    enum store_replaced replaced;

    if (sql_find_with(store, find, err, id) ||
        facts_put_organization(store, report, &organization_id, err))
        return -1;
    old_id = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    return organization_id == old_id
               ? 0
               : store_replace_report(store, id, report, &replaced, err);
}

/* A better report takes the place of the one that stands. */
static int take_over(struct store *store, const struct store_report *report,
                     const unsigned char *key, const struct standing *standing,
                     int64_t *out_id, struct err *err)
{
    *out_id = standing->same_id;
    if (standing->same_id != standing->head_id &&
        standing_move(store, standing->head_id, standing->head_standing,
                      STORE_CONFLICTING, err))
        return -1;
    if (standing->same_id == 0)
        return put_whole(store, report, key, report->standing, out_id, err);
    if (standing_move(store, standing->same_id, standing->same_standing,
                      report->standing, err))
        return -1;
    return prove(store, standing->same_id, report, err) ||
                   regroup(store, standing->same_id, report, err)
               ? -1
               : 0;
}

/* Tells whether a report counts by another address of its source, of which this
 * judgement is not: it must not take that back. */
static bool counts_better(const struct standing *standing,
                          const struct store_report *report)
{
    return standing->same_standing == STORE_COUNTED &&
           (report->standing != STORE_COUNTED ||
            report->proof < standing->head_proof);
}

/* What came as not yet judged is judged, and no better for it. */
static int settle(struct store *store, const struct store_report *report,
                  const struct standing *standing, struct err *err)
{
    sqlite3_stmt *settle = sql_use(
        store, STATEMENT_REPORT_SETTLE,
        "UPDATE report SET proof = ?2, verdict = ?3, reason = ?4, signer = ?5"
        " WHERE id = ?1",
        err);
    int status = settle ? arrival_is_own(store, report->arrival.judges,
                                         standing->same_id, err)
                        : -1;

    if (status <= 0 || counts_better(standing, report))
        return status < 0 ? -1 : 0;
    sql_bind_integers(settle, standing->same_id, report->proof);
    bind_verdict(settle, 3, report);
    if (sql_run(store, settle, err) ||
        (standing->same_standing != STORE_CONFLICTING &&
         standing_move(store, standing->same_id, standing->same_standing,
                       report->standing, err)))
        return -1;
    return regroup(store, standing->same_id, report, err);
}

static int put_by_standing(struct store *store,
                           const struct store_report *report,
                           const unsigned char *key,
                           const struct standing *standing, int64_t *out_id,
                           enum store_outcome *out_outcome, struct err *err)
{
    if (standing->head_id == 0) {
        *out_outcome = STORE_NEW;
        return put_whole(store, report, key, report->standing, out_id, err);
    }
    if (standing_is_better(standing, report)) {
        *out_outcome = STORE_TAKEOVER;
        return take_over(store, report, key, standing, out_id, err);
    }
    *out_id = standing->same_id;
    if (standing->same_id) {
        *out_outcome = STORE_DUPLICATE;
        return report->arrival.judges ? settle(store, report, standing, err)
                                      : 0;
    }
    *out_outcome = STORE_CONFLICT;
    /* First it is put: its raw may be that of the one that goes. */
    return put_whole(store, report, key, STORE_CONFLICTING, out_id, err) ||
                   spare_drop(store, key, *out_id, err)
               ? -1
               : 0;
}

static int put_report(struct store *store, const struct store_report *report,
                      enum store_outcome *out_outcome, struct err *err)
{
    unsigned char key[DIGEST_BYTES];
    struct standing standing;
    int64_t id;

    if (keys_report(report, &store->scratch, key))
        return err_memory(err);
    if (author_find_standing(store, report, key, &standing, err) ||
        put_by_standing(store, report, key, &standing, &id, out_outcome, err))
        return -1;
    if (!report->arrival.judges && !report->arrival.judge_at)
        return 0;
    if (find_raw(store, report, err))
        return -1;
    return arrival_settle(store, report, id, *out_outcome, err);
}

int store_put_report(struct store *store, const struct store_report *report,
                     enum store_outcome *out_outcome, struct err *err)
{
    if (store_check_batch(store, err))
        return -1;
    arena_reset(&store->scratch);
    if (put_report(store, report, out_outcome, err) == 0)
        return 0;
    store->is_broken = true;
    return -1;
}
