/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/position.h"

#include "store/handle.h"
#include "store/sql.h"

int store_put_position(struct store *store, const char *source,
                       const char *item, const char *value, struct err *err)
{
    sqlite3_stmt *put =
        value ? sql_use(store, STATEMENT_POSITION_PUT,
                        "INSERT INTO position (source, item, value)"
                        " VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE"
                        " SET value = excluded.value",
                        err)
              : sql_use(store, STATEMENT_POSITION_DROP,
                        "DELETE FROM position WHERE source = ?1 AND item = ?2",
                        err);

    if (!put || store_check_batch(store, err))
        return -1;
    sql_bind_text(put, 1, source);
    sql_bind_text(put, 2, item);
    if (value)
        sql_bind_text(put, 3, value);
    if (sql_run(store, put, err) == 0)
        return 0;
    store->is_broken = true;
    return -1;
}

int store_each_position(struct store *store, const char *source,
                        store_position_function *function, void *context,
                        struct err *err)
{
    sqlite3_stmt *each = sql_use(store, STATEMENT_POSITION_EACH,
                                 "SELECT item, value FROM position"
                                 " WHERE source = ?1 ORDER BY item",
                                 err);
    int status;

    if (!each)
        return -1;
    sql_bind_text(each, 1, source);
    while ((status = sql_step(store, each, err)) > 0) {
        status = function(context, sql_text(each, 0), sql_text(each, 1), err);
        if (status)
            break;
    }
    sqlite3_reset(each);
    return status;
}
