/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/pages.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "store/limits.h"
#include "store/url.h"

/* The first complaint of SQLite; "ok" where it has none. */
static void note_fault(struct pages *pages, const char *text)
{
    if (strcmp(text, "ok") == 0)
        return;
    pages->verdict = PAGES_DAMAGED;
    snprintf(pages->fault, sizeof(pages->fault), "%.*s",
             (int)strcspn(text, "\n"), text);
}

/* Damage may end the walk itself. Returns: 0, -1 where it cannot be known. */
static int walk(sqlite3 *db, struct pages *pages)
{
    sqlite3_stmt *check = NULL;
    int code =
        sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &check, NULL);

    if (code == SQLITE_OK) {
        code = sqlite3_step(check);
        if (code == SQLITE_ROW)
            note_fault(pages, (const char *)sqlite3_column_text(check, 0));
    }
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        note_fault(pages, sqlite3_errmsg(db));
    sqlite3_finalize(check);
    return code == SQLITE_ROW || pages->verdict == PAGES_DAMAGED ? 0 : -1;
}

static int look(const char *path, struct pages *pages, struct err *err)
{
    sqlite3 *db = NULL;
    int status = -1;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
                        NULL) == SQLITE_OK) {
        sqlite3_busy_timeout(db, STORE_GLANCE_MS);
        status = walk(db, pages);
    }
    if (status)
        err_set(err, ERR_STORE, "store %s: cannot be looked through: %s", path,
                db ? sqlite3_errmsg(db) : "out of memory");
    sqlite3_close(db);
    return status;
}

int pages_look(const char *url, int64_t max_bytes, struct pages *out_pages,
               struct err *err)
{
    struct pages pages = { .verdict = PAGES_WHOLE };
    const char *path = url_path(url);
    struct stat file;

    if (!path)
        return err_set(err, ERR_USAGE, "%.200s is no file",
                       url ? url : "nothing");
    if (stat(path, &file) != 0)
        return err_system(err, "store %s", path);
    pages.bytes = file.st_size;
    if (pages.bytes > max_bytes)
        pages.verdict = PAGES_TOO_LARGE;
    else if (look(path, &pages, err))
        return -1;
    *out_pages = pages;
    return 0;
}
