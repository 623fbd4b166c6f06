/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/address.h"

#include "row.h"

static const struct {
    const char *name;
    struct slice text;
    int form;
    const char *expected;
} rows[] = {
    { "empty", { "", 0 }, ADDRESS_EMPTY, NULL },
    { "blanks alone", { " \t\r\n", 4 }, ADDRESS_EMPTY, NULL },
    { "ipv4", { "192.0.2.1", 9 }, ADDRESS_PLAIN, "192.0.2.1" },
    { "ipv4 all ones",
      { "255.255.255.255", 15 },
      ADDRESS_PLAIN,
      "255.255.255.255" },
    { "blanks around", { " 192.0.2.1\n", 11 }, ADDRESS_PLAIN, "192.0.2.1" },
    { "ipv4 in brackets",
      { "[192.0.2.1]", 11 },
      ADDRESS_DECORATED,
      "192.0.2.1" },
    { "ipv4 with port",
      { "192.0.2.1:25", 12 },
      ADDRESS_DECORATED,
      "192.0.2.1" },
    { "ipv4 with prefix length",
      { "192.0.2.1/32", 12 },
      ADDRESS_DECORATED,
      "192.0.2.1" },
    { "ipv4, brackets and port",
      { "[192.0.2.1]:25", 14 },
      ADDRESS_DECORATED,
      "192.0.2.1" },
    { "ipv4 with leading zero",
      { "192.0.02.1", 10 },
      ADDRESS_NO_ADDRESS,
      "192.0.02.1" },
    { "ipv4 over 255",
      { "192.0.2.256", 11 },
      ADDRESS_NO_ADDRESS,
      "192.0.2.256" },
    { "ipv4 of three parts", { "192.0.2", 7 }, ADDRESS_NO_ADDRESS, "192.0.2" },
    { "ipv4 as one number",
      { "3221225985", 10 },
      ADDRESS_NO_ADDRESS,
      "3221225985" },
    /* RFC 5952 section 4 and 5 */
    { "ipv6", { "2001:db8::1", 11 }, ADDRESS_PLAIN, "2001:db8::1" },
    { "leading zeros go",
      { "2001:0db8::0001", 15 },
      ADDRESS_PLAIN,
      "2001:db8::1" },
    { "capitals are folded",
      { "2001:DB8::ABCD", 14 },
      ADDRESS_PLAIN,
      "2001:db8::abcd" },
    { "zeros are shortened",
      { "2001:db8:0:0:0:0:2:1", 20 },
      ADDRESS_PLAIN,
      "2001:db8::2:1" },
    { "a single zero group stays",
      { "2001:db8:0:1:1:1:1:1", 20 },
      ADDRESS_PLAIN,
      "2001:db8:0:1:1:1:1:1" },
    { "a shortened single group is written out",
      { "2001:db8::1:1:1:1:1", 19 },
      ADDRESS_PLAIN,
      "2001:db8:0:1:1:1:1:1" },
    { "the longest run is shortened",
      { "2001:0:0:1:0:0:0:1", 18 },
      ADDRESS_PLAIN,
      "2001:0:0:1::1" },
    { "the first of equal runs is shortened",
      { "2001:db8:0:0:1:0:0:1", 20 },
      ADDRESS_PLAIN,
      "2001:db8::1:0:0:1" },
    { "unspecified", { "::", 2 }, ADDRESS_PLAIN, "::" },
    { "loopback", { "0:0:0:0:0:0:0:1", 15 }, ADDRESS_PLAIN, "::1" },
    { "ipv4-mapped",
      { "::ffff:192.0.2.1", 16 },
      ADDRESS_DECORATED,
      "192.0.2.1" },
    { "ipv4-mapped in hex",
      { "::FFFF:c000:201", 15 },
      ADDRESS_DECORATED,
      "192.0.2.1" },
    { "nat64",
      { "64:ff9b::192.0.2.1", 18 },
      ADDRESS_PLAIN,
      "64:ff9b::c000:201" },
    { "ipv6 in brackets",
      { "[2001:db8::1]", 13 },
      ADDRESS_DECORATED,
      "2001:db8::1" },
    { "ipv6, brackets and port",
      { "[2001:db8::1]:25", 16 },
      ADDRESS_DECORATED,
      "2001:db8::1" },
    { "ipv6 literal of mail",
      { "[IPv6:2001:db8::1]", 18 },
      ADDRESS_DECORATED,
      "2001:db8::1" },
    { "ipv6 prefix without brackets",
      { "ipv6:2001:db8::1", 16 },
      ADDRESS_DECORATED,
      "2001:db8::1" },
    { "ipv6 with zone", { "fe80::1%eth0", 12 }, ADDRESS_DECORATED, "fe80::1" },
    { "ipv6 with zone in brackets",
      { "[fe80::1%25eth0]", 16 },
      ADDRESS_DECORATED,
      "fe80::1" },
    { "ipv6 with prefix length",
      { "2001:db8::1/64", 14 },
      ADDRESS_DECORATED,
      "2001:db8::1" },
    { "bracket not closed",
      { "[2001:db8::1", 12 },
      ADDRESS_DECORATED,
      "2001:db8::1" },
    { "two shortenings",
      { "2001::db8::1", 12 },
      ADDRESS_NO_ADDRESS,
      "2001::db8::1" },
    { "nine groups",
      { "1:2:3:4:5:6:7:8:9", 17 },
      ADDRESS_NO_ADDRESS,
      "1:2:3:4:5:6:7:8:9" },
    { "five digits",
      { "2001:db8::12345", 15 },
      ADDRESS_NO_ADDRESS,
      "2001:db8::12345" },
    { "host name",
      { "mx.example.com", 14 },
      ADDRESS_NO_ADDRESS,
      "mx.example.com" },
    { "words", { " not known ", 11 }, ADDRESS_NO_ADDRESS, "not known" },
    { "prefix alone", { "IPv6:", 5 }, ADDRESS_NO_ADDRESS, "IPv6:" },
    { "brackets alone", { "[]", 2 }, ADDRESS_NO_ADDRESS, "[]" },
    { "nul behind an address",
      { "192.0.2.1\0x", 11 },
      ADDRESS_NO_ADDRESS,
      NULL },
    { "too long for any address",
      { "1111:2222:3333:4444:5555:6666:7777:8888:9999:1111", 49 },
      ADDRESS_NO_ADDRESS,
      "1111:2222:3333:4444:5555:6666:7777:8888:9999:1111" },
};

static void addresses_are_normalised(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct arena arena;
        const char *text = "untouched";

        arena_init(&arena, 10000);
        ROW_NUMBER(rows[i].name, address_normalise(&arena, rows[i].text, &text),
                   rows[i].form);
        if (rows[i].expected || rows[i].form == ADDRESS_EMPTY)
            ROW_TEXT(rows[i].name, text, rows[i].expected);
        arena_deinit(&arena);
    }
}

/* What came out is as it should be: a second time nothing changes. */
static void normalising_twice_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct arena arena;
        const char *once, *twice;

        arena_init(&arena, 10000);
        address_normalise(&arena, rows[i].text, &once);
        if (once) {
            int form = address_normalise(&arena, slice_of(once), &twice);

            ROW_TEXT(rows[i].name, twice, once);
            ROW_NUMBER(rows[i].name, form == ADDRESS_DECORATED, false);
        }
        arena_deinit(&arena);
    }
}

static void no_memory_is_told(void **state)
{
    struct arena arena;
    const char *text;

    (void)state;
    arena_init(&arena, 0);
    assert_int_equal(address_normalise(&arena, SLICE("192.0.2.1"), &text), -1);
    assert_int_equal(address_normalise(&arena, SLICE("words"), &text), -1);
    assert_int_equal(address_normalise(&arena, SLICE(" "), &text),
                     ADDRESS_EMPTY);
    arena_deinit(&arena);
}

static void a_plain_address_stays_as_it_is(void **state)
{
    size_t n_plain = 0;

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        if (!address_is_plain(rows[i].text))
            continue;
        n_plain++;
        ROW_NUMBER(rows[i].name, rows[i].form, ADDRESS_PLAIN);
        assert_true(slice_equal(rows[i].text, slice_of(rows[i].expected)));
    }
    assert_int_equal(n_plain, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_address_stays_as_it_is),
        cmocka_unit_test(addresses_are_normalised),
        cmocka_unit_test(normalising_twice_changes_nothing),
        cmocka_unit_test(no_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
