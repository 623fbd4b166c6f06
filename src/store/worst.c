/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/worst.h"

#include "store/gather.h"
#include "store/handle.h"
#include "store/walk.h"

/* The newest reports with the result type, and their failures by MX. */
struct search {
    struct store *store;
    int64_t domain_id;
    struct gather mxs;
    size_t n_reports;
};

/* The failures of a report by MX, as far as they can be of the result type. */
static int add_report(void *context, const struct line *line, struct err *err)
{
    struct search *search = context;
    struct facts facts;
    int status;

    arena_reset(&search->store->scratch);
    status = facts_load(search->store, line->report_id, &facts, err);
    /* What is damaged or gone has nothing to say. */
    if (status)
        return status < 0 ? -1 : 0;
    for (size_t i = 0; i < facts.shares.n; i++) {
        const struct facts_row *row = &facts.shares.rows[i];
        struct rollup_row mx = { .label_id = row->label_id,
                                 .failures = row->failures };

        if (row->kind != DICTIONARY_MX || row->domain_id != search->domain_id)
            continue;
        if (mx.failures > line->failures)
            mx.failures = line->failures;
        if (gather_add(&search->mxs, &mx, err))
            return -1;
    }
    return ++search->n_reports == STORE_WORST_REPORTS;
}

/* The one with most failures, the first by name of several. */
static int choose(struct store *store, const struct gather *mxs,
                  const char **out_mx, struct err *err)
{
    const char *best = NULL;
    int64_t most = 0;

    for (size_t i = 0; i < mxs->n_rows; i++) {
        int64_t failures = mxs->rows[i].failures;
        const char *name;

        if (dictionary_text(store, mxs->rows[i].label_id, &name, err))
            return -1;
        if (!*name || failures <= 0 || failures < most ||
            (best && failures == most && strcmp(name, best) >= 0))
            continue;
        most = failures;
        best = name;
    }
    *out_mx = best;
    return 0;
}

static int find(struct search *search, const struct walk_window *window,
                struct arena *arena, const char **out_mx, struct err *err)
{
    const char *mx;
    int status = walk_each(search->store, window, add_report, search, err);

    if (status < 0 || choose(search->store, &search->mxs, &mx, err))
        return -1;
    *out_mx = mx ? arena_copy(arena, slice_of(mx)) : NULL;
    return mx && !*out_mx ? err_memory(err) : 0;
}

int store_find_worst_mx(struct store *store, const char *domain,
                        struct store_range range, const char *result_type,
                        struct arena *arena, const char **out_mx,
                        struct err *err)
{
    struct search search = { .store = store };
    struct walk_window window;
    int64_t label_id = 0;
    int status = dictionary_ask_domain(store, domain, &search.domain_id, err);

    if (status == 0)
        status = dictionary_find(store, DICTIONARY_RESULT_TYPE, result_type,
                                 &label_id, err);
    if (status < 0)
        return -1;
    *out_mx = NULL;
    if (status > 0)
        return 0;
    window = walk_window_of(STORE_COUNTED, search.domain_id, label_id, range);
    window.min_failures = 1;
    gather_init(&search.mxs);
    status = find(&search, &window, arena, out_mx, err);
    gather_deinit(&search.mxs);
    return status;
}
