/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/domain.h"
#include "store/sample.h"

enum { TODAY = SAMPLE_DAY + 200 /* 2027-03-23 */ };

static const struct store_range month = { TODAY - 29, TODAY };

static int open_today(void **state)
{
    if (sample_open(state))
        return -1;
    sample_set_today(*state, TODAY);
    return 0;
}

static void put(struct sample_store *sample, const char *organization,
                int32_t day, int64_t sessions, int64_t failures)
{
    struct sample_report report;

    sample_fill(&report, organization, "example.com", day, sessions, failures);
    sample_put(sample, &report);
}

/* Puts failures of another kind than the usual one. */
static void put_result(struct sample_store *sample, const char *organization,
                       const char *result_type, int64_t failures)
{
    struct sample_report report;

    sample_fill(&report, organization, "example.com", TODAY, 100, failures);
    report.results[0].key = result_type;
    sample_put(sample, &report);
}

static void assert_sentence(struct sample_store *sample,
                            struct store_range range, enum insight_state state,
                            const char *expected)
{
    struct insight_domain_facts facts;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    assert_ok(sample, insight_domain_facts(sample->store, "example.com", range,
                                           &arena, &facts, &sample->err));
    assert_string_equal(facts.sentence, expected);
    assert_int_equal(facts.verdict.state, state);
    arena_deinit(&arena);
}

static void the_sentence_says_what_the_verdict_rests_on(void **state)
{
    struct sample_store *sample = *state;

    put(sample, "old", TODAY - 20, 100, 90);
    assert_sentence(sample, month, INSIGHT_UNKNOWN,
                    "Nobody reported sessions in the 7 days up to 2027-03-23");
    put(sample, "a", TODAY - 1, 1, 0);
    assert_sentence(sample, month, INSIGHT_WELL,
                    "The one session in the 7 days up to 2027-03-23 succeeded");
    put(sample, "b", TODAY - 1, 99, 0);
    assert_sentence(sample, month, INSIGHT_WELL,
                    "All 100 sessions in the 7 days up to 2027-03-23 "
                    "succeeded");
    put(sample, "c", TODAY, 100, 1);
    assert_sentence(sample, month, INSIGHT_WATCH,
                    "1 of 200 sessions failed in the 7 days up to 2027-03-23, "
                    "most often: Certificate expired");
    put(sample, "d", TODAY, 100, 80);
    assert_sentence(sample, month, INSIGHT_TROUBLE,
                    "81 of 300 sessions failed in the 7 days up to 2027-03-23, "
                    "most often: Certificate expired; this needs you");
    put(sample, "e", TODAY, 1000000, 0);
    assert_sentence(sample, month, INSIGHT_WELL,
                    "81 of 1000300 sessions failed in the 7 days up to "
                    "2027-03-23; so few among so many are noise");
}

static void the_days_are_those_of_the_range(void **state)
{
    struct sample_store *sample = *state;
    const struct store_range day = { TODAY - 2, TODAY - 2 };
    const struct store_range three = { TODAY - 3, TODAY - 1 };

    put(sample, "a", TODAY - 2, 10, 0);
    assert_sentence(sample, day, INSIGHT_WELL,
                    "All 10 sessions on 2027-03-21 succeeded");
    assert_sentence(sample, three, INSIGHT_WELL,
                    "All 10 sessions in the 3 days up to 2027-03-22 succeeded");
    assert_sentence(sample, SAMPLE_ALL, INSIGHT_WELL,
                    "All 10 sessions in the 7 days up to 2027-03-21 succeeded");
}

static void the_future_does_not_count(void **state)
{
    struct sample_store *sample = *state;

    put(sample, "a", TODAY - 1, 100, 50);
    put(sample, "a", TODAY + 26000, 100, 0);
    assert_sentence(sample, SAMPLE_ALL, INSIGHT_TROUBLE,
                    "50 of 100 sessions failed in the 7 days up to 2027-03-23, "
                    "most often: Certificate expired; this needs you");
}

static void a_domain_nobody_knows_has_no_facts(void **state)
{
    struct sample_store *sample = *state;
    struct insight_domain_facts facts;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    put(sample, "a", TODAY, 10, 0);
    assert_int_equal(insight_domain_facts(sample->store, "other.example", month,
                                          &arena, &facts, &sample->err),
                     1);
    arena_deinit(&arena);
}

static void assert_who(struct sample_store *sample, const char *result_type,
                       const char *expected)
{
    struct insight_domain_who who;
    struct arena arena;
    const char *text;

    arena_init(&arena, 1 << 20);
    assert_ok(sample,
              insight_domain_who_init(&who, sample->store, "example.com", month,
                                      &arena, &sample->err));
    assert_ok(sample, insight_domain_who_format(&who, result_type, &text,
                                                &sample->err));
    if (expected)
        assert_string_equal(text, expected);
    else
        assert_null(text);
    arena_deinit(&arena);
}

static void one_voice_among_many_is_named(void **state)
{
    struct sample_store *sample = *state;

    assert_who(sample, "certificate-expired", NULL);
    put(sample, "One", TODAY, 100, 9);
    assert_who(sample, "certificate-expired",
               "One reports this, and nobody else reports about the domain.");
    put(sample, "Two", TODAY, 1, 0);
    assert_who(sample, "certificate-expired",
               "Only One reports this; 1 other reporter with 1 session does "
               "not.");
    put(sample, "Three", TODAY, 811, 0);
    assert_who(sample, "certificate-expired",
               "Only One reports this; 2 other reporters with 812 sessions do "
               "not.");
    put(sample, "Four", TODAY, 50, 1);
    assert_who(sample, "certificate-expired", "2 of 4 reporters report this.");
    put(sample, "Two", TODAY - 1, 1, 1);
    put(sample, "Three", TODAY - 1, 1, 1);
    assert_who(sample, "certificate-expired", "All 4 reporters report this.");
}

static void each_result_type_has_its_voices(void **state)
{
    struct sample_store *sample = *state;

    put_result(sample, "One", "certificate-expired", 5);
    put_result(sample, "Two", "tlsa-invalid", 5);
    assert_who(sample, "certificate-expired",
               "Only One reports this; 1 other reporter with 100 sessions does "
               "not.");
    assert_who(sample, "tlsa-invalid",
               "Only Two reports this; 1 other reporter with 100 sessions does "
               "not.");
    assert_who(sample, "dane-required", NULL);
}

static void of_very_many_voices_nothing_is_said(void **state)
{
    struct sample_store *sample = *state;
    char name[] = "A";

    for (; name[0] < 'A' + INSIGHT_DOMAIN_MAX_REPORTERS; name[0]++)
        put(sample, name, TODAY, 100, 1);
    assert_who(sample, "certificate-expired", "All 12 reporters report this.");
    put(sample, name, TODAY, 100, 1);
    assert_who(sample, "certificate-expired", NULL);
}

#define WITH_STORE(test)                                                       \
    cmocka_unit_test_setup_teardown(test, open_today, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(the_sentence_says_what_the_verdict_rests_on),
        WITH_STORE(the_days_are_those_of_the_range),
        WITH_STORE(the_future_does_not_count),
        WITH_STORE(a_domain_nobody_knows_has_no_facts),
        WITH_STORE(one_voice_among_many_is_named),
        WITH_STORE(each_result_type_has_its_voices),
        WITH_STORE(of_very_many_voices_nothing_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
