/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store/handle.h"
#include "store/limits.h"
#include "store/schema.h"
#include "store/url.h"

enum { PROGRESS_OPERATIONS = 10000 /* of SQLite's machine: a ms */ };

/* A copy on its way. */
struct copying {
    const char *path; /* of the store */
    const char *file;
    char *part; /* the name it has until it is whole */
    const struct store_backup_options *options;
    int64_t total_bytes;
    bool is_stopped;
};

static void close_database(sqlite3 **db)
{
    sqlite3_close(*db);
}

#define DATABASE_ONCE __attribute__((cleanup(close_database)))

static int fail(const char *path, sqlite3 *db, const char *what,
                struct err *err)
{
    return err_set(err, ERR_STORE, "store %s: %s: %s", path, what,
                   db ? sqlite3_errmsg(db) : "no memory");
}

/* Opens a file on a connection of its own; *out_db is to be closed in any
 * case. */
static int open_beside(const char *path, sqlite3 **out_db, struct err *err)
{
    if (access(path, R_OK) != 0)
        return err_system(err, "store %s: cannot be read", path);
    if (sqlite3_open_v2(path, out_db,
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX |
                            SQLITE_OPEN_EXRESCODE,
                        NULL) != SQLITE_OK)
        return fail(path, *out_db, "cannot be opened", err);
    sqlite3_busy_timeout(*out_db, STORE_BUSY_MS);
    return 0;
}

/* The first column of the one row that a statement gives. */
static int ask(const char *path, sqlite3 *db, const char *sql,
               int64_t *out_value, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int status = 0;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        *out_value = sqlite3_column_int64(statement, 0);
    else
        status = fail(path, db, "cannot be read", err);
    sqlite3_finalize(statement);
    return status;
}

static int ask_version(const char *path, sqlite3 *db, int *out_version,
                       struct err *err)
{
    int64_t application = 0, version = 0;
    size_t needed;

    schema_migrations(&needed);
    if (ask(path, db, "PRAGMA application_id", &application, err) ||
        ask(path, db, "PRAGMA user_version", &version, err))
        return -1;
    if (application != SCHEMA_APPLICATION || version < 1)
        return err_set(err, ERR_STORE,
                       "store %s: is a database of another program", path);
    if (version > (int64_t)needed)
        return err_set(err, ERR_STORE,
                       "store %s: has schema version %lld, this program knows"
                       " up to %zu; a newer tlsrpt is needed",
                       path, (long long)version, needed);
    *out_version = (int)version;
    return 0;
}

int store_version(const char *url, int *out_version, int *out_needed,
                  struct err *err)
{
    const char *path = url_path(url);
    DATABASE_ONCE sqlite3 *db = NULL;
    size_t needed;

    if (!path)
        return err_set(err, ERR_USAGE, "store %s: the URL must be sqlite:PATH",
                       url);
    schema_migrations(&needed);
    if (open_beside(path, &db, err) || ask_version(path, db, out_version, err))
        return -1;
    *out_needed = (int)needed;
    return 0;
}

const char *store_version_copy(const char *url, int version, char *text,
                               size_t bytes)
{
    const char *path = url_path(url);

    snprintf(text, bytes, "%s.backup-%d", path ? path : "", version);
    return text;
}

/* ---- The copy ------------------------------------------------------------ */

/* Called by SQLite while it copies. Returns: 1 to break off. */
static int step(void *context)
{
    struct copying *copying = context;
    const struct store_backup_options *options = copying->options;
    struct stat part;

    if (!options->step || stat(copying->part, &part) != 0)
        return 0;
    copying->is_stopped =
        !options->step(options->context, part.st_size, copying->total_bytes);
    return copying->is_stopped;
}

/* An empty file that is the owner's alone before anything is in it. */
static int create_part(const struct copying *copying, struct err *err)
{
    int fd;

    unlink(copying->part);
    fd = open(copying->part, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_system(err, "%s cannot be made", copying->part);
    close(fd);
    return 0;
}

static int fill_part(struct copying *copying, int *out_version, struct err *err)
{
    DATABASE_ONCE sqlite3 *db = NULL;
    int64_t pages = 0, page_bytes = 0;
    char *text;
    int code;

    if (open_beside(copying->path, &db, err) ||
        ask_version(copying->path, db, out_version, err) ||
        ask(copying->path, db, "PRAGMA page_count", &pages, err) ||
        ask(copying->path, db, "PRAGMA page_size", &page_bytes, err))
        return -1;
    copying->total_bytes = pages * page_bytes;
    text = sqlite3_mprintf("VACUUM INTO %Q", copying->part);
    if (!text)
        return err_memory(err);
    sqlite3_progress_handler(db, PROGRESS_OPERATIONS, step, copying);
    code = sqlite3_exec(db, text, NULL, NULL, NULL);
    sqlite3_free(text);
    if (copying->is_stopped)
        return 1;
    return code == SQLITE_OK ? 0
                             : fail(copying->path, db, "cannot be copied", err);
}

static int sync_path(const char *path, int flags, struct err *err)
{
    int fd = open(path, flags | O_RDONLY | O_CLOEXEC);
    int status = fd < 0 || fsync(fd) != 0;

    if (status)
        err_system(err, "%s cannot be synchronised", path);
    if (fd >= 0)
        close(fd);
    return status ? -1 : 0;
}

/* What cannot be read again is no backup. */
static int check_part(const struct copying *copying, int version,
                      struct store_backup *backup, struct err *err)
{
    DATABASE_ONCE sqlite3 *db = NULL;
    int64_t is_whole = 0;
    struct stat part;

    if (open_beside(copying->part, &db, err) ||
        ask_version(copying->part, db, &backup->version, err) ||
        ask(copying->part, db,
            "SELECT integrity_check = 'ok' FROM pragma_integrity_check(1)",
            &is_whole, err) ||
        ask(copying->part, db, "SELECT count(*) FROM report", &backup->reports,
            err))
        return -1;
    if (!is_whole || backup->version != version)
        return err_set(err, ERR_STORE,
                       "the copy of store %s is not whole; tlsrpt db verify"
                       " tells about the store",
                       copying->path);
    if (stat(copying->part, &part) != 0)
        return err_system(err, "%s cannot be read", copying->part);
    backup->bytes = part.st_size;
    return 0;
}

/* The folder of a path, "." where it names none. Owns: the caller. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* Renames, never over another file; some file systems can only link so. */
static int rename_part(const struct copying *copying)
{
    if (renameat2(AT_FDCWD, copying->part, AT_FDCWD, copying->file,
                  RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL || link(copying->part, copying->file) != 0)
        return -1;
    unlink(copying->part);
    return 0;
}

/* Gives the copy its name, unless somebody else took it meanwhile. */
static int name_part(const struct copying *copying, struct err *err)
{
    char *folder;
    int status;

    if (rename_part(copying) != 0)
        return errno == EEXIST
                   ? err_set(err, ERR_USAGE, "%s exists already", copying->file)
                   : err_system(err, "%s cannot be made", copying->file);
    folder = folder_of(copying->file);
    if (!folder)
        return err_memory(err);
    status = sync_path(folder, O_DIRECTORY, err);
    free(folder);
    return status;
}

static int copy(struct copying *copying, struct store_backup *backup,
                struct err *err)
{
    int version = 0;
    int status;

    if (create_part(copying, err))
        return -1;
    status = fill_part(copying, &version, err);
    if (status == 0 &&
        (sync_path(copying->part, 0, err) ||
         check_part(copying, version, backup, err) || name_part(copying, err)))
        status = -1;
    if (status)
        unlink(copying->part);
    return status;
}

int store_backup(const char *url, const char *file,
                 const struct store_backup_options *options,
                 struct store_backup *out_backup, struct err *err)
{
    struct copying copying = { .path = url_path(url),
                               .file = file,
                               .options = options };
    struct store_backup backup = { .bytes = 0 };
    struct stat there;
    int status;

    if (!copying.path)
        return err_set(err, ERR_USAGE, "store %s: the URL must be sqlite:PATH",
                       url);
    if (lstat(file, &there) == 0)
        return err_set(err, ERR_USAGE, "%s exists already", file);
    if (asprintf(&copying.part, "%s.part-%ld", file, (long)getpid()) < 0)
        return err_memory(err);
    status = copy(&copying, &backup, err);
    free(copying.part);
    if (status == 0)
        *out_backup = backup;
    return status;
}
