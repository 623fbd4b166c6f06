/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/facts_octets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct facts_row subjects[] = { { .domain_id = 0, .sessions = 9 },
                                       { 4, 0, 0, INT64_MAX, 2 } };
static struct facts_row shares[] = { { 4, 7, 3, 0, 2 } };
static struct facts_policy policies[] = {
    { 4, 5, 6, 7, INT64_MAX, 2, 1, { "STS", 3 } },
    { .domain_id = 4, .type_text = { "", 0 } },
};
static const struct facts sample = {
    .organization_id = 3,
    .day = INT32_MIN,
    .subjects = { subjects, 2 },
    .shares = { shares, 1 },
    .policies = policies,
    .n_policies = 2,
};

struct setting {
    struct buffer octets;
    struct arena arena;
};

static int begin(void **state)
{
    struct setting *setting = calloc(1, sizeof(*setting));

    assert_non_null(setting);
    buffer_init(&setting->octets, 1 << 20);
    arena_init(&setting->arena, 1 << 20);
    facts_octets_write(&sample, &setting->octets);
    *state = setting;
    return 0;
}

static int end(void **state)
{
    struct setting *setting = *state;

    buffer_deinit(&setting->octets);
    arena_deinit(&setting->arena);
    free(setting);
    return 0;
}

static void what_is_written_is_read(void **state)
{
    struct setting *setting = *state;
    struct facts facts;
    size_t len = setting->octets.len;

    assert_int_equal(facts_octets_read(buffer_slice(&setting->octets),
                                       &setting->arena, &facts),
                     0);
    assert_int_equal(facts.day, INT32_MIN);
    assert_int_equal(facts.subjects.n, 2);
    assert_true(facts.subjects.rows[1].sessions == INT64_MAX);
    assert_int_equal(facts.shares.rows[0].label_id, 7);
    assert_int_equal(facts.shares.rows[0].kind, 3);
    assert_true(slice_equal(facts.policies[0].type_text, SLICE("STS")));
    assert_int_equal(facts.policies[0].is_implausible, 1);
    facts_octets_write(&facts, &setting->octets);
    assert_int_equal(setting->octets.len, 2 * len);
    assert_memory_equal(setting->octets.ptr, setting->octets.ptr + len, len);
}

/* Cut anywhere, with an octet more, or of a later version. */
static void what_is_damaged_is_refused(void **state)
{
    struct setting *setting = *state;
    struct facts facts;

    for (size_t len = 0; len < setting->octets.len; len++)
        assert_int_equal(facts_octets_read(slice_make(setting->octets.ptr, len),
                                           &setting->arena, &facts),
                         1);
    buffer_add_char(&setting->octets, 0);
    assert_int_equal(facts_octets_read(buffer_slice(&setting->octets),
                                       &setting->arena, &facts),
                     1);
    setting->octets.len--;
    setting->octets.ptr[0]++;
    assert_int_equal(facts_octets_read(buffer_slice(&setting->octets),
                                       &setting->arena, &facts),
                     1);
}

/* No writer of ours makes them, and each would count. */
static void rows_twice_or_out_of_order_are_damage(void **state)
{
    static const struct {
        struct facts_row rows[2];
        int status;
    } tables[] = {
        { { { 1, 2, 3, 0, 1 }, { 1, 3, 3, 0, 1 } }, 0 },
        { { { 1, 2, 3, 0, 1 }, { 2, 1, 3, 0, 1 } }, 0 },
        { { { 1, 2, 3, 0, 1 }, { 1, 2, 3, 0, 1 } }, 1 },
        { { { 1, 2, 3, 0, 1 }, { 1, 2, 4, 7, 7 } }, 1 },
        { { { 1, 2, 3, 0, 1 }, { 0, 3, 3, 0, 1 } }, 1 },
        { { { 1, 2, 3, 0, 1 }, { 1, 1, 3, 0, 1 } }, 1 },
    };
    struct setting *setting = *state;

    for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
        struct facts_row rows[2] = { tables[i].rows[0], tables[i].rows[1] };
        struct facts facts = sample, met;

        facts.shares = (struct facts_rows){ rows, 2 };
        buffer_reset(&setting->octets);
        facts_octets_write(&facts, &setting->octets);
        assert_int_equal(facts_octets_read(buffer_slice(&setting->octets),
                                           &setting->arena, &met),
                         tables[i].status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read, begin, end),
        cmocka_unit_test_setup_teardown(what_is_damaged_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(rows_twice_or_out_of_order_are_damage,
                                        begin, end),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
