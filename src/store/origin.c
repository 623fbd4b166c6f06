/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/handle.h"
#include "store/sql.h"

static void read_origin(sqlite3_stmt *find, int64_t id,
                        struct store_origin *origin)
{
    *origin = (struct store_origin){
        .id = id,
        .stored_at = sqlite3_column_int64(find, 1),
        .proof = (enum store_proof)sqlite3_column_int(find, 2),
        .is_conflict = sqlite3_column_int(find, 3) != 0,
        .reader_version = sqlite3_column_int(find, 4),
        .payload = (size_t)sqlite3_column_int64(find, 5),
        .ordinal = (size_t)sqlite3_column_int64(find, 6),
        .other_id = sqlite3_column_int64(find, 8),
    };
    sql_octets(find, 7, origin->raw_hash, DIGEST_BYTES);
}

int store_find_report(struct store *store, int64_t id, struct arena *arena,
                      struct store_origin *out_origin, struct err *err)
{
    /* The other one: for a conflict what counts, for what counts the newest
     * conflict. */
    sqlite3_stmt *find = sql_use(
        store, STATEMENT_FIND_REPORT,
        "SELECT r.input, r.stored_at, r.proof, r.is_conflict, r.reader_version,"
        " r.payload, r.ordinal, raw.hash, coalesce("
        " CASE r.is_conflict WHEN 1 THEN"
        " (SELECT o.id FROM report o WHERE o.key = r.key"
        "  AND o.is_conflict = 0) ELSE"
        " (SELECT max(o.id) FROM report o WHERE o.key = r.key"
        "  AND o.is_conflict = 1) END, 0)"
        " FROM report r JOIN raw ON raw.id = r.raw_id WHERE r.id = ?1",
        err);
    struct store_origin origin;
    int status;

    if (!find)
        return -1;
    sql_bind_integers(find, id);
    status = sql_step(store, find, err);
    if (status <= 0)
        return status < 0 ? -1 : 1;
    read_origin(find, id, &origin);
    origin.input = arena_copy(arena, slice_of(sql_text(find, 0)));
    sqlite3_reset(find);
    if (!origin.input)
        return err_memory(err);
    *out_origin = origin;
    return 0;
}
