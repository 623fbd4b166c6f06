/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/facts.h"
#include "store/findings.h"
#include "store/handle.h"
#include "store/keys.h"
#include "store/sql.h"

/* What is stored under a report's key. */
struct standing {
    int64_t counted_id; /* 0 where the key is new */
    int64_t counted_proof;
    int64_t same_id; /* the one of the same content, 0 where there is none */
};

static int find_counted(struct store *store, const unsigned char *key,
                        const struct store_report *report,
                        struct standing *standing, struct err *err)
{
    unsigned char hash[DIGEST_BYTES];
    sqlite3_stmt *find = sql_use(store, STATEMENT_REPORT_COUNTED,
                                 "SELECT id, proof, content_hash FROM report"
                                 " WHERE key = ?1 AND is_conflict = 0",
                                 err);
    int status;

    if (!find)
        return -1;
    sql_bind_octets(find, 1, key, DIGEST_BYTES);
    status = sql_step(store, find, err);
    if (status <= 0)
        return status;
    standing->counted_id = sqlite3_column_int64(find, 0);
    standing->counted_proof = sqlite3_column_int64(find, 1);
    sql_octets(find, 2, hash, DIGEST_BYTES);
    sqlite3_reset(find);
    if (memcmp(hash, report->content_hash, DIGEST_BYTES) == 0)
        standing->same_id = standing->counted_id;
    return 0;
}

static int find_same(struct store *store, const unsigned char *key,
                     const struct store_report *report,
                     struct standing *standing, struct err *err)
{
    sqlite3_stmt *find =
        sql_use(store, STATEMENT_REPORT_SAME,
                "SELECT id FROM report WHERE key = ?1 AND content_hash = ?2"
                " AND is_conflict = 1",
                err);
    int status;

    if (!find)
        return -1;
    sql_bind_octets(find, 1, key, DIGEST_BYTES);
    sql_bind_octets(find, 2, report->content_hash, DIGEST_BYTES);
    status = sql_step(store, find, err);
    if (status <= 0)
        return status;
    standing->same_id = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    return 0;
}

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

static void bind_report(struct store *store, sqlite3_stmt *put,
                        const struct store_report *report,
                        const struct facts *facts, const unsigned char *key,
                        int64_t is_conflict)
{
    sql_bind_octets(put, 1, key, DIGEST_BYTES);
    sql_bind_octets(put, 2, report->content_hash, DIGEST_BYTES);
    sql_bind_integer(put, 3, is_conflict);
    sql_bind_integer(put, 4, report->proof);
    sql_bind_integer(put, 5, report->day);
    sql_bind_integer(put, 6, report->start);
    sql_bind_integer(put, 7, report->end);
    sql_bind_integer(put, 8, clock_now(store->clock));
    sql_bind_integer(put, 9, facts->organization_id);
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
}

static int put_row(struct store *store, const struct store_report *report,
                   const struct facts *facts, const unsigned char *key,
                   int64_t is_conflict, int64_t *out_id, struct err *err)
{
    sqlite3_stmt *put = sql_use(
        store, STATEMENT_REPORT_PUT,
        "INSERT INTO report (key, content_hash, is_conflict, proof, day,"
        " start_at, end_at, stored_at, organization_id, organization,"
        " contact_info, report_id, success_sessions, failure_sessions,"
        " n_findings, reader_version, raw_id, payload, ordinal, input)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
        " ?15, ?16, ?17, ?18, ?19, ?20)",
        err);

    if (!put)
        return -1;
    bind_report(store, put, report, facts, key, is_conflict);
    if (sql_run(store, put, err))
        return -1;
    *out_id = sqlite3_last_insert_rowid(store->db);
    return 0;
}

/* Keeps the text of an unusual spelling only; the type says the usual. */
static const char *type_text_of(const struct store_policy *policy)
{
    return policy->type_text && strcmp(policy->type_text, policy->type) != 0
               ? policy->type_text
               : "";
}

static int put_policy(struct store *store, const struct store_report *report,
                      const struct facts *facts, size_t number, int64_t id,
                      int64_t is_conflict, struct err *err)
{
    const struct store_policy *policy = &report->policies[number];
    int64_t domain = 0;
    int64_t policy_domain = 0;
    int64_t type = 0;
    int64_t text = 0;
    sqlite3_stmt *put = sql_use(
        store, STATEMENT_POLICY_PUT,
        "INSERT INTO policy (report_id, number, domain_id, policy_domain_id,"
        " type_id, text_id, is_conflict, day, success_sessions,"
        " failure_sessions, is_implausible, type_text)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        err);

    if (!put ||
        dictionary_put(store, DICTIONARY_DOMAIN, policy->subject_domain, "",
                       &domain, err) ||
        dictionary_put(store, DICTIONARY_DOMAIN, policy->policy_domain, "",
                       &policy_domain, err) ||
        dictionary_put(store, DICTIONARY_POLICY_TYPE, policy->type, "", &type,
                       err) ||
        dictionary_put_policy(store, policy, type, &text, err))
        return -1;
    sql_bind_integers(put, id, (int64_t)number, domain, policy_domain, type,
                      text, is_conflict, report->day, policy->success_sessions,
                      policy->failure_sessions,
                      policy->is_implausible || facts->is_implausible);
    sql_bind_text(put, 12, type_text_of(policy));
    return sql_run(store, put, err);
}

/* Writes a report with all that hangs on it, and lets it count unless it is a
 * conflict. */
static int put_whole(struct store *store, const struct store_report *report,
                     const unsigned char *key, int64_t is_conflict,
                     struct err *err)
{
    struct facts facts;
    int64_t id;

    if (find_raw(store, report, err) ||
        facts_make(store, report, &facts, err) ||
        put_row(store, report, &facts, key, is_conflict, &id, err) ||
        facts_put(store, &facts, id, is_conflict, err))
        return -1;
    for (size_t i = 0; i < report->n_policies; i++) {
        if (put_policy(store, report, &facts, i, id, is_conflict, err))
            return -1;
    }
    if (findings_put(store, STORE_FINDINGS_OF_REPORT, id, report->findings,
                     report->n_findings, err))
        return -1;
    return is_conflict ? 0 : rollup_add(store, &facts, 1, err);
}

static int stand_row(struct store *store, int64_t id, int64_t is_conflict,
                     struct err *err)
{
    sqlite3_stmt *stand =
        sql_use(store, STATEMENT_REPORT_STAND,
                "UPDATE report SET is_conflict = ?2 WHERE id = ?1", err);

    if (!stand)
        return -1;
    sql_bind_integers(stand, id, is_conflict);
    return sql_run(store, stand, err);
}

/* Moves a stored report between counting and standing beside; the sums follow. */
static int stand(struct store *store, int64_t id, int64_t is_conflict,
                 struct err *err)
{
    struct facts facts;

    if (facts_load(store, id, &facts, err) ||
        rollup_add(store, &facts, is_conflict ? -1 : 1, err) ||
        facts_stand(store, id, is_conflict, err))
        return -1;
    return stand_row(store, id, is_conflict, err);
}

/* Notes a better proof of a stored report, and the octets that gave it. */
static int prove(struct store *store, int64_t id,
                 const struct store_report *report, struct err *err)
{
    sqlite3_stmt *prove = sql_use(
        store, STATEMENT_REPORT_PROVE,
        "UPDATE report SET proof = ?2, raw_id = ?3, payload = ?4, ordinal = ?5,"
        " reader_version = ?6, input = ?7 WHERE id = ?1",
        err);

    if (!prove || find_raw(store, report, err))
        return -1;
    sql_bind_integers(prove, id, report->proof, store->raw_id,
                      (int64_t)report->payload, (int64_t)report->ordinal,
                      report->reader_version);
    sql_bind_text(prove, 7, report->input);
    return sql_run(store, prove, err);
}

/* A better proven report takes the place of the one that counts. */
static int take_over(struct store *store, const struct store_report *report,
                     const unsigned char *key, const struct standing *standing,
                     struct err *err)
{
    if (standing->same_id == standing->counted_id)
        return prove(store, standing->counted_id, report, err);
    if (stand(store, standing->counted_id, 1, err))
        return -1;
    if (standing->same_id == 0)
        return put_whole(store, report, key, 0, err);
    if (stand(store, standing->same_id, 0, err))
        return -1;
    return prove(store, standing->same_id, report, err);
}

static int put_by_standing(struct store *store,
                           const struct store_report *report,
                           const unsigned char *key,
                           const struct standing *standing,
                           enum store_outcome *out_outcome, struct err *err)
{
    if (standing->counted_id == 0) {
        *out_outcome = STORE_NEW;
        return put_whole(store, report, key, 0, err);
    }
    if (report->proof > standing->counted_proof) {
        *out_outcome = STORE_TAKEOVER;
        return take_over(store, report, key, standing, err);
    }
    if (standing->same_id) {
        *out_outcome = STORE_DUPLICATE;
        return 0;
    }
    *out_outcome = STORE_CONFLICT;
    return put_whole(store, report, key, 1, err);
}

int store_put_report(struct store *store, const struct store_report *report,
                     enum store_outcome *out_outcome, struct err *err)
{
    unsigned char key[DIGEST_BYTES];
    struct standing standing = { 0 };
    enum store_outcome outcome;

    if (store_check_batch(store, err))
        return -1;
    arena_reset(&store->scratch);
    if (keys_report(report, &store->scratch, key)) {
        store->is_broken = true;
        return err_memory(err);
    }
    if (find_counted(store, key, report, &standing, err) ||
        (standing.counted_id && !standing.same_id &&
         find_same(store, key, report, &standing, err)) ||
        put_by_standing(store, report, key, &standing, &outcome, err)) {
        store->is_broken = true;
        return -1;
    }
    *out_outcome = outcome;
    return 0;
}
