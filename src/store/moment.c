/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/handle.h"
#include "store/sql.h"

int store_hold(struct store *store, struct err *err)
{
    sqlite3_stmt *hold;

    if (store->mode != STORE_READ || !sqlite3_get_autocommit(store->db))
        return err_set(err, ERR_USAGE, "store %s: no moment can be held here",
                       store->path);
    store->tail.is_current = false;
    /* The moment is that of the first question after it. */
    hold = sql_use(store, STATEMENT_HOLD, "BEGIN", err);
    return hold ? sql_run(store, hold, err) : -1;
}

void store_release(struct store *store)
{
    sqlite3_stmt *release;

    if (store->mode != STORE_READ || sqlite3_get_autocommit(store->db))
        return;
    store->tail.is_current = false;
    /* A question that was broken off must not keep the moment. */
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_reset(store->statements[i]);
    release = sql_use(store, STATEMENT_RELEASE, "COMMIT", NULL);
    if (!release || sql_run(store, release, NULL))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

int store_change(struct store *store, int64_t *out_change, struct err *err)
{
    sqlite3_stmt *ask =
        sql_use(store, STATEMENT_CHANGE_ASK,
                "SELECT value FROM setting WHERE name = 'change'", err);
    int status;

    if (!ask)
        return -1;
    status = sql_step(store, ask, err);
    if (status < 0)
        return -1;
    *out_change = status ? sqlite3_column_int64(ask, 0) : 0;
    sqlite3_reset(ask);
    return 0;
}
