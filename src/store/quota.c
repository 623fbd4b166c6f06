/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/quota.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <sys/statvfs.h>

#include "store/drop.h"
#include "store/handle.h"
#include "store/limits.h"
#include "store/sql.h"

enum {
    SLICE = 2000,                      /* rows counted at a time: some ms */
    ARENA_MAX_BYTES = 16 * 1024 * 1024 /* sources are configured: some dozen */
};

/* The standing of a kind; the quarantine has a table of its own. */
static const int standings[] = { STORE_UNPROVEN, STORE_UNCLAIMED };

void store_quota_init(struct store_quota *quota,
                      const struct store_quota_limits *limits)
{
    *quota = (struct store_quota){ .limits = *limits };
    arena_init(&quota->arena, ARENA_MAX_BYTES);
}

void store_quota_deinit(struct store_quota *quota)
{
    arena_deinit(&quota->arena);
}

/* ---- Counting ------------------------------------------------------------ */

static int count_origins(struct store *store, size_t *out_n, struct err *err)
{
    SQL_ONCE sqlite3_stmt *ask =
        sql_prepare(store, "SELECT count(*) FROM origin", err);

    if (!ask || sql_step(store, ask, err) <= 0)
        return -1;
    *out_n = (size_t)sqlite3_column_int64(ask, 0);
    return 0;
}

/* Finds the origins that there are; those that come later wait for the next
 * round. */
static int find_origins(struct store *store, struct store_quota *quota,
                        struct err *err)
{
    SQL_ONCE sqlite3_stmt *each =
        sql_prepare(store, "SELECT id, source FROM origin LIMIT ?1", err);
    size_t n = 0;
    int status;

    if (!each || count_origins(store, &n, err))
        return -1;
    quota->held = arena_calloc(&quota->arena, n + 1, sizeof(*quota->held));
    if (!quota->held)
        return arena_error(&quota->arena, err);
    sql_bind_integers(each, (int64_t)n);
    while ((status = sql_step(store, each, err)) > 0) {
        struct store_quota_held *held = &quota->held[quota->n_held++];

        held->origin_id = sqlite3_column_int64(each, 0);
        held->source = arena_copy(&quota->arena, slice_of(sql_text(each, 1)));
        if (!held->source)
            return arena_error(&quota->arena, err);
    }
    return status;
}

/* What an entry of the quarantine holds: octets that came by several ways go with
 * the last of them, the others hold a row. */
#define HELD                                                                   \
    "CASE WHEN EXISTS (SELECT 1 FROM quarantine p WHERE p.raw_id = q.raw_id"   \
    " AND p.id > q.id) THEN min(raw.bytes, 500) ELSE raw.bytes END"

/* What conflicts with a report goes with it, so it holds its octets as well. */
#define CONFLICTS                                                              \
    "coalesce((SELECT sum(beside.bytes) FROM report c"                         \
    " INDEXED BY report_conflict JOIN raw beside ON beside.id = c.raw_id"      \
    " WHERE c.standing = 1 AND c.key = r.key), 0)"

/* The rows of a kind by one origin behind an id: id and octets, oldest first. */
static sqlite3_stmt *walk(struct store *store, enum store_quota_kind kind,
                          struct err *err)
{
    if (kind == STORE_QUOTA_QUARANTINE)
        return sql_use(store, STATEMENT_QUOTA_QUARANTINE,
                       "SELECT q.id, " HELD " FROM quarantine q"
                       " INDEXED BY quarantine_origin LEFT JOIN raw"
                       " ON raw.id = q.raw_id WHERE origin_id = ?1"
                       " AND q.id > ?2 ORDER BY q.id LIMIT ?3",
                       err);
    return sql_use(store, STATEMENT_QUOTA_REPORT,
                   "SELECT r.id, coalesce(raw.bytes, 0) + " CONFLICTS
                   " FROM report r"
                   " INDEXED BY report_aside LEFT JOIN raw ON raw.id = r.raw_id"
                   " WHERE r.standing >= 2 AND r.standing = ?4"
                   " AND origin_id = ?1 AND r.id > ?2 ORDER BY r.id LIMIT ?3",
                   err);
}

static sqlite3_stmt *start(struct store *store, enum store_quota_kind kind,
                           int64_t origin_id, int64_t after_id, int64_t limit,
                           struct err *err)
{
    sqlite3_stmt *rows = walk(store, kind, err);

    if (!rows)
        return NULL;
    sql_bind_integers(rows, origin_id, after_id, limit);
    if (kind != STORE_QUOTA_QUARANTINE)
        sql_bind_integer(rows, 4, standings[kind]);
    return rows;
}

/* Counts a slice. Returns: 1 there is more to count, 0, -1 with err. */
static int count_slice(struct store *store, struct store_quota *quota,
                       struct err *err)
{
    struct store_quota_held *held = &quota->held[quota->next];
    sqlite3_stmt *rows = start(store, (enum store_quota_kind)quota->kind,
                               held->origin_id, quota->after_id, SLICE, err);
    int n = 0;
    int status;

    if (!rows)
        return -1;
    while ((status = sql_step(store, rows, err)) > 0) {
        quota->after_id = sqlite3_column_int64(rows, 0);
        held->bytes[quota->kind] += sqlite3_column_int64(rows, 1);
        n++;
    }
    if (status < 0 || n == SLICE)
        return status < 0 ? -1 : 1;
    quota->after_id = 0;
    if (++quota->kind == STORE_QUOTA_KINDS) {
        quota->kind = 0;
        quota->next++;
    }
    return quota->next < quota->n_held;
}

/* ---- Dropping ------------------------------------------------------------ */

/* What the source of one origin holds of a kind, by all its origins. */
static int64_t held_by(const struct store_quota *quota, const char *source,
                       enum store_quota_kind kind)
{
    int64_t bytes = 0;

    for (size_t i = 0; i < quota->n_held; i++) {
        if (strcmp(quota->held[i].source, source) == 0)
            bytes += quota->held[i].bytes[kind];
    }
    return bytes;
}

static bool is_beyond(int64_t bytes, int64_t limit)
{
    return limit > 0 && bytes > limit;
}

/* The origin with most of a kind, of the source with most of it, where one of
 * the bounds is passed; NULL where none is. */
static struct store_quota_held *find_victim(struct store_quota *quota,
                                            enum store_quota_kind kind)
{
    struct store_quota_held *victim = NULL;
    int64_t all = 0, most = 0;

    for (size_t i = 0; i < quota->n_held; i++) {
        struct store_quota_held *held = &quota->held[i];
        int64_t bytes = held_by(quota, held->source, kind);

        all += held->bytes[kind];
        if (held->bytes[kind] > 0 &&
            (bytes > most || (bytes == most && victim &&
                              held->bytes[kind] > victim->bytes[kind]))) {
            most = bytes;
            victim = held;
        }
    }
    return is_beyond(all, quota->limits.kinds[kind]) ||
                   is_beyond(most, quota->limits.source)
               ? victim
               : NULL;
}

/* Drops the oldest of an origin. */
static int drop_oldest(struct store *store, struct store_quota *quota,
                       struct store_quota_held *held,
                       enum store_quota_kind kind, struct err *err)
{
    struct drop_counts counts = { 0 };
    sqlite3_stmt *oldest = start(store, kind, held->origin_id, 0, 1, err);
    int64_t id, bytes;
    int status;

    if (!oldest)
        return -1;
    status = sql_step(store, oldest, err);
    if (status <= 0) {
        held->bytes[kind] = 0;
        return status;
    }
    id = sqlite3_column_int64(oldest, 0);
    bytes = sqlite3_column_int64(oldest, 1);
    sqlite3_reset(oldest);
    if ((kind == STORE_QUOTA_QUARANTINE
             ? drop_quarantined(store, id, &counts, err)
             : drop_report(store, id, &counts, err)) < 0 ||
        drop_count(store, held->source, counts.reports + counts.quarantined,
                   err))
        return -1;
    held->bytes[kind] -= bytes;
    quota->n_dropped += counts.reports + counts.quarantined;
    return 0;
}

/* Returns: 1 where there is more to drop, 0, -1 with err. */
static int drop_some(struct store *store, struct store_quota *quota,
                     struct err *err)
{
    int64_t begin_ms = clock_monotonic_ms();

    for (int kind = 0; kind < STORE_QUOTA_KINDS; kind++) {
        struct store_quota_held *victim;

        while ((victim = find_victim(quota, (enum store_quota_kind)kind))) {
            if (drop_oldest(store, quota, victim, (enum store_quota_kind)kind,
                            err))
                return -1;
            if (clock_monotonic_ms() - begin_ms >= STORE_CARE_MS)
                return 1;
        }
    }
    return 0;
}

static bool is_any_beyond(struct store_quota *quota)
{
    for (int kind = 0; kind < STORE_QUOTA_KINDS; kind++) {
        if (find_victim(quota, (enum store_quota_kind)kind))
            return true;
    }
    return false;
}

int store_quota_step(struct store *store, struct store_quota *quota,
                     struct err *err)
{
    int status;

    if (!quota->held)
        return find_origins(store, quota, err) ? -1 : 1;
    if (quota->next < quota->n_held)
        return count_slice(store, quota, err) < 0 ? -1 : 1;
    if (!is_any_beyond(quota))
        return 0;
    if (store_begin(store, err))
        return -1;
    status = drop_some(store, quota, err);
    if (status < 0) {
        store_rollback(store);
        return -1;
    }
    return store_commit(store, err) ? -1 : status;
}

/* ---- Told ---------------------------------------------------------------- */

int store_each_dropped(struct store *store, store_dropped_function *function,
                       void *context, struct err *err)
{
    SQL_ONCE sqlite3_stmt *each = sql_prepare(
        store,
        "SELECT substr(name, 9), value FROM setting"
        " WHERE name >= 'dropped:' AND name < 'dropped;' ORDER BY name",
        err);
    int status;

    if (!each)
        return -1;
    while ((status = sql_step(store, each, err)) > 0) {
        status = function(context, sql_text(each, 0),
                          sqlite3_column_int64(each, 1), err);
        if (status)
            return status;
    }
    return status;
}

int store_check_room(struct store *store, int64_t reserve_bytes,
                     struct err *err)
{
    int64_t room, inside = 0;
    struct statvfs disk;

    if (reserve_bytes <= 0)
        return 0;
    if (statvfs(store->path, &disk) != 0)
        return err_system(err, "store %s: its disk cannot be asked",
                          store->path);
    room = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    if (room >= reserve_bytes)
        return 0;
    if (room >= reserve_bytes / 4 && store_free_bytes(store, &inside, err))
        return -1;
    if (inside >= reserve_bytes - room)
        return 0;
    return err_set(err, ERR_STORE,
                   "store %s: its disk has %" PRId64 " MiB left, and %" PRId64
                   " MiB are reserved",
                   store->path, room >> 20, reserve_bytes >> 20);
}

int store_free_bytes(struct store *store, int64_t *out_bytes, struct err *err)
{
    SQL_ONCE sqlite3_stmt *ask =
        sql_prepare(store,
                    "SELECT freelist_count * page_size"
                    " FROM pragma_freelist_count, pragma_page_size",
                    err);

    if (!ask || sql_step(store, ask, err) <= 0)
        return -1;
    *out_bytes = sqlite3_column_int64(ask, 0);
    return 0;
}
