/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/mend.h"

#include <stdlib.h>

#include "store/handle.h"
#include "store/sql.h"
#include "store/verify.h"

/* ---- What was lost ------------------------------------------------------- */

int mend_note_lost(struct store *store, int64_t n, struct err *err)
{
    SQL_ONCE sqlite3_stmt *note =
        sql_prepare(store,
                    "INSERT INTO setting (name, value) VALUES ('lost', ?1)"
                    " ON CONFLICT (name) DO UPDATE SET value = value + ?1",
                    err);

    return sql_run_with(store, note, err, n);
}

int mend_forget_lost(struct store *store, struct err *err)
{
    if (store_begin(store, err))
        return -1;
    if (sql_execute(store, "DELETE FROM setting WHERE name = 'lost'", err) == 0)
        return store_commit(store, err);
    store_rollback(store);
    return -1;
}

int store_count_lost(struct store *store, int64_t *out_n, struct err *err)
{
    SQL_ONCE sqlite3_stmt *ask = sql_prepare(
        store, "SELECT value FROM setting WHERE name = 'lost'", err);
    bool began;
    int status;

    if (!ask || tail_begin(store, &began, err))
        return -1;
    status = sql_step(store, ask, err);
    if (status >= 0)
        *out_n = store->tail.n_damaged +
                 (status > 0 ? sqlite3_column_int64(ask, 0) : 0);
    sqlite3_reset(ask);
    tail_end(store, began);
    return status < 0 ? -1 : 0;
}

/* ---- What is written ----------------------------------------------------- */

void mend_deinit(struct mending *mending)
{
    free(mending->rows);
    *mending = (struct mending){ .rows = NULL };
}

int mend_add(struct mending *mending, const struct rollup_delta *sum)
{
    if (mending->n == mending->capacity) {
        size_t capacity = mending->capacity ? mending->capacity * 2 : 64;
        struct rollup_delta *larger =
            reallocarray(mending->rows, capacity, sizeof(*larger));

        if (!larger)
            return -1;
        mending->rows = larger;
        mending->capacity = capacity;
    }
    mending->rows[mending->n++] = *sum;
    return 0;
}

int mend_begin(struct store *store, struct err *err)
{
    if (store_begin(store, err))
        return -1;
    if (rollup_flush(store, err) == 0)
        return 0;
    store_rollback(store);
    return -1;
}

static int write_sum(struct store *store, const struct rollup_delta *sum,
                     struct err *err)
{
    const struct rollup_key *key = &sum->key;
    const struct rollup_row *row = &sum->row;
    sqlite3_stmt *put = sql_use(
        store, STATEMENT_MEND_PUT,
        "REPLACE INTO rollup (kind, domain_id, level, block, label_id, reports,"
        " sessions, failures, failed_reports, failed_sessions, first_day,"
        " last_day) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        err);
    sqlite3_stmt *drop =
        sql_use(store, STATEMENT_MEND_DROP,
                "DELETE FROM rollup WHERE kind = ?1 AND domain_id = ?2"
                " AND level = ?3 AND block = ?4 AND label_id = ?5",
                err);

    if (row->reports == 0)
        return sql_run_with(store, drop, err, key->kind, key->domain_id,
                            key->level, key->block, key->label_id);
    return sql_run_with(store, put, err, key->kind, key->domain_id, key->level,
                        key->block, key->label_id, row->reports, row->sessions,
                        row->failures, row->failed_reports,
                        row->failed_sessions, row->first_day, row->last_day);
}

int mend_end(struct store *store, struct mending *mending, int status,
             struct err *err)
{
    size_t n = mending->n;

    mending->n = 0;
    for (size_t i = 0; status >= 0 && i < n; i++)
        status = write_sum(store, &mending->rows[i], err);
    if (status >= 0)
        return store_commit(store, err);
    store_rollback(store);
    return -1;
}
