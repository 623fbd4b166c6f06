/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/gather.h"

#include <stdlib.h>

#include "store/handle.h"
#include "store/range.h"
#include "store/sql.h"

void gather_init(struct gather *gather)
{
    *gather = (struct gather){ 0 };
}

void gather_deinit(struct gather *gather)
{
    if (!gather)
        return;
    free(gather->rows);
    free(gather->places);
    gather_init(gather);
}

/* Labels are small numbers given in order: one multiplication spreads them. */
static uint32_t *place_of(const struct gather *gather, int64_t label_id)
{
    size_t mask = gather->n_places - 1;
    uint64_t hash = (uint64_t)label_id * UINT64_C(0x9e3779b97f4a7c15);
    size_t i = (size_t)(hash >> 32) & mask;

    while (gather->places[i] &&
           gather->rows[gather->places[i] - 1].label_id != label_id)
        i = (i + 1) & mask;
    return &gather->places[i];
}

static int grow(struct gather *gather)
{
    size_t capacity = gather->row_capacity ? gather->row_capacity * 2 : 64;
    struct rollup_row *rows =
        reallocarray(gather->rows, capacity, sizeof(*rows));
    uint32_t *places;

    if (!rows)
        return -1;
    gather->rows = rows;
    places = calloc(capacity * 2, sizeof(*places));
    if (!places)
        return -1;
    free(gather->places);
    gather->places = places;
    gather->row_capacity = capacity;
    gather->n_places = capacity * 2;
    for (size_t i = 0; i < gather->n_rows; i++)
        *place_of(gather, rows[i].label_id) = (uint32_t)i + 1;
    return 0;
}

int gather_add(struct gather *gather, const struct rollup_row *row,
               struct err *err)
{
    uint32_t *place;

    if (gather->n_rows == gather->row_capacity && grow(gather))
        return err_memory(err);
    place = place_of(gather, row->label_id);
    if (*place) {
        return rollup_join(&gather->rows[*place - 1], row, err);
    }
    gather->rows[gather->n_rows++] = *row;
    *place = (uint32_t)gather->n_rows;
    return 0;
}

/* A sum's first day is out of every calendar where it has none. */
static int add_dated(struct gather *gather, struct rollup_row *row,
                     struct err *err)
{
    if (row->first_day == UTC_DAY_NONE)
        row->first_day = INT32_MAX;
    return gather_add(gather, row, err);
}

int gather_add_line(struct gather *gather, const struct line *line,
                    int64_t label_id, struct err *err)
{
    struct rollup_row row = { .label_id = label_id,
                              .reports = 1,
                              .sessions = line->sessions,
                              .failures = line->failures,
                              .first_day = line->day,
                              .last_day = line->day };

    return add_dated(gather, &row, err);
}

int gather_facts(struct gather *gather, struct store *store,
                 sqlite3_stmt *facts, int64_t domain_id,
                 struct store_range range, gather_row_function *row_of,
                 struct err *err)
{
    int status;

    if (!facts)
        return -1;
    sql_bind_integers(facts, domain_id, range_of(range).from,
                      range_of(range).to);
    while ((status = sql_step(store, facts, err)) > 0) {
        struct rollup_row row = row_of(facts);

        if (add_dated(gather, &row, err)) {
            sqlite3_reset(facts);
            return -1;
        }
    }
    return status;
}
