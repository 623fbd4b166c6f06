/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/outbox_proof.h"

#include "store/outbox_handle.h"
#include "store/sql.h"

int outbox_note_self_test(struct outbox *outbox, const char *tenant,
                          const char *token, const char *way, struct err *err)
{
    SQL_ONCE sqlite3_stmt *put = sql_prepare(
        outbox->store,
        "INSERT INTO proof (tenant, token, way, sent_at, proven_at, proven_way,"
        " domain, selector) VALUES (?1, ?2, ?3, ?4, ?5, '', '', '')"
        " ON CONFLICT DO UPDATE SET token = excluded.token,"
        " way = excluded.way, sent_at = excluded.sent_at",
        err);

    if (!put)
        return -1;
    sql_bind_text(put, 1, tenant);
    sql_bind_text(put, 2, token);
    sql_bind_text(put, 3, way);
    sql_bind_integer(put, 4, clock_now(outbox->store->clock));
    sql_bind_integer(put, 5, UTC_NONE);
    return outbox_run(outbox, put, err);
}

int outbox_note_proof(struct outbox *outbox, const char *tenant,
                      const char *token, const char *domain,
                      const char *selector, struct err *err)
{
    SQL_ONCE sqlite3_stmt *put = sql_prepare(
        outbox->store,
        "UPDATE proof SET proven_at = ?3, proven_way = way, domain = ?4,"
        " selector = ?5 WHERE tenant = ?1 AND token = ?2",
        err);

    if (!put)
        return -1;
    sql_bind_text(put, 1, tenant);
    sql_bind_text(put, 2, token);
    sql_bind_integer(put, 3, clock_now(outbox->store->clock));
    sql_bind_text(put, 4, domain);
    sql_bind_text(put, 5, selector);
    return outbox_run(outbox, put, err);
}

static int read_row(sqlite3_stmt *row, struct arena *arena,
                    struct outbox_proof *out, struct err *err)
{
    const char **texts[] = { &out->token, &out->way, &out->proven_way,
                             &out->domain, &out->selector };

    for (int i = 0; i < (int)(sizeof(texts) / sizeof(*texts)); i++) {
        *texts[i] = arena_copy(arena, slice_of(sql_text(row, i)));
        if (!*texts[i])
            return arena_error(arena, err);
    }
    out->sent_at = sqlite3_column_int64(row, 5);
    out->proven_at = sqlite3_column_int64(row, 6);
    return 0;
}

int outbox_find_proof(struct outbox *outbox, const char *tenant,
                      struct arena *arena, struct outbox_proof *out_proof,
                      struct err *err)
{
    SQL_ONCE sqlite3_stmt *find = sql_prepare(
        outbox->store,
        "SELECT token, way, proven_way, domain, selector, sent_at, proven_at"
        " FROM proof WHERE tenant = ?1",
        err);
    struct outbox_proof proof;
    int status;

    if (!find)
        return -1;
    sql_bind_text(find, 1, tenant);
    status = sql_step(outbox->store, find, err);
    if (status <= 0)
        return status < 0 ? -1 : 1;
    if (read_row(find, arena, &proof, err))
        return -1;
    *out_proof = proof;
    return 0;
}
