/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <stdlib.h>

#include "store/facts_octets.h"
#include "store/handle.h"
#include "store/limits.h"
#include "store/lines.h"
#include "store/mend_lines.h"
#include "store/sql.h"
#include "store/verifying.h"

/*
 * Lines are in another order than reports, and many. So what lines there should
 * be and what there are is added up as hashes, in as many sums as there are
 * BUCKETS, and looked at one by one only where two sums differ.
 */
enum { BUCKETS = 1 << 18, STEP = 5000 };

struct check {
    struct verifying *verifying;
    uint64_t *sums;   /* by report: should be, less what is there */
    struct map names; /* kind and number to 1 it exists, 2 it does not */
    struct arena arena;
    struct lines lines;        /* of one report */
    struct mend_lines mending; /* where it is to mend */
    bool is_close;             /* look at what differs, one by one */
    bool is_again;             /* all reports have been told of */
    int64_t done;
};

static uint64_t hash_line(const struct line *line)
{
    const int64_t members[] = { line->standing,  line->domain_id,
                                line->label_id,  line->day,
                                line->report_id, line->organization_id,
                                line->sessions,  line->failures };
    uint64_t hash = 0;

    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
        hash = (hash ^ (uint64_t)members[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

static uint64_t *sum_of(const struct check *check, int64_t report_id)
{
    return &check->sums[(uint64_t)report_id % BUCKETS];
}

static void tell(struct check *check, const char *code, int64_t report_id,
                 const char *message)
{
    char where[40];

    if (check->is_again && !check->is_close)
        return;
    snprintf(where, sizeof(where), "report %lld", (long long)report_id);
    verifying_fault(check->verifying, code, where, "%s", message);
}

static bool mends(const struct check *check)
{
    return check->verifying->options->mends;
}

/* Returns: 0, 1 where the work is to stop. */
static int note_step(struct check *check, int64_t total)
{
    if (++check->done % STEP)
        return 0;
    return verifying_step(check->verifying, STORE_VERIFY_ROWS,
                          check->done < total ? check->done : total, total);
}

/* ---- Names --------------------------------------------------------------- */

/* Tells whether a number is of a name of a kind, or with kind 0 of a policy's
 * text. Returns: 1, 0, -1 with err. */
static int ask_name(struct store *store, int64_t kind, int64_t id,
                    struct err *err)
{
    sqlite3_stmt *ask =
        kind ? sql_use(store, STATEMENT_VERIFY_NAME,
                       "SELECT 1 FROM name WHERE id = ?1 AND kind = ?2", err)
             : sql_use(store, STATEMENT_VERIFY_TEXT,
                       "SELECT 1 FROM policy_text WHERE id = ?1 AND ?2 = 0",
                       err);
    int status = sql_find_with(store, ask, err, id, kind);

    if (status == 0)
        sqlite3_reset(ask);
    return status < 0 ? -1 : status == 0;
}

static int is_name(struct check *check, int64_t kind, int64_t id,
                   struct err *err)
{
    const int64_t key[] = { kind, id };
    int64_t *known = map_put(&check->names, slice_make(key, sizeof(key)));
    int status;

    if (!known)
        return err_memory(err);
    if (*known)
        return *known == 1;
    status = ask_name(check->verifying->store, kind, id, err);
    if (status >= 0)
        *known = status ? 1 : 2;
    return status;
}

/* Returns: 1 where all names are there, 0, -1 with err. */
static int are_rows_named(struct check *check, const struct facts_rows *rows,
                          struct err *err)
{
    int status = 1;

    for (size_t i = 0; i < rows->n && status > 0; i++) {
        const struct facts_row *row = &rows->rows[i];

        if (row->domain_id != DICTIONARY_ALL)
            status = is_name(check, DICTIONARY_DOMAIN, row->domain_id, err);
        if (status > 0 && row->kind)
            status = is_name(check, row->kind, row->label_id, err);
    }
    return status;
}

static int is_policy_named(struct check *check,
                           const struct facts_policy *policy, struct err *err)
{
    int status = is_name(check, DICTIONARY_DOMAIN, policy->domain_id, err);

    if (status > 0)
        status =
            is_name(check, DICTIONARY_DOMAIN, policy->policy_domain_id, err);
    if (status > 0)
        status = is_name(check, DICTIONARY_POLICY_TYPE, policy->type_id, err);
    return status > 0 ? is_name(check, 0, policy->text_id, err) : status;
}

static int verify_names(struct check *check, int64_t report_id,
                        const struct facts *facts, struct err *err)
{
    int status = are_rows_named(check, &facts->subjects, err);

    if (status > 0)
        status = are_rows_named(check, &facts->shares, err);
    for (size_t i = 0; i < facts->n_policies && status > 0; i++)
        status = is_policy_named(check, &facts->policies[i], err);
    if (status == 0)
        tell(check, "name-missing", report_id,
             "a name that its facts speak of is missing");
    return status < 0 ? -1 : 0;
}

/* ---- One by one ---------------------------------------------------------- */

static struct line line_of(sqlite3_stmt *row)
{
    return (struct line){
        .standing = sqlite3_column_int64(row, 0),
        .domain_id = sqlite3_column_int64(row, 1),
        .label_id = sqlite3_column_int64(row, 2),
        .day = sqlite3_column_int64(row, 3),
        .report_id = sqlite3_column_int64(row, 4),
        .organization_id = sqlite3_column_int64(row, 5),
        .sessions = sqlite3_column_int64(row, 6),
        .failures = sqlite3_column_int64(row, 7),
    };
}

#define LINE                                                                   \
    "SELECT standing, domain_id, label_id, day, report_id, organization_id,"   \
    " sessions, failures FROM line"

/* Finds the line of the table with the same key.
 * Returns: 0, 1 where there is none, -1 with err. */
static int find_kept(struct store *store, const struct line *line,
                     struct line *out_kept, struct err *err)
{
    sqlite3_stmt *find =
        sql_use(store, STATEMENT_VERIFY_LINE,
                LINE " WHERE standing = ?1 AND domain_id = ?2"
                     " AND label_id = ?3 AND day = ?4 AND report_id = ?5",
                err);
    int status =
        sql_find_with(store, find, err, line->standing, line->domain_id,
                      line->label_id, line->day, line->report_id);

    if (status)
        return status;
    *out_kept = line_of(find);
    sqlite3_reset(find);
    return 0;
}

/* Returns: 1 where a line is in the table or the tail, 0, -1 with err. */
static int is_kept(struct store *store, const struct line *line,
                   struct err *err)
{
    struct line kept;
    int status = find_kept(store, line, &kept, err);

    if (status)
        return status < 0 ? -1 : lines_have(&store->tail.lines, line);
    return memcmp(&kept, line, sizeof(kept)) == 0;
}

/* Notes a report whose lines are to be made anew. */
static int note_report(struct check *check, int64_t report_id, struct err *err)
{
    if (!mends(check))
        return 0;
    check->verifying->counts.mended++;
    return mend_lines_note(&check->mending, report_id) ? err_memory(err) : 0;
}

/* Notes a line that is to go. */
static int note_stray(struct check *check, const struct line *line,
                      struct err *err)
{
    if (!mends(check) || check->mending.is_full)
        return 0;
    check->verifying->counts.mended++;
    return mend_lines_note_stray(&check->mending, line) ? err_memory(err) : 0;
}

static int verify_kept(struct check *check, int64_t report_id, struct err *err)
{
    for (size_t i = 0; i < check->lines.n; i++) {
        int status =
            is_kept(check->verifying->store, &check->lines.items[i], err);

        if (status < 0)
            return -1;
        if (status == 0) {
            tell(check, "rows-differ", report_id,
                 "its lines are not what its facts say");
            return note_report(check, report_id, err);
        }
    }
    return 0;
}

/* Returns: 0, 1 where there is no such report, -1 with err. */
static int find_standing(struct store *store, int64_t report_id,
                         int64_t *out_standing, struct err *err)
{
    sqlite3_stmt *find =
        sql_use(store, STATEMENT_VERIFY_STANDING,
                "SELECT standing FROM report WHERE id = ?1 AND kind = 0", err);
    int status = sql_find_with(store, find, err, report_id);

    if (status)
        return status;
    *out_standing = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    return 0;
}

/* Tells whether a line is of no report, or of one whose facts say another. Where
 * these cannot be read, that is told of. Returns: 0, -1 with err. */
static int judge_line(struct check *check, const struct line *line,
                      bool *out_is_astray, bool *out_is_wrong, struct err *err)
{
    struct store *store = check->verifying->store;
    struct facts facts;
    int64_t standing;
    int status = find_standing(store, line->report_id, &standing, err);

    *out_is_astray = status > 0;
    *out_is_wrong = false;
    arena_reset(&store->scratch);
    if (status == 0)
        status = facts_load(store, line->report_id, &facts, err);
    if (status)
        return status < 0 ? -1 : 0;
    check->lines.n = 0;
    if (lines_add(&check->lines, &facts, line->report_id, standing))
        return err_memory(err);
    *out_is_wrong = !lines_have(&check->lines, line);
    return 0;
}

/* A line of the table or the tail whose bucket differs. */
static int verify_line(struct check *check, const struct line *line,
                       struct err *err)
{
    bool is_astray, is_wrong;

    if (judge_line(check, line, &is_astray, &is_wrong, err))
        return -1;
    if (!is_astray && !is_wrong)
        return 0;
    if (is_astray)
        tell(check, "rows-astray", line->report_id,
             "it is missing, and a line of it is there");
    else
        tell(check, "rows-differ", line->report_id,
             "a line of it is not of its facts");
    return note_stray(check, line, err);
}

/* ---- Both sides ---------------------------------------------------------- */

/* Row: id, standing, day, organisation, facts. Returns: 0, 1 where its facts
 * cannot be taken for true, which is told, -1 with err. */
static int read_facts(struct check *check, sqlite3_stmt *row,
                      struct facts *out_facts, struct err *err)
{
    const int64_t id = sqlite3_column_int64(row, 0);
    int status;

    arena_reset(&check->arena);
    status = facts_octets_read(sql_slice(row, 4), &check->arena, out_facts);
    if (status < 0)
        return err_memory(err);
    if (status == 0 && out_facts->day == sqlite3_column_int64(row, 2) &&
        out_facts->organization_id == sqlite3_column_int64(row, 3))
        return 0;
    if (check->is_close)
        return 1;
    if (status > 0)
        tell(check, "facts-damaged", id, "its facts cannot be read");
    else
        tell(check, "rows-differ", id,
             "its facts are of another day or sender");
    /* Its raw is read again then. */
    if (mends(check) && !check->is_again &&
        mend_lines_note(&check->mending, id))
        return err_memory(err);
    return 1;
}

static int verify_report(struct check *check, sqlite3_stmt *row,
                         struct err *err)
{
    int64_t id = sqlite3_column_int64(row, 0);
    struct facts facts;
    int status;

    if (check->is_close && *sum_of(check, id) == 0)
        return 0;
    status = read_facts(check, row, &facts, err);
    if (status)
        return status < 0 ? -1 : 0;
    check->lines.n = 0;
    if (lines_add(&check->lines, &facts, id, sqlite3_column_int64(row, 1)))
        return err_memory(err);
    if (check->is_close)
        return verify_kept(check, id, err);
    for (size_t i = 0; i < check->lines.n; i++)
        *sum_of(check, id) += hash_line(&check->lines.items[i]);
    return verify_names(check, id, &facts, err);
}

static int see_line(struct check *check, const struct line *line,
                    struct err *err)
{
    uint64_t *sum = sum_of(check, line->report_id);

    if (check->is_close)
        return *sum ? verify_line(check, line, err) : 0;
    *sum -= hash_line(line);
    return 0;
}

/* Tells whether a line of the tail is in it once more, before this one. */
static bool was_before(const struct lines *tail, size_t i)
{
    const struct lines before = { .items = tail->items, .n = i };

    return lines_have(&before, &tail->items[i]);
}

/* A line of the tail: the one of all domains tells whether its report is there
 * twice, which neither facts nor sums know of. */
static int see_tail_line(struct check *check, size_t i, struct err *err)
{
    struct store *store = check->verifying->store;
    const struct line *line = &store->tail.lines.items[i];
    struct line kept;
    int status;

    if (check->is_close && *sum_of(check, line->report_id) &&
        line->domain_id == DICTIONARY_ALL && line->label_id == LINES_WHOLE) {
        status = find_kept(store, line, &kept, err);
        if (status < 0)
            return -1;
        if (status == 0 || was_before(&store->tail.lines, i))
            tell(check, "rows-differ", line->report_id,
                 "it is in lists twice, once in what is still due to them");
    }
    return see_line(check, line, err);
}

/* Returns: 0, 1 stopped, -1 with err. */
static int see_reports(struct check *check, struct err *err)
{
    struct store *store = check->verifying->store;
    SQL_ONCE sqlite3_stmt *each =
        sql_prepare(store,
                    "SELECT id, standing, day, organization_id, facts"
                    " FROM report WHERE kind = 0",
                    err);
    int status = each ? 1 : -1;

    check->done = 0;
    while (status > 0 && (status = sql_step(store, each, err)) > 0) {
        if (verify_report(check, each, err))
            return -1;
        if (note_step(check, check->verifying->counts.reports))
            return 1;
    }
    return status;
}

static int see_lines(struct check *check, struct err *err)
{
    struct store *store = check->verifying->store;
    const struct lines *tail = &store->tail.lines;
    SQL_ONCE sqlite3_stmt *each = sql_prepare(store, LINE, err);
    int status = each ? 1 : -1;

    while (status > 0 && (status = sql_step(store, each, err)) > 0) {
        const struct line line = line_of(each);

        if (see_line(check, &line, err))
            return -1;
        if (note_step(check, check->verifying->counts.reports))
            return 1;
    }
    for (size_t i = 0; i < tail->n && status == 0; i++)
        status = see_tail_line(check, i, err);
    return status;
}

static bool has_difference(const struct check *check)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        if (check->sums[i])
            return true;
    }
    return false;
}

static int see_both(struct check *check, struct err *err)
{
    int status = see_reports(check, err);

    return status ? status : see_lines(check, err);
}

static int look(struct check *check, struct err *err)
{
    bool began;
    int status;

    if (tail_begin(check->verifying->store, &began, err))
        return -1;
    check->is_close = false;
    status = see_both(check, err);
    check->is_close = true;
    if (status == 0 && has_difference(check))
        status = see_both(check, err);
    verifying_end(check->verifying, began, status);
    return status;
}

/* Looks, and mends what it saw, until it has seen all. */
static int run(struct check *check, struct err *err)
{
    struct store *store = check->verifying->store;
    int status;

    if (!mends(check))
        return look(check, err);
    if (store_settle(store, err))
        return -1;
    do {
        memset(check->sums, 0, BUCKETS * sizeof(*check->sums));
        mend_lines_clear(&check->mending);
        status = look(check, err);
        if (status == 0)
            status = mend_lines_write(store, &check->mending, err);
        check->is_again = true;
    } while (status == 0 && check->mending.is_full);
    return status;
}

int verify_lines(struct verifying *verifying, struct err *err)
{
    struct check check = { .verifying = verifying };
    int status;

    check.sums = calloc(BUCKETS, sizeof(*check.sums));
    map_init(&check.names);
    arena_init(&check.arena, STORE_SCRATCH_BYTES);
    status = check.sums ? run(&check, err) : err_memory(err);
    free(check.sums);
    map_deinit(&check.names);
    arena_deinit(&check.arena);
    lines_deinit(&check.lines);
    mend_lines_deinit(&check.mending);
    return status;
}
