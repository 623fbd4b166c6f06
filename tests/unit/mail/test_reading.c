/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <gmime/gmime.h>

#include "base/text.h"
#include "mail/limits.h"
#include "mail/reading.h"

static const struct {
    const char *name, *raw, *want;
} fields[] = {
    { "plain", "example.com", "example.com" },
    { "folded", "one\r\n two\n\tthree", "one two\tthree" },
    { "encoded-word", "=?utf-8?Q?b=C3=BCcher?= x",
      "b\xc3\xbc"
      "cher x" },
    { "folded encoded-words",
      "=?utf-8?Q?b?=\r\n =?utf-8?B?w7w=?=", "b\xc3\xbc" },
    { "Latin-1 encoded-word", "=?iso-8859-1?Q?b=FC?=", "b\xc3\xbc" },
    { "encoded-word of no known charset", "=?x-none?Q?b?=", "b" },
    { "8-bit UTF-8", "b\xc3\xbc", "b\xc3\xbc" },
    { "8 bit, not UTF-8", "b\xfc", "b\xef\xbf\xbd" },
    { "nothing", "", "" },
};

static void fields_become_text(void **state)
{
    struct arena arena;
    struct reading r = { .arena = &arena };

    (void)state;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const char *text = NULL;

        assert_int_equal(reading_keep_field(&r, slice_of(fields[i].raw), &text),
                         0);
        if (!text || strcmp(text, fields[i].want) != 0)
            fail_msg("%s: got \"%s\"", fields[i].name, text);
    }
    arena_deinit(&arena);
}

static void what_is_absent_stays_absent(void **state)
{
    struct reading r = { .arena = NULL };
    const char *text = "as it was";

    (void)state;
    assert_int_equal(reading_keep_text(&r, slice_of(NULL), &text), 0);
    assert_int_equal(reading_keep_field(&r, slice_of(NULL), &text), 0);
    assert_string_equal(text, "as it was");
}

static void long_text_is_cut_and_stays_valid(void **state)
{
    static char raw[MAIL_MAX_NAME_BYTES + 10];
    const char *text = NULL;
    struct arena arena;
    struct reading r = { .arena = &arena };

    (void)state;
    arena_init(&arena, 1 << 20);
    memset(raw, 'x', sizeof raw);
    /* The cut goes through this character. */
    memcpy(raw + MAIL_MAX_NAME_BYTES - 1, "\xc3\xbc", 2);
    assert_int_equal(reading_keep_text(&r, slice_make(raw, sizeof raw), &text),
                     0);
    assert_true(strlen(text) <= MAIL_MAX_NAME_BYTES + 2);
    assert_int_equal(text_utf8_prefix(slice_of(text)), strlen(text));
    assert_int_equal(reading_keep_field(&r, slice_make(raw, sizeof raw), &text),
                     0);
    assert_true(strlen(text) <= MAIL_MAX_NAME_BYTES + 2);
    arena_deinit(&arena);
}

/* Of a mail of hundreds of forwarded ones each brings its own fields. */
static void a_field_is_kept_once(void **state)
{
    static char raw[MAIL_MAX_NAME_BYTES];
    const char *text = NULL;
    struct arena arena;
    struct reading r = { .arena = &arena };

    (void)state;
    memset(raw, 'x', sizeof raw);
    arena_init(&arena, sizeof raw + 1024);
    assert_int_equal(reading_keep_field(&r, slice_make(raw, sizeof raw), &text),
                     0);
    assert_int_equal(strlen(text), sizeof raw);
    arena_deinit(&arena);
}

static void a_full_arena_is_an_error(void **state)
{
    struct err err = { .kind = ERR_NONE };
    const char *text = NULL;
    struct arena arena;
    struct reading r = { .arena = &arena, .err = &err };

    (void)state;
    arena_init(&arena, 16);
    assert_int_equal(reading_keep_text(&r, SLICE("x"), &text), -1);
    assert_int_equal(reading_keep_field(&r, SLICE("x"), &text), -1);
    assert_int_equal(reading_keep_text(&r, SLICE("\xff"), &text), -1);
    assert_int_equal(err.kind, ERR_MEMORY);
    assert_null(text);
    arena_deinit(&arena);
}

static int prepare_library(void **state)
{
    (void)state;
    g_mime_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_become_text),
        cmocka_unit_test(what_is_absent_stays_absent),
        cmocka_unit_test(long_text_is_cut_and_stays_valid),
        cmocka_unit_test(a_field_is_kept_once),
        cmocka_unit_test(a_full_arena_is_an_error),
    };

    return cmocka_run_group_tests(tests, prepare_library, NULL);
}
