/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/handle.h"
#include "store/limits.h"
#include "store/schema.h"
#include "store/sql.h"
#include "store/url.h"
#include "store/wal_file.h"

enum { BUSY_POLL_MS = 2 };

/* What root makes belongs to the owner of the folder: the service that is to write
 * it, when a command of an administrator was first. Returns: 0, -1 with errno. */
static int give_to_owner(const char *path, int fd)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : NULL;
    struct stat owner;
    int rc = 0;

    if (slash && !folder)
        return -1;
    if (geteuid() == 0 && (stat(folder ? folder : ".", &owner) ||
                           fchown(fd, owner.st_uid, owner.st_gid)))
        rc = -1;
    free(folder);
    return rc;
}

/* A new file is the owner's alone, before SQLite writes a page; its WAL takes
 * over mode and owner. */
static int create_file(const char *path, struct err *err)
{
    int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    int rc = 0;

    if (fd < 0)
        return errno == EEXIST
                   ? 0
                   : err_system(err, "store %s: cannot be created", path);
    if (give_to_owner(path, fd)) {
        rc = err_system(err,
                        "store %s: cannot be given to the owner of its"
                        " folder",
                        path);
        unlink(path);
    }
    close(fd);
    return rc;
}

static struct store *new_handle(const char *path, enum store_mode mode,
                                const struct clock *clock,
                                const struct store_kind *kind)
{
    struct store *store = calloc(1, sizeof(*store));

    if (!store)
        return NULL;
    store->path = strdup(path);
    store->mode = mode == STORE_GLANCE ? STORE_READ : mode;
    store->clock = clock;
    store->kind = kind;
    map_init(&store->ids);
    map_init(&store->texts);
    arena_init(&store->name_texts, SIZE_MAX / 2);
    arena_init(&store->scratch, STORE_SCRATCH_BYTES);
    rollup_init(&store->rollup);
    tail_init(&store->tail);
    if (store->path)
        return store;
    store_close(store);
    return NULL;
}

/* Called while another writes. Asked often: SQLite's own waits grow to 100 ms,
 * in which one that writes batch after batch is never met between two. */
static int wait_for_other(void *context, int n)
{
    (void)context;
    if (n * BUSY_POLL_MS >= STORE_BUSY_MS)
        return 0;
    sqlite3_sleep(BUSY_POLL_MS);
    return 1;
}

static int open_database(struct store *store, bool is_glance, struct err *err)
{
    int flags = store->mode == STORE_READ ? SQLITE_OPEN_READONLY
                                          : SQLITE_OPEN_READWRITE;

    if (store->mode == STORE_WRITE && create_file(store->path, err))
        return -1;
    if (store->mode == STORE_READ && access(store->path, R_OK) != 0)
        return err_system(err, "store %s: cannot be read", store->path);
    if (sqlite3_open_v2(store->path, &store->db,
                        flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                        store->mode == STORE_WRITE ? wal_file_vfs() : NULL) !=
        SQLITE_OK) {
        if (!store->db)
            return err_memory(err);
        return sql_fail(store, "cannot be opened", err);
    }
    if (is_glance)
        sqlite3_busy_timeout(store->db, STORE_GLANCE_MS);
    else
        sqlite3_busy_handler(store->db, wait_for_other, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0,
                      NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return 0;
}

static int ready_reader(struct store *store, struct err *err)
{
    size_t n;
    int status;

    store->kind->migrations(&n);
    if (sql_execute(store,
                    "PRAGMA mmap_size = 2147418112;"
                    "PRAGMA query_only = ON",
                    err))
        return -1;
    status = schema_check_reader(store, n, err);
    if (status > 0)
        return err_set(err, ERR_STORE,
                       "store %s: is empty or older than this program; who"
                       " writes it brings it up to date (for reports an"
                       " import or serve)",
                       store->path);
    return status;
}

/* The first switch to WAL needs the file alone for a moment and does not wait
 * for it of itself. */
static int switch_to_wal(struct store *store, struct err *err)
{
    int status = -1;

    for (int waited_ms = 0; status && waited_ms < STORE_BUSY_MS;
         waited_ms += 5) {
        status = sqlite3_exec(store->db, "PRAGMA journal_mode = WAL", NULL,
                              NULL, NULL);
        if ((status & 0xff) != SQLITE_BUSY)
            break;
        sqlite3_sleep(5);
    }
    return status ? sql_fail(store, "cannot be readied for writing", err) : 0;
}

static int ready_writer(struct store *store, struct err *err)
{
    char text[200];
    size_t n;
    const char *const *migrations = store->kind->migrations(&n);
    int is_older = schema_check(store, n, err);

    snprintf(text, sizeof(text),
             "PRAGMA page_size = 4096; PRAGMA synchronous = FULL;"
             "PRAGMA wal_autocheckpoint = %d; PRAGMA cache_size = -%d;"
             "PRAGMA temp_store = MEMORY",
             STORE_CHECKPOINT_PAGES, STORE_CACHE_KIB);
    if (is_older < 0 || sql_execute(store, text, err) ||
        switch_to_wal(store, err) || schema_migrate(store, migrations, n, err))
        return -1;
    /* What an older program left in the tail is of reports whose lines stand in
     * the table by now. */
    return is_older ? store_settle(store, err) : 0;
}

int store_open_kind(const char *url, enum store_mode mode,
                    const struct clock *clock, const struct store_kind *kind,
                    struct store **out_store, struct err *err)
{
    const char *path = url_path(url);
    struct store *store;

    if (!path)
        return err_set(err, ERR_USAGE, "store %s: the URL must be sqlite:PATH",
                       url ? url : "");
    store = new_handle(path, mode, clock, kind);
    if (!store)
        return err_memory(err);
    if (open_database(store, mode == STORE_GLANCE, err) ||
        (store->mode == STORE_READ ? ready_reader(store, err)
                                   : ready_writer(store, err))) {
        store_close(store);
        return -1;
    }
    *out_store = store;
    return 0;
}

int store_open(const char *url, enum store_mode mode, const struct clock *clock,
               struct store **out_store, struct err *err)
{
    static const struct store_kind reports = {
        .application = SCHEMA_APPLICATION,
        .migrations = schema_migrations,
    };

    return store_open_kind(url, mode, clock, &reports, out_store, err);
}

void store_close(struct store *store)
{
    if (!store)
        return;
    store_rollback(store);
    /* What is left in the tail, others read as well. */
    if (store->db && store->mode == STORE_WRITE)
        (void)store_settle(store, NULL);
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(store->statements[i]);
    /* Who still reads an older state, as a backup does, is not waited for: all
     * that write would wait as well. */
    if (store->db && store->mode == STORE_WRITE) {
        sqlite3_busy_handler(store->db, NULL, NULL);
        sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE,
                                  NULL, NULL);
    }
    sqlite3_close(store->db);
    rollup_deinit(&store->rollup);
    tail_deinit(&store->tail);
    map_deinit(&store->ids);
    map_deinit(&store->texts);
    arena_deinit(&store->name_texts);
    arena_deinit(&store->scratch);
    free((char *)store->path);
    free(store);
}

utc_day store_today(const struct store *store)
{
    return utc_day_of(clock_now(store->clock));
}

/* A newer program may have migrated the store since it was opened here. */
static int check_version(struct store *store, struct err *err)
{
    sqlite3_stmt *ask =
        sql_use(store, STATEMENT_VERSION, "PRAGMA user_version", err);
    int64_t version;
    size_t n;

    store->kind->migrations(&n);
    if (!ask || sql_step(store, ask, err) < 0)
        return -1;
    version = sqlite3_column_int64(ask, 0);
    sqlite3_reset(ask);
    if (version == (int64_t)n)
        return 0;
    return err_set(err, ERR_STORE,
                   "store %s: was migrated to schema version %lld meanwhile;"
                   " this program knows up to %zu",
                   store->path, (long long)version, n);
}

int store_begin(struct store *store, struct err *err)
{
    sqlite3_stmt *begin;

    if (store->mode != STORE_WRITE || store->is_in_batch)
        return err_set(err, ERR_USAGE, "store %s: no batch can begin here",
                       store->path);
    begin = sql_use(store, STATEMENT_BEGIN, "BEGIN IMMEDIATE", err);
    if (!begin || sql_run(store, begin, err))
        return -1;
    store->is_in_batch = true;
    store->tail.is_current = false;
    store->tail.was_taken = false;
    /* Another process may have dropped what was put last. */
    store->raw_id = 0;
    store->n_changes = sqlite3_total_changes64(store->db);
    if (check_version(store, err) == 0 && tail_sync(store, err) == 0)
        return 0;
    store_rollback(store);
    return -1;
}

/* Few sums go to the tail, many into the tree. */
static int put_sums(struct store *store, struct err *err)
{
    if (!tail_has_new(store))
        return 0;
    return tail_is_full(store) ? rollup_flush(store, err)
                               : tail_put(store, err);
}

static int commit(struct store *store, struct err *err)
{
    sqlite3_stmt *change = sql_use(
        store, STATEMENT_CHANGE,
        "UPDATE setting SET value = value + 1 WHERE name = 'change'", err);
    sqlite3_stmt *commit = sql_use(store, STATEMENT_COMMIT, "COMMIT", err);
    int status;

    if (!change || !commit || put_sums(store, err))
        return -1;
    /* Duplicates alone change nothing, and every tag stays good. */
    if (sqlite3_total_changes64(store->db) != store->n_changes &&
        sql_run(store, change, err))
        return -1;
    wal_file_gather(store->db);
    status = sql_run(store, commit, err);
    wal_file_end(store->db);
    return status;
}

int store_commit(struct store *store, struct err *err)
{
    int status;

    if (!store->is_in_batch)
        return err_set(err, ERR_USAGE, "store %s: there is no batch to commit",
                       store->path);
    if (store->is_broken)
        status = err_set(err, ERR_STORE,
                         "store %s: the batch was given up, because something"
                         " in it failed",
                         store->path);
    else
        status = commit(store, err);
    if (status)
        store_rollback(store);
    else
        tail_keep(store);
    store->tail.is_current = false;
    store->is_in_batch = false;
    return status;
}

int store_settle(struct store *store, struct err *err)
{
    if (tail_sync(store, err))
        return -1;
    if (!store->tail.last_id)
        return 0;
    if (store_begin(store, err))
        return -1;
    if (rollup_flush(store, err) == 0)
        return store_commit(store, err);
    store_rollback(store);
    return -1;
}

void store_rollback(struct store *store)
{
    if (!store->is_in_batch)
        return;
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_reset(store->statements[i]);
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    rollup_clear(&store->rollup);
    tail_drop_new(store);
    tail_forget(store);
    dictionary_forget(store);
    store->raw_id = 0;
    store->is_in_batch = false;
    store->is_broken = false;
}

int store_ready(struct store *store, struct err *err)
{
    dictionary_trim(store);
    if (!store->is_in_batch)
        return 0;
    if (rollup_flush(store, err)) {
        store->is_broken = true;
        return -1;
    }
    return 0;
}

int store_check_batch(struct store *store, struct err *err)
{
    if (store->is_in_batch && !store->is_broken)
        return 0;
    return err_set(err, ERR_USAGE, "store %s: there is no batch to put into",
                   store->path);
}
