/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/sending_reason.h"

#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/list.h"
#include "base/map.h"
#include "insight/fault.h"
#include "policy/result_type.h"

enum { KEY_BYTES = 16 * 1024 };

struct gathering {
    struct arena *arena;
    struct list list; /* struct insight_sending_reason */
    struct map index; /* result type and reason to its number */
    struct buffer key;
};

/* ---- One ----------------------------------------------------------------- */

/* What has no name in RFC 8460 is told as the report tells it. */
static int name_result(struct arena *arena, const struct tally_reason *seen,
                       struct insight_sending_reason *out)
{
    const size_t digits = strspn(seen->result_type, "0123456789");

    out->result_type = seen->result_type;
    out->reason = seen->reason;
    if (!seen->result_type[0] || !seen->result_type[digits])
        out->result_type = result_type_name(RESULT_TYPE_VALIDATION_FAILURE);
    if (digits && !seen->result_type[digits] && !seen->reason[0])
        out->reason = arena_printf(arena, "result-type-%s", seen->result_type);
    out->result_type = arena_copy(arena, slice_of(out->result_type));
    if (out->reason)
        out->reason = arena_copy(arena, slice_of(out->reason));
    out->mx = arena_copy(arena, slice_of(seen->mx));
    return out->result_type && out->reason && out->mx ? 0 : -1;
}

static int find_number(struct gathering *g,
                       const struct insight_sending_reason *reason,
                       size_t *out_number)
{
    buffer_reset(&g->key);
    buffer_add_text(&g->key, reason->result_type);
    buffer_add_char(&g->key, '\0');
    buffer_add_text(&g->key, reason->reason);
    return g->key.failed
               ? -1
               : map_number(&g->index, buffer_slice(&g->key), out_number);
}

/* Joins a reason with what is gathered; the MX that comes first, with the most
 * failures, stays. */
static int add(void *context, const struct tally_reason *seen, struct err *err)
{
    struct gathering *g = context;
    struct insight_sending_reason reason = { .failures = seen->failures,
                                             .first_day = seen->first_day,
                                             .last_day = seen->last_day };
    struct insight_sending_reason *slot;
    size_t number = 0;
    int status;

    if (name_result(g->arena, seen, &reason))
        return arena_error(g->arena, err);
    status = find_number(g, &reason, &number);
    if (status < 0)
        return err_memory(err);
    if (status > 0) {
        slot = list_add(&g->list, g->arena);
        if (!slot)
            return arena_error(g->arena, err);
        *slot = reason;
        return 0;
    }
    slot = (struct insight_sending_reason *)(void *)g->list.items + number;
    slot->failures = count_add(slot->failures, reason.failures);
    if (reason.first_day < slot->first_day)
        slot->first_day = reason.first_day;
    if (reason.last_day > slot->last_day)
        slot->last_day = reason.last_day;
    return 0;
}

/* ---- All ----------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    const struct insight_sending_reason *x = a, *y = b;
    int order;

    if (x->failures != y->failures)
        return x->failures < y->failures ? 1 : -1;
    order = strcmp(x->result_type, y->result_type);
    return order ? order : strcmp(x->reason, y->reason);
}

/* Advice is written for whom a report is about: here that is the other side. */
static const char *side_of(const struct advice *advice)
{
    return strcmp(advice->side, "yours") == 0    ? "theirs"
           : strcmp(advice->side, "theirs") == 0 ? "ours"
                                                 : "either";
}

static int explain(struct insight_sending_reason *reason, const char *domain,
                   struct arena *arena, struct err *err)
{
    reason->advice = advice_find(reason->result_type,
                                 reason->reason[0] ? reason->reason : NULL);
    reason->side = side_of(reason->advice);
    return insight_fault_look(reason->advice, domain,
                              reason->mx[0] ? reason->mx : NULL, arena,
                              &reason->look, err);
}

static int take(struct gathering *g, const char *domain, size_t n,
                struct insight_sending_reason **out_reasons, size_t *out_n,
                struct err *err)
{
    struct insight_sending_reason *reasons;
    size_t n_all = 0;

    *out_reasons = NULL;
    *out_n = 0;
    if (g->list.n_items == 0)
        return 0;
    reasons = list_move(&g->list, g->arena, &n_all);
    if (!reasons)
        return arena_error(g->arena, err);
    qsort(reasons, n_all, sizeof(*reasons), compare);
    n_all = n_all < n ? n_all : n;
    for (size_t i = 0; i < n_all; i++) {
        if (explain(&reasons[i], domain, g->arena, err))
            return -1;
    }
    *out_reasons = reasons;
    *out_n = n_all;
    return 0;
}

int sending_reason_find(const struct sending_reason_question *question,
                        struct arena *arena,
                        struct insight_sending_reason **out_reasons,
                        size_t *out_n, struct err *err)
{
    const struct insight_tallies *tallies = question->tallies;
    struct gathering g = { .arena = arena };
    int status = 0;

    list_init(&g.list, sizeof(struct insight_sending_reason));
    map_init(&g.index);
    buffer_init(&g.key, KEY_BYTES);
    for (size_t i = 0; status == 0 && i < tallies->n; i++) {
        if (tallies->open[i] && question->numbers[i] >= 0)
            status = tally_each_reason(tallies->open[i], question->numbers[i],
                                       question->days.from, question->days.to,
                                       add, &g, err);
    }
    if (status == 0)
        status =
            take(&g, question->domain, question->n, out_reasons, out_n, err);
    buffer_deinit(&g.key);
    map_deinit(&g.index);
    list_deinit(&g.list);
    return status;
}
