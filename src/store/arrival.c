/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/arrival.h"

#include "store/arrival_row.h"
#include "store/handle.h"
#include "store/sql.h"

/* Begins the key of an origin among the ids that a handle remembers. Those of
 * names begin with a kind and those of policies with 0, both below it. */
enum { ORIGIN_MARK = 127, KEY_BYTES = 512 };

const char *store_standing_name(enum store_standing standing)
{
    static const char *const names[STORE_STANDING_COUNT] = {
        [STORE_COUNTED] = "counted",
        [STORE_CONFLICTING] = "conflict",
        [STORE_UNPROVEN] = "unproven",
        [STORE_UNCLAIMED] = "unclaimed",
    };

    return standing < STORE_STANDING_COUNT ? names[standing] : "unknown";
}

static void bind_origin(sqlite3_stmt *statement,
                        const struct store_arrival *arrival)
{
    sql_bind_text(statement, 1, arrival->source);
    sql_bind_text(statement, 2, arrival->tenant);
    sql_bind_integer(statement, 3, arrival->way);
    sql_bind_integer(statement, 4, arrival->rule);
    sql_bind_integer(statement, 5, arrival->is_live);
}

static int put_new(struct store *store, const struct store_arrival *arrival,
                   int64_t *out_id, struct err *err)
{
    sqlite3_stmt *put =
        sql_use(store, STATEMENT_ORIGIN_PUT,
                "INSERT INTO origin (source, tenant, way, rule, is_live)"
                " VALUES (?1, ?2, ?3, ?4, ?5)",
                err);

    if (!put)
        return -1;
    bind_origin(put, arrival);
    if (sql_run(store, put, err))
        return -1;
    *out_id = sqlite3_last_insert_rowid(store->db);
    return 0;
}

static int put(struct store *store, const struct store_arrival *arrival,
               int64_t *out_id, struct err *err)
{
    sqlite3_stmt *find =
        sql_use(store, STATEMENT_ORIGIN_FIND,
                "SELECT id FROM origin WHERE source = ?1 AND tenant = ?2"
                " AND way = ?3 AND rule = ?4 AND is_live = ?5",
                err);
    int status;

    if (!find)
        return -1;
    bind_origin(find, arrival);
    status = sql_step(store, find, err);
    if (status <= 0)
        return status < 0 ? -1 : put_new(store, arrival, out_id, err);
    *out_id = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    return 0;
}

/* Names an origin; one with longer names is looked up each time. */
static struct slice key_of(const struct store_arrival *arrival,
                           char key[static KEY_BYTES])
{
    const size_t source = arrival->source ? strlen(arrival->source) : 0;
    const size_t tenant = arrival->tenant ? strlen(arrival->tenant) : 0;
    const int64_t numbers[] = { ORIGIN_MARK, arrival->way, arrival->rule,
                                arrival->is_live, (int64_t)source };

    if (source + tenant > KEY_BYTES - sizeof(numbers))
        return slice_make(NULL, 0);
    memcpy(key, numbers, sizeof(numbers));
    if (source)
        memcpy(key + sizeof(numbers), arrival->source, source);
    if (tenant)
        memcpy(key + sizeof(numbers) + source, arrival->tenant, tenant);
    return slice_make(key, sizeof(numbers) + source + tenant);
}

int arrival_put_origin(struct store *store, const struct store_arrival *arrival,
                       int64_t *out_id, struct err *err)
{
    char octets[KEY_BYTES];
    struct slice key = key_of(arrival, octets);
    int64_t *place = key.len ? map_find(&store->ids, key) : NULL;

    if (place) {
        *out_id = *place;
        return 0;
    }
    if (put(store, arrival, out_id, err))
        return -1;
    if (key.len == 0)
        return 0;
    place = map_put(&store->ids, key);
    if (!place)
        return err_memory(err);
    *place = *out_id;
    return 0;
}
