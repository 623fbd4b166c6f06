/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/author.h"

#include "record/organisation.h"
#include "report/report.h"
#include "store/handle.h"
#include "store/keys.h"
#include "store/limits.h"
#include "store/sql.h"

/* By what an author is known. */
struct signs {
    const char *verdict;
    const char *signer;
    const char *contact_info;
};

/* What stands under a name, as far as one report is concerned. */
struct place {
    size_t n; /* reports that stand */
    bool is_base_held;
    bool has_same, has_own;
    bool is_own_sure;                 /* it is known to be of the same author */
    unsigned char same[DIGEST_BYTES]; /* key of the same content */
    unsigned char own[DIGEST_BYTES];  /* key of another of its author */
};

static struct signs signs_of(const struct store_report *report)
{
    return (struct signs){
        report->arrival.verdict ? report->arrival.verdict : "",
        report->arrival.signer ? report->arrival.signer : "",
        report->contact_info ? report->contact_info : "",
    };
}

/* A signature that passed is aligned with a domain of who sent it. */
static bool is_signed(const struct signs *signs)
{
    return strcmp(signs->verdict, "pass") == 0 && *signs->signer;
}

static int find_author(struct store *store, const struct signs *signs,
                       const char **out_author, struct err *err)
{
    const struct report report = { .contact_info = signs->contact_info };
    struct slice domain = is_signed(signs) ? slice_of(signs->signer)
                                           : report_contact_domain(&report);

    if (organisation_find(&store->scratch, domain, out_author, err))
        return -1;
    if (!*out_author)
        *out_author = arena_copy(&store->scratch, domain);
    return *out_author ? 0 : err_memory(err);
}

/* Returns: 1, 0, -1 with err. */
static int is_same_author(struct store *store, const struct signs *a,
                          const struct signs *b, struct err *err)
{
    const char *x, *y;

    /* So it is nearly always, and needs no list of suffixes. */
    if (is_signed(a) == is_signed(b) &&
        strcmp(is_signed(a) ? a->signer : a->contact_info,
               is_signed(b) ? b->signer : b->contact_info) == 0)
        return 1;
    if (find_author(store, a, &x, err) || find_author(store, b, &y, err))
        return -1;
    return strcmp(x, y) == 0;
}

/* Where nobody signed, nothing tells two authors apart: contact-info is words as
 * organisation and report-id are. */
static bool is_of_anybody(const struct signs *a, const struct signs *b)
{
    return !is_signed(a) && !is_signed(b);
}

/* Looks at one report that stands. Returns: 0, -1 with err. */
static int look_at(struct store *store, sqlite3_stmt *row,
                   const struct signs *signs, const unsigned char *base,
                   struct place *place, struct err *err)
{
    const struct signs there = { sql_text(row, 2), sql_text(row, 3),
                                 sql_text(row, 4) };
    unsigned char key[DIGEST_BYTES];
    int is_same;

    place->n++;
    sql_octets(row, 0, key, DIGEST_BYTES);
    if (memcmp(key, base, DIGEST_BYTES) == 0)
        place->is_base_held = true;
    if (sqlite3_column_int(row, 1) && !place->has_same) {
        place->has_same = true;
        memcpy(place->same, key, DIGEST_BYTES);
    }
    if (place->has_same || place->is_own_sure)
        return 0;
    is_same = is_same_author(store, &there, signs, err);
    if (is_same > 0 || (!place->has_own && is_of_anybody(&there, signs))) {
        place->has_own = true;
        place->is_own_sure = is_same > 0;
        memcpy(place->own, key, DIGEST_BYTES);
    }
    return is_same < 0 ? -1 : 0;
}

static void bind_name(sqlite3_stmt *statement, const struct keys_range *range,
                      const struct store_report *report)
{
    sql_bind_octets(statement, 1, range->first, DIGEST_BYTES);
    sql_bind_octets(statement, 2, range->last, DIGEST_BYTES);
    sql_bind_octets(statement, 3, report->content_hash, DIGEST_BYTES);
    sql_bind_integer(statement, 4, STORE_AUTHORS_MAX);
}

static int look_along(struct store *store, const struct store_report *report,
                      const struct keys_range *range, const unsigned char *base,
                      struct place *place, struct err *err)
{
    const struct signs signs = signs_of(report);
    int status;
    sqlite3_stmt *each =
        sql_use(store, STATEMENT_AUTHOR_EACH,
                "SELECT key, content_hash = ?3, verdict, signer, contact_info"
                " FROM report WHERE key BETWEEN ?1 AND ?2 AND standing <> 1"
                " ORDER BY key LIMIT ?4",
                err);

    if (!each)
        return -1;
    bind_name(each, range, report);
    while ((status = sql_step(store, each, err)) > 0) {
        if (look_at(store, each, &signs, base, place, err)) {
            sqlite3_reset(each);
            return -1;
        }
    }
    return status;
}

/* Who came first has the key of the name, and is seen however many crowd in
 * front of it. */
static int look(struct store *store, const struct store_report *report,
                const unsigned char *base, struct place *place, struct err *err)
{
    const struct keys_range all = keys_range(base);
    struct keys_range first;

    *place = (struct place){ 0 };
    if (look_along(store, report, &all, base, place, err))
        return -1;
    if (place->n < STORE_AUTHORS_MAX || place->is_base_held)
        return 0;
    memcpy(first.first, base, DIGEST_BYTES);
    memcpy(first.last, base, DIGEST_BYTES);
    return look_along(store, report, &first, base, place, err);
}

/* The key of an author for whom nothing stands yet. Where there are more of them
 * than are looked at, theirs may stand unseen. */
static int find_free(struct store *store, const struct store_report *report,
                     const struct place *place, unsigned char *key,
                     struct err *err)
{
    const struct signs signs = signs_of(report);
    const char *author;

    if (!place->is_base_held && place->n < STORE_AUTHORS_MAX)
        return 0;
    if (find_author(store, &signs, &author, err))
        return -1;
    return keys_own(key, author, key) ? err_memory(err) : 0;
}

static int choose(struct store *store, const struct store_report *report,
                  const struct place *place, unsigned char *key,
                  struct err *err)
{
    if (place->has_same)
        memcpy(key, place->same, DIGEST_BYTES);
    else if (place->has_own)
        memcpy(key, place->own, DIGEST_BYTES);
    else
        return find_free(store, report, place, key, err);
    return 0;
}

/* A report of the same content that conflicts, somewhere under the name. */
struct copy {
    int64_t id;
    unsigned char key[DIGEST_BYTES];
    bool is_signed;
};

/* Returns: 0, 1 where there is none, -1 with err. */
static int find_copy(struct store *store, const struct store_report *report,
                     const unsigned char *base, struct copy *copy,
                     struct err *err)
{
    const struct keys_range range = keys_range(base);
    int status;
    SQL_ONCE sqlite3_stmt *find = sql_prepare(
        store,
        "SELECT id, key, verdict, signer FROM report"
        " WHERE key BETWEEN ?1 AND ?2 AND standing = 1 AND content_hash = ?3"
        " ORDER BY key LIMIT min(?4, 1)",
        err);

    if (!find)
        return -1;
    bind_name(find, &range, report);
    status = sql_step(store, find, err);
    if (status <= 0)
        return status < 0 ? -1 : 1;
    copy->id = sqlite3_column_int64(find, 0);
    sql_octets(find, 1, copy->key, DIGEST_BYTES);
    copy->is_signed =
        is_signed(&(struct signs){ sql_text(find, 2), sql_text(find, 3), "" });
    sqlite3_reset(find);
    return 0;
}

/* Brings a copy under the key where it is to stand, and sees what is there. */
static int bring(struct store *store, const struct store_report *report,
                 int64_t id, const unsigned char *key,
                 struct standing *standing, struct err *err)
{
    SQL_ONCE sqlite3_stmt *bring =
        sql_prepare(store, "UPDATE report SET key = ?2 WHERE id = ?1", err);

    if (!bring)
        return -1;
    sql_bind_integer(bring, 1, id);
    sql_bind_octets(bring, 2, key, DIGEST_BYTES);
    if (sql_run(store, bring, err) ||
        standing_find(store, key, report, standing, err))
        return -1;
    if (standing->head_id == 0)
        *standing = (struct standing){ .head_id = id,
                                       .head_standing = STORE_CONFLICTING,
                                       .same_id = id,
                                       .same_standing = STORE_CONFLICTING };
    return 0;
}

int author_find_standing(struct store *store, const struct store_report *report,
                         unsigned char key[static DIGEST_BYTES],
                         struct standing *out_standing, struct err *err)
{
    const struct signs signs = signs_of(report);
    unsigned char base[DIGEST_BYTES];
    struct place place;
    struct copy copy;
    int status;

    *out_standing = (struct standing){ 0 };
    memcpy(base, key, DIGEST_BYTES);
    if (look(store, report, base, &place, err))
        return -1;
    /* So it is with most: their name is new. */
    if (place.n == 0)
        return 0;
    if (choose(store, report, &place, key, err) ||
        standing_find(store, key, report, out_standing, err))
        return -1;
    if (out_standing->same_id)
        return 0;
    status = find_copy(store, report, base, &copy, err);
    if (status)
        return status < 0 ? -1 : 0;
    if (is_signed(&signs) && !copy.is_signed)
        return bring(store, report, copy.id, key, out_standing, err);
    memcpy(key, copy.key, DIGEST_BYTES);
    return standing_find(store, key, report, out_standing, err);
}

int author_find_key(struct store *store, const struct store_report *report,
                    const unsigned char old_key[static DIGEST_BYTES],
                    unsigned char key[static DIGEST_BYTES], struct err *err)
{
    struct place place;

    if (keys_is_same_name(old_key, key)) {
        memcpy(key, old_key, DIGEST_BYTES);
        return 0;
    }
    if (look(store, report, key, &place, err))
        return -1;
    return choose(store, report, &place, key, err);
}

int author_find_beside(struct store *store, int64_t id,
                       const unsigned char key[static DIGEST_BYTES],
                       int64_t *out_id, struct err *err)
{
    const struct keys_range range = keys_range(key);
    int status;
    SQL_ONCE sqlite3_stmt *find = sql_prepare(
        store,
        "SELECT coalesce(max(id), 0) FROM report"
        " WHERE key BETWEEN ?1 AND ?2 AND standing <> 1 AND id <> ?3",
        err);

    if (!find)
        return -1;
    sql_bind_octets(find, 1, range.first, DIGEST_BYTES);
    sql_bind_octets(find, 2, range.last, DIGEST_BYTES);
    sql_bind_integer(find, 3, id);
    status = sql_step(store, find, err);
    if (status <= 0)
        return -1;
    *out_id = sqlite3_column_int64(find, 0);
    return 0;
}
