/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/scribe.h"

#include "store/tally_sample.h"

/* Asks until the ledger tells of some sessions today; the test's own deadline
 * ends what never comes. */
static void await(struct scribe *scribe, struct arena *arena, int64_t sessions)
{
    const struct insight_ledger_question question = {
        { UTC_DAY_NONE, UTC_DAY_NONE }, NULL, 1
    };
    struct insight_ledger_answer answer;
    struct err err;

    do {
        arena_reset(arena);
        assert_int_equal(insight_ledger_ask(scribe_ledger(scribe), &question,
                                            arena, &answer, &err),
                         0);
    } while (!answer.is_ready || answer.so_far.sessions != sessions);
}

static void what_is_stored_is_told_to_who_asks(void **state)
{
    struct tally_sample *sample = *state;
    const char *const urls[] = { sample->url };
    struct tally_row row =
        tally_sample_row("a.example", "{\"policy-type\":\"sts\"}", "", 3, 1);
    struct scribe *scribe;
    struct clock clock;
    struct arena arena;

    clock = clock_fixed((utc_time)TALLY_SAMPLE_DAY * UTC_DAY_SECONDS + 60);
    arena_init(&arena, 1 << 20);
    tally_sample_put(sample, &row);
    assert_fine(sample, scribe_start(urls, 1, &clock, &scribe, &sample->err));
    await(scribe, &arena, 3);
    tally_sample_put(sample, &row);
    await(scribe, &arena, 6);
    scribe_stop(scribe);
    scribe_stop(NULL);
    arena_deinit(&arena);
}

static void it_ends_while_nobody_asks(void **state)
{
    struct tally_sample *sample = *state;
    struct scribe *scribe;

    assert_fine(sample,
                scribe_start(NULL, 0, &sample->clock, &scribe, &sample->err));
    scribe_stop(scribe);
}

#define IN_A_TALLY(test)                                                       \
    cmocka_unit_test_setup_teardown(test, tally_sample_open, tally_sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_TALLY(what_is_stored_is_told_to_who_asks),
        IN_A_TALLY(it_ends_while_nobody_asks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
