/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/tally.h"

#include <stdlib.h>

#include "store/limits.h"
#include "store/sql.h"
#include "store/tally_handle.h"

/* ---- Life --------------------------------------------------------------- */

/* No handle has an era that another one had. */
static void begin_era(struct tally *tally)
{
    static _Atomic uint64_t eras;

    map_clear(&tally->texts);
    map_clear(&tally->rows);
    tally->era = ++eras;
}

int tally_open(const char *url, enum store_mode mode, const struct clock *clock,
               struct tally **out_tally, struct err *err)
{
    static const struct store_kind kind = {
        .application = TALLY_APPLICATION,
        .migrations = tally_migrations,
        .same_since = TALLY_SAME_SINCE,
    };
    struct tally *tally = calloc(1, sizeof(*tally));

    if (!tally)
        return err_memory(err);
    map_init(&tally->texts);
    map_init(&tally->rows);
    tally_tail_init(&tally->tail);
    begin_era(tally);
    if (store_open_kind(url, mode, clock, &kind, &tally->store, err) ||
        (mode == STORE_WRITE && tally_tail_ask(tally, err))) {
        tally_close(tally);
        return -1;
    }
    *out_tally = tally;
    return 0;
}

void tally_close(struct tally *tally)
{
    if (!tally)
        return;
    store_close(tally->store);
    tally_tail_deinit(&tally->tail);
    map_deinit(&tally->texts);
    map_deinit(&tally->rows);
    free(tally);
}

bool tally_is_gone(struct tally *tally)
{
    int has_moved = 0;

    return sqlite3_file_control(tally->store->db, "main",
                                SQLITE_FCNTL_HAS_MOVED,
                                &has_moved) == SQLITE_OK &&
           has_moved;
}

/* ---- Batches ------------------------------------------------------------ */

int tally_begin(struct tally *tally, struct err *err)
{
    /* Texts come from strangers: what is remembered of them has an end. */
    if (tally->texts.n_entries > STORE_NAMES_MAX ||
        tally->texts.keys.held_bytes > STORE_TEXTS_BYTES) {
        map_deinit(&tally->texts);
        map_init(&tally->texts);
    }
    if (tally->rows.n_entries > STORE_NAMES_MAX) {
        map_deinit(&tally->rows);
        map_init(&tally->rows);
    }
    if (store_begin(tally->store, err))
        return -1;
    if (tally_closed_day(tally, &tally->closed_day, err) == 0 &&
        tally_tail_ask(tally, err) == 0)
        return 0;
    tally_abandon(tally);
    return -1;
}

int tally_commit(struct tally *tally, struct err *err)
{
    int status = 0;

    if (tally->store->is_in_batch && !tally->store->is_broken)
        status = tally_tail_put(tally, err);
    if (status)
        store_rollback(tally->store);
    else
        status = store_commit(tally->store, err);
    tally_tail_end(&tally->tail, status == 0);
    if (status)
        begin_era(tally);
    return status;
}

void tally_abandon(struct tally *tally)
{
    store_rollback(tally->store);
    tally_tail_end(&tally->tail, false);
    begin_era(tally);
}

/* Noted also where it is there already: so that the batch has something to write,
 * and the disk is asked to keep it once more. */
int tally_mark(struct tally *tally, int64_t mark, struct err *err)
{
    sqlite3_stmt *ask = sql_use(
        tally->store, STATEMENT_TALLY_MARK,
        "SELECT 1 FROM setting WHERE name = 'mark' AND value = ?1", err);
    sqlite3_stmt *put = sql_use(
        tally->store, STATEMENT_TALLY_MARK_PUT,
        "INSERT OR REPLACE INTO setting (name, value) VALUES ('mark', ?1)",
        err);
    int status = ask && put ? sql_find_with(tally->store, ask, err, mark) : -1;

    if (status == 0)
        sqlite3_reset(ask);
    if (status < 0 || sql_run_with(tally->store, put, err, mark)) {
        tally->store->is_broken = true;
        return -1;
    }
    return status == 0;
}

/* ---- Adding ------------------------------------------------------------- */

static int find_place(struct tally *tally, const struct tally_row *row,
                      struct tally_place *place, struct err *err)
{
    if (place->era == tally->era && place->day == row->day)
        return 0;
    place->era = 0;
    place->has_row = false;
    if (tally_text_id(tally, row->domain, row->day, &place->domain_id, err) ||
        tally_text_id(tally, row->record, row->day, &place->record_id, err) ||
        tally_text_id(tally, row->policy, row->day, &place->policy_id, err) ||
        tally_text_id(tally, row->detail, row->day, &place->detail_id, err))
        return -1;
    place->day = row->day;
    place->era = tally->era;
    return 0;
}

int64_t tally_within(int64_t n)
{
    if (n < 0)
        return 0;
    return n < STORE_SUM_MAX ? n : STORE_SUM_MAX;
}

/* Returns: 1 where the row was there, 0 where not, -1 with err. Both terms are
 * below 2^53, so that their addition cannot overflow. */
static int add_to_row(struct tally *tally, const struct tally_place *key,
                      int64_t sessions, int64_t failures, struct err *err)
{
    sqlite3_stmt *add = sql_use(
        tally->store, STATEMENT_TALLY_ADD,
        "UPDATE tally SET sessions = min(sessions + ?6, 9007199254740991),"
        " failures = min(failures + ?7, 9007199254740991)"
        " WHERE day = ?1 AND domain_id = ?2 AND record_id = ?3"
        " AND policy_id = ?4 AND detail_id = ?5",
        err);

    if (!add)
        return -1;
    sql_bind_integers(add, key->day, key->domain_id, key->record_id,
                      key->policy_id, key->detail_id, tally_within(sessions),
                      tally_within(failures));
    if (sql_run(tally->store, add, err))
        return -1;
    return sqlite3_changes(tally->store->db) > 0;
}

static int count_rows(struct tally *tally, const struct tally_place *key,
                      int64_t *out_rows, struct err *err)
{
    sqlite3_stmt *ask = sql_use(
        tally->store, STATEMENT_TALLY_EXTENT_FIND,
        "SELECT n_rows FROM extent WHERE day = ?1 AND domain_id = ?2", err);
    int status;

    if (!ask)
        return -1;
    sql_bind_integers(ask, key->day, key->domain_id);
    status = sql_step(tally->store, ask, err);
    *out_rows = status > 0 ? sqlite3_column_int64(ask, 0) : 0;
    sqlite3_reset(ask);
    return status < 0 ? -1 : 0;
}

static int insert_row(struct tally *tally, const struct tally_place *key,
                      int64_t sessions, int64_t failures, struct err *err)
{
    sqlite3_stmt *put =
        sql_use(tally->store, STATEMENT_TALLY_PUT,
                "INSERT INTO tally VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", err);
    sqlite3_stmt *extend =
        sql_use(tally->store, STATEMENT_TALLY_EXTENT_PUT,
                "INSERT INTO extent VALUES (?1, ?2, 1)"
                " ON CONFLICT DO UPDATE SET n_rows = n_rows + 1",
                err);

    if (!put || !extend)
        return -1;
    sql_bind_integers(put, key->day, key->domain_id, key->record_id,
                      key->policy_id, key->detail_id, tally_within(sessions),
                      tally_within(failures));
    sql_bind_integers(extend, key->day, key->domain_id);
    if (sql_run(tally->store, put, err))
        return -1;
    tally->n_day_rows += tally->counted_day == key->day;
    return sql_run(tally->store, extend, err);
}

int tally_add_to_place(struct tally *tally, const struct tally_place *place,
                       int64_t sessions, int64_t failures, struct err *err)
{
    int status = add_to_row(tally, place, sessions, failures, err);

    if (status)
        return status < 0 ? -1 : 0;
    return insert_row(tally, place, sessions, failures, err);
}

void tally_limit_day(struct tally *tally, int64_t max_rows)
{
    tally->max_day_rows = max_rows;
}

/* Counts the rows of a day, unless they are counted. Returns: 0, -1 with err. */
static int count_day(struct tally *tally, utc_day day, struct err *err)
{
    sqlite3_stmt *ask;

    if (tally->counted_day == day && tally->counted_era == tally->era)
        return 0;
    ask = sql_use(tally->store, STATEMENT_TALLY_EXTENT_SUM,
                  "SELECT ifnull(sum(n_rows), 0) FROM extent WHERE day = ?1",
                  err);
    if (sql_find_with(tally->store, ask, err, day))
        return -1;
    tally->n_day_rows = sqlite3_column_int64(ask, 0);
    tally->counted_day = day;
    tally->counted_era = tally->era;
    sqlite3_reset(ask);
    return 0;
}

/* Adds to a row that is there, making no text. Returns: 0, TALLY_FULL where it is
 * not, -1 with err. */
static int add_to_full_day(struct tally *tally, const struct tally_row *row,
                           struct err *err)
{
    const struct slice texts[] = { row->domain, row->record, row->policy,
                                   row->detail };
    int64_t ids[4];
    struct tally_place place = { .day = row->day };
    int status = 1;

    for (size_t i = 0; i < 4 && status > 0; i++)
        status = tally_text_find(tally, texts[i], &ids[i], err);
    if (status <= 0)
        return status < 0 ? -1 : TALLY_FULL;
    place.domain_id = ids[0];
    place.record_id = ids[1];
    place.policy_id = ids[2];
    place.detail_id = ids[3];
    status = add_to_row(tally, &place, row->sessions, row->failures, err);
    return status < 0 ? -1 : status ? 0 : TALLY_FULL;
}

static bool is_known(const struct tally *tally, const struct tally_row *row,
                     const struct tally_place *place)
{
    return place->has_row && place->era == tally->era && place->day == row->day;
}

/* Makes the row of a place with a sum. Returns: 0, TALLY_FULL, -1 with err. */
static int make_row(struct tally *tally, const struct tally_place *place,
                    int64_t sessions, int64_t failures, int64_t max_rows,
                    struct err *err)
{
    int64_t n_rows;

    if (max_rows > 0) {
        if (count_rows(tally, place, &n_rows, err))
            return -1;
        if (n_rows >= max_rows)
            return TALLY_FULL;
    }
    return insert_row(tally, place, sessions, failures, err);
}

/* Adds at once, making the row where there is room. Returns: 0, TALLY_FULL, -1
 * with err. */
static int add_now(struct tally *tally, const struct tally_row *row,
                   struct tally_place *place, int64_t max_rows, struct err *err)
{
    int status;

    if (find_place(tally, row, place, err))
        return -1;
    status = add_to_row(tally, place, row->sessions, row->failures, err);
    if (status == 0)
        status =
            make_row(tally, place, row->sessions, row->failures, max_rows, err);
    else if (status > 0)
        status = 0;
    place->has_row = status == 0;
    return status;
}

/* The number that remembers the row of a place; NULL when out of memory. */
static int64_t *row_note(struct tally *tally, const struct tally_place *place)
{
    const int64_t key[] = { place->day, place->domain_id, place->record_id,
                            place->policy_id, place->detail_id };

    return map_put(&tally->rows, slice_make((const char *)key, sizeof(key)));
}

/* Makes the row of a place where it is not there. Returns: 0, TALLY_FULL, -1 with
 * err. */
static int find_row(struct tally *tally, const struct tally_row *row,
                    struct tally_place *place, int64_t max_rows,
                    struct err *err)
{
    struct tally_row nothing = *row;
    int64_t *note;
    int status = 0;

    if (find_place(tally, row, place, err))
        return -1;
    note = row_note(tally, place);
    if (!note)
        return err_memory(err);
    nothing.sessions = nothing.failures = 0;
    if (!*note)
        status = add_now(tally, &nothing, place, max_rows, err);
    *note = status == 0;
    place->has_row = status == 0;
    return status;
}

/* Adds by way of the tail: a row that is made stands at 0 until then, so that who
 * reads sees all sums as of one moment. */
static int add_later(struct tally *tally, const struct tally_row *row,
                     struct tally_place *place, int64_t max_rows,
                     struct err *err)
{
    int status = 0;

    if (!is_known(tally, row, place))
        status = find_row(tally, row, place, max_rows, err);
    if (status)
        return status;
    status = tally_tail_add(tally, place, tally_within(row->sessions),
                            tally_within(row->failures), err);
    return status > 0 ? add_now(tally, row, place, max_rows, err) : status;
}

static int add(struct tally *tally, const struct tally_row *row,
               struct tally_place *place, int64_t max_rows, struct err *err)
{
    if (tally->max_day_rows > 0 && row->domain.len &&
        !is_known(tally, row, place)) {
        if (count_day(tally, row->day, err))
            return -1;
        if (tally->n_day_rows >= tally->max_day_rows)
            return add_to_full_day(tally, row, err);
    }
    return tally->tail.is_used ? add_later(tally, row, place, max_rows, err)
                               : add_now(tally, row, place, max_rows, err);
}

int tally_add_at(struct tally *tally, const struct tally_row *row,
                 struct tally_place *place, int64_t max_rows, struct err *err)
{
    struct tally_place none = { 0 };
    int status;

    if (store_check_batch(tally->store, err))
        return -1;
    if (row->day < 0 || row->day >= TALLY_DAY_END)
        return err_set(err, ERR_USAGE, "tally: day %d is no day of a session",
                       (int)row->day);
    if (row->day <= tally->closed_day)
        return TALLY_CLOSED;
    status = add(tally, row, place ? place : &none, max_rows, err);
    if (status < 0)
        tally->store->is_broken = true;
    return status;
}

int tally_clear_day(struct tally *tally, utc_day day, struct err *err)
{
    if (store_check_batch(tally->store, err))
        return -1;
    if (day <= tally->closed_day)
        return TALLY_CLOSED;
    /* What waits is of no use to those rows any more; places have none. */
    if (tally_tail_fold(tally, err))
        return -1;
    begin_era(tally);
    if (sql_run_with(tally->store,
                     sql_use(tally->store, STATEMENT_TALLY_CLEAR,
                             "DELETE FROM tally WHERE day = ?1", err),
                     err, day) ||
        sql_run_with(tally->store,
                     sql_use(tally->store, STATEMENT_TALLY_EXTENT_CLEAR,
                             "DELETE FROM extent WHERE day = ?1", err),
                     err, day)) {
        tally->store->is_broken = true;
        return -1;
    }
    return 0;
}

int tally_add(struct tally *tally, const struct tally_row *row,
              int64_t max_rows, struct err *err)
{
    return tally_add_at(tally, row, NULL, max_rows, err);
}

/* ---- Closing ------------------------------------------------------------ */

static int note_closed(struct tally *tally, utc_day day, struct err *err)
{
    sqlite3_stmt *note = sql_use(tally->store, STATEMENT_TALLY_CLOSE,
                                 "UPDATE setting SET value = ?1"
                                 " WHERE name = 'closed_day' AND value < ?1",
                                 err);

    if (!note)
        return -1;
    sql_bind_integer(note, 1, day);
    if (sql_run(tally->store, note, err)) {
        tally->store->is_broken = true;
        return -1;
    }
    if (tally->closed_day < day)
        tally->closed_day = day;
    tally->tail.must_fold = true;
    return 0;
}

int tally_close_day(struct tally *tally, utc_day day, struct err *err)
{
    if (tally->store->is_in_batch)
        return note_closed(tally, day, err);
    if (tally_begin(tally, err))
        return -1;
    if (note_closed(tally, day, err)) {
        tally_abandon(tally);
        return -1;
    }
    return tally_commit(tally, err);
}

int tally_closed_day(struct tally *tally, utc_day *out_day, struct err *err)
{
    sqlite3_stmt *ask =
        sql_use(tally->store, STATEMENT_TALLY_CLOSED,
                "SELECT value FROM setting WHERE name = 'closed_day'", err);
    int status;

    if (!ask)
        return -1;
    status = sql_step(tally->store, ask, err);
    if (status < 0)
        return -1;
    *out_day = status ? (utc_day)sqlite3_column_int(ask, 0) : UTC_DAY_NONE;
    sqlite3_reset(ask);
    return 0;
}

int tally_change(struct tally *tally, int64_t *out_change, struct err *err)
{
    return store_change(tally->store, out_change, err);
}

/* ---- Care --------------------------------------------------------------- */

/* Runs one of the statements that remove. Returns: rows removed, -1 with err. */
static int64_t remove_some(struct tally *tally, enum store_statement place,
                           const char *text, const int64_t bounds[static 2],
                           struct err *err)
{
    sqlite3_stmt *remove = sql_use(tally->store, place, text, err);

    if (!remove)
        return -1;
    sql_bind_all(remove, bounds, 2);
    if (sql_run(tally->store, remove, err))
        return -1;
    return sqlite3_changes64(tally->store->db);
}

/* Texts go once no row of the days before is left. Returns: as tally_prune. */
static int prune(struct tally *tally, const int64_t bounds[static 2],
                 struct err *err)
{
    int64_t n = remove_some(
        tally, STATEMENT_TALLY_DROP,
        "DELETE FROM tally WHERE (day, domain_id, record_id, policy_id,"
        " detail_id) IN (SELECT day, domain_id, record_id, policy_id,"
        " detail_id FROM tally WHERE day < ?1 LIMIT ?2)",
        bounds, err);

    if (n == 0)
        n = remove_some(tally, STATEMENT_TALLY_EXTENT_DROP,
                        "DELETE FROM extent WHERE (day, domain_id) IN"
                        " (SELECT day, domain_id FROM extent WHERE day < ?1"
                        " LIMIT ?2)",
                        bounds, err);
    if (n == 0)
        n = remove_some(tally, STATEMENT_TALLY_TEXT_DROP,
                        "DELETE FROM text WHERE id IN (SELECT id FROM text"
                        " WHERE last_day < ?1 LIMIT ?2)",
                        bounds, err);
    return n < 0 ? -1 : n > 0;
}

int tally_prune(struct tally *tally, utc_day before, size_t max_rows,
                struct err *err)
{
    const int64_t bounds[2] = { before, (int64_t)max_rows };
    int status;

    if (tally_begin(tally, err))
        return -1;
    status = prune(tally, bounds, err);
    if (status <= 0) {
        tally_abandon(tally);
        return status;
    }
    /* Remembered numbers may be those of texts that have gone. */
    begin_era(tally);
    return tally_commit(tally, err) ? -1 : 1;
}
