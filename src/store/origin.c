/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/arrival_row.h"
#include "store/author.h"
#include "store/handle.h"
#include "store/sql.h"

/* The columns of an arrival, from column 9 on. */
static void read_arrival(sqlite3_stmt *find, struct arena *arena,
                         struct store_arrival *arrival)
{
    *arrival = (struct store_arrival){
        .verdict = arena_copy(arena, slice_of(sql_text(find, 9))),
        .reason = arena_copy(arena, slice_of(sql_text(find, 10))),
        .signer = arena_copy(arena, slice_of(sql_text(find, 11))),
        .source = arena_copy(arena, slice_of(sql_text(find, 12))),
        .tenant = arena_copy(arena, slice_of(sql_text(find, 13))),
        .destination = "",
        .way = sqlite3_column_int(find, 14),
        .rule = sqlite3_column_int(find, 15),
        .is_live = sqlite3_column_int(find, 16) != 0,
        .judge_at = sqlite3_column_int64(find, 17),
    };
}

static void read_origin(sqlite3_stmt *find, int64_t id, struct arena *arena,
                        struct store_origin *origin)
{
    *origin = (struct store_origin){
        .id = id,
        .input = arena_copy(arena, slice_of(sql_text(find, 0))),
        .stored_at = sqlite3_column_int64(find, 1),
        .proof = (enum store_proof)sqlite3_column_int(find, 2),
        .standing = (enum store_standing)sqlite3_column_int(find, 3),
        .reader_version = sqlite3_column_int(find, 4),
        .payload = (size_t)sqlite3_column_int64(find, 5),
        .ordinal = (size_t)sqlite3_column_int64(find, 6),
        .other_id = sqlite3_column_int64(find, 8),
        .is_dmarc = sqlite3_column_int(find, 18) != 0,
    };
    read_arrival(find, arena, &origin->arrival);
    sql_octets(find, 7, origin->raw_hash, DIGEST_BYTES);
}

/* Each text is there, though it be empty. */
static bool is_whole(const struct store_origin *origin)
{
    const struct store_arrival *arrival = &origin->arrival;

    return origin->input && arrival->verdict && arrival->reason &&
           arrival->signer && arrival->source && arrival->tenant;
}

int store_find_report(struct store *store, int64_t id, struct arena *arena,
                      struct store_origin *out_origin, struct err *err)
{
    unsigned char key[DIGEST_BYTES];
    /* The other one: for a conflict what stands, for what stands the newest
     * conflict, else another author's of the same name. */
    sqlite3_stmt *find = sql_use(
        store, STATEMENT_FIND_REPORT,
        "SELECT r.input, r.stored_at, r.proof, r.standing, r.reader_version,"
        " r.payload, r.ordinal, raw.hash, coalesce("
        " CASE r.standing WHEN 1 THEN"
        " (SELECT o.id FROM report o WHERE o.key = r.key"
        "  AND o.standing <> 1) ELSE"
        " (SELECT max(o.id) FROM report o WHERE o.key = r.key"
        "  AND o.standing = 1) END, 0),"
        " r.verdict, r.reason, r.signer, origin.source, origin.tenant,"
        " origin.way, origin.rule, origin.is_live, coalesce((SELECT"
        " min(judge_at) FROM pending WHERE pending.report_id = r.id"
        " AND judge_at < " ARRIVAL_NEVER "), 0),"
        " r.kind, r.key"
        " FROM report r JOIN origin ON origin.id = r.origin_id"
        " LEFT JOIN raw ON raw.id = r.raw_id WHERE r.id = ?1",
        err);
    int status = sql_find_with(store, find, err, id);

    if (status)
        return status;
    read_origin(find, id, arena, out_origin);
    sql_octets(find, 19, key, DIGEST_BYTES);
    sqlite3_reset(find);
    if (out_origin->other_id == 0 &&
        author_find_beside(store, id, key, &out_origin->other_id, err))
        return -1;
    return is_whole(out_origin) ? 0 : arena_error(arena, err);
}
