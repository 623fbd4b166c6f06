/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/intake_terms.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct intake_terms {
    struct intake_server_terms copy;
    atomic_uint n_holders;
};

static void free_terms(struct intake_terms *terms)
{
    const struct intake_server_terms *copy = &terms->copy;
    const char **paths = (const char **)(uintptr_t)copy->paths;

    for (size_t i = 0; paths && i < copy->n_paths; i++)
        free((char *)(uintptr_t)paths[i]);
    free(paths);
    free((struct peer_network *)(uintptr_t)copy->proxies);
    if (copy->release)
        copy->release(copy->context);
    free(terms);
}

/* Returns: whether there was memory for all. */
static bool copy_lists(const struct intake_server_terms *from,
                       struct intake_server_terms *to)
{
    const size_t bytes = from->n_proxies * sizeof(*from->proxies);
    const char **paths = calloc(from->n_paths + 1, sizeof(*paths));
    struct peer_network *proxies = malloc(bytes + 1);
    bool is_whole = paths && proxies;

    to->paths = paths;
    to->proxies = proxies;
    if (proxies && bytes)
        memcpy(proxies, from->proxies, bytes);
    for (size_t i = 0; paths && i < from->n_paths; i++) {
        paths[i] = strdup(from->paths[i]);
        is_whole = is_whole && paths[i];
    }
    return is_whole;
}

int intake_terms_new(const struct intake_server_terms *terms,
                     struct intake_terms **out_terms, struct err *err)
{
    struct intake_terms *made = calloc(1, sizeof(*made));

    if (!made) {
        if (terms->release)
            terms->release(terms->context);
        return err_memory(err);
    }
    made->copy = *terms;
    if (!copy_lists(terms, &made->copy)) {
        free_terms(made);
        return err_memory(err);
    }
    atomic_init(&made->n_holders, 1);
    *out_terms = made;
    return 0;
}

const struct intake_server_terms *intake_terms_read(
    const struct intake_terms *terms)
{
    return &terms->copy;
}

struct intake_terms *intake_terms_hold(struct intake_terms *terms)
{
    atomic_fetch_add(&terms->n_holders, 1);
    return terms;
}

void intake_terms_drop(struct intake_terms *terms)
{
    if (terms && atomic_fetch_sub(&terms->n_holders, 1) == 1)
        free_terms(terms);
}
