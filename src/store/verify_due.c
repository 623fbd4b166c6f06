/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/verify_due.h"

#include <stdlib.h>

#include "store/handle.h"

int verify_due_find(struct store *store, int kind, int level, int64_t domain_id,
                    struct verify_due *out_due, struct err *err)
{
    *out_due = (struct verify_due){ .seen = NULL };
    if (level > 0 || kind < ROLLUP_DMARC)
        return 0;
    if (tail_find(store, kind, domain_id, INT32_MIN, INT32_MAX, &out_due->part,
                  err))
        return -1;
    out_due->seen = calloc(out_due->part.n + 1, sizeof(*out_due->seen));
    return out_due->seen ? 0 : err_memory(err);
}

void verify_due_deinit(struct verify_due *due)
{
    free(due->seen);
}

/* The place of a sum in the tail, or the number of them. Sums stand in order,
 * days first. */
static size_t place_of(const struct verify_due *due, int64_t block,
                       int64_t label_id)
{
    size_t from = 0, to = due->part.n;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        const struct rollup_key *key = &due->part.items[middle]->key;

        if (key->block < block ||
            (key->block == block && key->label_id < label_id))
            from = middle + 1;
        else
            to = middle;
    }
    if (from < due->part.n && due->part.items[from]->key.block == block &&
        due->part.items[from]->key.label_id == label_id)
        return from;
    return due->part.n;
}

/* As the tree will have it. */
static int64_t bounded(int64_t sum)
{
    if (sum < 0)
        return 0;
    return sum > ROLLUP_SUM_MAX ? ROLLUP_SUM_MAX : sum;
}

bool verify_due_settle(struct verify_due *due,
                       struct verify_difference *difference)
{
    size_t place = place_of(due, difference->block, difference->label_id);
    int64_t *figures = difference->figures;
    const struct rollup_row *row;

    if (place == due->part.n)
        return false;
    due->seen[place] = true;
    row = &due->part.items[place]->row;
    figures[1] += row->reports;
    figures[3] = bounded(figures[3] + row->sessions);
    figures[5] = bounded(figures[5] + row->failures);
    figures[7] += row->failed_reports;
    figures[9] = bounded(figures[9] + row->failed_sessions);
    for (int i = 0; i < VERIFY_FIGURES; i += 2) {
        if (figures[i] != figures[i + 1])
            return false;
    }
    return true;
}

/* The same sum under the other kind; NULL for none. */
static const struct rollup_delta *find_twin(const struct rollup *sums,
                                            const struct rollup_key *key)
{
    const struct rollup_key twin =
        key->kind == ROLLUP_DOMAINS
            ? (struct rollup_key){ DICTIONARY_DOMAIN, key->label_id, 0,
                                   key->block, 0 }
            : (struct rollup_key){ ROLLUP_DOMAINS, DICTIONARY_ALL, 0,
                                   key->block, key->domain_id };
    const int64_t *place =
        map_find(&sums->places, slice_make(&twin, sizeof(twin)));

    return place ? &sums->deltas[*place - 1] : NULL;
}

static bool is_paired(const struct rollup_key *key)
{
    return key->kind == ROLLUP_DOMAINS ||
           (key->kind == DICTIONARY_DOMAIN && key->domain_id != DICTIONARY_ALL);
}

static struct verify_difference difference_of(const struct rollup_delta *domain,
                                              const struct rollup_delta *label)
{
    static const struct rollup_row none;
    const struct rollup_row *a = domain ? &domain->row : &none;
    const struct rollup_row *b = label ? &label->row : &none;

    return (struct verify_difference){
        .block = domain ? domain->key.block : label->key.block,
        .figures = { a->reports, b->reports, a->sessions, b->sessions,
                     a->failures, b->failures, a->failed_reports,
                     b->failed_reports, a->failed_sessions,
                     b->failed_sessions },
    };
}

static bool has_difference(const struct verify_difference *difference)
{
    for (int i = 0; i < VERIFY_FIGURES; i += 2) {
        if (difference->figures[i] != difference->figures[i + 1])
            return true;
    }
    return false;
}

bool verify_due_agrees(const struct store *store, int64_t *out_domain_id,
                       struct verify_difference *out_difference)
{
    const struct rollup *sums = &store->tail.sums;

    for (size_t i = 0; i < sums->n_deltas; i++) {
        const struct rollup_delta *delta = &sums->deltas[i];
        const bool is_label = delta->key.kind == ROLLUP_DOMAINS;
        const struct rollup_delta *twin;

        if (!is_paired(&delta->key))
            continue;
        twin = find_twin(sums, &delta->key);
        *out_difference =
            difference_of(is_label ? twin : delta, is_label ? delta : twin);
        *out_domain_id = is_label ? delta->key.label_id : delta->key.domain_id;
        if (has_difference(out_difference))
            return false;
    }
    return true;
}

int64_t verify_due_domain(const struct store *store, int64_t domain_id)
{
    const struct rollup *sums = &store->tail.sums;
    int64_t next = INT64_MAX;

    for (size_t i = 0; i < sums->n_deltas; i++) {
        int64_t domain = sums->deltas[i].key.domain_id;

        if (domain > domain_id && domain < next)
            next = domain;
    }
    return next;
}
