/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record/organisation.h"
#include "row.h"

static const struct {
    const char *name, *domain;
} names[] = {
    { "example.com", "example.com" },
    { "a.b.example.com", "example.com" },
    { "Mail.EXAMPLE.Com.", "example.com" },
    { "mail.example.co.uk", "example.co.uk" },
    /* A rule with "*", and its exception. */
    { "a.b.c.kawasaki.jp", "b.c.kawasaki.jp" },
    { "a.city.kawasaki.jp", "city.kawasaki.jp" },
    /* Of the private part of the list: customers are told apart. */
    { "a.customer.github.io", "customer.github.io" },
    /* A suffix that no list knows. */
    { "a.b.home-lan", "b.home-lan" },
    /* U-labels and A-labels, in name and suffix. */
    { "mail.b\xc3\xbc"
      "cher.example",
      "xn--bcher-kva.example" },
    { "a.b.\xe5\x85\xac\xe5\x8f\xb8.cn", "b.xn--55qx5d.cn" },
    { "a.b.xn--55qx5d.cn", "b.xn--55qx5d.cn" },
    /* Service names. */
    { "s1._domainkey.example.com", "example.com" },
    /* No domain of anybody. */
    { "com", NULL },
    { "co.uk", NULL },
    { "github.io", NULL },
    { "\xe5\x85\xac\xe5\x8f\xb8.cn", NULL },
    { "localhost", NULL },
    { "192.0.2.1", NULL },
    { "[192.0.2.1]", NULL },
    { "2001:db8::1", NULL },
    { "[IPv6:2001:db8::1]", NULL },
    { "*.example.com", NULL },
    { "a..example.com", NULL },
    { "not a name", NULL },
    { "", NULL },
    { ".", NULL },
};

static void the_organisation_is_one_label_below_the_suffix(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(names); i++) {
        const char *domain = "untouched";
        struct arena arena;

        arena_init(&arena, 100000);
        assert_int_equal(
            organisation_find(&arena, slice_of(names[i].name), &domain, NULL),
            0);
        ROW_TEXT(names[i].name, domain, names[i].domain);
        arena_deinit(&arena);
    }
}

static const struct {
    const char *a, *b;
    enum organisation_alignment alignment;
} pairs[] = {
    { "google.com", "google.com", ORGANISATION_SAME },
    { "Google.com.", "google.COM", ORGANISATION_SAME },
    { "mail.google.com", "google.com", ORGANISATION_RELAXED },
    { "a.example.co.uk", "b.c.example.co.uk", ORGANISATION_RELAXED },
    { "b\xc3\xbc"
      "cher.example",
      "mail.xn--bcher-kva.example", ORGANISATION_RELAXED },
    { "example.com", "example.org", ORGANISATION_APART },
    { "notgoogle.com", "google.com", ORGANISATION_APART },
    { "google.com.evil.example", "google.com", ORGANISATION_APART },
    /* Two customers of one suffix, and the suffix itself. */
    { "a.co.uk", "b.co.uk", ORGANISATION_APART },
    { "a.github.io", "b.github.io", ORGANISATION_APART },
    { "co.uk", "a.co.uk", ORGANISATION_APART },
    { "com", "example.com", ORGANISATION_APART },
    { "localhost", "localhost", ORGANISATION_SAME },
    { "a.localhost", "localhost", ORGANISATION_APART },
    /* What is no name is aligned with nothing. */
    { "192.0.2.1", "192.0.2.1", ORGANISATION_APART },
    { "192.0.2.1", "198.51.2.1", ORGANISATION_APART },
    { "[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]", ORGANISATION_APART },
    { "a b", "a b", ORGANISATION_APART },
    { "", "", ORGANISATION_APART },
    { "", "example.com", ORGANISATION_APART },
};

static void names_of_one_organisation_are_aligned(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(pairs); i++) {
        enum organisation_alignment there = 99, back = 99;
        struct arena arena;

        arena_init(&arena, 100000);
        assert_int_equal(organisation_compare(&arena, slice_of(pairs[i].a),
                                              slice_of(pairs[i].b), &there,
                                              NULL),
                         0);
        assert_int_equal(organisation_compare(&arena, slice_of(pairs[i].b),
                                              slice_of(pairs[i].a), &back,
                                              NULL),
                         0);
        ROW_NUMBER(pairs[i].a, there, pairs[i].alignment);
        ROW_NUMBER(pairs[i].a, back, pairs[i].alignment);
        arena_deinit(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_organisation_is_one_label_below_the_suffix),
        cmocka_unit_test(names_of_one_organisation_are_aligned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
