/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/sql.h"
#include "store/tally_handle.h"

/* What is remembered of a text is one number: its id, and behind it the day. */
enum { DAY_BITS = 24 };

static int64_t pack(int64_t id, utc_day day)
{
    return (int64_t)((uint64_t)id << DAY_BITS | (uint32_t)day);
}

static int64_t id_of(int64_t packed)
{
    return packed >> DAY_BITS;
}

static utc_day day_of(int64_t packed)
{
    return (utc_day)(packed & ((1 << DAY_BITS) - 1));
}

void tally_bind(sqlite3_stmt *statement, int place, struct slice text)
{
    sqlite3_bind_text64(statement, place, text.len ? text.ptr : "", text.len,
                        SQLITE_STATIC, SQLITE_UTF8);
}

/* Reads what the file says of a text. Returns: 1 with it, 0 absent, -1. */
static int load(struct tally *tally, struct slice text, int64_t *out_packed,
                struct err *err)
{
    sqlite3_stmt *find =
        sql_use(tally->store, STATEMENT_TALLY_TEXT_FIND,
                "SELECT id, last_day FROM text WHERE text = ?1", err);
    int status;

    if (!find)
        return -1;
    tally_bind(find, 1, text);
    status = sql_step(tally->store, find, err);
    if (status > 0)
        *out_packed = pack(sqlite3_column_int64(find, 0),
                           (utc_day)sqlite3_column_int(find, 1));
    sqlite3_reset(find);
    return status;
}

static int insert(struct tally *tally, struct slice text, utc_day day,
                  int64_t *out_packed, struct err *err)
{
    sqlite3_stmt *put =
        sql_use(tally->store, STATEMENT_TALLY_TEXT_PUT,
                "INSERT INTO text (text, last_day) VALUES (?1, ?2)", err);

    if (!put)
        return -1;
    tally_bind(put, 1, text);
    sql_bind_integer(put, 2, day);
    if (sql_run(tally->store, put, err))
        return -1;
    *out_packed = pack(sqlite3_last_insert_rowid(tally->store->db), day);
    return 0;
}

/* A text that is used on a later day lives as long as that day. */
static int touch(struct tally *tally, utc_day day, int64_t *packed,
                 struct err *err)
{
    sqlite3_stmt *note =
        sql_use(tally->store, STATEMENT_TALLY_TEXT_TOUCH,
                "UPDATE text SET last_day = ?1 WHERE id = ?2", err);

    if (!note)
        return -1;
    sql_bind_integers(note, day, id_of(*packed));
    if (sql_run(tally->store, note, err))
        return -1;
    *packed = pack(id_of(*packed), day);
    return 0;
}

/* The text as the file has it, made where it is new. */
static int settle(struct tally *tally, struct slice text, utc_day day,
                  int64_t *out_packed, struct err *err)
{
    int status = load(tally, text, out_packed, err);

    if (status)
        return status < 0 ? -1 : 0;
    return insert(tally, text, day, out_packed, err);
}

int tally_text_id(struct tally *tally, struct slice text, utc_day day,
                  int64_t *out_id, struct err *err)
{
    int64_t *known;
    int64_t packed;

    if (text.len == 0) {
        *out_id = 0;
        return 0;
    }
    known = map_find(&tally->texts, text);
    if (known && day_of(*known) >= day) {
        *out_id = id_of(*known);
        return 0;
    }
    if (known)
        packed = *known;
    else if (settle(tally, text, day, &packed, err))
        return -1;
    if (day_of(packed) < day && touch(tally, day, &packed, err))
        return -1;
    known = map_put(&tally->texts, text);
    if (!known)
        return err_memory(err);
    *known = packed;
    *out_id = id_of(packed);
    return 0;
}

int tally_text_find(struct tally *tally, struct slice text, int64_t *out_id,
                    struct err *err)
{
    const int64_t *known;
    int64_t packed = 0;
    int status = 1;

    if (text.len) {
        known = map_find(&tally->texts, text);
        if (known)
            packed = *known;
        else
            status = load(tally, text, &packed, err);
    }
    *out_id = id_of(packed);
    return status;
}
