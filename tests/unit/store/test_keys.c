/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/keys.h"

#include <stdlib.h>

#include "store/sample.h"

static void key_of(const struct sample_report *sample,
                   unsigned char key[static DIGEST_BYTES])
{
    struct store_report report = sample->report;
    struct arena arena;

    report.policies = sample->policies;
    arena_init(&arena, 1 << 20);
    assert_int_equal(keys_report(&report, &arena, key), 0);
    arena_deinit(&arena);
}

static void assert_keys(const struct sample_report *a,
                        const struct sample_report *b, bool is_same)
{
    unsigned char left[DIGEST_BYTES];
    unsigned char right[DIGEST_BYTES];

    key_of(a, left);
    key_of(b, right);
    assert_int_equal(memcmp(left, right, DIGEST_BYTES) == 0, is_same);
}

static struct sample_report two_domains(const char *first, const char *second)
{
    struct sample_report report;

    sample_fill(&report, "one", first, SAMPLE_DAY, 1, 0);
    report.policies[1].policy_domain = second;
    report.report.n_policies = 2;
    return report;
}

static void each_part_is_in_the_key(void **state)
{
    struct sample_report base, other;

    (void)state;
    sample_fill(&base, "one", "a.example", SAMPLE_DAY, 1, 0);
    other = base;
    assert_keys(&base, &other, true);
    other.report.organization = "two";
    assert_keys(&base, &other, false);
    other = base;
    other.report.report_id = "2";
    assert_keys(&base, &other, false);
    other = base;
    other.report.start++;
    assert_keys(&base, &other, false);
    other = base;
    other.report.end = UTC_NONE;
    assert_keys(&base, &other, false);
    other = base;
    other.report.start_odd = "1790812800";
    assert_keys(&base, &other, false);
    other = base;
    other.report.end_odd = "1790812800";
    assert_keys(&base, &other, false);
    other = base;
    other.policies[0].policy_domain = "b.example";
    assert_keys(&base, &other, false);
}

static void the_order_of_domains_is_none_of_its_parts(void **state)
{
    struct sample_report ab = two_domains("a.example", "b.example");
    struct sample_report ba = two_domains("b.example", "a.example");
    struct sample_report aa = two_domains("a.example", "a.example");
    struct sample_report a;

    (void)state;
    sample_fill(&a, "one", "a.example", SAMPLE_DAY, 1, 0);
    assert_keys(&ab, &ba, true);
    assert_keys(&ab, &aa, false);
    assert_keys(&a, &aa, true);
}

/* Text moved over the border between two parts gives another key. */
static void parts_cannot_run_into_each_other(void **state)
{
    struct sample_report a, b;

    (void)state;
    sample_fill(&a, "on", "a.example", SAMPLE_DAY, 1, 0);
    sample_fill(&b, "one", "a.example", SAMPLE_DAY, 1, 0);
    a.report.report_id = "e1";
    b.report.report_id = "1";
    assert_keys(&a, &b, false);
}

static void the_key_does_not_look_at_counts(void **state)
{
    struct sample_report a, b;

    (void)state;
    sample_fill(&a, "one", "a.example", SAMPLE_DAY, 1, 0);
    sample_fill(&b, "one", "a.example", SAMPLE_DAY, 9, 3);
    assert_keys(&a, &b, true);
}

static void authors_of_a_name_have_keys_in_one_range(void **state)
{
    struct sample_report report;
    unsigned char key[DIGEST_BYTES], a[DIGEST_BYTES], b[DIGEST_BYTES];
    struct keys_range range;
    struct arena arena;

    (void)state;
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 1, 0);
    report.report.policies = report.policies;
    arena_init(&arena, 1 << 20);
    assert_int_equal(keys_report(&report.report, &arena, key), 0);
    assert_int_equal(keys_own(key, "a.example", a), 0);
    assert_int_equal(keys_own(a, "b.example", b), 0);
    assert_true(keys_is_same_name(key, a) && keys_is_same_name(key, b));
    assert_memory_not_equal(key, a, DIGEST_BYTES);
    assert_memory_not_equal(a, b, DIGEST_BYTES);
    range = keys_range(a);
    assert_true(memcmp(range.first, key, DIGEST_BYTES) < 0 &&
                memcmp(range.first, b, DIGEST_BYTES) < 0);
    assert_true(memcmp(range.last, key, DIGEST_BYTES) > 0 &&
                memcmp(range.last, b, DIGEST_BYTES) > 0);
    assert_int_equal(keys_own(key, "a.example", key), 0);
    assert_memory_equal(key, a, DIGEST_BYTES);
    report.report.report_id = "2";
    assert_int_equal(keys_report(&report.report, &arena, key), 0);
    assert_false(keys_is_same_name(key, a));
    arena_deinit(&arena);
}

static void policies_differ_by_type_text_and_hosts(void **state)
{
    struct store_policy base = { .type = "sts",
                                 .policy_text = "x",
                                 .mx_hosts = "y" };
    struct store_policy others[] = { base, base, base, base };
    unsigned char expected[DIGEST_BYTES];
    unsigned char got[DIGEST_BYTES];
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    others[1].type = "tlsa";
    others[2].policy_text = "z";
    others[3].mx_hosts = "";
    assert_int_equal(keys_policy(&base, &arena, expected), 0);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(keys_policy(&others[i], &arena, got), 0);
        assert_int_equal(memcmp(expected, got, DIGEST_BYTES) == 0, i == 0);
    }
    arena_deinit(&arena);
}

static void too_little_memory_is_an_answer(void **state)
{
    struct sample_report report;
    unsigned char key[DIGEST_BYTES];
    struct arena arena;

    (void)state;
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 1, 0);
    report.report.policies = report.policies;
    arena_init(&arena, 16);
    assert_int_equal(keys_report(&report.report, &arena, key), -1);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_is_in_the_key),
        cmocka_unit_test(the_order_of_domains_is_none_of_its_parts),
        cmocka_unit_test(parts_cannot_run_into_each_other),
        cmocka_unit_test(the_key_does_not_look_at_counts),
        cmocka_unit_test(authors_of_a_name_have_keys_in_one_range),
        cmocka_unit_test(policies_differ_by_type_text_and_hosts),
        cmocka_unit_test(too_little_memory_is_an_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
