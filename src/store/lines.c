/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/lines.h"

#include <stdlib.h>

#include "base/count.h"
#include "store/handle.h"
#include "store/sql.h"

enum { KEY_MEMBERS = 5, MEMBERS = 8, AT_A_TIME = 64 };

_Static_assert(sizeof(struct line) == MEMBERS * sizeof(int64_t),
               "a line is bound as its members");

void lines_deinit(struct lines *lines)
{
    free(lines->items);
    *lines = (struct lines){ 0 };
}

static int reserve(struct lines *lines, size_t more)
{
    size_t capacity = lines->capacity ? lines->capacity : 256;
    struct line *larger;

    if (lines->items && lines->n + more <= lines->capacity)
        return 0;
    while (capacity < lines->n + more)
        capacity *= 2;
    larger = reallocarray(lines->items, capacity, sizeof(*larger));
    if (!larger)
        return -1;
    lines->items = larger;
    lines->capacity = capacity;
    return 0;
}

static void add(struct lines *lines, const struct line *base, int64_t domain_id,
                int64_t label_id, int64_t sessions, int64_t failures)
{
    struct line *line = &lines->items[lines->n++];

    *line = *base;
    line->domain_id = domain_id;
    line->label_id = label_id;
    line->sessions = sessions;
    line->failures = failures;
}

static void add_subject(struct lines *lines, const struct line *base,
                        const struct facts_row *row)
{
    add(lines, base, row->domain_id, LINES_WHOLE, row->sessions, row->failures);
    if (row->failures > 0)
        add(lines, base, row->domain_id, LINES_FAILED, row->sessions,
            row->failures);
    if (row->domain_id == DICTIONARY_ALL)
        add(lines, base, DICTIONARY_ALL, base->organization_id, row->sessions,
            row->failures);
}

/* ---- The order of the table ---------------------------------------------- */

static int compare(const void *a, const void *b)
{
    const int64_t *left = a;
    const int64_t *right = b;

    for (size_t i = 0; i < KEY_MEMBERS; i++) {
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    }
    return 0;
}

void lines_sort(struct lines *lines)
{
    if (lines->n)
        qsort(lines->items, lines->n, sizeof(*lines->items), compare);
}

/* ---- Of a report --------------------------------------------------------- */

/* A policy may come several times; a text has one line. Implausible counts add
 * nothing. */
static void add_policies(struct lines *lines, const struct line *base,
                         const struct facts *facts)
{
    struct lines own = { .items = lines->items + lines->n };
    size_t n = 0;

    for (size_t i = 0; i < facts->n_policies; i++) {
        const struct facts_policy *policy = &facts->policies[i];
        int64_t failures = count_max(policy->failure_sessions, 0);
        int64_t sessions =
            count_add(count_max(policy->success_sessions, 0), failures);

        add(&own, base, policy->domain_id, lines_label_of_text(policy->text_id),
            policy->is_implausible ? 0 : sessions,
            policy->is_implausible ? 0 : failures);
    }
    lines_sort(&own);
    for (size_t i = 0; i < own.n; i++) {
        struct line *last = n ? &own.items[n - 1] : NULL;

        if (!last || compare(last, &own.items[i]) != 0) {
            own.items[n++] = own.items[i];
            continue;
        }
        last->sessions = count_add(last->sessions, own.items[i].sessions);
        last->failures = count_add(last->failures, own.items[i].failures);
    }
    lines->n += n;
}

int lines_add(struct lines *lines, const struct facts *facts, int64_t report_id,
              int64_t standing)
{
    const struct line base = { .standing = standing,
                               .day = facts->day,
                               .report_id = report_id,
                               .organization_id = facts->organization_id };

    /* Of damaged facts every subject may say that it is of all domains. */
    if (reserve(lines,
                3 * facts->subjects.n + facts->shares.n + facts->n_policies))
        return -1;
    for (size_t i = 0; i < facts->subjects.n; i++)
        add_subject(lines, &base, &facts->subjects.rows[i]);
    for (size_t i = 0; i < facts->shares.n; i++) {
        const struct facts_row *row = &facts->shares.rows[i];

        add(lines, &base, row->domain_id, row->label_id, row->sessions,
            row->failures);
    }
    add_policies(lines, &base, facts);
    return 0;
}

int lines_join(struct lines *lines, const struct lines *other)
{
    if (other->n == 0)
        return 0;
    if (reserve(lines, other->n))
        return -1;
    memcpy(lines->items + lines->n, other->items,
           other->n * sizeof(*lines->items));
    lines->n += other->n;
    return 0;
}

/* ---- The table ----------------------------------------------------------- */

/* A statement for many costs half of one for each. What fails is left as it is,
 * since the batch goes with it: else pages would be kept as they were before. */
#define PUT                                                                    \
    "INSERT OR FAIL INTO line (standing, domain_id, label_id, day, report_id," \
    " organization_id, sessions, failures) VALUES "
#define LINE "(?, ?, ?, ?, ?, ?, ?, ?)"
#define LINES_4 LINE ", " LINE ", " LINE ", " LINE
#define LINES_16 LINES_4 ", " LINES_4 ", " LINES_4 ", " LINES_4
#define LINES_64 LINES_16 ", " LINES_16 ", " LINES_16 ", " LINES_16

static sqlite3_stmt *use_put(struct store *store, struct err *err)
{
    return sql_use(store, STATEMENT_LINE_PUT, PUT LINE, err);
}

static int put(struct store *store, sqlite3_stmt *statement,
               const struct line *line, struct err *err)
{
    return sql_run_all(store, statement, &line->standing, MEMBERS, err);
}

/*
 * Writes the first lines, many at a time.
 * Returns: 0, or -1 with err; *out_n are written then, and the next one is not.
 */
static int put_all(struct store *store, const struct line *items, size_t n,
                   size_t *out_n, struct err *err)
{
    const int64_t before = sqlite3_total_changes64(store->db);
    sqlite3_stmt *one = use_put(store, err);
    sqlite3_stmt *many = sql_use(store, STATEMENT_LINES_PUT, PUT LINES_64, err);
    int status = one && many ? 0 : -1;
    size_t i = 0;

    for (; status == 0 && i + AT_A_TIME <= n; i += AT_A_TIME)
        status = sql_run_all(store, many, &items[i].standing,
                             (size_t)AT_A_TIME * MEMBERS, err);
    for (; status == 0 && i < n; i++)
        status = put(store, one, &items[i], err);
    *out_n = (size_t)(sqlite3_total_changes64(store->db) - before);
    return status;
}

int lines_write(struct store *store, struct lines *lines, struct err *err)
{
    size_t n;

    lines_sort(lines);
    return put_all(store, lines->items, lines->n, &n, err);
}

static bool was_there(const struct store *store)
{
    return (sqlite3_errcode(store->db) & 0xff) == SQLITE_CONSTRAINT;
}

int lines_write_over(struct store *store, struct lines *lines, size_t *out_n,
                     struct err *err)
{
    size_t i = 0, n;

    *out_n = 0;
    lines_sort(lines);
    while (i < lines->n &&
           put_all(store, lines->items + i, lines->n - i, &n, err)) {
        struct lines one = { .items = &lines->items[i + n], .n = 1 };

        if (!was_there(store) || i + n >= lines->n ||
            lines_take(store, &one, err) || lines_write(store, &one, err))
            return -1;
        i += n + 1;
        ++*out_n;
    }
    return 0;
}

int lines_take(struct store *store, const struct lines *lines, struct err *err)
{
    sqlite3_stmt *drop =
        sql_use(store, STATEMENT_LINE_DROP,
                "DELETE FROM line WHERE standing = ?1 AND domain_id = ?2"
                " AND label_id = ?3 AND day = ?4 AND report_id = ?5",
                err);

    if (!drop)
        return -1;
    for (size_t i = 0; i < lines->n; i++) {
        if (sql_run_all(store, drop, &lines->items[i].standing, KEY_MEMBERS,
                        err))
            return -1;
    }
    return 0;
}

int lines_drop(struct store *store, const struct facts *facts,
               int64_t report_id, int64_t standing, struct err *err)
{
    struct lines lines = { 0 };
    int status = lines_add(&lines, facts, report_id, standing)
                     ? err_memory(err)
                     : lines_take(store, &lines, err);

    lines_deinit(&lines);
    return status;
}

bool lines_have(const struct lines *lines, const struct line *line)
{
    for (size_t i = 0; i < lines->n; i++) {
        if (memcmp(&lines->items[i], line, sizeof(*line)) == 0)
            return true;
    }
    return false;
}
