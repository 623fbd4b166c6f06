/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cli/config_text.h"

/* Files by name; the last has none. */
struct file {
    const char *name, *text;
};

static int load(void *context, const char *path, struct buffer *out,
                struct err *err)
{
    for (const struct file *file = context; file->name; file++) {
        if (strcmp(file->name, path) != 0)
            continue;
        buffer_add_text(out, file->text);
        return 0;
    }
    return err_set(err, ERR_SYSTEM, "no %s", path);
}

static struct config_text text;
static struct config_problems problems;

static const char *plain(const struct file *files)
{
    struct err err;

    config_text_deinit(&text);
    config_problems_deinit(&problems);
    config_text_init(&text);
    config_problems_init(&problems);
    assert_int_equal(config_text_read(&text, files[0].name, load,
                                      (void *)(uintptr_t)files, &problems,
                                      &err),
                     0);
    return buffer_text(&text.plain);
}

static const char *plain_of(const char *octets)
{
    const struct file files[] = { { "/a", octets }, { NULL, NULL } };

    return plain(files);
}

static void strings_and_words_become_plain(void **state)
{
    static const char *const rows[][2] = {
        { "a = b", "a = 'b'\n" },
        { "a = \"b\"", "a = 'b'\n" },
        { "a = 'b'", "a = 'b'\n" },
        { "a = \"it's \\\"x\\\" \\\\\"", "a = 'it\\'s \"x\" \\\\'\n" },
        { "a = 'back\\slash'", "a = 'back\\\\slash'\n" },
        { "a = 'it\\'s'", "a = 'it\\'s'\n" },
        { "a = '${x}'", "a = '${x}'\n" },
        { "a = imaps://x", "a = 'imaps://x'\n" },
        { "a = unix:/run/x", "a = 'unix:/run/x'\n" },
        { "a = { b, 'c' }", "a = { 'b', 'c' }\n" },
        { "a += b # c", "a += 'b' \n" },
        { "# \"' { \xc3\xbc\na=b", "\na='b'\n" },
        { "s t { a = b }", "s 't' { a = 'b' }\n" },
        { "s /t {}\r\n", "s '/t' {} \n\n" },
        { "\xef\xbb\xbf", "\n" },
        { "a = \"\xc3\xbc\"", "a = '\xc3\xbc'\n" },
        { "a = { include, 'b' }", "a = { 'include', 'b' }\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_string_equal(plain_of(rows[i][0]), rows[i][1]);
        assert_int_equal(problems.n_errors, 0);
        assert_true(text.is_balanced);
    }
}

static void each_trap_is_refused_in_its_line(void **state)
{
    static const struct {
        const char *text, *says;
        unsigned line;
    } rows[] = {
        { "a = \"${HOME}\"", "variables are not expanded", 1 },
        { "a = ${HOME}", "$ has no meaning here", 1 },
        { "\n/* x */", "comments begin with #", 2 },
        { "// x", "comments begin with #, not with //", 1 },
        { "a = +x", "quotes", 1 },
        { "a|b = c", "| has no meaning", 1 },
        { "'a|b' = c", "a name stands without quotes", 1 },
        { "a/b = c", "a name holds no slash", 1 },
        { "a = fo*o", "a statement ends with its line", 1 },
        { "a = b;", "a statement ends with its line", 1 },
        { "a = \xc3\xbc", "a character outside ASCII", 1 },
        { "a = \"b\nc = d", "a string is not closed; put \"", 1 },
        { "a = 'b", "a string is not closed; put '", 1 },
        { "a = \"\\q\"", "\\q is no escape", 1 },
        { "a = \"\\\n\"", "is no escape", 1 },
        { "a = 'b\x01'", "a control character", 1 },
        { "\n\na {\n b {\n}\n", "never closed", 3 },
        { "a {\n}\n}", "closes nothing", 3 },
        { "a{b{c{d{e{f{g{h{i{}}}}}}}}}", "nested too deep", 1 },
        { "include", "include names no file", 1 },
        { "include = x", "without =", 1 },
        { "a { include '/b' }", "inside a section", 1 },
        { "\ninclude '/none'", "no /none", 2 },
        { "a = \xff", "no UTF-8 text", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        plain_of(rows[i].text);
        if (problems.n_rows == 0 ||
            problems.rows[0].place.line != rows[i].line ||
            !strstr(problems.rows[0].text, rows[i].says))
            fail_msg("%s: expected %u %s, got %u %s", rows[i].text,
                     rows[i].line, rows[i].says,
                     problems.n_rows ? problems.rows[0].place.line : 0,
                     problems.n_rows ? problems.rows[0].text : "nothing");
    }
}

static void included_files_stand_in_place(void **state)
{
    const struct file files[] = {
        { "/etc/a", "x = 1\ninclude \"d/b\" y = 2\nz = 3\n" },
        { "/etc/d/b", "b = 1\ninclude 'c'\n" },
        { "/etc/d/c", "c = 1" },
        { NULL, NULL },
    };
    static const struct {
        const char *file;
        unsigned line;
    } want[] = {
        { "/etc/a", 1 },   { "/etc/a", 2 },   { "/etc/d/b", 1 },
        { "/etc/d/b", 2 }, { "/etc/d/c", 1 }, { "/etc/d/b", 2 },
        { "/etc/d/b", 3 }, { "/etc/a", 2 },   { "/etc/a", 3 },
    };

    (void)state;
    assert_string_equal(plain(files), "x = '1'\n \nb = '1'\n \nc = '1'\n\n\n"
                                      " y = '2'\nz = '3'\n\n");
    assert_int_equal(problems.n_errors, 0);
    for (unsigned i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        struct config_place place = config_text_place(&text, i + 1);

        assert_string_equal(place.file, want[i].file);
        assert_int_equal(place.line, want[i].line);
    }
}

static void files_that_include_themselves_end(void **state)
{
    const struct file files[] = { { "/a", "include '/a'" }, { NULL, NULL } };

    (void)state;
    plain(files);
    assert_int_equal(problems.n_errors, 1);
    assert_non_null(strstr(problems.rows[0].text, "include itself?"));
}

static void a_brace_is_closed_in_its_own_file(void **state)
{
    const struct file files[] = { { "/a", "include '/b'\n}" },
                                  { "/b", "x {" },
                                  { NULL, NULL } };

    (void)state;
    plain(files);
    assert_false(text.is_balanced);
    assert_int_equal(problems.n_errors, 2);
    assert_string_equal(problems.rows[0].place.file, "/b");
    assert_string_equal(problems.rows[1].place.file, "/a");
}

static void statements_are_dropped_whole(void **state)
{
    static const char *const rows[][2] = {
        { "x = 1 y = 2", "        y = '2'\n" },
        { "x += { a, '}' } y = 2", "                  y = '2'\n" },
        { "x t { a = { b } } y = 2", "                      y = '2'\n" },
        { "x { } y = 2", "      y = '2'\n" },
        { "x 7 = 2", "  '7' = '2'\n" },
        { "a = x x = 1", "a = 'x'        \n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        plain_of(rows[i][0]);
        assert_true(config_text_drop(&text, 1, "x"));
        assert_string_equal(text.plain.ptr, rows[i][1]);
        assert_false(config_text_drop(&text, 1, "x"));
    }
    assert_false(config_text_drop(&text, 9, "x"));
}

static int teardown(void **state)
{
    (void)state;
    config_text_deinit(&text);
    config_problems_deinit(&problems);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_and_words_become_plain),
        cmocka_unit_test(each_trap_is_refused_in_its_line),
        cmocka_unit_test(included_files_stand_in_place),
        cmocka_unit_test(files_that_include_themselves_end),
        cmocka_unit_test(a_brace_is_closed_in_its_own_file),
        cmocka_unit_test(statements_are_dropped_whole),
    };

    return cmocka_run_group_tests(tests, NULL, teardown);
}
