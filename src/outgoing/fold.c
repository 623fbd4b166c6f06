/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/fold.h"

#include <stdlib.h>
#include <string.h>

/* The reason code of what stands for many. */
#define FOLDED "aggregated"

static int compare_text(const char *a, const char *b)
{
    if (!a || !b)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

/* Orders by all but the count; details as they were given where equal. */
static int compare_details(const void *a, const void *b)
{
    const struct report_failure *x = *(struct report_failure *const *)a;
    const struct report_failure *y = *(struct report_failure *const *)b;
    const char *const xs[] = {
        x->result_type,        x->sending_mta_ip, x->receiving_mx_hostname,
        x->receiving_mx_helo,  x->receiving_ip,   x->additional_information,
        x->failure_reason_code
    };
    const char *const ys[] = {
        y->result_type,        y->sending_mta_ip, y->receiving_mx_hostname,
        y->receiving_mx_helo,  y->receiving_ip,   y->additional_information,
        y->failure_reason_code
    };
    int order = 0;

    for (size_t i = 0; order == 0 && i < sizeof(xs) / sizeof(*xs); i++)
        order = compare_text(xs[i], ys[i]);
    return order;
}

/* Pointers to details, in an order; NULL when out of memory. */
static struct report_failure **sort(struct report_failure *failures, size_t n,
                                    int (*compare)(const void *, const void *))
{
    struct report_failure **order = reallocarray(NULL, n + 1, sizeof(*order));

    if (!order)
        return NULL;
    for (size_t i = 0; i < n; i++)
        order[i] = &failures[i];
    qsort(order, n, sizeof(*order), compare);
    return order;
}

size_t outgoing_fold_same(struct report_failure *failures, size_t n)
{
    struct report_failure **order = sort(failures, n, compare_details);
    size_t kept = 0;

    /* Without memory they stay apart, which is no less true. */
    for (size_t i = 0, first = 0; order && i < n; i++) {
        if (i == 0 || compare_details(&order[first], &order[i]) != 0) {
            first = i;
            continue;
        }
        order[first]->sessions =
            count_add(order[first]->sessions, order[i]->sessions);
        order[i]->sessions = 0;
    }
    free(order);
    for (size_t i = 0; i < n; i++) {
        if (failures[i].sessions > 0)
            failures[kept++] = failures[i];
    }
    return kept;
}

/* Tells whether a detail says nothing but that it stands for many of its type,
 * as the collector and fold make them. */
static bool is_folded(const struct report_failure *failure)
{
    const struct report_failure bare = { .result_type = failure->result_type,
                                         .failure_reason_code = FOLDED };
    const struct report_failure *const pair[] = { failure, &bare };

    return compare_details(&pair[0], &pair[1]) == 0;
}

/* The most sessions first, then as they were given. What stands for many is last,
 * so that it is folded with the rest and not once more beside it. */
static int compare_counts(const void *a, const void *b)
{
    const struct report_failure *x = *(struct report_failure *const *)a;
    const struct report_failure *y = *(struct report_failure *const *)b;
    const bool is_folded_x = is_folded(x);

    if (is_folded_x != is_folded(y))
        return is_folded_x ? 1 : -1;
    if (x->sessions != y->sessions)
        return x->sessions < y->sessions ? 1 : -1;
    return x < y ? -1 : x > y;
}

/* Adds a detail to the folded one of its type, behind those that are kept. */
static void fold(struct report_failure *failures, size_t max, size_t *n,
                 const struct report_failure *one)
{
    size_t at = max;

    while (at < *n && strcmp(failures[at].result_type, one->result_type) != 0)
        at++;
    if (at == *n) {
        failures[at] = (struct report_failure){ .result_type = one->result_type,
                                                .failure_reason_code = FOLDED };
        (*n)++;
    }
    failures[at].sessions = count_add(failures[at].sessions, one->sessions);
}

int outgoing_fold_rest(struct arena *arena, struct report_failure *failures,
                       size_t *n, size_t max, int64_t *n_folded,
                       struct err *err)
{
    const size_t n_all = *n;
    struct report_failure **order;
    struct report_failure *rest;
    size_t n_rest = 0;

    if (n_all <= max)
        return 0;
    rest = arena_calloc(arena, n_all - max, sizeof(*rest));
    if (!rest)
        return arena_error(arena, err);
    order = sort(failures, n_all, compare_counts);
    if (!order)
        return err_memory(err);
    for (size_t i = max; i < n_all; i++) {
        rest[n_rest++] = *order[i];
        order[i]->sessions = 0;
    }
    free(order);
    *n = 0;
    for (size_t i = 0; i < n_all; i++) {
        if (failures[i].sessions > 0)
            failures[(*n)++] = failures[i];
    }
    for (size_t i = 0; i < n_rest; i++)
        fold(failures, max, n, &rest[i]);
    *n_folded += (int64_t)n_rest;
    return 0;
}
