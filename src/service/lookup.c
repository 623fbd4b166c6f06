/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/lookup.h"

#include <stdlib.h>

#include "base/clock.h"
#include "net/limits.h"
#include "net/timer.h"
#include "service/limits.h"

/* A name on its way: handed to the loop, waiting for its turn, or asked for. */
struct ask {
    struct loop_post post;
    struct lookup *lookup;
    bool is_probe;
    struct ask *next, **place; /* in a list */
    char name[];
};

/* All but answers is touched in the loop's thread alone. */
struct lookup {
    struct loop *loop;
    struct lookup_options options;
    struct answers *answers;
    struct resolver *resolver; /* NULL once closed */
    struct ask *waiting, **end;
    struct ask *asked;
    size_t n_asked;

    struct ask *probe; /* what is asked for again while DNS fails, or NULL */
    struct timer *probe_timer;
    int probe_ms;
    int64_t recovered_ms; /* when it was told last; 0 never */
};

static struct ask *make_ask(struct lookup *lookup, const char *name)
{
    size_t bytes = strlen(name) + 1;
    struct ask *ask = calloc(1, sizeof(*ask) + bytes);

    if (!ask)
        return NULL;
    ask->lookup = lookup;
    memcpy(ask->name, name, bytes);
    return ask;
}

static void tell(struct lookup *lookup, const char *name,
                 const struct resolver_answer *met)
{
    static const enum answers_status statuses[RESOLVER_STATUS_COUNT] = {
        [RESOLVER_FOUND] = ANSWERS_FOUND,
        [RESOLVER_ABSENT] = ANSWERS_ABSENT,
        [RESOLVER_TEMPORARY] = ANSWERS_TEMPORARY,
    };
    const struct answers_answer answer = { .status = statuses[met->status],
                                           .records = met->records,
                                           .n_records = met->n_records };

    answers_tell(lookup->answers, clock_monotonic_ms(), name, &answer,
                 met->ttl_s);
}

/* ---- Whether DNS answers ------------------------------------------------- */

static void begin(struct ask *ask);

static void ask_again(void *context)
{
    struct lookup *lookup = context;
    struct ask *ask = make_ask(lookup, lookup->probe->name);

    timer_cancel(lookup->probe_timer);
    lookup->probe_timer = NULL;
    if (!ask)
        return; /* the next look-up tells as well */
    ask->is_probe = true;
    begin(ask);
}

static void plan_probe(struct lookup *lookup)
{
    if (lookup->probe_timer)
        return;
    (void)timer_start(lookup->loop, lookup->probe_ms, ask_again, lookup,
                      &lookup->probe_timer, NULL);
    lookup->probe_ms = lookup->probe_ms * 2 > SERVICE_PROBE_MOST_MS
                           ? SERVICE_PROBE_MOST_MS
                           : lookup->probe_ms * 2;
}

static void note_failure(struct lookup *lookup, const struct ask *ask)
{
    if (!lookup->probe) {
        lookup->probe = make_ask(lookup, ask->name);
        lookup->probe_ms = SERVICE_PROBE_LEAST_MS;
        if (lookup->probe)
            plan_probe(lookup);
    } else if (ask->is_probe) {
        plan_probe(lookup);
    }
}

/* A name that failed before and now does not says more than any other. Returns:
 * whether all that waits is worth asking again. */
static bool note_success(struct lookup *lookup, const struct ask *ask)
{
    const int64_t rest_ms =
        ask->is_probe ? SERVICE_PROBED_RECOVERY_MS : SERVICE_RECOVERY_MS;
    int64_t now_ms = clock_monotonic_ms();

    if (!lookup->probe)
        return false;
    timer_cancel(lookup->probe_timer);
    lookup->probe_timer = NULL;
    free(lookup->probe);
    lookup->probe = NULL;
    if (lookup->recovered_ms && now_ms - lookup->recovered_ms < rest_ms)
        return false;
    lookup->recovered_ms = now_ms;
    answers_forget_failures(lookup->answers);
    return true;
}

/* ---- Asking -------------------------------------------------------------- */

static void link_ask(struct ask *ask, struct ask **place)
{
    ask->next = *place;
    ask->place = place;
    if (ask->next)
        ask->next->place = &ask->next;
    *place = ask;
}

static void unlink_ask(struct ask *ask)
{
    *ask->place = ask->next;
    if (ask->next)
        ask->next->place = ask->place;
}

static void finish(struct ask *ask, const struct resolver_answer *answer)
{
    struct lookup *lookup = ask->lookup;
    bool is_recovered = false;

    tell(lookup, ask->name, answer);
    if (answer->status == RESOLVER_TEMPORARY)
        note_failure(lookup, ask);
    else
        is_recovered = note_success(lookup, ask);
    free(ask);
    if (lookup->options.answered)
        lookup->options.answered(lookup->options.context, is_recovered);
}

static void take_answer(void *context, const struct resolver_answer *answer)
{
    struct ask *ask = context;
    struct lookup *lookup = ask->lookup;

    unlink_ask(ask);
    lookup->n_asked--;
    finish(ask, answer);
    if (lookup->waiting) {
        ask = lookup->waiting;
        lookup->waiting = ask->next;
        if (!lookup->waiting)
            lookup->end = &lookup->waiting;
        begin(ask);
    }
}

/* Asks, or has it wait for its turn. */
static void begin(struct ask *ask)
{
    const struct resolver_answer failed = { .status = RESOLVER_TEMPORARY };
    struct lookup *lookup = ask->lookup;

    if (lookup->n_asked >= NET_RESOLVER_QUERIES) {
        ask->next = NULL;
        *lookup->end = ask;
        lookup->end = &ask->next;
        return;
    }
    link_ask(ask, &lookup->asked);
    lookup->n_asked++;
    if (resolver_ask(lookup->resolver, ask->name, RESOLVER_TXT, take_answer,
                     ask, NULL, NULL)) {
        unlink_ask(ask);
        lookup->n_asked--;
        finish(ask, &failed);
    }
}

static void take_ask(void *context)
{
    struct ask *ask = context;

    if (ask->lookup->resolver)
        begin(ask);
    else
        free(ask);
}

/* Called by answers_find, in any thread. */
static void hand_over(void *context, const char *name)
{
    const struct resolver_answer failed = { .status = RESOLVER_TEMPORARY };
    struct lookup *lookup = context;
    struct ask *ask = make_ask(lookup, name);

    if (!ask) {
        tell(lookup, name, &failed);
        return;
    }
    ask->post = (struct loop_post){ .function = take_ask, .context = ask };
    loop_post(lookup->loop, &ask->post);
}

/* ---- Life ---------------------------------------------------------------- */

int lookup_open(struct loop *loop, const struct lookup_options *options,
                struct lookup **out_lookup, struct err *err)
{
    struct lookup *lookup = calloc(1, sizeof(*lookup));

    if (!lookup)
        return err_memory(err);
    lookup->loop = loop;
    lookup->options = *options;
    lookup->end = &lookup->waiting;
    if (answers_new(hand_over, lookup, &lookup->answers, err) ||
        resolver_open(loop, &options->resolver, &lookup->resolver, err)) {
        lookup_free(lookup);
        return -1;
    }
    *out_lookup = lookup;
    return 0;
}

struct answers_answer lookup_find(struct lookup *lookup, const char *name,
                                  struct arena *arena)
{
    return answers_find(lookup->answers, clock_monotonic_ms(), name, arena);
}

bool lookup_validates(const struct lookup *lookup)
{
    return resolver_validates(lookup->resolver);
}

static void free_list(struct ask *first)
{
    while (first) {
        struct ask *next = first->next;

        free(first);
        first = next;
    }
}

void lookup_close(struct lookup *lookup)
{
    if (!lookup)
        return;
    resolver_close(lookup->resolver);
    lookup->resolver = NULL;
    free_list(lookup->asked);
    free_list(lookup->waiting);
    lookup->asked = lookup->waiting = NULL;
    timer_cancel(lookup->probe_timer);
    lookup->probe_timer = NULL;
    free(lookup->probe);
    lookup->probe = NULL;
}

void lookup_free(struct lookup *lookup)
{
    if (!lookup)
        return;
    lookup_close(lookup);
    answers_free(lookup->answers);
    free(lookup);
}
