/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/authentication.h"
#include "store/dmarc_sample.h"

#include <string.h>

static const struct store_range month = { SAMPLE_DAY, SAMPLE_DAY + 29 };

/* Puts one row; each report has a name of its own. */
static void put(struct sample_store *store, const char *policy,
                const struct store_dmarc_row *row)
{
    static const char *const names[] = { "one",  "two", "three", "four",
                                         "five", "six", "seven", "eight" };
    static unsigned next;
    struct dmarc_sample sample;

    next++;
    dmarc_sample_fill(&sample, names[next % 8], "example.org",
                      SAMPLE_DAY + (int32_t)(next % 9), 10, 0);
    sample.rows[0] = *row;
    sample.dmarc.policy = policy;
    assert_int_equal(dmarc_sample_put(store, &sample), STORE_NEW);
}

static const struct store_dmarc_row well = { .source = "192.0.2.1",
                                             .sender = "example.org",
                                             .dkim = true,
                                             .spf = true,
                                             .fault = DMARC_CASE_WELL,
                                             .messages = 1000 };
static const struct store_dmarc_row service = { .source = "192.0.2.2",
                                                .sender = "sendgrid.net",
                                                .fault = DMARC_CASE_OTHER,
                                                .messages = 300 };
static const struct store_dmarc_row forged = { .source = "203.0.113.9",
                                               .sender = "",
                                               .disposition = STORE_REJECTED,
                                               .fault = DMARC_CASE_UNKNOWN,
                                               .messages = 700 };

static void ask(struct sample_store *store, struct arena *arena,
                struct insight_authentication *out)
{
    assert_ok(store,
              insight_authentication_find(store->store, "example.org", month,
                                          arena, out, &store->err));
}

static void nobody_ever_told(void **state)
{
    struct sample_store *store = *state;
    struct insight_authentication found;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    assert_int_equal(insight_authentication_find(store->store, "example.org",
                                                 month, &arena, &found,
                                                 &store->err),
                     1);
    arena_deinit(&arena);
}

static void all_is_well_and_the_next_step_is_told(void **state)
{
    struct sample_store *store = *state;
    struct insight_authentication found;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    put(store, "p=none; adkim=r", &well);
    ask(store, &arena, &found);
    assert_int_equal(found.verdict.state, INSIGHT_WELL);
    assert_string_equal(found.sentence, "All 1000 messages passed DMARC, or "
                                        "failed with an excuse");
    assert_string_equal(found.policy, "p=none; adkim=r");
    assert_int_equal(found.n_steps, 1);
    assert_string_equal(found.steps[0].title, "Publish p=quarantine");
    assert_null(found.steps[0].sender);
    arena_deinit(&arena);
}

/* What forgers send and receivers turn away is as it should be. */
static void a_forger_turned_away_is_no_trouble(void **state)
{
    struct sample_store *store = *state;
    struct insight_authentication found;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    put(store, "p=reject", &well);
    put(store, "p=reject", &forged);
    ask(store, &arena, &found);
    assert_int_equal(found.verdict.state, INSIGHT_WELL);
    assert_int_equal(found.failing, 700);
    assert_string_equal(found.sentence,
                        "700 of 1700 messages failed DMARC; receivers turned "
                        "such messages away");
    assert_int_equal(found.n_mailers, 2);
    assert_int_equal(found.mailers[0].kind, INSIGHT_MAILER_NOBODY);
    assert_int_equal(found.mailers[0].which, DMARC_CASE_UNKNOWN);
    arena_deinit(&arena);
}

static void own_mail_turned_away_is_trouble(void **state)
{
    struct sample_store *store = *state;
    struct store_dmarc_row lost = service;
    struct insight_authentication found;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    put(store, "p=reject", &well);
    put(store, "p=reject", &forged);
    lost.disposition = STORE_QUARANTINED;
    put(store, "p=reject", &lost);
    ask(store, &arena, &found);
    assert_int_equal(found.verdict.state, INSIGHT_TROUBLE);
    assert_non_null(strstr(found.sentence, "300 that may be yours were"));
    /* More fails of the forger, and yet the service comes first. */
    assert_int_equal(found.n_steps, 2);
    assert_string_equal(found.steps[0].title,
                        "Mend SendGrid (300 messages fail)");
    assert_string_equal(found.steps[0].sender, "sendgrid.net");
    assert_string_equal(found.steps[1].sender, "");
    arena_deinit(&arena);
}

static void what_is_delivered_all_the_same_is_to_be_watched(void **state)
{
    struct sample_store *store = *state;
    struct insight_authentication found;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    put(store, "p=none", &well);
    put(store, "p=none", &service);
    ask(store, &arena, &found);
    assert_int_equal(found.verdict.state, INSIGHT_WATCH);
    assert_non_null(strstr(found.sentence, "receivers delivered them"));
    assert_int_equal(found.n_steps, 2);
    assert_string_equal(found.steps[1].title, "Then leave p=none");
    assert_string_equal(found.mailers[0].name, "SendGrid");
    assert_int_equal(found.mailers[0].kind, INSIGHT_MAILER_SERVICE);
    assert_int_equal(found.mailers[1].kind, INSIGHT_MAILER_OWN);
    arena_deinit(&arena);
}

static void days_without_a_message_tell_nothing(void **state)
{
    struct sample_store *store = *state;
    struct dmarc_sample sample;
    struct insight_authentication found;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    dmarc_sample_fill(&sample, "one", "example.org", SAMPLE_DAY - 90, 10, 3);
    dmarc_sample_put(store, &sample);
    ask(store, &arena, &found);
    assert_int_equal(found.verdict.state, INSIGHT_UNKNOWN);
    assert_string_equal(found.policy, "");
    assert_int_equal(found.n_steps, 0);
    assert_int_equal(found.n_mailers, 0);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_ever_told, sample_open,
                                        sample_close),
        cmocka_unit_test_setup_teardown(all_is_well_and_the_next_step_is_told,
                                        sample_open, sample_close),
        cmocka_unit_test_setup_teardown(a_forger_turned_away_is_no_trouble,
                                        sample_open, sample_close),
        cmocka_unit_test_setup_teardown(own_mail_turned_away_is_trouble,
                                        sample_open, sample_close),
        cmocka_unit_test_setup_teardown(
            what_is_delivered_all_the_same_is_to_be_watched, sample_open,
            sample_close),
        cmocka_unit_test_setup_teardown(days_without_a_message_tell_nothing,
                                        sample_open, sample_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
