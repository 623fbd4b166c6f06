/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "event/host_name.h"
#include "row.h"

#define X63 "x23456789012345678901234567890123456789012345678901234567890123"

/* By host_name_clean and by host_name_pattern. */
static const struct {
    const char *name, *text, *clean, *pattern;
} names[] = {
    { "a name", "mx1.our.example", "mx1.our.example", "mx1.our.example" },
    { "capitals", "UP.Example", "up.example", "up.example" },
    { "a root dot", "mx.our.example.", "mx.our.example", "mx.our.example" },
    { "U-labels",
      "b\xc3\xbc"
      "cher.example",
      "xn--bcher-kva.example", "xn--bcher-kva.example" },
    { "a pattern", "*.Our.Example", "*.our.example", "*.our.example" },
    { "nothing", "", NULL, NULL },
    { "a dot", ".", NULL, "." },
    { "words", "no such Host", NULL, "no such Host" },
    { "an address", "[192.0.2.1]", NULL, "[192.0.2.1]" },
    { "a long label", "a" X63 ".example", NULL, "a" X63 ".example" },
    { "controls", "\x1bMX.our.example", NULL, "mx.our.example" },
};

static void names_are_made_one_way(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 100000);
    for (size_t i = 0; i < ROWS(names); i++) {
        const char *clean = "untouched", *again;

        assert_int_equal(host_name_clean(&arena, names[i].text, &clean), 0);
        ROW_TEXT(names[i].name, clean, names[i].clean);
        assert_int_equal(host_name_pattern(&arena, names[i].text, &clean), 0);
        ROW_TEXT(names[i].name, clean, names[i].pattern);
        if (clean) {
            assert_int_equal(host_name_pattern(&arena, clean, &again), 0);
            ROW_TEXT(names[i].name, again, clean);
        }
    }
    arena_deinit(&arena);
}

static const struct {
    const char *name, *reply, *helo;
} replies[] = {
    { "a name alone", "mx.our.example", "mx.our.example" },
    { "the whole reply of Postfix",
      "250-mx.our.example\r\n250-PIPELINING\r\n250 8BITMIME",
      "mx.our.example" },
    { "without codes", "mx.our.example\r\nPIPELINING", "mx.our.example" },
    { "without CR", "250-mx.our.example\n250 SIZE", "mx.our.example" },
    { "one line", "250 MX.our.example", "mx.our.example" },
    { "an address of ours behind it",
      "250-mx.our.example Hello [192.0.2.7], 3 queued\r\n250 SIZE",
      "mx.our.example" },
    { "a session number behind it", "250 mx.our.example\tid=A1\r\n",
      "mx.our.example" },
    { "one in capitals that begins like a code", "250-MX.our.example",
      "250-mx.our.example" },
    { "a name that begins like a code", "250-mx.our.example",
      "250-mx.our.example" },
    { "an address in brackets", "250 [192.0.2.1] hi", "[192.0.2.1]" },
    { "a greeting", "250-Hello, client\r\n250 SIZE", "Hello," },
    { "letters of others", "250 M\xef\xbf\xbdller", "M\xef\xbf\xbdller" },
    { "a control inside",
      "250 a\x01"
      "b.example",
      "a" },
    { "a code alone", "250", "250" },
    { "a code and nothing", "250 \r\n250 SIZE", NULL },
    { "an empty line", "\r\nmx.our.example", NULL },
    { "nothing", "", NULL },
    { "one endless word", X63 X63 X63 X63 "x", X63 X63 X63 X63 "x" },
    { "a longer one", X63 X63 X63 X63 "x234567890", X63 X63 X63 X63 "x23" },
};

static void a_reply_names_its_host(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 100000);
    for (size_t i = 0; i < ROWS(replies); i++) {
        const char *helo = "untouched", *again;

        assert_int_equal(host_name_of_reply(&arena, replies[i].reply, &helo),
                         0);
        ROW_TEXT(replies[i].name, helo, replies[i].helo);
        if (helo) {
            assert_int_equal(host_name_of_reply(&arena, helo, &again), 0);
            ROW_TEXT(replies[i].name, again, helo);
        }
    }
    arena_deinit(&arena);
}

static void no_memory_is_told(void **state)
{
    struct arena arena;
    const char *out;

    (void)state;
    arena_init(&arena, 0);
    assert_int_equal(host_name_clean(&arena, "UP.example", &out), -1);
    assert_int_equal(host_name_pattern(&arena, "a b", &out), -1);
    assert_int_equal(host_name_of_reply(&arena, "250 a", &out), -1);
    assert_int_equal(host_name_of_reply(&arena, "a", &out), 0);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_made_one_way),
        cmocka_unit_test(a_reply_names_its_host),
        cmocka_unit_test(no_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
