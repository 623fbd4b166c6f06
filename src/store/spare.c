/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/spare.h"

#include "store/arrival_row.h"
#include "store/drop.h"
#include "store/handle.h"
#include "store/limits.h"
#include "store/sql.h"

/* The one that is worth least. One that waits to be judged may turn out to be the
 * genuine one, and goes after the others; what was given up waits no more.
 * Returns: 0, 1 where there is none, -1 with err. */
static int find_spare(struct store *store,
                      const unsigned char key[static DIGEST_BYTES],
                      int64_t but_id, int64_t *out_id, const char **out_source,
                      struct err *err)
{
    SQL_ONCE sqlite3_stmt *find = sql_prepare(
        store,
        "SELECT r.id, source, EXISTS (SELECT 1 FROM pending"
        "  WHERE report_id = r.id AND judge_at < " ARRIVAL_NEVER ") AS waits"
        " FROM report r JOIN origin ON origin.id = origin_id"
        " WHERE key = ?1 AND standing = 1 AND r.id <> ?4"
        " AND (SELECT count(*) FROM report c WHERE c.key = ?1"
        "  AND c.standing = 1) > CASE WHEN waits THEN ?3 ELSE ?2 END"
        " ORDER BY waits, proof, r.id LIMIT 1",
        err);
    int status;

    if (!find)
        return -1;
    sql_bind_octets(find, 1, key, DIGEST_BYTES);
    sql_bind_integer(find, 2, STORE_CONFLICTS_MAX);
    sql_bind_integer(find, 3, STORE_CONFLICTS_ALL_MAX);
    sql_bind_integer(find, 4, but_id);
    status = sql_step(store, find, err);
    if (status <= 0)
        return status < 0 ? -1 : 1;
    *out_id = sqlite3_column_int64(find, 0);
    *out_source = arena_copy(&store->scratch, slice_of(sql_text(find, 1)));
    return *out_source ? 0 : err_memory(err);
}

/* Returns: 0, 1 where there is none, -1 with err. */
static int drop_next(struct store *store,
                     const unsigned char key[static DIGEST_BYTES],
                     int64_t but_id, struct err *err)
{
    struct drop_counts counts = { 0 };
    const char *source;
    int64_t id;
    int status = find_spare(store, key, but_id, &id, &source, err);

    if (status)
        return status;
    return drop_count(store, source, 1, err) ||
                   drop_alone(store, id, &counts, err)
               ? -1
               : 0;
}

int spare_drop(struct store *store,
               const unsigned char key[static DIGEST_BYTES], int64_t but_id,
               struct err *err)
{
    int status = 0;

    for (int i = 0; status == 0 && i < STORE_SPARES_MAX; i++)
        status = drop_next(store, key, but_id, err);
    return status < 0 ? -1 : 0;
}
