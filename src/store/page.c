/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/page.h"

#include <string.h>

#include "store/cursor.h"
#include "store/limits.h"
#include "store/sql.h"

int page_next(struct store *store, sqlite3_stmt *facts,
              struct page_fact *out_fact, struct err *err)
{
    int status = sql_step(store, facts, err);

    if (status <= 0)
        return status;
    *out_fact = (struct page_fact){ sqlite3_column_int64(facts, 0),
                                    sqlite3_column_int64(facts, 1),
                                    sqlite3_column_int64(facts, 2),
                                    sqlite3_column_int64(facts, 3) };
    return 1;
}

static int give(page_next_function *next, void *source, size_t limit,
                char behind[static STORE_CURSOR_BYTES], page_function *function,
                void *context, struct err *err)
{
    struct page_fact fact;
    int status;

    for (size_t n = 0; (status = next(source, &fact, err)) > 0; n++) {
        if (n == limit)
            return 0;
        status = function(context, &fact, err);
        if (status)
            return status;
        if (n + 1 == limit)
            cursor_format(fact.day, fact.id, behind);
    }
    behind[0] = '\0';
    return status;
}

int page_cut(page_next_function *next, void *source, size_t limit,
             char out_cursor[static STORE_CURSOR_BYTES],
             page_function *function, void *context, struct err *err)
{
    char behind[STORE_CURSOR_BYTES] = "";
    int status = give(next, source, limit, behind, function, context, err);

    if (status == 0)
        memcpy(out_cursor, behind, sizeof(behind));
    return status;
}

/* Facts of a statement. */
struct statement {
    struct store *store;
    sqlite3_stmt *facts;
};

static int next_row(void *source, struct page_fact *out_fact, struct err *err)
{
    const struct statement *statement = source;

    return page_next(statement->store, statement->facts, out_fact, err);
}

int page_each(struct store *store, sqlite3_stmt *facts, size_t limit,
              char out_cursor[static STORE_CURSOR_BYTES],
              page_function *function, void *context, struct err *err)
{
    struct statement statement = { store, facts };
    int status;

    if (!facts)
        return -1;
    status = page_cut(next_row, &statement, limit, out_cursor, function,
                      context, err);
    sqlite3_reset(facts);
    return status;
}

int page_check_limit(size_t limit, struct err *err)
{
    if (limit >= 1 && limit <= STORE_LIMIT_MAX)
        return 0;
    return err_set(err, ERR_USAGE, "a list takes 1 to %d lines",
                   STORE_LIMIT_MAX);
}
