/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/care.h"

#include <stdio.h>

#include "base/clock.h"
#include "service/settings.h"
#include "store/sample.h"

enum { MIB = 1024 * 1024 };

/* Puts refused inputs of 1000 octets each by one source. */
static void put_refused(struct sample_store *sample, int from, int to)
{
    const struct store_arrival arrival = { .source = "lmtp", .is_live = true };
    unsigned char hash[DIGEST_BYTES];
    char text[1001];

    assert_ok(sample, store_begin(sample->store, &sample->err));
    for (int i = from; i < to; i++) {
        snprintf(text, sizeof(text), "%1000d", i);
        store_put_raw(sample->store, slice_of(text), hash, &sample->err);
        assert_ok(sample, store_put_quarantine(
                              sample->store,
                              &(struct store_refusal){ .raw_hash = hash,
                                                       .input = "in",
                                                       .reason = "no",
                                                       .reader_version = 1,
                                                       .arrival = arrival },
                              &sample->err));
    }
    assert_ok(sample, store_commit(sample->store, &sample->err));
}

/* Does steps until the round is over. Returns: how many it took. */
static int run_round(struct sample_store *sample, struct care *care)
{
    int n = 0;

    do {
        assert_ok(sample, care_step(care, sample->store, &sample->err));
        n++;
    } while (care->doing != CARE_RESTS);
    return n;
}

static int64_t refused(struct sample_store *sample)
{
    return sample_ask(sample, "SELECT count(*) FROM quarantine");
}

static void settings_become_days_and_octets(void **state)
{
    struct sample_store *sample = *state;
    struct settings *settings;
    struct care_options options;

    assert_ok(sample, settings_new(&settings, &sample->err));
    options = care_options_of(settings);
    assert_int_equal(options.keep.raw_days, STORE_KEEP_RAW_DAYS);
    assert_int_equal(options.keep.facts_days, STORE_KEEP_FACTS_DAYS);
    assert_int_equal(options.keep.quarantine_days, STORE_KEEP_QUARANTINE_DAYS);
    assert_int_equal(options.quota.source, 512 * MIB);
    assert_int_equal(options.quota.kinds[STORE_QUOTA_UNCLAIMED], 256 * MIB);
    settings->retention.raw_s = 36 * 3600;
    settings->retention.facts_s = 1;
    options = care_options_of(settings);
    assert_int_equal(options.keep.raw_days, 1);
    assert_int_equal(options.keep.facts_days, 1);
    settings_drop(settings);
}

static void a_round_prunes_then_counts_then_rests(void **state)
{
    const struct care_options options = {
        .keep = { .quarantine_days = 10 },
        .quota = { { [STORE_QUOTA_QUARANTINE] = 10000 }, 0 },
    };
    struct sample_store *sample = *state;
    struct care care;

    sample_set_today(sample, SAMPLE_DAY);
    put_refused(sample, 0, 5);
    sample_set_today(sample, SAMPLE_DAY + 11);
    put_refused(sample, 5, 25);
    care_init(&care, &options);
    assert_true(care_due_ms(&care) <= clock_monotonic_ms());
    assert_true(run_round(sample, &care) > 2);
    assert_int_equal(refused(sample), 10);
    assert_int_equal(sample_ask(sample, "SELECT min(id) FROM quarantine"), 16);
    assert_true(care.is_dropping);
    assert_true(care_due_ms(&care) > clock_monotonic_ms() + 3000 * 1000);
    run_round(sample, &care);
    assert_false(care.is_dropping);
    assert_int_equal(refused(sample), 10);
    care_deinit(&care);
}

/* A flood is not looked at an hour later. */
static void much_that_comes_begins_a_round(void **state)
{
    const struct care_options options = { .quota = { { 0 }, 8000 } };
    struct sample_store *sample = *state;
    struct care care;

    care_init(&care, &options);
    run_round(sample, &care);
    care_note(&care, 1000);
    assert_true(care_due_ms(&care) > clock_monotonic_ms());
    care_note(&care, 1);
    assert_true(care_due_ms(&care) <= clock_monotonic_ms());
    put_refused(sample, 0, 20);
    run_round(sample, &care);
    assert_int_equal(refused(sample), 8);
    assert_true(care_due_ms(&care) > clock_monotonic_ms());
    care_deinit(&care);
}

static void other_options_begin_a_round(void **state)
{
    const struct care_options none = { .reserve_bytes = 0 };
    const struct care_options some = { .quota = { { 0 }, 3000 } };
    struct sample_store *sample = *state;
    struct care care;

    put_refused(sample, 0, 20);
    care_init(&care, &none);
    assert_true(care_due_ms(&care) == INT64_MAX);
    run_round(sample, &care);
    assert_int_equal(refused(sample), 20);
    care_set(&care, &some);
    assert_true(care_due_ms(&care) <= clock_monotonic_ms());
    run_round(sample, &care);
    assert_int_equal(refused(sample), 3);
    care_fail(&care);
    assert_true(care_due_ms(&care) > clock_monotonic_ms());
    care_deinit(&care);
}

#define TEST(function)                                                         \
    cmocka_unit_test_setup_teardown(function, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(settings_become_days_and_octets),
        TEST(a_round_prunes_then_counts_then_rests),
        TEST(much_that_comes_begins_a_round),
        TEST(other_options_begin_a_round),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
