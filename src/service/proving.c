/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/proving.h"

#include "base/log.h"

enum { ARENA_BYTES = 64 * 1024 };

/* What was good once since the process began stays so for the same way, also where
 * settings are read again and all else is forgotten. */
static enum self_test_worth recall(struct proving *proving, struct arena *arena,
                                   const char *name, const char *way,
                                   enum self_test_worth worth)
{
    const char *key =
        proving->proven ? arena_printf(arena, "%s\n%s", name, way) : NULL;

    if (key && self_test_suffices(worth))
        (void)map_put(proving->proven, slice_of(key));
    else if (key && worth == SELF_TEST_EXPIRED &&
             map_find(proving->proven, slice_of(key)))
        return SELF_TEST_OLD;
    return worth;
}

/* Returns: 0 with what the proof of an identity is worth, -1. */
static int ask(struct proving *proving,
               const struct outgoing_identity *identity, struct arena *arena,
               enum self_test_worth *out_worth)
{
    const char *way = self_test_way(arena, proving->settings, identity);
    struct outbox_proof proof;
    struct err err;
    int status = way ? outbox_find_proof(proving->outbox, identity->name, arena,
                                         &proof, &err)
                     : -1;

    if (status < 0)
        return -1;
    *out_worth = recall(proving, arena, identity->name, way,
                        self_test_judge(status ? NULL : &proof, way,
                                        clock_now(proving->clock)));
    return 0;
}

static void look_at(struct proving *proving, size_t number, bool is_first,
                    bool is_new_day)
{
    const struct outgoing_identity *identity =
        &proving->settings->identities[number];
    enum self_test_worth worth;
    struct arena arena;
    bool may_before = !letters_trouble(proving->letters, number);

    arena_init(&arena, ARENA_BYTES);
    if (ask(proving, identity, &arena, &worth) == 0) {
        letters_prove(proving->letters, number, worth);
        if (worth == SELF_TEST_FRESH && !may_before && !is_first)
            log_line(LOG_LEVEL_NOTICE, "mail-enabled", "identity",
                     identity->name, "reason", self_test_sentence(worth), NULL);
        /* Where no mail may go out the start has said so. */
        else if (worth != SELF_TEST_FRESH && is_new_day &&
                 !letters_trouble(proving->letters, number))
            log_line(LOG_LEVEL_WARNING, "relay-proof-old", "identity",
                     identity->name, "reason", self_test_sentence(worth), NULL);
    }
    arena_deinit(&arena);
}

void proving_look(struct proving *proving)
{
    const utc_time now = clock_now(proving->clock);
    const bool is_first = proving->looked_at_min == 0;
    const bool is_new_day = is_first || proving->told_on != utc_day_of(now);

    if (!is_first && now / 60 == proving->looked_at_min)
        return;
    proving->looked_at_min = now / 60;
    proving->told_on = utc_day_of(now);
    for (size_t i = 0; i < proving->settings->n_identities; i++) {
        if (proving->settings->identities[i].is_signed_by_relay)
            look_at(proving, i, is_first, is_new_day);
    }
}
