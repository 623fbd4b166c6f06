/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/verify_due.h"

#include <stdlib.h>

#include "store/handle.h"

int verify_due_find(struct store *store, int kind, int level, int64_t domain_id,
                    struct verify_due *out_due, struct err *err)
{
    *out_due = (struct verify_due){ .seen = NULL };
    if (level > 0 || kind == ROLLUP_DOMAINS)
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
    figures[3] += row->sessions;
    figures[5] += row->failures;
    figures[7] += row->failed_reports;
    figures[9] += row->failed_sessions;
    for (int i = 0; i < VERIFY_FIGURES; i += 2) {
        if (figures[i] != figures[i + 1])
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
