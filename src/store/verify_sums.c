/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>

#include "store/dmarc_facts.h"
#include "store/handle.h"
#include "store/sql.h"
#include "store/tail.h"
#include "store/verify_due.h"
#include "store/verifying.h"

/*
 * What should be (side 0) and what is kept (side 1) in one heap, each with one
 * row a block and label; those whose figures differ come out with both.
 * ?1 is the domain, ?2 the kind and ?3 the level compared.
 */
#define FIGURES                                                                \
    "reports, sessions, failures, failed_reports, failed_sessions,"            \
    " first_day, last_day"
#define MADE(column) "sum(iif(side = 0, " column ", 0))"
#define KEPT(column) "sum(iif(side = 1, " column ", 0))"
#define BOTH(column) ", " MADE(column) ", " KEPT(column)
#define DIFFER(column) MADE(column) " <> " KEPT(column)
#define OR(column) " OR " DIFFER(column)
#define ALL_BOTH                                                               \
    BOTH("reports")                                                            \
    BOTH("sessions")                                                           \
    BOTH("failures") BOTH("failed_reports") BOTH("failed_sessions")
#define ANY_SUM DIFFER("reports") OR("sessions") OR("failures")
#define ANY_FAILED OR("failed_reports") OR("failed_sessions")
#define ANY_DAY OR("first_day") OR("last_day")
#define KEPT_ROWS                                                              \
    " UNION ALL SELECT 1, block, label_id, " FIGURES " FROM rollup"            \
    " WHERE kind = ?2 AND domain_id = ?1 AND level = ?3)"
#define COMPARE(made)                                                          \
    "WITH heap (side, block, label_id, " FIGURES ") AS (" made KEPT_ROWS       \
    " SELECT block, label_id" ALL_BOTH ", " MADE("first_day") ", " MADE(       \
        "last_day") " FROM heap GROUP BY block, label_id"                      \
                    " HAVING " ANY_SUM ANY_FAILED ANY_DAY

/* Facts of a day summed up; no sum passes ROLLUP_SUM_MAX, and a report without
 * a day has no part in first and last days. */
#define LARGEST "2305843009213693952"
#define SUMS(label)                                                            \
    "SELECT 0, day, " label ", count(*), min(sum(sessions), " LARGEST "),"     \
    " min(sum(failures), " LARGEST "), sum(failures > 0),"                     \
    " min(sum(iif(failures > 0, sessions, 0)), " LARGEST "),"                  \
    " iif(day = -2147483648, 2147483647, day), day"

/* Where the sums of a kind come from; all are compared with level 0. */
static const char of_domain[] =
    COMPARE(SUMS("0") " FROM line WHERE standing = 0 AND domain_id = ?1"
                      " AND label_id = 0 GROUP BY day");
static const char of_labels[] =
    COMPARE(SUMS("label_id") " FROM line CROSS JOIN name ON name.id = label_id"
                             " WHERE standing = 0 AND domain_id = ?1"
                             " AND label_id > 0 AND name.kind = ?2"
                             " GROUP BY label_id, day");
static const char of_domains[] =
    COMPARE("SELECT 0, block, domain_id, " FIGURES
            " FROM rollup WHERE kind = 1 AND domain_id > 0 AND level = 0");

/* The level below. Only there are days that stand alone. */
static const char of_level[] = COMPARE(
    "SELECT 0, block >> 3, label_id, sum(reports), min(sum(sessions), " LARGEST
    "), min(sum(failures), " LARGEST "), sum(failed_reports),"
    " min(sum(failed_sessions), " LARGEST "), min(first_day), max(last_day)"
    " FROM rollup WHERE kind = ?2 AND domain_id = ?1 AND level = ?3 - 1"
    " GROUP BY block >> 3, label_id");

/* Messages of one report under one label (see dmarc_facts.h), then the sums of
 * a day: the whole of a name, and each of its fates. Bits 4 and 5 of a fate say
 * that a message passed. */
#define PASSED "(fate & 48) <> 0"
#define DMARC_ROW(label, where)                                                \
    " UNION ALL SELECT report_id, day, " label ", messages,"                   \
    " iif(" PASSED ", 0, messages) FROM dmarc_row WHERE standing = 0" where
#define DMARC_SUMS(reports, name, where)                                       \
    "SELECT 0, day, label, count(*), min(sum(sent), " LARGEST "),"             \
    " min(sum(failed), " LARGEST "), sum(failed > 0),"                         \
    " min(sum(iif(failed > 0, sent, 0)), " LARGEST "),"                        \
    " iif(day = -2147483648, 2147483647, day), day FROM (SELECT day, label,"   \
    " sum(sent) AS sent, sum(failed) AS failed FROM (" reports                 \
    DMARC_ROW(name " << 9", where)                                             \
        DMARC_ROW(name " << 9 | (fate + 1)",                                   \
                  where) ") GROUP BY report_id, label) GROUP BY day, label"
/* A report without rows counts as well; sources and senders have none then. */
#define REPORTS(name, where)                                                   \
    "SELECT report_id, day, " name " << 9 AS label, 0 AS sent, 0 AS failed"    \
    " FROM dmarc WHERE standing = 0" where
#define NO_REPORT REPORTS("0", " AND 0")
#define OF_DOMAIN " AND domain_id = ?1"

static const char of_dmarc[] = COMPARE(DMARC_SUMS(REPORTS("0", ""), "0", ""));
static const char of_dmarc_domains[] =
    COMPARE(DMARC_SUMS(REPORTS("domain_id", ""), "domain_id", ""));
static const char of_dmarc_organizations[] =
    COMPARE(DMARC_SUMS(REPORTS("organization_id", ""), "organization_id", ""));
static const char of_dmarc_domain[] =
    COMPARE(DMARC_SUMS(REPORTS("0", OF_DOMAIN), "0", OF_DOMAIN));
static const char of_dmarc_sources[] =
    COMPARE(DMARC_SUMS(NO_REPORT, "source_id", OF_DOMAIN));
static const char of_dmarc_senders[] =
    COMPARE(DMARC_SUMS(NO_REPORT, "sender_id", OF_DOMAIN));

/* What is compared for each domain, and what for all of them together; a level
 * behind the one below, which may have been made anew. */
struct comparison {
    const char *sql;
    int kind;
    int level;
    bool is_of_one; /* all domains together have none, or their own */
};

static const struct comparison of_each[] = {
    { of_domain, DICTIONARY_DOMAIN, 0, false },
    { of_level, DICTIONARY_DOMAIN, 1, false },
    { of_level, DICTIONARY_DOMAIN, 2, false },
    { of_labels, DICTIONARY_RESULT_TYPE, 0, false },
    { of_level, DICTIONARY_RESULT_TYPE, 1, false },
    { of_level, DICTIONARY_RESULT_TYPE, 2, false },
    { of_labels, DICTIONARY_MX, 0, false },
    { of_level, DICTIONARY_MX, 1, false },
    { of_level, DICTIONARY_MX, 2, false },
    { of_labels, DICTIONARY_POLICY_TYPE, 0, false },
    { of_level, DICTIONARY_POLICY_TYPE, 1, false },
    { of_level, DICTIONARY_POLICY_TYPE, 2, false },
    { of_dmarc_domain, ROLLUP_DMARC, 0, true },
    { of_level, ROLLUP_DMARC, 1, true },
    { of_level, ROLLUP_DMARC, 2, true },
    { of_dmarc_sources, ROLLUP_DMARC_SOURCES, 0, true },
    { of_level, ROLLUP_DMARC_SOURCES, 1, false },
    { of_level, ROLLUP_DMARC_SOURCES, 2, false },
    { of_dmarc_senders, ROLLUP_DMARC_SENDERS, 0, true },
    { of_level, ROLLUP_DMARC_SENDERS, 1, false },
    { of_level, ROLLUP_DMARC_SENDERS, 2, false },
};

static const struct comparison of_all[] = {
    { of_labels, DICTIONARY_ORGANIZATION, 0, false },
    { of_level, DICTIONARY_ORGANIZATION, 1, false },
    { of_level, DICTIONARY_ORGANIZATION, 2, false },
    { of_domains, ROLLUP_DOMAINS, 0, false },
    { of_level, ROLLUP_DOMAINS, 1, false },
    { of_level, ROLLUP_DOMAINS, 2, false },
    { of_dmarc, ROLLUP_DMARC, 0, false },
    { of_level, ROLLUP_DMARC, 1, false },
    { of_level, ROLLUP_DMARC, 2, false },
    { of_dmarc_domains, ROLLUP_DMARC_DOMAINS, 0, false },
    { of_level, ROLLUP_DMARC_DOMAINS, 1, false },
    { of_level, ROLLUP_DMARC_DOMAINS, 2, false },
    { of_dmarc_organizations, ROLLUP_DMARC_ORGANIZATIONS, 0, false },
    { of_level, ROLLUP_DMARC_ORGANIZATIONS, 1, false },
    { of_level, ROLLUP_DMARC_ORGANIZATIONS, 2, false },
};

enum {
    N_EACH = sizeof(of_each) / sizeof(*of_each),
    N_ALL = sizeof(of_all) / sizeof(*of_all),
    WHERE_BYTES = 640
};

/* Says which sum it is: domain, label, day or first day of a block. */
static int name_sum(struct verifying *verifying,
                    const struct comparison *comparison, int64_t domain_id,
                    int64_t label_id, int64_t block,
                    char where[static WHERE_BYTES], struct err *err)
{
    static const char *const spans[] = { "", " (8 days)", " (64 days)" };
    int64_t day = block * (INT64_C(1) << (ROLLUP_SHIFT * comparison->level));
    char day_text[UTC_DAY_BYTES] = "no day";
    const char *domain = "all domains";
    const char *label = "";

    if (comparison->kind >= ROLLUP_DMARC)
        label_id >>= DMARC_PART_BITS;
    if ((domain_id &&
         dictionary_text(verifying->store, domain_id, &domain, err)) ||
        (label_id && dictionary_text(verifying->store, label_id, &label, err)))
        return -1;
    if (day > INT32_MIN && day < INT32_MAX)
        utc_day_format((utc_day)day, day_text);
    snprintf(where, WHERE_BYTES, "%s%s%s %s%s", domain, *label ? " " : "",
             label, day_text, spans[comparison->level]);
    return 0;
}

/* Notes how a sum should be. */
static int mend(struct verifying *verifying,
                const struct comparison *comparison, int64_t domain_id,
                const struct verify_difference *difference, struct err *err)
{
    const int64_t *figures = difference->figures;
    const struct rollup_delta sum = {
        .key = { comparison->kind, domain_id, comparison->level,
                 difference->block, difference->label_id },
        .row = { .reports = figures[0],
                 .sessions = figures[2],
                 .failures = figures[4],
                 .failed_reports = figures[6],
                 .failed_sessions = figures[8],
                 .first_day = difference->first_day,
                 .last_day = difference->last_day },
    };

    if (mend_add(&verifying->mending, &sum))
        return err_memory(err);
    verifying->counts.mended++;
    return 0;
}

static int tell(struct verifying *verifying,
                const struct comparison *comparison, int64_t domain_id,
                const struct verify_difference *difference, struct err *err)
{
    const int64_t *figures = difference->figures;
    char where[WHERE_BYTES];

    if (name_sum(verifying, comparison, domain_id, difference->label_id,
                 difference->block, where, err))
        return -1;
    verifying_fault(verifying, "sum-differs", where,
                    "%lld reports, %lld sessions, %lld failures are kept;"
                    " the facts give %lld, %lld, %lld",
                    (long long)figures[1], (long long)figures[3],
                    (long long)figures[5], (long long)figures[0],
                    (long long)figures[2], (long long)figures[4]);
    return verifying->options->mends
               ? mend(verifying, comparison, domain_id, difference, err)
               : 0;
}

static struct verify_difference difference_of(sqlite3_stmt *row)
{
    struct verify_difference difference = {
        .block = sqlite3_column_int64(row, 0),
        .label_id = sqlite3_column_int64(row, 1),
        .first_day = sqlite3_column_int64(row, 2 + VERIFY_FIGURES),
        .last_day = sqlite3_column_int64(row, 3 + VERIFY_FIGURES),
    };

    for (int i = 0; i < VERIFY_FIGURES; i++)
        difference.figures[i] = sqlite3_column_int64(row, 2 + i);
    return difference;
}

static int compare_rows(struct verifying *verifying,
                        const struct comparison *comparison,
                        sqlite3_stmt *statement, int64_t domain_id,
                        struct verify_due *due, struct err *err)
{
    int status;

    sql_bind_integers(statement, domain_id, comparison->kind,
                      comparison->level);
    while ((status = sql_step(verifying->store, statement, err)) > 0) {
        struct verify_difference difference = difference_of(statement);

        if (!verify_due_settle(due, &difference) &&
            tell(verifying, comparison, domain_id, &difference, err)) {
            sqlite3_reset(statement);
            return -1;
        }
    }
    return status;
}

/* What the facts do not know of is one too many. */
static int tell_unseen(struct verifying *verifying,
                       const struct comparison *comparison, int64_t domain_id,
                       const struct verify_due *due, struct err *err)
{
    for (size_t i = 0; i < due->part.n; i++) {
        const struct rollup_delta *delta = due->part.items[i];
        const struct verify_difference difference = {
            .block = delta->key.block,
            .label_id = delta->key.label_id,
            .figures = { 0, delta->row.reports, 0, delta->row.sessions, 0,
                         delta->row.failures },
        };

        if (!due->seen[i] &&
            tell(verifying, comparison, domain_id, &difference, err))
            return -1;
    }
    return 0;
}

static bool is_any_unseen(const struct verify_due *due)
{
    for (size_t i = 0; i < due->part.n; i++) {
        if (!due->seen[i])
            return true;
    }
    return false;
}

/* Looks for one sum that differs, without the lock that a mending takes.
 * Returns: 1, 0 where all are right, -1 with err. */
static int find_any(struct verifying *verifying,
                    const struct comparison *comparison,
                    sqlite3_stmt *statement, int64_t domain_id, struct err *err)
{
    struct verify_due due;
    bool began, is_right = true;
    int status;

    if (tail_begin(verifying->store, &began, err))
        return -1;
    status = verify_due_find(verifying->store, comparison->kind,
                             comparison->level, domain_id, &due, err);
    if (status == 0) {
        sql_bind_integers(statement, domain_id, comparison->kind,
                          comparison->level);
        status = 1;
    }
    while (status > 0 && is_right &&
           (status = sql_step(verifying->store, statement, err)) > 0) {
        struct verify_difference difference = difference_of(statement);

        is_right = verify_due_settle(&due, &difference);
    }
    sqlite3_reset(statement);
    if (status >= 0)
        status = !is_right || is_any_unseen(&due);
    verify_due_deinit(&due);
    verifying_end(verifying, began, status);
    return status;
}

static int compare(struct verifying *verifying,
                   const struct comparison *comparison, sqlite3_stmt *statement,
                   int64_t domain_id, struct err *err)
{
    const bool mends = verifying->options->mends;
    struct verify_due due;
    bool began = false;
    int status;

    if (mends) {
        status = find_any(verifying, comparison, statement, domain_id, err);
        if (status <= 0)
            return status;
    }
    if (mends ? mend_begin(verifying->store, err)
              : tail_begin(verifying->store, &began, err))
        return -1;
    status = verify_due_find(verifying->store, comparison->kind,
                             comparison->level, domain_id, &due, err);
    if (status == 0)
        status = compare_rows(verifying, comparison, statement, domain_id, &due,
                              err);
    if (status == 0)
        status = tell_unseen(verifying, comparison, domain_id, &due, err);
    verify_due_deinit(&due);
    if (mends)
        return mend_end(verifying->store, &verifying->mending, status, err);
    verifying_end(verifying, began, status);
    return status;
}

/* What is due to domains and to domains as labels, which are of one commit. */
static int compare_due(struct verifying *verifying, struct err *err)
{
    static const struct comparison domains = { .kind = DICTIONARY_DOMAIN };
    struct verify_difference difference;
    int64_t domain_id;
    bool began;
    int status = 0;

    if (verifying->options->mends)
        return 0;
    if (tail_begin(verifying->store, &began, err))
        return -1;
    if (!verify_due_agrees(verifying->store, &domain_id, &difference))
        status = tell(verifying, &domains, domain_id, &difference, err);
    tail_end(verifying->store, began);
    return status;
}

/* What a commit added and nobody can read: sums differ for it. */
static int tell_lost(struct verifying *verifying, struct err *err)
{
    int64_t n;

    if (store_count_lost(verifying->store, &n, err))
        return -1;
    if (n)
        verifying_fault(verifying, "sums-lost", verifying->store->path,
                        "what %lld commits added to the sums is lost",
                        (long long)n);
    verifying->counts.mended += n && verifying->options->mends;
    verifying->had_lost = n > 0;
    return 0;
}

/* Statements of a list of comparisons, prepared once. */
static int prepare(struct verifying *verifying,
                   const struct comparison *comparisons,
                   sqlite3_stmt **statements, size_t n, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        statements[i] = sql_prepare(verifying->store, comparisons[i].sql, err);
        if (!statements[i])
            return -1;
    }
    return 0;
}

static void drop_each(sqlite3_stmt *(*statements)[N_EACH])
{
    for (int i = 0; i < N_EACH; i++)
        sqlite3_finalize((*statements)[i]);
}

static void drop_all(sqlite3_stmt *(*statements)[N_ALL])
{
    for (int i = 0; i < N_ALL; i++)
        sqlite3_finalize((*statements)[i]);
}

/* The next domain with facts or sums. */
static const char next_sql[] =
    "SELECT min(id) FROM ("
    "SELECT min(domain_id) AS id FROM line WHERE standing = 0"
    " AND domain_id > ?1"
    " UNION ALL SELECT min(domain_id) FROM dmarc WHERE standing = 0"
    " AND domain_id > ?1"
    " UNION ALL SELECT min(domain_id) FROM rollup WHERE kind = 16"
    " AND domain_id > ?1"
    " UNION ALL SELECT min(domain_id) FROM rollup WHERE kind = 19"
    " AND domain_id > ?1"
    " UNION ALL SELECT min(domain_id) FROM rollup WHERE kind = 20"
    " AND domain_id > ?1"
    " UNION ALL SELECT min(domain_id) FROM rollup WHERE kind = 1"
    " AND domain_id > ?1"
    " UNION ALL SELECT min(domain_id) FROM rollup WHERE kind = 3"
    " AND domain_id > ?1"
    " UNION ALL SELECT min(domain_id) FROM rollup WHERE kind = 4"
    " AND domain_id > ?1"
    " UNION ALL SELECT min(domain_id) FROM rollup WHERE kind = 5"
    " AND domain_id > ?1)";

/* Returns: 1 with the domain behind *domain_id, 0 at the end, -1 with err. */
static int next_domain(struct verifying *verifying, sqlite3_stmt *next,
                       int64_t *domain_id, struct err *err)
{
    int64_t due;
    int status;
    bool is_some;

    sql_bind_integers(next, *domain_id);
    if (tail_sync(verifying->store, err))
        return -1;
    status = sql_step(verifying->store, next, err);
    if (status <= 0)
        return status;
    is_some = sqlite3_column_type(next, 0) != SQLITE_NULL;
    due = verify_due_domain(verifying->store, *domain_id);
    if (is_some)
        *domain_id = sqlite3_column_int64(next, 0);
    sqlite3_reset(next);
    if (due != INT64_MAX && (!is_some || due < *domain_id))
        *domain_id = due;
    return is_some || due != INT64_MAX;
}

static int verify_domains(struct verifying *verifying, int64_t total,
                          struct err *err)
{
    __attribute__((cleanup(drop_each)))
    sqlite3_stmt *statements[N_EACH] = { 0 };
    SQL_ONCE sqlite3_stmt *next = sql_prepare(verifying->store, next_sql, err);
    int64_t domain_id = DICTIONARY_ALL - 1;
    int64_t done = 0;
    int status;

    if (!next || prepare(verifying, of_each, statements, N_EACH, err))
        return -1;
    while ((status = next_domain(verifying, next, &domain_id, err)) > 0) {
        for (int i = 0; i < N_EACH; i++) {
            if (domain_id == DICTIONARY_ALL && of_each[i].is_of_one)
                continue;
            if (compare(verifying, &of_each[i], statements[i], domain_id, err))
                return -1;
            if (verifying_step(verifying, STORE_VERIFY_SUMS, done, total))
                return 1;
        }
        done += done < total; /* a domain may have lost its name */
        dictionary_trim(verifying->store);
    }
    return status;
}

static int verify_all(struct verifying *verifying, struct err *err)
{
    __attribute__((cleanup(drop_all))) sqlite3_stmt *statements[N_ALL] = { 0 };

    if (prepare(verifying, of_all, statements, N_ALL, err))
        return -1;
    for (int i = 0; i < N_ALL; i++) {
        if (compare(verifying, &of_all[i], statements[i], DICTIONARY_ALL, err))
            return -1;
        if (verifying_step(verifying, STORE_VERIFY_SUMS, 0, 0))
            return 1;
    }
    return 0;
}

/* ---- The tail of TLS reports --------------------------------------------- */

/* Adds up what the reports in the tail say, in the place of a batch's sums. */
static int make_tail(struct store *store, struct err *err)
{
    const struct lines *lines = &store->tail.lines;

    for (size_t i = 0; i < lines->n; i++) {
        const struct line *line = &lines->items[i];
        struct facts facts;
        int status;

        /* The one line that each report has. */
        if (line->standing != STORE_COUNTED ||
            line->domain_id != DICTIONARY_ALL || line->label_id != LINES_WHOLE)
            continue;
        arena_reset(&store->scratch);
        /* What is damaged is told of by its report. */
        status = facts_load(store, line->report_id, &facts, err);
        if (status < 0 || (status == 0 && rollup_add(store, &facts, 1, err)))
            return -1;
    }
    return 0;
}

static int compare_tail(struct verifying *verifying,
                        const struct rollup_delta *made,
                        const struct rollup_delta *kept, struct err *err)
{
    const struct rollup_key *key = &(made ? made : kept)->key;
    const struct comparison comparison = { .kind = (int)key->kind };
    const struct rollup_row none = { 0 };
    const struct rollup_row *a = made ? &made->row : &none;
    const struct rollup_row *b = kept ? &kept->row : &none;
    const struct verify_difference difference = {
        .block = key->block,
        .label_id = key->label_id,
        .figures = { a->reports, b->reports, a->sessions, b->sessions,
                     a->failures, b->failures, a->failed_reports,
                     b->failed_reports, a->failed_sessions,
                     b->failed_sessions },
    };

    for (int i = 0; i < VERIFY_FIGURES; i += 2) {
        if (difference.figures[i] != difference.figures[i + 1])
            return tell(verifying, &comparison, key->domain_id, &difference,
                        err);
    }
    return 0;
}

static int compare_tails(struct verifying *verifying, struct err *err)
{
    const struct rollup *made = &verifying->store->rollup;
    const struct rollup *kept = &verifying->store->tail.sums;

    for (size_t i = 0; i < made->n_deltas; i++) {
        if (compare_tail(verifying, &made->deltas[i],
                         rollup_delta(kept, &made->deltas[i].key), err))
            return -1;
    }
    for (size_t i = 0; i < kept->n_deltas; i++) {
        const struct rollup_delta *delta = &kept->deltas[i];

        if (delta->key.kind < ROLLUP_DMARC &&
            !rollup_delta(made, &delta->key) &&
            compare_tail(verifying, NULL, delta, err))
            return -1;
    }
    return 0;
}

/* Lines and sums of TLS reports go into their trees together, so the tail is
 * compared with itself. */
static int verify_tail(struct verifying *verifying, struct err *err)
{
    struct store *store = verifying->store;
    bool began;
    int status;

    if (tail_begin(store, &began, err))
        return -1;
    status = make_tail(store, err);
    if (status == 0)
        status = compare_tails(verifying, err);
    rollup_clear(&store->rollup);
    verifying_end(verifying, began, status);
    return status;
}

/* ---- All ----------------------------------------------------------------- */

int verify_sums(struct verifying *verifying, struct err *err)
{
    SQL_ONCE sqlite3_stmt *ask =
        sql_prepare(verifying->store,
                    "SELECT (SELECT count(*) FROM rollup),"
                    " (SELECT count(*) FROM name WHERE kind = 1)",
                    err);
    int64_t n_domains;
    int status;

    if (!ask || sql_step(verifying->store, ask, err) <= 0)
        return -1;
    verifying->counts.sums = sqlite3_column_int64(ask, 0);
    n_domains = sqlite3_column_int64(ask, 1);
    sqlite3_reset(ask);
    if (tell_lost(verifying, err) || compare_due(verifying, err))
        return -1;
    if (!verifying->options->mends && verify_tail(verifying, err))
        return -1;
    status = verify_domains(verifying, n_domains, err);
    if (status == 0)
        status = verify_all(verifying, err);
    if (status == 0 && verifying->options->mends && verifying->had_lost)
        status = mend_forget_lost(verifying->store, err);
    return status;
}
