/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/raw.h"

#include "base/clock.h"
#include "store/handle.h"
#include "store/sql.h"
#include "unwrap/gzip.h"

enum {
    LEVEL = 1,         /* mails shrink to a third; more costs, hardly gives */
    WORTH_BYTES = 128, /* below, a gzip frame is larger than what it saves */
    MAX_BYTES = 512 << 20 /* SQLite takes a value of 1 GB at most */
};

/* gzip and zip archives do not shrink again. */
static bool is_worth_deflating(struct slice octets)
{
    return octets.len >= WORTH_BYTES &&
           !slice_starts(octets, SLICE("\x1f\x8b")) &&
           !slice_starts(octets, SLICE("PK\x03\x04"));
}

int store_raw_id(struct store *store,
                 const unsigned char hash[static DIGEST_BYTES], struct err *err)
{
    sqlite3_stmt *find;
    int status;

    if (store->raw_id && memcmp(store->raw_hash, hash, DIGEST_BYTES) == 0)
        return 0;
    find = sql_use(store, STATEMENT_RAW_FIND,
                   "SELECT id FROM raw WHERE hash = ?1", err);
    if (!find)
        return -1;
    sql_bind_octets(find, 1, hash, DIGEST_BYTES);
    status = sql_step(store, find, err);
    if (status <= 0)
        return status < 0 ? -1 : 1;
    store->raw_id = sqlite3_column_int64(find, 0);
    memcpy(store->raw_hash, hash, DIGEST_BYTES);
    sqlite3_reset(find);
    return 0;
}

/* What was dropped by age and comes again is kept again, under its number.
 * id: that number, 0 for what is new.
 * Returns: 0, 1 where they are there already, -1 with err. */
static int put_octets(struct store *store, int64_t id,
                      const unsigned char *hash, size_t bytes,
                      enum raw_encoding encoding, struct slice octets,
                      struct err *err)
{
    sqlite3_stmt *put =
        id ? sql_use(store, STATEMENT_RAW_RENEW,
                     "UPDATE raw SET bytes = ?2, encoding = ?3, octets = ?4,"
                     " put_at = ?5"
                     " WHERE hash = ?1",
                     err)
           : sql_use(store, STATEMENT_RAW_PUT,
                     "INSERT INTO raw (hash, bytes, encoding, octets, put_at)"
                     " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (hash)"
                     " DO NOTHING",
                     err);

    if (!put)
        return -1;
    sql_bind_octets(put, 1, hash, DIGEST_BYTES);
    sql_bind_integer(put, 2, (int64_t)bytes);
    sql_bind_integer(put, 3, encoding);
    sql_bind_octets(put, 4, octets.ptr, octets.len);
    sql_bind_integer(put, 5, clock_now(store->clock));
    if (sql_run(store, put, err))
        return -1;
    if (sqlite3_changes64(store->db) == 0)
        return 1;
    store->raw_id = id ? id : sqlite3_last_insert_rowid(store->db);
    memcpy(store->raw_hash, hash, DIGEST_BYTES);
    return 0;
}

static int put_new(struct store *store, int64_t id, const unsigned char *hash,
                   struct slice octets, struct err *err)
{
    struct buffer small;
    int status;

    if (octets.len > MAX_BYTES)
        return err_set(err, ERR_LIMIT, "store %s: raw input of over %d MiB",
                       store->path, MAX_BYTES >> 20);
    if (!is_worth_deflating(octets))
        return put_octets(store, id, hash, octets.len, RAW_PLAIN, octets, err);
    /* What does not shrink stays as it is. */
    buffer_init(&small, octets.len);
    if (gzip_deflate(octets, LEVEL, &small, err) == 0)
        status = put_octets(store, id, hash, octets.len, RAW_GZIP,
                            buffer_slice(&small), err);
    else
        status =
            put_octets(store, id, hash, octets.len, RAW_PLAIN, octets, err);
    buffer_deinit(&small);
    return status;
}

/* Returns: 1 where the octets of store->raw_id were dropped, 0, -1 with err. */
static int is_gone(struct store *store, struct err *err)
{
    sqlite3_stmt *ask = sql_use(store, STATEMENT_RAW_GONE,
                                "SELECT encoding FROM raw WHERE id = ?1", err);
    int status;

    if (!ask)
        return -1;
    sql_bind_integers(ask, store->raw_id);
    status = sql_step(store, ask, err);
    if (status > 0)
        status = sqlite3_column_int64(ask, 0) == RAW_GONE;
    sqlite3_reset(ask);
    return status;
}

static int put_once(struct store *store, struct slice octets,
                    unsigned char hash[static DIGEST_BYTES], struct err *err)
{
    int status;

    if (digest_compute(octets, hash))
        return err_memory(err);
    /* Nearly all are new, so what need not be packed for it is put at once: the
     * tree is gone through once. */
    if (!is_worth_deflating(octets) &&
        (status = put_new(store, 0, hash, octets, err)) <= 0)
        return status;
    status = store_raw_id(store, hash, err);
    if (status > 0)
        return put_new(store, 0, hash, octets, err);
    if (status == 0)
        status = is_gone(store, err);
    if (status > 0)
        return put_new(store, store->raw_id, hash, octets, err);
    return status < 0 ? -1 : 1;
}

int store_put_raw(struct store *store, struct slice octets,
                  unsigned char out_hash[static DIGEST_BYTES], struct err *err)
{
    unsigned char hash[DIGEST_BYTES];
    int status;

    if (store_check_batch(store, err))
        return -1;
    status = put_once(store, octets, hash, err);
    if (status < 0) {
        store->is_broken = true;
        return -1;
    }
    memcpy(out_hash, hash, DIGEST_BYTES);
    return status;
}

int raw_unpack(struct store *store, sqlite3_stmt *row, struct buffer *out,
               struct err *err)
{
    struct slice octets = slice_make(sqlite3_column_blob(row, 0),
                                     (size_t)sqlite3_column_bytes(row, 0));
    int status = 0;

    if (sqlite3_column_int64(row, 1) == RAW_GONE)
        return 1;
    if (sqlite3_column_int64(row, 1) == RAW_GZIP)
        status = gzip_restore(octets, (size_t)sqlite3_column_int64(row, 2), out,
                              err);
    else
        buffer_add(out, octets.ptr, octets.len);
    if (status == 0 && out->failed)
        status = err_set(err, ERR_LIMIT, "store %s: raw input is too large",
                         store->path);
    return status;
}

int store_get_raw(struct store *store,
                  const unsigned char raw_hash[static DIGEST_BYTES],
                  struct buffer *out, struct err *err)
{
    sqlite3_stmt *get =
        sql_use(store, STATEMENT_RAW_GET,
                "SELECT octets, encoding, bytes FROM raw WHERE hash = ?1", err);
    int status;

    if (!get)
        return -1;
    sql_bind_octets(get, 1, raw_hash, DIGEST_BYTES);
    status = sql_step(store, get, err);
    if (status <= 0)
        return status < 0 ? -1 : 1;
    status = raw_unpack(store, get, out, err);
    sqlite3_reset(get);
    return status;
}
