/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>

#include "insight/insight.h"
#include "store/sample.h"

enum { TODAY = SAMPLE_DAY + 200 };

struct answer {
    struct arena arena;
    struct insight_overview overview;
};

static int open_today(void **state)
{
    if (sample_open(state))
        return -1;
    sample_set_today(*state, TODAY);
    return 0;
}

static void put(struct sample_store *sample, const char *domain, int32_t day,
                int64_t sessions, int64_t failures)
{
    struct sample_report report;

    sample_fill(&report, "one", domain, day, sessions, failures);
    sample_put(sample, &report);
}

static void ask(struct sample_store *sample, struct answer *answer,
                int32_t from, int32_t to)
{
    const struct insight_question question = { .range = { from, to },
                                               .n_detailed = INSIGHT_DETAILED };

    arena_init(&answer->arena, 64 << 20);
    assert_ok(sample, insight_overview(sample->store, &question, &answer->arena,
                                       &answer->overview, &sample->err));
}

/* Asks for the last 30 days and compares the sentence. */
static void assert_sentence(struct sample_store *sample, const char *expected)
{
    struct answer answer;

    ask(sample, &answer, TODAY - 29, TODAY);
    assert_string_equal(answer.overview.sentence, expected);
    arena_deinit(&answer.arena);
}

static void the_sentence_says_who_needs_what(void **state)
{
    struct sample_store *sample = *state;

    assert_sentence(sample, "No report has come in yet");
    put(sample, "old.example", TODAY - 100, 100, 0);
    assert_sentence(sample,
                    "No report in this range; the last one is of 2026-12-13");
    put(sample, "a.example", TODAY - 20, 100, 50);
    assert_sentence(sample, "Nobody reported about your domain lately;"
                            " last report 2027-03-03");
    put(sample, "a.example", TODAY, 100, 0);
    assert_sentence(sample, "Your domain is well; last report 2027-03-23");
    put(sample, "b.example", TODAY - 1, 100, 0);
    assert_sentence(sample, "All 2 domains are well; last report 2027-03-23");
    put(sample, "c.example", TODAY - 20, 100, 50);
    assert_sentence(sample, "2 of 3 domains are well, of the rest nobody"
                            " reported lately; last report 2027-03-23");
    put(sample, "d.example", TODAY - 2, 100, 1);
    assert_sentence(sample, "No domain needs you; 1 of 4 is worth watching");
    put(sample, "e.example", TODAY - 3, 100, 9);
    assert_sentence(sample, "1 of 5 domains needs you");
    put(sample, "f.example", TODAY - 3, 100, 9);
    assert_sentence(sample, "2 of 6 domains need you");
}

static void domains_stand_in_order_of_need(void **state)
{
    static const char *const expected[] = { "big.example",   "small.example",
                                            "watch.example", "gone.example",
                                            "noise.example", "well.example" };
    struct sample_store *sample = *state;
    struct answer answer;

    put(sample, "well.example", TODAY, 100, 0);
    put(sample, "noise.example", TODAY, 10000, 2);
    put(sample, "gone.example", TODAY - 20, 100, 80);
    put(sample, "watch.example", TODAY, 100, 1);
    put(sample, "small.example", TODAY, 100, 10);
    put(sample, "big.example", TODAY, 100, 20);
    ask(sample, &answer, TODAY - 29, TODAY);
    assert_int_equal(answer.overview.n_domains, 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(answer.overview.domains[i].domain, expected[i]);
    assert_int_equal(answer.overview.n_by_state[INSIGHT_TROUBLE], 2);
    assert_int_equal(answer.overview.n_by_state[INSIGHT_WATCH], 1);
    assert_int_equal(answer.overview.n_by_state[INSIGHT_UNKNOWN], 1);
    assert_int_equal(answer.overview.n_by_state[INSIGHT_WELL], 2);
    assert_true(answer.overview.domains[4].verdict.is_noise);
    arena_deinit(&answer.arena);
}

static void a_domain_tells_its_days_and_its_worst(void **state)
{
    struct sample_store *sample = *state;
    const struct insight_domain *domain;
    struct sample_report report;
    struct answer answer;

    put(sample, "a.example", TODAY - 9, 1000, 5);
    sample_fill(&report, "one", "a.example", TODAY - 8, 500, 40);
    report.results[0].key = "validation-failure";
    report.mxs[0].key = "mx7.example.net";
    sample_put(sample, &report);
    put(sample, "a.example", TODAY - 90, 500, 499);
    put(sample, "xn--mnchen-3ya.example", TODAY, 10, 0);
    ask(sample, &answer, TODAY - 29, TODAY);
    domain = &answer.overview.domains[0];
    assert_string_equal(domain->domain, "a.example");
    assert_int_equal(domain->sums.sessions, 1500);
    assert_int_equal(domain->sums.failures, 45);
    assert_string_equal(domain->worst_result_type, "validation-failure");
    assert_string_equal(domain->worst_mx, "mx7.example.net");
    assert_int_equal(domain->last_day, TODAY - 8);
    assert_int_equal(domain->n_days, 2);
    assert_int_equal(domain->days[0].day, TODAY - 9);
    assert_int_equal(domain->days[1].sums.failures, 40);
    assert_int_equal(answer.overview.block_days, 1);
    assert_string_equal(answer.overview.domains[1].unicode,
                        "m\xc3\xbcnchen.example");
    assert_null(answer.overview.domains[1].worst_mx);
    assert_int_equal(answer.overview.totals.sums.reports, 3);
    assert_int_equal(answer.overview.contents.totals.sums.reports, 4);
    arena_deinit(&answer.arena);
}

/* Seven days, both ends included. */
static void the_last_week_of_the_range_is_judged(void **state)
{
    struct sample_store *sample = *state;
    struct answer answer;

    put(sample, "a.example", TODAY - 7, 100, 50);
    put(sample, "a.example", TODAY - 6, 100, 0);
    ask(sample, &answer, TODAY - 29, TODAY);
    assert_int_equal(answer.overview.domains[0].verdict.state, INSIGHT_WELL);
    arena_deinit(&answer.arena);
    ask(sample, &answer, TODAY - 29, TODAY - 1);
    assert_int_equal(answer.overview.domains[0].verdict.state, INSIGHT_TROUBLE);
    arena_deinit(&answer.arena);
    ask(sample, &answer, TODAY - 6, TODAY - 5);
    assert_int_equal(answer.overview.domains[0].verdict.state, INSIGHT_WELL);
    arena_deinit(&answer.arena);
}

/* Without an end, a domain is judged by its own last week; what has no day is
 * judged as a whole. */
static void everything_is_judged_too(void **state)
{
    struct sample_store *sample = *state;
    struct answer answer;

    put(sample, "a.example", TODAY - 100, 100, 50);
    put(sample, "b.example", TODAY, 100, 0);
    put(sample, "c.example", UTC_DAY_NONE, 100, 60);
    ask(sample, &answer, UTC_DAY_NONE, UTC_DAY_NONE);
    assert_string_equal(answer.overview.sentence, "2 of 3 domains need you");
    assert_string_equal(answer.overview.domains[0].domain, "c.example");
    assert_int_equal(answer.overview.domains[0].n_days, 0);
    assert_int_equal(answer.overview.domains[0].last_day, UTC_DAY_NONE);
    arena_deinit(&answer.arena);
}

/* One report dated in the future must not hide what fails today. */
static void the_future_is_not_judged(void **state)
{
    static const struct store_range ranges[] = {
        { UTC_DAY_NONE, UTC_DAY_NONE },
        { TODAY - 29, TODAY + 30000 },
    };
    struct sample_store *sample = *state;
    struct answer answer;

    put(sample, "a.example", TODAY - 1, 100, 50);
    put(sample, "a.example", TODAY + 26000, 100, 0);
    for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
        ask(sample, &answer, ranges[i].from, ranges[i].to);
        assert_int_equal(answer.overview.domains[0].verdict.state,
                         INSIGHT_TROUBLE);
        arena_deinit(&answer.arena);
    }
    ask(sample, &answer, TODAY + 1, TODAY + 30000);
    assert_int_equal(answer.overview.domains[0].verdict.state, INSIGHT_WELL);
    arena_deinit(&answer.arena);
}

static void a_long_range_comes_in_blocks(void **state)
{
    struct sample_store *sample = *state;
    const struct insight_domain *domain;
    struct answer answer;
    int64_t sessions = 0;

    for (int i = 0; i < 30; i++)
        put(sample, "a.example", TODAY - 10 * i, 10, 0);
    ask(sample, &answer, TODAY - 364, TODAY);
    domain = &answer.overview.domains[0];
    assert_int_equal(answer.overview.block_days, STORE_BLOCK_DAYS);
    for (size_t i = 0; i < domain->n_days; i++) {
        sessions += domain->days[i].sums.sessions;
        assert_true(i == 0 || domain->days[i].day > domain->days[i - 1].day);
    }
    assert_int_equal(sessions, 300);
    arena_deinit(&answer.arena);
}

static void the_first_in_need_tell_more(void **state)
{
    struct sample_store *sample = *state;
    const struct insight_question question = { .range = { TODAY - 9, TODAY },
                                               .n_detailed = 1 };
    struct answer answer;

    put(sample, "well.example", TODAY, 100, 0);
    put(sample, "bad.example", TODAY, 100, 20);
    arena_init(&answer.arena, 1 << 20);
    assert_ok(sample, insight_overview(sample->store, &question, &answer.arena,
                                       &answer.overview, &sample->err));
    assert_int_equal(answer.overview.n_domains, 2);
    assert_int_equal(answer.overview.n_detailed, 1);
    assert_string_equal(answer.overview.domains[0].domain, "bad.example");
    assert_int_equal(answer.overview.domains[0].n_days, 1);
    assert_non_null(answer.overview.domains[0].worst_result_type);
    assert_int_equal(answer.overview.domains[1].n_days, 0);
    arena_deinit(&answer.arena);
}

static void one_domain_can_be_asked_about(void **state)
{
    struct sample_store *sample = *state;
    const struct insight_question question = { .range = { TODAY - 9, TODAY },
                                               .domain = "a.example",
                                               .n_detailed = SIZE_MAX };
    struct answer answer;

    put(sample, "a.example", TODAY, 100, 20);
    put(sample, "b.example", TODAY, 50, 1);
    arena_init(&answer.arena, 1 << 20);
    assert_ok(sample, insight_overview(sample->store, &question, &answer.arena,
                                       &answer.overview, &sample->err));
    assert_int_equal(answer.overview.n_domains, 1);
    assert_int_equal(answer.overview.domains[0].verdict.state, INSIGHT_TROUBLE);
    assert_int_equal(answer.overview.totals.sums.sessions, 100);
    assert_int_equal(answer.overview.contents.totals.sums.sessions, 150);
    arena_deinit(&answer.arena);
}

static void too_little_memory_is_an_answer(void **state)
{
    struct sample_store *sample = *state;
    const struct insight_question question = { .range = { TODAY - 9, TODAY },
                                               .n_detailed = SIZE_MAX };
    struct insight_overview overview;
    struct arena arena;

    put(sample, "a.example", TODAY, 10, 1);
    for (size_t bytes = 1; bytes < 16384; bytes += 1000) {
        arena_init(&arena, bytes);
        if (insight_overview(sample->store, &question, &arena, &overview,
                             &sample->err) != 0)
            assert_int_equal(sample->err.kind, ERR_MEMORY);
        else
            assert_true(bytes > 5000);
        arena_deinit(&arena);
    }
}

#define test(f) cmocka_unit_test_setup_teardown(f, open_today, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(the_sentence_says_who_needs_what),
        test(domains_stand_in_order_of_need),
        test(a_domain_tells_its_days_and_its_worst),
        test(the_last_week_of_the_range_is_judged),
        test(everything_is_judged_too),
        test(the_future_is_not_judged),
        test(a_long_range_comes_in_blocks),
        test(the_first_in_need_tell_more),
        test(one_domain_can_be_asked_about),
        test(too_little_memory_is_an_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
