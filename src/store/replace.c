/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/replace.h"

#include <stdlib.h>
#include <string.h>

#include "store/author.h"
#include "store/damaged.h"
#include "store/dmarc_facts.h"
#include "store/drop.h"
#include "store/facts.h"
#include "store/handle.h"
#include "store/keys.h"
#include "store/sql.h"
#include "store/standing.h"

/* A report on its way from one reading to another. */
struct replacing {
    int64_t id;
    const struct store_report *report;
    enum store_standing standing;
    int64_t proof;
    unsigned char key[DIGEST_BYTES]; /* of the new reading */
    bool has_other_name;             /* key or content are others */
    struct facts facts;              /* of the old reading */
    struct dmarc_facts messages;
};

/* ---- What is stored, as one hash ----------------------------------------- */

static void add_row(struct digest *digest, sqlite3_stmt *row)
{
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        const void *octets = sqlite3_column_blob(row, i);
        int bytes = sqlite3_column_bytes(row, i);

        digest_add(digest, slice_make(&bytes, sizeof(bytes)));
        if (bytes)
            digest_add(digest, slice_make(octets, (size_t)bytes));
    }
}

static int add_rows(struct store *store, struct digest *digest,
                    enum store_statement place, const char *text, int64_t id,
                    struct err *err)
{
    sqlite3_stmt *rows = sql_use(store, place, text, err);
    int status;

    if (!rows)
        return -1;
    sql_bind_integers(rows, id);
    while ((status = sql_step(store, rows, err)) > 0)
        add_row(digest, rows);
    return status;
}

/* All that a reading makes of a report, and nothing else. */
static int hash_rows(struct store *store, int64_t id,
                     unsigned char out[static DIGEST_BYTES], struct err *err)
{
    static const struct {
        enum store_statement place;
        const char *sql;
    } parts[] = {
        { STATEMENT_DIGEST_REPORT,
          "SELECT key, content_hash, day, start_at, end_at, organization_id,"
          " organization, contact_info, report_id, success_sessions,"
          " failure_sessions, n_findings, facts FROM report WHERE id = ?1" },
        { STATEMENT_DIGEST_FINDING,
          "SELECT * FROM finding WHERE report_id = ?1 ORDER BY 1, 2" },
        { STATEMENT_DIGEST_DMARC, "SELECT * FROM dmarc WHERE report_id = ?1" },
        { STATEMENT_DIGEST_DMARC_ROW,
          "SELECT * FROM dmarc_row WHERE report_id = ?1 ORDER BY 1, 2" },
    };
    struct digest *digest = digest_new();
    int status = digest ? 0 : err_memory(err);

    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && status == 0; i++)
        status = add_rows(store, digest, parts[i].place, parts[i].sql, id, err);
    if (status == 0)
        digest_finish(digest, out);
    digest_free(digest);
    return status;
}

/* ---- Others of the same name --------------------------------------------- */

/* Another report under the new key, with the same content or at its head. */
struct other {
    int64_t id;
    bool is_same;
    enum store_standing standing;
    int64_t proof;
};

static int find_other(struct store *store, const struct replacing *replacing,
                      struct other *out_other, struct err *err)
{
    sqlite3_stmt *find =
        sql_use(store, STATEMENT_REPLACE_OTHER,
                "SELECT id, content_hash = ?3, standing, proof FROM report"
                " WHERE key = ?1 AND id <> ?2"
                " AND (content_hash = ?3 OR standing <> 1)"
                " ORDER BY content_hash = ?3 DESC LIMIT 1",
                err);
    int status;

    if (!find)
        return -1;
    sql_bind_octets(find, 1, replacing->key, DIGEST_BYTES);
    sql_bind_integer(find, 2, replacing->id);
    sql_bind_octets(find, 3, replacing->report->content_hash, DIGEST_BYTES);
    status = sql_step(store, find, err);
    if (status <= 0)
        return status;
    *out_other = (struct other){
        .id = sqlite3_column_int64(find, 0),
        .is_same = sqlite3_column_int(find, 1) != 0,
        .standing = (enum store_standing)sqlite3_column_int(find, 2),
        .proof = sqlite3_column_int64(find, 3),
    };
    sqlite3_reset(find);
    return 1;
}

/* Tells whether the report yields to another one, by the rule of standing.h. */
static bool yields_to(const struct replacing *replacing,
                      const struct other *other)
{
    if (replacing->standing == STORE_CONFLICTING ||
        other->standing == STORE_CONFLICTING)
        return other->standing != STORE_CONFLICTING;
    if (replacing->standing != other->standing)
        return replacing->standing > other->standing;
    return replacing->proof <= other->proof;
}

/* Drops one of two with one content; what waits to be judged waits for the
 * other. */
static int merge(struct store *store, int64_t id, int64_t into_id,
                 struct err *err)
{
    struct drop_counts counts = { 0 };
    SQL_ONCE sqlite3_stmt *move = sql_prepare(
        store,
        "UPDATE OR IGNORE pending SET report_id = ?2 WHERE report_id = ?1",
        err);

    return sql_run_with(store, move, err, id, into_id) ||
                   drop_alone(store, id, &counts, err)
               ? -1
               : 0;
}

/*
 * Makes room under the new key. Of two with one content the better one stays;
 * of two that would stand the worse one conflicts.
 * Returns: 0, 1 where the report itself was merged into another, -1 with err.
 */
static int make_room(struct store *store, struct replacing *replacing,
                     struct err *err)
{
    struct other other;
    int status;

    while ((status = find_other(store, replacing, &other, err)) > 0) {
        bool yields = yields_to(replacing, &other);

        if (other.is_same && yields)
            return merge(store, replacing->id, other.id, err) ? -1 : 1;
        if (other.is_same) {
            if (merge(store, other.id, replacing->id, err))
                return -1;
        } else if (!yields) {
            if (standing_move(store, other.id, other.standing,
                              STORE_CONFLICTING, err))
                return -1;
        } else {
            status = standing_move(store, replacing->id, replacing->standing,
                                   STORE_CONFLICTING, err);
            replacing->standing = STORE_CONFLICTING;
            return status;
        }
    }
    return status;
}

/* ---- The report itself --------------------------------------------------- */

static int find(struct store *store, struct replacing *replacing,
                struct err *err)
{
    const struct store_report *report = replacing->report;
    struct store_report stored = *report;
    unsigned char key[DIGEST_BYTES], hash[DIGEST_BYTES];
    sqlite3_stmt *find =
        sql_use(store, STATEMENT_REPLACE_FIND,
                "SELECT standing, key, content_hash, proof, verdict, signer"
                " FROM report WHERE id = ?1 AND kind = ?2",
                err);
    int status =
        sql_find_with(store, find, err, replacing->id, report->dmarc != NULL);

    if (status)
        return status;
    replacing->standing = (enum store_standing)sqlite3_column_int(find, 0);
    sql_octets(find, 1, key, DIGEST_BYTES);
    sql_octets(find, 2, hash, DIGEST_BYTES);
    replacing->proof = sqlite3_column_int64(find, 3);
    stored.arrival.verdict = sql_text(find, 4);
    stored.arrival.signer = sql_text(find, 5);
    status = author_find_key(store, &stored, key, replacing->key, err);
    sqlite3_reset(find);
    if (status)
        return -1;
    replacing->has_other_name =
        memcmp(key, replacing->key, DIGEST_BYTES) != 0 ||
        memcmp(hash, report->content_hash, DIGEST_BYTES) != 0;
    return 0;
}

/* Loads the old reading, and takes it out of its lists. */
static int load_old(struct store *store, struct replacing *replacing,
                    struct err *err)
{
    if (replacing->report->dmarc)
        return dmarc_facts_load(store, replacing->id, &replacing->messages, err)
                   ? -1
                   : 0;
    return damaged_load_out(store, replacing->id, replacing->standing,
                            &replacing->facts, err);
}

static int write_head(struct store *store, const struct replacing *replacing,
                      int64_t organization_id, struct err *err)
{
    const struct store_report *report = replacing->report;
    sqlite3_stmt *head = sql_use(
        store, STATEMENT_REPLACE_HEAD,
        "UPDATE report SET day = ?2, start_at = ?3, end_at = ?4,"
        " organization_id = ?5, success_sessions = ?6, failure_sessions = ?7,"
        " n_findings = ?8, reader_version = ?9, key = ?10, content_hash = ?11,"
        " organization = ?12, contact_info = ?13, report_id = ?14"
        " WHERE id = ?1",
        err);

    if (!head)
        return -1;
    sql_bind_integers(head, replacing->id, report->day, report->start,
                      report->end, organization_id, report->success_sessions,
                      report->failure_sessions, (int64_t)report->n_findings,
                      report->reader_version);
    sql_bind_octets(head, 10, replacing->key, DIGEST_BYTES);
    sql_bind_octets(head, 11, report->content_hash, DIGEST_BYTES);
    sql_bind_text(head, 12, report->organization);
    sql_bind_text(head, 13, report->contact_info);
    sql_bind_text(head, 14, report->report_id);
    return sql_run(store, head, err);
}

static int run(struct store *store, enum store_statement place,
               const char *text, struct err *err)
{
    sqlite3_stmt *statement = sql_use(store, place, text, err);

    return statement ? sql_run(store, statement, err) : -1;
}

/* What was written just now is whole. Returns: 0, -1 with err. */
static int load_new(struct store *store, int64_t id, struct facts *out_facts,
                    struct err *err)
{
    int status = facts_load(store, id, out_facts, err);

    return status > 0 ? err_set(err, ERR_STORE,
                                "store %s: report %lld reads otherwise than"
                                " it was written",
                                store->path, (long long)id)
                      : status;
}

/* Takes the old reading out of the sums and adds the new one. */
static int move_sums(struct store *store, struct replacing *replacing,
                     struct err *err)
{
    struct dmarc_facts messages;
    struct facts facts;

    if (replacing->standing != STORE_COUNTED)
        return 0;
    if (replacing->report->dmarc)
        return dmarc_facts_sum(store, &replacing->messages, -1, err) ||
                       dmarc_facts_load(store, replacing->id, &messages, err) ||
                       dmarc_facts_sum(store, &messages, 1, err)
                   ? -1
                   : 0;
    return rollup_add(store, &replacing->facts, -1, err) ||
                   load_new(store, replacing->id, &facts, err) ||
                   rollup_add(store, &facts, 1, err)
               ? -1
               : 0;
}

static int write_new(struct store *store, struct replacing *replacing,
                     struct err *err)
{
    int64_t organization_id;

    if (load_old(store, replacing, err) ||
        drop_rows(store, replacing->id, err) ||
        replace_rows(store, replacing->report, replacing->id,
                     replacing->standing, &organization_id, err))
        return -1;
    return write_head(store, replacing, organization_id, err);
}

/* What reads as it did is left as it is, but for the reader's version: nothing of
 * it goes to the disk. Names are the same as well then, so none is forgotten. */
static int keep_old(struct store *store, const struct replacing *replacing,
                    struct err *err)
{
    sqlite3_stmt *version =
        sql_use(store, STATEMENT_REPLACE_VERSION,
                "UPDATE report SET reader_version = ?2 WHERE id = ?1", err);

    if (!version ||
        run(store, STATEMENT_REPLACE_UNDO, "ROLLBACK TO reading", err) ||
        run(store, STATEMENT_REPLACE_RELEASE, "RELEASE reading", err))
        return -1;
    tail_drop_new(store);
    return sql_run_with(store, version, err, replacing->id,
                        replacing->report->reader_version);
}

static int replace(struct store *store, struct replacing *replacing,
                   enum store_replaced *out_replaced, struct err *err)
{
    unsigned char before[DIGEST_BYTES], after[DIGEST_BYTES];
    int status = find(store, replacing, err);

    *out_replaced = STORE_REPLACED_MERGED;
    if (status == 0 && replacing->has_other_name) {
        status = make_room(store, replacing, err);
        if (status)
            return status < 0 ? -1 : 0;
    }
    if (status)
        return status;
    /* Lines that are taken out, or come back, are in the table. */
    if (tail_take(store, err) || hash_rows(store, replacing->id, before, err) ||
        run(store, STATEMENT_REPLACE_SAVE, "SAVEPOINT reading", err) ||
        write_new(store, replacing, err) ||
        hash_rows(store, replacing->id, after, err))
        return -1;
    *out_replaced = STORE_REPLACED_SAME;
    if (memcmp(before, after, DIGEST_BYTES) == 0)
        return keep_old(store, replacing, err);
    *out_replaced = STORE_REPLACED_CHANGED;
    if (run(store, STATEMENT_REPLACE_RELEASE, "RELEASE reading", err))
        return -1;
    return move_sums(store, replacing, err);
}

int store_replace_report(struct store *store, int64_t id,
                         const struct store_report *report,
                         enum store_replaced *out_replaced, struct err *err)
{
    struct replacing replacing = { .id = id, .report = report };
    int status;

    if (store_check_batch(store, err))
        return -1;
    arena_reset(&store->scratch);
    status = keys_report(report, &store->scratch, replacing.key)
                 ? err_memory(err)
                 : replace(store, &replacing, out_replaced, err);
    if (status < 0)
        store->is_broken = true;
    return status;
}
