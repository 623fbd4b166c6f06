/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/fold.h"

#include <string.h>

#include "collect/events.h"

static struct fold_key key_of(const char *detail, int type, int code)
{
    return (struct fold_key){ .domain = SLICE("a.example"),
                              .record = SLICE("R"),
                              .policy = SLICE("P"),
                              .detail = slice_of(detail),
                              .type = type,
                              .code = code };
}

#define DETAIL(result)                                                         \
    "{\"result-type\":\"" result "\",\"failure-reason-code\":\"aggregated\"}"

static void each_level_is_coarser(void **state)
{
    static const char *const rows[FOLD_COUNT][4] = {
        { "a.example", "R", "P", "D" },
        { "a.example", "R", "P", DETAIL("certificate-expired") },
        { "a.example", "R", "{\"policy-type\":\"sts\"}",
          DETAIL("certificate-expired") },
        { "a.example", "", "{\"policy-type\":\"sts\"}",
          DETAIL("certificate-expired") },
        { "", "", "{\"policy-type\":\"sts\"}", DETAIL("certificate-expired") },
    };
    const struct fold_key key =
        key_of("D", EVENT_POLICY_STS, EVENT_RESULT_CERTIFICATE_EXPIRED);
    struct buffer text;

    (void)state;
    buffer_init(&text, 4096);
    for (int level = 0; level < FOLD_COUNT; level++) {
        struct fold_key got;

        assert_int_equal(fold_key_at(&key, (enum fold_level)level, &text, &got),
                         0);
        assert_true(slice_equal(got.domain, slice_of(rows[level][0])));
        assert_true(slice_equal(got.record, slice_of(rows[level][1])));
        assert_true(slice_equal(got.policy, slice_of(rows[level][2])));
        assert_true(slice_equal(got.detail, slice_of(rows[level][3])));
    }
    buffer_deinit(&text);
}

static void a_policy_has_no_detail_at_any_level(void **state)
{
    const struct fold_key key = key_of("", EVENT_POLICY_TLSA, 0);
    struct buffer text;

    (void)state;
    buffer_init(&text, 4096);
    for (int level = 0; level < FOLD_COUNT; level++) {
        struct fold_key got;

        assert_int_equal(fold_key_at(&key, (enum fold_level)level, &text, &got),
                         0);
        assert_int_equal(got.detail.len, 0);
    }
    buffer_deinit(&text);
}

static void unknown_numbers_become_one(void **state)
{
    const struct fold_key key = key_of("D", 4711, 815);
    struct buffer text;
    struct fold_key got;

    (void)state;
    buffer_init(&text, 4096);
    assert_int_equal(fold_key_at(&key, FOLD_POLICY, &text, &got), 0);
    assert_true(slice_equal(got.policy,
                            SLICE("{\"policy-type\":\"no-policy-found\"}")));
    assert_true(
        slice_equal(got.detail, slice_of(DETAIL("validation-failure"))));
    buffer_deinit(&text);
}

static void the_last_levels_have_no_limit(void **state)
{
    (void)state;
    assert_int_equal(fold_limit(FOLD_NONE, 100), 100);
    assert_int_equal(fold_limit(FOLD_DETAIL, 100), 200);
    assert_int_equal(fold_limit(FOLD_POLICY, 100), 300);
    assert_int_equal(fold_limit(FOLD_RECORD, 100), 0);
    assert_int_equal(fold_limit(FOLD_DOMAIN, 100), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_level_is_coarser),
        cmocka_unit_test(a_policy_has_no_detail_at_any_level),
        cmocka_unit_test(unknown_numbers_become_one),
        cmocka_unit_test(the_last_levels_have_no_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
