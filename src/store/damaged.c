/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/damaged.h"

#include "store/handle.h"
#include "store/mend.h"
#include "store/raw.h"
#include "store/sql.h"

/* ---- Its lines ----------------------------------------------------------- */

/* The row of a report, which is whole. */
struct head {
    int64_t day;
    int64_t organization_id;
};

/* Returns: 0, 1 where there is no such report, -1 with err. */
static int find_head(struct store *store, int64_t report_id,
                     struct head *out_head, struct err *err)
{
    SQL_ONCE sqlite3_stmt *find = sql_prepare(
        store, "SELECT day, organization_id FROM report WHERE id = ?1", err);
    int status = sql_find_with(store, find, err, report_id);

    if (status == 0)
        *out_head =
            (struct head){ .day = sqlite3_column_int64(find, 0),
                           .organization_id = sqlite3_column_int64(find, 1) };
    return status;
}

/* Goes from list to list; in each a report stands at one place. */
static int find_lines(struct store *store, int64_t report_id, int64_t standing,
                      int64_t day, struct lines *lines, struct err *err)
{
    SQL_ONCE sqlite3_stmt *next =
        sql_prepare(store,
                    "SELECT domain_id, label_id FROM line WHERE standing = ?1"
                    " AND (domain_id, label_id) > (?2, ?3)"
                    " ORDER BY standing, domain_id, label_id LIMIT 1",
                    err);
    SQL_ONCE sqlite3_stmt *find =
        sql_prepare(store,
                    "SELECT organization_id, sessions, failures FROM line"
                    " WHERE standing = ?1 AND domain_id = ?2 AND label_id = ?3"
                    " AND day = ?4 AND report_id = ?5",
                    err);
    struct line line = { .standing = standing,
                         .domain_id = INT64_MIN,
                         .day = day,
                         .report_id = report_id };
    const struct lines one = { .items = &line, .n = 1 };
    int status = next && find ? 0 : -1;

    while (status == 0) {
        status = sql_find_with(store, next, err, standing, line.domain_id,
                               line.label_id);
        if (status)
            return status < 0 ? -1 : 0;
        line.domain_id = sqlite3_column_int64(next, 0);
        line.label_id = sqlite3_column_int64(next, 1);
        sqlite3_reset(next);
        status = sql_find_with(store, find, err, standing, line.domain_id,
                               line.label_id, day, report_id);
        if (status > 0) {
            status = 0;
            continue;
        }
        line.organization_id = sqlite3_column_int64(find, 0);
        line.sessions = sqlite3_column_int64(find, 1);
        line.failures = sqlite3_column_int64(find, 2);
        sqlite3_reset(find);
        if (status == 0 && lines_join(lines, &one))
            status = err_memory(err);
    }
    return -1;
}

/* ---- What they said ------------------------------------------------------ */

/* The kind of a name, 0 where there is none. Returns: 0, -1 with err. */
static int find_kind(struct store *store, int64_t name_id, int64_t *out_kind,
                     struct err *err)
{
    SQL_ONCE sqlite3_stmt *find =
        sql_prepare(store, "SELECT kind FROM name WHERE id = ?1", err);
    int status = sql_find_with(store, find, err, name_id);

    *out_kind = status == 0 ? sqlite3_column_int64(find, 0) : 0;
    return status < 0 ? -1 : 0;
}

/* Lists of an organisation follow from the whole, as those of failures do. */
static int add_line(struct store *store, const struct line *line,
                    struct facts *facts, struct err *err)
{
    struct facts_row row = { .domain_id = line->domain_id,
                             .sessions = line->sessions,
                             .failures = line->failures };

    if (line->label_id == LINES_WHOLE) {
        facts->subjects.rows[facts->subjects.n++] = row;
        return 0;
    }
    if (line->label_id < 0)
        return 0;
    row.label_id = line->label_id;
    if (find_kind(store, row.label_id, &row.kind, err))
        return -1;
    if (row.kind && row.kind != DICTIONARY_ORGANIZATION)
        facts->shares.rows[facts->shares.n++] = row;
    return 0;
}

static int say_facts(struct store *store, const struct lines *lines,
                     const struct head *head, struct facts *out_facts,
                     struct err *err)
{
    struct facts facts = { .organization_id = head->organization_id,
                           .day = head->day };
    struct arena *arena = &store->scratch;
    bool has_whole = false;

    facts.subjects.rows =
        arena_calloc(arena, lines->n + 1, sizeof(*facts.subjects.rows));
    facts.shares.rows =
        arena_calloc(arena, lines->n + 1, sizeof(*facts.shares.rows));
    if (!facts.subjects.rows || !facts.shares.rows)
        return err_memory(err);
    for (size_t i = 0; i < lines->n; i++) {
        const struct line *line = &lines->items[i];

        has_whole |=
            line->domain_id == DICTIONARY_ALL && line->label_id == LINES_WHOLE;
        if (add_line(store, line, &facts, err))
            return -1;
    }
    *out_facts = facts;
    return has_whole ? 0 : mend_note_lost(store, 1, err);
}

/* Returns: 0 with the lines, -1 with err. */
static int take(struct store *store, int64_t report_id, int64_t standing,
                struct lines *lines, struct facts *out_facts, struct err *err)
{
    struct head head = { 0 };

    return find_head(store, report_id, &head, err) < 0 ||
                   find_lines(store, report_id, standing, head.day, lines,
                              err) ||
                   say_facts(store, lines, &head, out_facts, err) ||
                   lines_take(store, lines, err)
               ? -1
               : 0;
}

int damaged_load_out(struct store *store, int64_t report_id, int64_t standing,
                     struct facts *out_facts, struct err *err)
{
    struct lines lines = { 0 };
    int status = facts_load(store, report_id, out_facts, err);

    if (status < 0)
        return -1;
    if (status == 0)
        return lines_drop(store, out_facts, report_id, standing, err);
    status = take(store, report_id, standing, &lines, out_facts, err);
    lines_deinit(&lines);
    return status;
}

int damaged_move(struct store *store, int64_t report_id, int64_t from,
                 int64_t to, struct facts *out_facts, struct err *err)
{
    struct lines lines = { 0 };
    int status = take(store, report_id, from, &lines, out_facts, err);

    for (size_t i = 0; i < lines.n; i++)
        lines.items[i].standing = to;
    if (status == 0)
        status = lines_write(store, &lines, err);
    lines_deinit(&lines);
    return status ? -1 : damaged_note(store, report_id, err);
}

/* ---- To be read again ---------------------------------------------------- */

int damaged_note(struct store *store, int64_t report_id, struct err *err)
{
    SQL_ONCE sqlite3_stmt *stale = sql_prepare(
        store, "UPDATE report SET reader_version = 0 WHERE id = ?1", err);
    SQL_ONCE sqlite3_stmt *put = sql_prepare(
        store,
        "INSERT INTO quarantine (raw_id, reason, input, stored_at,"
        " reader_version, origin_id, destination)"
        " SELECT raw_id, 'what was stored of a report in it is damaged',"
        " input, ?2, 0, origin_id, ''"
        " FROM report r JOIN raw ON raw.id = r.raw_id"
        " WHERE r.id = ?1 AND raw.encoding <> ?3"
        " ON CONFLICT DO UPDATE SET reader_version = 0",
        err);

    return sql_run_with(store, stale, err, report_id) ||
                   sql_run_with(store, put, err, report_id,
                                clock_now(store->clock), RAW_GONE)
               ? -1
               : 0;
}
