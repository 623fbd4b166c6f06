/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/wal_file.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "store/limits.h"

/* An open log; behind it stands that of SQLite's own, which does the work. */
struct wal_file {
    sqlite3_file base;
    bool is_gathering;
    char *gathered; /* STORE_WAL_BYTES, NULL until something is written */
    int n;
    sqlite3_int64 offset;                        /* of the first of them */
    _Alignas(sqlite3_int64) unsigned char own[]; /* as SQLite aligns files */
};

static struct {
    pthread_once_t once;
    sqlite3_vfs vfs;
    sqlite3_vfs *own; /* SQLite's */
    const char *name; /* NULL: could not be had */
} shared = { .once = PTHREAD_ONCE_INIT };

static sqlite3_file *own_of(sqlite3_file *file)
{
    return (sqlite3_file *)(void *)((struct wal_file *)file)->own;
}

/* What cannot be written is forgotten: its commit fails, and the next one begins
 * at the same place. */
static int flush(sqlite3_file *file)
{
    struct wal_file *wal = (struct wal_file *)file;
    sqlite3_file *own = own_of(file);
    const int n = wal->n;

    wal->n = 0;
    return n ? own->pMethods->xWrite(own, wal->gathered, n, wal->offset)
             : SQLITE_OK;
}

/* ---- Methods of a file --------------------------------------------------- */

static int close_file(sqlite3_file *file)
{
    struct wal_file *wal = (struct wal_file *)file;
    sqlite3_file *own = own_of(file);

    free(wal->gathered);
    wal->gathered = NULL;
    return own->pMethods->xClose(own);
}

static int read_file(sqlite3_file *file, void *out, int n, sqlite3_int64 offset)
{
    sqlite3_file *own = own_of(file);
    const int status = flush(file);

    return status ? status : own->pMethods->xRead(own, out, n, offset);
}

static int write_file(sqlite3_file *file, const void *octets, int n,
                      sqlite3_int64 offset)
{
    struct wal_file *wal = (struct wal_file *)file;
    sqlite3_file *own = own_of(file);
    int status = SQLITE_OK;

    if (wal->is_gathering && !wal->gathered)
        wal->gathered = malloc(STORE_WAL_BYTES);
    if (wal->n &&
        (offset != wal->offset + wal->n || n > STORE_WAL_BYTES - wal->n))
        status = flush(file);
    if (status)
        return status;
    if (!wal->is_gathering || !wal->gathered || n > STORE_WAL_BYTES)
        return own->pMethods->xWrite(own, octets, n, offset);
    if (wal->n == 0)
        wal->offset = offset;
    memcpy(wal->gathered + wal->n, octets, (size_t)n);
    wal->n += n;
    return SQLITE_OK;
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 bytes)
{
    sqlite3_file *own = own_of(file);
    const int status = flush(file);

    return status ? status : own->pMethods->xTruncate(own, bytes);
}

static int sync_file(sqlite3_file *file, int flags)
{
    sqlite3_file *own = own_of(file);
    const int status = flush(file);

    return status ? status : own->pMethods->xSync(own, flags);
}

static int ask_size(sqlite3_file *file, sqlite3_int64 *out_bytes)
{
    sqlite3_file *own = own_of(file);
    const int status = flush(file);

    return status ? status : own->pMethods->xFileSize(own, out_bytes);
}

static int lock_file(sqlite3_file *file, int level)
{
    return own_of(file)->pMethods->xLock(own_of(file), level);
}

static int unlock_file(sqlite3_file *file, int level)
{
    return own_of(file)->pMethods->xUnlock(own_of(file), level);
}

static int ask_lock(sqlite3_file *file, int *out_is_reserved)
{
    return own_of(file)->pMethods->xCheckReservedLock(own_of(file),
                                                      out_is_reserved);
}

static int control_file(sqlite3_file *file, int what, void *argument)
{
    return own_of(file)->pMethods->xFileControl(own_of(file), what, argument);
}

static int ask_sector(sqlite3_file *file)
{
    return own_of(file)->pMethods->xSectorSize(own_of(file));
}

static int ask_device(sqlite3_file *file)
{
    return own_of(file)->pMethods->xDeviceCharacteristics(own_of(file));
}

/* ---- Opening ------------------------------------------------------------- */

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = ask_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = ask_lock,
    .xFileControl = control_file,
    .xSectorSize = ask_sector,
    .xDeviceCharacteristics = ask_device,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
                     int flags, int *out_flags)
{
    sqlite3_vfs *own = shared.own;
    int status;

    (void)vfs;
    if (!(flags & SQLITE_OPEN_WAL))
        return own->xOpen(own, name, file, flags, out_flags);
    memset(file, 0, sizeof(struct wal_file));
    status = own->xOpen(own, name, own_of(file), flags, out_flags);
    if (status == SQLITE_OK)
        file->pMethods = &methods;
    return status;
}

static void make_vfs(void)
{
    shared.own = sqlite3_vfs_find(NULL);
    if (!shared.own)
        return;
    shared.vfs = *shared.own;
    shared.vfs.pNext = NULL;
    shared.vfs.zName = "tlsrpt";
    shared.vfs.szOsFile = (int)sizeof(struct wal_file) + shared.own->szOsFile;
    shared.vfs.xOpen = open_file;
    if (sqlite3_vfs_register(&shared.vfs, 0) == SQLITE_OK)
        shared.name = shared.vfs.zName;
}

const char *wal_file_vfs(void)
{
    pthread_once(&shared.once, make_vfs);
    return shared.name;
}

/* ---- Commits ------------------------------------------------------------- */

/* The log of a database, NULL where it is not one of ours. */
static struct wal_file *log_of(sqlite3 *db)
{
    sqlite3_file *file = NULL;

    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) ||
        !file || file->pMethods != &methods)
        return NULL;
    return (struct wal_file *)file;
}

void wal_file_gather(sqlite3 *db)
{
    struct wal_file *wal = log_of(db);

    if (wal)
        wal->is_gathering = true;
}

void wal_file_end(sqlite3 *db)
{
    struct wal_file *wal = log_of(db);

    if (!wal)
        return;
    wal->is_gathering = false;
    wal->n = 0;
}
