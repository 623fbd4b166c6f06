/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/suppression.h"

#include "base/list.h"
#include "outgoing/limits.h"
#include "outgoing/match.h"

struct gathering {
    struct arena *arena;
    struct list rows;
};

static const char *say_why(struct arena *arena,
                           const struct outbox_suppression *row)
{
    char until[UTC_TIME_BYTES];

    if (row->expires_at == UTC_NONE)
        return arena_printf(arena, "suppressed: %.*s", (int)row->reason.len,
                            row->reason.ptr);
    return arena_printf(arena, "suppressed until %s: %.*s",
                        utc_format(row->expires_at, until),
                        (int)row->reason.len, row->reason.ptr);
}

static int gather(void *context, const struct outbox_suppression *row,
                  struct err *err)
{
    struct gathering *g = context;
    struct outgoing_suppressed *met = list_add(&g->rows, g->arena);
    const char *pattern = arena_copy(g->arena, row->pattern);

    if (!met || !pattern)
        return arena_error(g->arena, err);
    met->pattern = slice_make(pattern, row->pattern.len);
    met->why = say_why(g->arena, row);
    return met->why ? 0 : arena_error(g->arena, err);
}

int outgoing_suppression_init(struct outgoing_suppression *suppression,
                              struct outbox *outbox, utc_time now,
                              struct err *err)
{
    struct gathering g = { .arena = &suppression->arena };
    int status;

    suppression->rows = NULL;
    suppression->n_rows = 0;
    arena_init(&suppression->arena, OUTGOING_SUPPRESSION_BYTES);
    list_init(&g.rows, sizeof(struct outgoing_suppressed));
    status = outbox_each_suppression(outbox, now, gather, &g, err);
    if (status == 0)
        suppression->rows =
            list_move(&g.rows, &suppression->arena, &suppression->n_rows);
    list_deinit(&g.rows);
    if (status == 0 && suppression->n_rows && !suppression->rows)
        return arena_error(&suppression->arena, err);
    return status;
}

void outgoing_suppression_deinit(struct outgoing_suppression *suppression)
{
    if (suppression)
        arena_deinit(&suppression->arena);
}

const char *outgoing_suppression_find(
    const struct outgoing_suppression *suppression,
    const struct outgoing_target *target)
{
    for (size_t i = 0; i < suppression->n_rows; i++) {
        if (outgoing_match_target(suppression->rows[i].pattern, target))
            return suppression->rows[i].why;
    }
    return NULL;
}
