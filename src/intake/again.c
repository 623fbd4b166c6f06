/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * Again: arrivals that could not be judged when they came, put once more from
 * their raw octets.
 */

#include "base/clock.h"
#include "intake/import.h"
#include "intake/limits.h"
#include "intake/reread.h"

/* A round of judging. */
struct round {
    struct intake_import *import;
    struct store *store;
    int64_t now;
    struct arena arena;
    struct buffer octets;
    struct store_pending *pending;
    struct intake_outcome *outcomes; /* one each */
    size_t n;
    bool has_more;
};

/* Puts one arrival again, where its octets are still there. */
static int judge_one(struct round *round, size_t i, struct err *err)
{
    const struct store_pending *pending = &round->pending[i];
    const struct store_arrival *arrival = &pending->arrival;
    const struct intake_origin origin = {
        .source = arrival->source,
        .tenant = arrival->tenant,
        .destination = arrival->destination,
        .way = (enum intake_way)arrival->way,
        .rule = (enum intake_rule)arrival->rule,
        .is_live = arrival->is_live,
    };
    struct intake_source_input input = { .label = pending->input,
                                         .origin = &origin,
                                         .arrived_at = arrival->arrived_at,
                                         .now = round->now,
                                         .outcome = &round->outcomes[i],
                                         .again = pending };
    int status;

    status = intake_reread_octets(round->store, pending->raw_hash,
                                  &round->octets, err);
    if (status)
        return status < 0 ? -1 : 0;
    input.octets = buffer_slice(&round->octets);
    return intake_import_add(round->import, &input, err);
}

/* What was left unread is judged another time; what could not be put again is
   given up: its raw is gone, or reads differently by now. */
static int settle_one(struct round *round, size_t i, struct err *err)
{
    const struct store_pending *pending = &round->pending[i];
    int64_t judge_at;

    if (intake_outcome_count(&round->outcomes[i]))
        return 0;
    if (!round->outcomes[i].n_refused)
        return store_drop_pending(round->store, pending->id, err);
    judge_at = intake_judge_again(INTAKE_FAILING, round->now, pending->waited_s,
                                  pending->tries);
    return judge_at
               ? store_delay_pending(round->store, pending->id, judge_at, err)
               : store_give_up_pending(round->store, pending->id, err);
}

static int settle_all(struct round *round, struct err *err)
{
    if (store_begin(round->store, err))
        return -1;
    for (size_t i = 0; i < round->n; i++) {
        if (settle_one(round, i, err)) {
            store_rollback(round->store);
            return -1;
        }
    }
    if (store_commit(round->store, err) == 0)
        return 0;
    store_rollback(round->store);
    return -1;
}

/* One that takes long is the last of its round. */
static int judge_in_time(struct round *round, struct err *err)
{
    int64_t begin_ms = clock_monotonic_ms();
    size_t i = 0;

    do {
        if (judge_one(round, i, err))
            return -1;
    } while (++i < round->n &&
             clock_monotonic_ms() - begin_ms < INTAKE_JUDGE_MS);
    round->has_more = i < round->n || round->n == INTAKE_JUDGE_INPUTS;
    round->n = i;
    return 0;
}

static int judge_all(struct round *round, struct err *err)
{
    if (store_find_pending(round->store, round->now, INTAKE_JUDGE_INPUTS,
                           &round->arena, &round->pending, &round->n, err))
        return -1;
    if (round->n == 0)
        return 0;
    round->outcomes =
        arena_calloc(&round->arena, round->n, sizeof(*round->outcomes));
    if (!round->outcomes)
        return arena_error(&round->arena, err);
    if (judge_in_time(round, err) || intake_import_commit(round->import, err))
        return -1;
    return settle_all(round, err);
}

int intake_import_judge(struct intake_import *import, int64_t now,
                        size_t *out_n, bool *out_has_more, struct err *err)
{
    struct round round = { .import = import,
                           .store = intake_import_store(import),
                           .now = now };
    int status;

    arena_init(&round.arena, INTAKE_CONTAINER_MAX_BYTES);
    buffer_init(&round.octets, INTAKE_INPUT_MAX_BYTES);
    status = judge_all(&round, err);
    *out_n = round.n;
    *out_has_more = round.has_more;
    buffer_deinit(&round.octets);
    arena_deinit(&round.arena);
    return status;
}
