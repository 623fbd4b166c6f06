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

/* Copies a row for what outlives it. Returns: 0, -1 with err. */
static int copy(struct arena *arena, const struct outbox_suppression *row,
                struct outgoing_suppressed *out, struct err *err)
{
    const char *pattern = arena_copy(arena, row->pattern);

    if (!pattern)
        return arena_error(arena, err);
    out->pattern = slice_make(pattern, row->pattern.len);
    out->why = say_why(arena, row);
    return out->why ? 0 : arena_error(arena, err);
}

static int gather(void *context, const struct outbox_suppression *row,
                  struct err *err)
{
    struct gathering *g = context;
    struct outgoing_suppressed *met = list_add(&g->rows, g->arena);

    return met ? copy(g->arena, row, met, err) : arena_error(g->arena, err);
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

/* ---- One target ---------------------------------------------------------- */

struct asking {
    const struct outgoing_target *target;
    struct arena *arena;
    struct outgoing_suppressed met;
};

static int hold_against(void *context, const struct outbox_suppression *row,
                        struct err *err)
{
    struct asking *asking = context;

    if (!outgoing_match_target(row->pattern, asking->target))
        return 0;
    return copy(asking->arena, row, &asking->met, err) ? -1 : 1;
}

int outgoing_suppression_ask(struct outbox *outbox, utc_time now,
                             const struct outgoing_target *target,
                             struct arena *arena,
                             struct outgoing_suppressed *out_met,
                             struct err *err)
{
    struct asking asking = { .target = target, .arena = arena };
    const int status =
        outbox_each_suppression(outbox, now, hold_against, &asking, err);

    if (status < 0)
        return -1;
    if (status > 0)
        *out_met = asking.met;
    return status > 0 ? 0 : 1;
}
