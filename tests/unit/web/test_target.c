/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "web/limits.h"
#include "web/target.h"

/* Segments and parameters in one line, to compare and to print. */
static void describe(const struct target *target, char *out, size_t bytes)
{
    size_t n =
        (size_t)snprintf(out, bytes, "%.*s", (int)target->authority.len,
                         target->authority.len ? target->authority.ptr : "");
    for (size_t i = 0; i < target->n_segments; i++)
        n += (size_t)snprintf(out + n, bytes - n, "/%s", target->segments[i]);
    if (target->is_folder)
        n += (size_t)snprintf(out + n, bytes - n, "/");
    for (size_t i = 0; i < target->n_parameters; i++)
        n += (size_t)snprintf(out + n, bytes - n, "?%s=%s",
                              target->parameters[i].name,
                              target->parameters[i].value);
}

static void targets_are_taken_apart(void **state)
{
    static const struct {
        const char *name, *text, *expected;
    } rows[] = {
        { "root", "/", "" },
        { "path", "/api/v1/overview", "/api/v1/overview" },
        { "folder", "/reports/", "/reports/" },
        { "empty segments", "//a//b", "//a//b" },
        { "dots are names like others", "/a/../b/.", "/a/../b/." },
        { "encoded slash stays in its segment", "/d/a%2Fb", "/d/a/b" },
        { "UTF-8", "/d/b%C3%BCcher",
          "/d/b\xc3\xbc"
          "cher" },
        { "plus in a path is a plus", "/d/a+b", "/d/a+b" },
        { "query", "/r?mx=a&failed=1", "/r?mx=a?failed=1" },
        { "plus in a query is a blank", "/r?o=a+b%2Bc", "/r?o=a b+c" },
        { "a name may hold anything", "/r?o=a%0d%0a%07", "/r?o=a\r\n\a" },
        { "no value", "/r?mx", "/r?mx=" },
        { "empty value", "/r?mx=", "/r?mx=" },
        { "'=' within a value", "/r?c=a=b", "/r?c=a=b" },
        { "empty parameters are none", "/r?&&a=1&", "/r?a=1" },
        { "second question mark", "/r?a=?", "/r?a=?" },
        { "absolute form", "http://127.0.0.1:1/r?a=1", "127.0.0.1:1/r?a=1" },
        { "absolute form without path", "HTTP://h:1", "h:1" },
        { "absolute form, query alone", "http://h?a=1", "h?a=1" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct target target;
        struct arena arena;
        struct err err = { 0 };
        char got[512] = "";
        arena_init(&arena, 65536);
        int r = target_parse(slice_of(rows[i].text), &arena, &target, &err);
        if (r == 0)
            describe(&target, got, sizeof got);
        if (r != 0 || strcmp(got, rows[i].expected) != 0)
            fail_msg("%s: expected %s, got %s%s", rows[i].name,
                     rows[i].expected, got, r ? err.text : "");
        arena_deinit(&arena);
    }
}

static void assert_refused(const char *name, struct slice text,
                           enum err_kind kind)
{
    struct target target = { .n_segments = 77 };
    struct arena arena;
    struct err err = { 0 };
    arena_init(&arena, 65536);
    int r = target_parse(text, &arena, &target, &err);
    if (r != -1 || err.kind != kind || target.n_segments != 77)
        fail_msg("%s: expected -1 and kind %d, got %d and kind %d", name,
                 (int)kind, r, (int)err.kind);
    arena_deinit(&arena);
}

static void bad_targets_are_refused(void **state)
{
    static const struct {
        const char *name;
        struct slice text;
    } rows[] = {
        { "empty", { "", 0 } },
        { "asterisk form", { "*", 1 } },
        { "relative", { "a/b", 3 } },
        { "authority form", { "h:443", 5 } },
        { "other scheme", { "https://h/", 10 } },
        { "cut escape", { "/a%4", 4 } },
        { "escape at the end", { "/a%", 3 } },
        { "escape of other letters", { "/%zz", 4 } },
        { "encoded NUL", { "/a%00b", 6 } },
        { "NUL", { "/a\0b", 4 } },
        { "overlong slash", { "/%c0%af", 7 } },
        { "half a character", { "/%c3", 4 } },
        { "half a character in a value", { "/?a=%c3", 7 } },
        { "bad escape in a name", { "/?%=1", 5 } },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_refused(rows[i].name, rows[i].text, ERR_INPUT);
}

static void long_targets_are_refused(void **state)
{
    static char text[WEB_TARGET_BYTES + 2];
    (void)state;
    memset(text, 'a', sizeof text);
    text[0] = '/';
    assert_refused("one octet too long", slice_make(text, WEB_TARGET_BYTES + 1),
                   ERR_LIMIT);
    assert_refused("nine segments", slice_of("/1/2/3/4/5/6/7/8/9"), ERR_LIMIT);
    assert_refused("17 parameters",
                   slice_of("/?a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q"), ERR_LIMIT);
}

static void a_cut_anywhere_is_read_or_refused(void **state)
{
    const struct slice whole =
        SLICE("http://h:1/api/v1/d/b%C3%BC?from=2026-01-01&mx=%2e+x#f");
    (void)state;
    for (size_t len = 0; len <= whole.len; len++) {
        struct target target;
        struct arena arena;
        struct err err = { 0 };
        arena_init(&arena, 65536);
        int r = target_parse(slice_make(whole.ptr, len), &arena, &target, &err);
        assert_true(r == 0 || (r == -1 && err.kind == ERR_INPUT));
        arena_deinit(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_are_taken_apart),
        cmocka_unit_test(bad_targets_are_refused),
        cmocka_unit_test(long_targets_are_refused),
        cmocka_unit_test(a_cut_anywhere_is_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
