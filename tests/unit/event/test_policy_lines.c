/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "event/event.h"
#include "event/limits.h"
#include "event/policy_lines.h"
#include "row.h"

enum { MAX_STRINGS = 5 };

struct row {
    const char *name;
    const char *strings[MAX_STRINGS];
    const char *clean[MAX_STRINGS];
};

static size_t count(const char *const *strings)
{
    size_t n = 0;

    while (n < MAX_STRINGS && strings[n])
        n++;
    return n;
}

static void check(const struct row *row,
                  int (*clean)(struct arena *arena,
                               struct event_policy *policy))
{
    const char *strings[MAX_STRINGS];
    struct event_policy policy = { .strings = strings,
                                   .n_strings = count(row->strings) };
    struct arena arena;

    memcpy(strings, row->strings, sizeof(strings));
    arena_init(&arena, 100000);
    for (int round = 0; round < 2; round++) {
        ROW_NUMBER(row->name, clean(&arena, &policy), 0);
        ROW_NUMBER(row->name, policy.n_strings, count(row->clean));
        for (size_t i = 0; i < policy.n_strings; i++)
            ROW_TEXT(row->name, policy.strings[i], row->clean[i]);
    }
    arena_deinit(&arena);
}

static const struct row policies[] = {
    { "as served",
      { "version: STSv1", "mode: enforced", "mx: b.our.example",
        "mx: a.our.example" },
      { "version: STSv1", "mode: enforced", "mx: b.our.example",
        "mx: a.our.example" } },
    { "line ends",
      { "version: STSv1\r\n", "mode: none\r" },
      { "version: STSv1", "mode: none" } },
    { "all of it in one string",
      { "version: STSv1\r\nmode: none\r\n\r\nmax_age: 1\n", "more" },
      { "version: STSv1", "mode: none", "max_age: 1", "more" } },
    { "what is empty", { "", "a", "\n", " " }, { "a" } },
    { "no strings", { NULL }, { NULL } },
};

static void lines_are_those_of_the_policy(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(policies); i++)
        check(&policies[i], policy_lines_clean);
}

static const struct row records[] = {
    { "as it should be", { "3 1 1 AB01" }, { "3 1 1 AB01" } },
    { "lower case", { "3 1 1 ab01" }, { "3 1 1 AB01" } },
    { "blanks inside", { " 3  1 1 ab\t01 23\r\n" }, { "3 1 1 AB0123" } },
    { "in another order",
      { "3 1 1 CD", "2 0 1 AB", "3 1 1 AB" },
      { "2 0 1 AB", "3 1 1 AB", "3 1 1 CD" } },
    { "one twice", { "3 1 1 ab", "3 1 1 AB", "3 1 1 aB" }, { "3 1 1 AB" } },
    { "no records",
      { "x 1 1 ab", "3 1 1", "3 1 1 ", "3 1 1 xy", "" },
      { "3 1 1", "3 1 1 xy", "x 1 1 ab" } },
    { "numbers that are written together", { "311 AB" }, { "311 AB" } },
    { "a control inside", { "3 1\x01 1 ab" }, { "3 1 1 AB" } },
    { "no strings", { NULL }, { NULL } },
};

static void records_are_a_set(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(records); i++)
        check(&records[i], policy_lines_tlsa);
}

static void lines_end_at_their_limit(void **state)
{
    static char text[3 * EVENT_MAX_STRINGS];
    const char *strings[] = { text };
    struct event_policy policy = { .strings = strings, .n_strings = 1 };
    struct arena arena;

    (void)state;
    for (size_t i = 0; i + 1 < sizeof(text); i += 2)
        memcpy(text + i, "a\n", 2);
    text[sizeof(text) - 1] = '\0';
    arena_init(&arena, EVENT_ARENA_BYTES);
    assert_int_equal(policy_lines_clean(&arena, &policy), 0);
    assert_int_equal(policy.n_strings, EVENT_MAX_STRINGS);
    arena_deinit(&arena);
}

static void no_memory_is_told(void **state)
{
    const char *strings[] = { "a\nb" };
    struct event_policy policy = { .strings = strings, .n_strings = 1 };
    struct arena arena;

    (void)state;
    arena_init(&arena, 0);
    assert_int_equal(policy_lines_clean(&arena, &policy), -1);
    policy = (struct event_policy){ .strings = strings, .n_strings = 1 };
    assert_int_equal(policy_lines_tlsa(&arena, &policy), -1);
    strings[0] = "3 1 1 ab";
    assert_int_equal(policy_lines_tlsa(&arena, &policy), -1);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_those_of_the_policy),
        cmocka_unit_test(records_are_a_set),
        cmocka_unit_test(lines_end_at_their_limit),
        cmocka_unit_test(no_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
