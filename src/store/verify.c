/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/verify.h"

#include <stdarg.h>
#include <stdio.h>

#include "crypt/digest.h"
#include "store/handle.h"
#include "store/raw.h"
#include "store/sql.h"
#include "store/verifying.h"

enum {
    MESSAGE_BYTES = 512,
    PROGRESS_OPERATIONS = 100000, /* of SQLite's machine: some ms */
    RAW_MAX_BYTES = 512 << 20     /* more is never stored */
};

void verifying_fault(struct verifying *verifying, const char *code,
                     const char *where, const char *message, ...)
{
    char text[MESSAGE_BYTES];
    struct store_fault fault = { code, where, text };
    va_list arguments;

    va_start(arguments, message);
    vsnprintf(text, sizeof(text), message, arguments);
    va_end(arguments);
    verifying->counts.faults++;
    verifying->options->fault(verifying->options->context, &fault);
}

void verifying_end(struct verifying *verifying, bool began, int status)
{
    if (status < 0)
        verifying->code = sqlite3_errcode(verifying->store->db);
    tail_end(verifying->store, began);
}

int verifying_step(struct verifying *verifying, enum store_verify_part part,
                   int64_t done, int64_t total)
{
    const struct store_verify_options *options = verifying->options;

    if (options->step && !options->step(options->context, part, done, total))
        verifying->counts.is_stopped = true;
    return verifying->counts.is_stopped;
}

/* ---- The file ------------------------------------------------------------ */

/* Called by SQLite while it checks. Returns: 1 to break off. */
static int step_file(void *context)
{
    return verifying_step(context, STORE_VERIFY_FILE, 0, 0);
}

static int verify_file(struct verifying *verifying, struct err *err)
{
    struct store *store = verifying->store;
    SQL_ONCE sqlite3_stmt *check =
        sql_prepare(store, "PRAGMA integrity_check(100)", err);
    int status;

    if (!check)
        return -1;
    sqlite3_progress_handler(store->db, PROGRESS_OPERATIONS, step_file,
                             verifying);
    while ((status = sql_step(store, check, err)) > 0) {
        const char *text = sql_text(check, 0);

        if (strcmp(text, "ok") != 0)
            verifying_fault(verifying, "file-damaged", store->path, "%s", text);
    }
    sqlite3_progress_handler(store->db, 0, NULL, NULL);
    return verifying->counts.is_stopped ? 1 : status;
}

/* ---- Raw octets ---------------------------------------------------------- */

/* The row has octets, encoding, bytes, id, hash. */
static int verify_raw(struct verifying *verifying, sqlite3_stmt *row,
                      struct buffer *octets, struct err *err)
{
    unsigned char hash[DIGEST_BYTES], expected[DIGEST_BYTES];
    char where[40];
    struct err own;
    int status;

    buffer_reset(octets);
    snprintf(where, sizeof(where), "raw %lld",
             (long long)sqlite3_column_int64(row, 3));
    sql_octets(row, 4, expected, DIGEST_BYTES);
    status = raw_unpack(verifying->store, row, octets, &own);
    if (status < 0 && own.kind == ERR_MEMORY)
        return err_memory(err);
    verifying->counts.raws++;
    if (status > 0) {
        verifying->counts.raws_gone++;
    } else if (status < 0) {
        verifying_fault(verifying, "raw-damaged", where,
                        "its octets cannot be unpacked: %s", own.text);
    } else if (digest_compute(buffer_slice(octets), hash)) {
        return err_memory(err);
    } else if (memcmp(hash, expected, DIGEST_BYTES) != 0) {
        verifying_fault(verifying, "raw-damaged", where,
                        "its octets are not those of its SHA-256");
    }
    verifying->counts.raw_bytes += (int64_t)octets->len;
    return 0;
}

/* Each raw in a statement of its own. */
static int verify_each_raw(struct verifying *verifying, int64_t last_id,
                           struct buffer *octets, struct err *err)
{
    struct store *store = verifying->store;
    SQL_ONCE sqlite3_stmt *next =
        sql_prepare(store,
                    "SELECT octets, encoding, bytes, id, hash FROM raw"
                    " WHERE id > ?1 ORDER BY id LIMIT 1",
                    err);
    int64_t id = 0;
    int status;

    if (!next)
        return -1;
    for (;;) {
        sql_bind_integers(next, id);
        status = sql_step(store, next, err);
        if (status <= 0)
            return status;
        id = sqlite3_column_int64(next, 3);
        if (verify_raw(verifying, next, octets, err))
            return -1;
        sqlite3_reset(next);
        if (verifying_step(verifying, STORE_VERIFY_RAWS, id, last_id))
            return 1;
    }
}

static int verify_raws(struct verifying *verifying, struct err *err)
{
    struct store *store = verifying->store;
    SQL_ONCE sqlite3_stmt *last =
        sql_prepare(store, "SELECT coalesce(max(id), 0) FROM raw", err);
    struct buffer octets;
    int status;

    if (!last || sql_step(store, last, err) < 0)
        return -1;
    buffer_init(&octets, RAW_MAX_BYTES);
    status =
        verify_each_raw(verifying, sqlite3_column_int64(last, 0), &octets, err);
    buffer_deinit(&octets);
    return status;
}

/* ---- All ----------------------------------------------------------------- */

typedef int part_function(struct verifying *verifying, struct err *err);

/* A part that stumbles over a damaged page is a fault, and the next one is
 * looked at. */
static int run_part(struct verifying *verifying, part_function *part,
                    struct err *err)
{
    struct store *store = verifying->store;
    struct err own;
    int status, code;

    verifying->code = SQLITE_OK;
    status = part(verifying, &own);
    if (status >= 0)
        return status;
    code = verifying->code ? verifying->code : sqlite3_errcode(store->db);
    code &= 0xff;
    if (own.kind == ERR_STORE &&
        (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)) {
        verifying_fault(verifying, "file-damaged", store->path, "%s", own.text);
        return 0;
    }
    if (err)
        *err = own;
    return -1;
}

int store_verify(struct store *store,
                 const struct store_verify_options *options,
                 struct store_verified *out_verified, struct err *err)
{
    static part_function *const parts[STORE_VERIFY_PARTS] = {
        [STORE_VERIFY_FILE] = verify_file,
        [STORE_VERIFY_ROWS] = verify_rows,
        [STORE_VERIFY_SUMS] = verify_sums,
        [STORE_VERIFY_RAWS] = verify_raws,
    };
    struct verifying verifying = { .store = store, .options = options };
    int status = 0;

    for (int i = 0; i < STORE_VERIFY_PARTS && status == 0; i++)
        status = run_part(&verifying, parts[i], err);
    mend_deinit(&verifying.mending);
    if (status < 0)
        return -1;
    *out_verified = verifying.counts;
    return 0;
}

int store_mend(struct store *store, const struct store_verify_options *options,
               struct store_verified *out_verified, struct err *err)
{
    struct store_verify_options mends = *options;
    struct verifying verifying = { .store = store, .options = &mends };
    int status;

    mends.mends = true;
    status = run_part(&verifying, verify_lines, err);
    if (status == 0)
        status = run_part(&verifying, verify_sums, err);
    mend_deinit(&verifying.mending);
    if (status < 0)
        return -1;
    *out_verified = verifying.counts;
    return 0;
}
