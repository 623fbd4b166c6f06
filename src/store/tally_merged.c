/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/tally_merged.h"

#include <stdlib.h>

#include "base/count.h"
#include "base/list.h"
#include "store/limits.h"
#include "store/sql.h"
#include "store/tally_handle.h"

/* The domains of a day in one tally, in the order of their octets. */
struct source {
    struct tally *tally;
    struct arena arena;
    struct slice *domains; /* in the arena */
    size_t n;
    size_t at; /* the next one */
};

static int compare(struct slice a, struct slice b)
{
    const size_t n = a.len < b.len ? a.len : b.len;
    const int order = n ? memcmp(a.ptr, b.ptr, n) : 0;

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int append_domain(struct list *list, struct arena *arena,
                         struct slice domain, struct err *err)
{
    struct slice *slot = list_add(list, arena);
    const char *copy = arena_copy(arena, domain);

    if (!slot || !copy)
        return arena_error(arena, err);
    *slot = slice_make(copy, domain.len);
    return 0;
}

static int list_domains(struct source *source, utc_day day, struct err *err)
{
    SQL_ONCE sqlite3_stmt *each =
        sql_prepare(source->tally->store,
                    "SELECT t.text FROM extent e JOIN text t"
                    " ON t.id = e.domain_id WHERE e.day = ?1 ORDER BY t.text",
                    err);
    struct list list;
    int status = each ? 0 : -1;

    list_init(&list, sizeof(struct slice));
    if (each)
        sql_bind_integer(each, 1, day);
    while (status == 0 &&
           (status = sql_step(source->tally->store, each, err)) > 0)
        status =
            append_domain(&list, &source->arena,
                          slice_make(sqlite3_column_text(each, 0),
                                     (size_t)sqlite3_column_bytes(each, 0)),
                          err);
    source->domains = list_move(&list, &source->arena, &source->n);
    list_deinit(&list);
    return status;
}

/* ---- One domain of several tallies --------------------------------------- */

struct gathering {
    struct arena arena; /* texts of the rows */
    struct list rows;
};

static int gather(void *context, const struct tally_row *row, struct err *err)
{
    struct gathering *g = context;
    struct tally_row *slot = list_add(&g->rows, &g->arena);
    struct slice *texts[4];

    if (!slot)
        return arena_error(&g->arena, err);
    *slot = *row;
    texts[0] = &slot->domain;
    texts[1] = &slot->record;
    texts[2] = &slot->policy;
    texts[3] = &slot->detail;
    for (size_t i = 0; i < 4; i++) {
        texts[i]->ptr = arena_copy(&g->arena, *texts[i]);
        if (!texts[i]->ptr)
            return arena_error(&g->arena, err);
    }
    return 0;
}

static int compare_rows(const void *a, const void *b)
{
    const struct tally_row *x = a, *y = b;
    int order = compare(x->record, y->record);

    if (order == 0)
        order = compare(x->policy, y->policy);
    return order ? order : compare(x->detail, y->detail);
}

/* Gives sorted rows, those of one key added up. */
static int give(struct tally_row *rows, size_t n, tally_function *function,
                void *context, struct err *err)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < n;) {
        struct tally_row sum = rows[i++];

        for (; i < n && compare_rows(&sum, &rows[i]) == 0; i++) {
            sum.sessions = count_add(sum.sessions, rows[i].sessions);
            sum.failures = count_add(sum.failures, rows[i].failures);
        }
        status = function(context, &sum, err);
    }
    return status;
}

static int give_domain(struct gathering *g, tally_function *function,
                       void *context, struct err *err)
{
    const size_t n = g->rows.n_items;
    struct tally_row *rows = (struct tally_row *)(void *)g->rows.items;

    if (n)
        qsort(rows, n, sizeof(*rows), compare_rows);
    return give(rows, n, function, context, err);
}

/* One monstrous domain keeps no other from being read. */
static int give_up_domain(utc_day day, struct slice domain,
                          tally_function *function, void *context,
                          struct err *err)
{
    const struct tally_row row = { .day = day,
                                   .domain = domain,
                                   .record = SLICE(""),
                                   .policy = SLICE(""),
                                   .detail = SLICE(""),
                                   .is_too_much = true };

    return function(context, &row, err);
}

/* ---- All ----------------------------------------------------------------- */

/* The first domain that any source is at. Returns: false where all ended. */
static bool find_first(const struct source *sources, size_t n,
                       struct slice *out_domain)
{
    bool is_found = false;

    for (size_t i = 0; i < n; i++) {
        const struct source *source = &sources[i];

        if (source->at == source->n ||
            (is_found &&
             compare(source->domains[source->at], *out_domain) >= 0))
            continue;
        *out_domain = source->domains[source->at];
        is_found = true;
    }
    return is_found;
}

/* Steps behind a domain that find_first found. Returns:
 * whether this source has it. */
static bool step_past(struct source *source, struct slice domain)
{
    if (source->at == source->n ||
        compare(source->domains[source->at], domain) != 0)
        return false;
    source->at++;
    return true;
}

static int merge_domain(struct source *sources, size_t n, utc_day day,
                        struct slice domain, struct gathering *g,
                        struct err *err)
{
    int status = 0;

    arena_reset(&g->arena);
    g->rows.n_items = 0;
    for (size_t i = 0; i < n; i++) {
        if (step_past(&sources[i], domain) && status == 0)
            status =
                tally_each_of(sources[i].tally, day, domain, gather, g, err);
    }
    return status;
}

static int merge(struct source *sources, size_t n, utc_day day,
                 tally_function *function, void *context, struct err *err)
{
    struct gathering g;
    struct slice domain = { NULL, 0 };
    int status = 0;

    arena_init(&g.arena, STORE_MERGED_BYTES);
    list_init(&g.rows, sizeof(struct tally_row));
    while (status == 0 && find_first(sources, n, &domain)) {
        status = merge_domain(sources, n, day, domain, &g, err);
        if (status == 0)
            status = give_domain(&g, function, context, err);
        else if (status < 0 && err->kind == ERR_LIMIT)
            status = give_up_domain(day, domain, function, context, err);
    }
    list_deinit(&g.rows);
    arena_deinit(&g.arena);
    return status;
}

static void free_sources(struct source *sources, size_t n)
{
    for (size_t i = 0; sources && i < n; i++)
        arena_deinit(&sources[i].arena);
    free(sources);
}

/* Lists the domains of each tally. Returns: heap, NULL with err. */
static struct source *make_sources(struct tally *const *tallies, size_t n,
                                   utc_day day, struct err *err)
{
    struct source *sources = calloc(n + 1, sizeof(*sources));
    int status = 0;

    if (!sources) {
        (void)err_memory(err);
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        sources[i].tally = tallies[i];
        arena_init(&sources[i].arena, STORE_SCRATCH_BYTES);
    }
    for (size_t i = 0; status == 0 && i < n; i++)
        status = list_domains(&sources[i], day, err);
    if (status == 0)
        return sources;
    free_sources(sources, n);
    return NULL;
}

int tally_merged_each(struct tally *const *tallies, size_t n, utc_day day,
                      tally_function *function, void *context, struct err *err)
{
    struct source *sources;
    int status;

    if (n == 1)
        return tally_each(tallies[0], day, function, context, err);
    sources = make_sources(tallies, n, day, err);
    status = sources ? merge(sources, n, day, function, context, err) : -1;
    free_sources(sources, n);
    return status;
}

int tally_merged_each_of(struct tally *const *tallies, size_t n, utc_day day,
                         struct slice domain, tally_function *function,
                         void *context, struct err *err)
{
    struct gathering g;
    int status = 0;

    arena_init(&g.arena, STORE_SCRATCH_BYTES);
    list_init(&g.rows, sizeof(struct tally_row));
    for (size_t i = 0; status == 0 && i < n; i++)
        status = tally_each_of(tallies[i], day, domain, gather, &g, err);
    if (status == 0)
        status = give_domain(&g, function, context, err);
    list_deinit(&g.rows);
    arena_deinit(&g.arena);
    return status;
}

int tally_merged_domains(struct tally *const *tallies, size_t n, utc_day day,
                         tally_domain_function *function, void *context,
                         struct err *err)
{
    struct source *sources = make_sources(tallies, n, day, err);
    struct slice domain = { NULL, 0 };
    int status = sources ? 0 : -1;

    while (status == 0 && find_first(sources, n, &domain)) {
        for (size_t i = 0; i < n; i++)
            (void)step_past(&sources[i], domain);
        status = function(context, domain, err);
    }
    free_sources(sources, n);
    return status;
}
