/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/mend_lines.h"

#include <stdlib.h>

#include "store/damaged.h"
#include "store/handle.h"
#include "store/limits.h"
#include "store/mend.h"
#include "store/sql.h"

void mend_lines_deinit(struct mend_lines *mending)
{
    free(mending->reports);
    lines_deinit(&mending->strays);
    *mending = (struct mend_lines){ 0 };
}

void mend_lines_clear(struct mend_lines *mending)
{
    mending->n_reports = 0;
    mending->strays.n = 0;
    mending->is_full = false;
}

int mend_lines_note(struct mend_lines *mending, int64_t report_id)
{
    if (mending->n_reports == mending->capacity) {
        size_t capacity = mending->capacity ? 2 * mending->capacity : 256;
        int64_t *larger =
            reallocarray(mending->reports, capacity, sizeof(*larger));

        if (!larger)
            return -1;
        mending->reports = larger;
        mending->capacity = capacity;
    }
    mending->reports[mending->n_reports++] = report_id;
    return 0;
}

int mend_lines_note_stray(struct mend_lines *mending, const struct line *line)
{
    struct line copy = *line;
    const struct lines one = { .items = &copy, .n = 1 };

    if (lines_join(&mending->strays, &one))
        return -1;
    mending->is_full = mending->strays.n == MEND_STRAYS_MAX;
    return 0;
}

/* ---- What is written ----------------------------------------------------- */

/* The lines that the facts of a report say. Returns: 0, 1 where there is no such
 * report, FACTS_DAMAGED, -1 with err. */
static int say_lines(struct store *store, int64_t report_id,
                     struct lines *lines, struct err *err)
{
    sqlite3_stmt *find =
        sql_use(store, STATEMENT_VERIFY_STANDING,
                "SELECT standing FROM report WHERE id = ?1 AND kind = 0", err);
    struct facts facts;
    int64_t standing;
    int status = sql_find_with(store, find, err, report_id);

    lines->n = 0;
    if (status)
        return status;
    standing = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    arena_reset(&store->scratch);
    status = facts_load(store, report_id, &facts, err);
    if (status)
        return status;
    return lines_add(lines, &facts, report_id, standing) ? err_memory(err) : 0;
}

static int take_stray(struct store *store, struct line *line,
                      struct lines *lines, struct err *err)
{
    const struct lines one = { .items = line, .n = 1 };
    int status = say_lines(store, line->report_id, lines, err);

    if (status < 0 || status == FACTS_DAMAGED)
        return status < 0 ? -1 : 0;
    return status == 0 && lines_have(lines, line)
               ? 0
               : lines_take(store, &one, err);
}

static int make_report(struct store *store, int64_t report_id,
                       struct lines *lines, struct err *err)
{
    int status = say_lines(store, report_id, lines, err);

    if (status == FACTS_DAMAGED)
        return damaged_note(store, report_id, err);
    if (status)
        return status < 0 ? -1 : 0;
    return lines_take(store, lines, err) || lines_write(store, lines, err) ? -1
                                                                           : 0;
}

/* Strays go first: one may stand where a line of a report is to be. */
static int write_one(struct store *store, const struct mend_lines *mending,
                     size_t i, struct lines *lines, struct err *err)
{
    const size_t n_strays = mending->strays.n;

    return i < n_strays
               ? take_stray(store, &mending->strays.items[i], lines, err)
               : make_report(store, mending->reports[i - n_strays], lines, err);
}

/* Writes from the one numbered *next on, as long as others may wait. */
static int write_some(struct store *store, const struct mend_lines *mending,
                      size_t *next, struct lines *lines, struct err *err)
{
    const size_t n = mending->strays.n + mending->n_reports;
    int64_t begin_ms = clock_monotonic_ms();

    if (mend_begin(store, err))
        return -1;
    while (*next < n && clock_monotonic_ms() - begin_ms < STORE_CARE_MS) {
        if (write_one(store, mending, *next, lines, err)) {
            store_rollback(store);
            return -1;
        }
        ++*next;
    }
    return store_commit(store, err);
}

int mend_lines_write(struct store *store, const struct mend_lines *mending,
                     struct err *err)
{
    const size_t n = mending->strays.n + mending->n_reports;
    struct lines lines = { 0 };
    size_t next = 0;
    int status = 0;

    while (next < n && status == 0) {
        status = write_some(store, mending, &next, &lines, err);
        /* Who waits for the lock asks every other millisecond. */
        sqlite3_sleep(STORE_YIELD_MS);
    }
    lines_deinit(&lines);
    return status;
}
