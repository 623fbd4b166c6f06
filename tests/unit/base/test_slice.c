/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"

#include "row.h"

static void case_is_folded_for_ascii_letters_alone(void **state)
{
    static const struct {
        const char *name, *a, *b;
        bool is_equal;
    } rows[] = {
        { "both empty", "", "", true },
        { "same", "mx.example", "mx.example", true },
        { "letters in either case", "Mx.EXAMPLE", "mX.example", true },
        { "@ is no letter beside `", "@", "`", false },
        { "[ is no letter beside {", "[", "{", false },
        { "one is longer", "mx", "mx.", false },
        { "U-umlaut keeps its case", "\xc3\x9c", "\xc3\xbc", false },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        ROW_NUMBER(rows[i].name,
                   slice_equal_fold(slice_of(rows[i].a), slice_of(rows[i].b)),
                   rows[i].is_equal);
}

static void a_suffix_is_found_in_any_case(void **state)
{
    static const struct {
        const char *name, *text, *suffix;
        bool ends;
    } rows[] = {
        { "empty suffix", "a", "", true },
        { "file name", "Report.JSON.GZ", ".json.gz", true },
        { "the whole", ".gz", ".GZ", true },
        { "longer than the text", "gz", ".gz", false },
        { "elsewhere", ".gz.txt", ".gz", false },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        ROW_NUMBER(
            rows[i].name,
            slice_ends_fold(slice_of(rows[i].text), slice_of(rows[i].suffix)),
            rows[i].ends);
}

static void a_prefix_is_found_in_any_case(void **state)
{
    (void)state;
    assert_true(slice_starts_fold(SLICE("CONTENT-type: x"), SLICE("content")));
    assert_true(slice_starts_fold(SLICE("a"), SLICE("")));
    assert_false(slice_starts_fold(SLICE("con"), SLICE("cont")));
    assert_false(slice_starts_fold(SLICE("a content"), SLICE("content")));
}

static void a_line_ends_behind_its_lf(void **state)
{
    (void)state;
    ROW_OCTETS("the first of two", slice_line(SLICE("a\r\nb\n")),
               SLICE("a\r\n"));
    ROW_OCTETS("an empty one", slice_line(SLICE("\nb")), SLICE("\n"));
    ROW_OCTETS("no LF", slice_line(SLICE("a\rb")), SLICE("a\rb"));
    ROW_OCTETS("nothing", slice_line(slice_make(NULL, 0)), slice_make(NULL, 0));
}

static void a_cut_leaves_what_stands_behind(void **state)
{
    struct slice rest = SLICE("a;;b");

    (void)state;
    assert_true(slice_equal(slice_cut(&rest, ';'), SLICE("a")));
    assert_true(slice_equal(rest, SLICE(";b")));
    assert_true(slice_equal(slice_cut(&rest, ';'), SLICE("")));
    assert_true(slice_equal(slice_cut(&rest, ';'), SLICE("b")));
    assert_int_equal(rest.len, 0);
    assert_int_equal(slice_cut(&rest, ';').len, 0);
    rest = slice_make(NULL, 0);
    assert_int_equal(slice_cut(&rest, ';').len, 0);
}

static void blanks_go_from_both_ends(void **state)
{
    static const struct {
        const char *name, *text, *expected;
    } rows[] = {
        { "nothing to do", "a b", "a b" },
        { "all four kinds", " \t\r\na b\n\r\t ", "a b" },
        { "blanks alone", " \r\n\t ", "" },
        { "empty", "", "" },
        { "vertical tab stays", "\va\f", "\va\f" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        ROW_OCTETS(rows[i].name, slice_trim(slice_of(rows[i].text)),
                   slice_of(rows[i].expected));
    assert_int_equal(slice_trim(slice_make(NULL, 0)).len, 0);
}

static void an_octet_is_found_or_the_length_told(void **state)
{
    (void)state;
    assert_int_equal(slice_find(SLICE("a!b!c"), '!'), 1);
    assert_int_equal(slice_find(SLICE("abc"), '!'), 3);
    assert_int_equal(slice_find(SLICE("a\0b"), '\0'), 1);
    assert_int_equal(slice_find(slice_make(NULL, 0), 'a'), 0);
}

static void skipping_stops_at_the_end(void **state)
{
    (void)state;
    ROW_OCTETS("some", slice_skip(SLICE("abc"), 2), SLICE("c"));
    ROW_OCTETS("all", slice_skip(SLICE("abc"), 3), SLICE(""));
    ROW_OCTETS("more than there is", slice_skip(SLICE("abc"), 9), SLICE(""));
    ROW_OCTETS("of nothing", slice_skip(slice_make(NULL, 0), 1),
               slice_make(NULL, 0));
}

static void octets_are_compared_with_nul_and_null(void **state)
{
    (void)state;
    assert_true(slice_equal(SLICE("a\0b"), SLICE("a\0b")));
    assert_false(slice_equal(SLICE("a\0b"), SLICE("a\0c")));
    assert_true(slice_equal(slice_of(NULL), SLICE("")));
    assert_true(slice_starts(SLICE("abc"), SLICE("ab")));
    assert_true(slice_starts(SLICE("abc"), slice_of(NULL)));
    assert_false(slice_starts(SLICE("ab"), SLICE("abc")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_is_folded_for_ascii_letters_alone),
        cmocka_unit_test(a_suffix_is_found_in_any_case),
        cmocka_unit_test(a_prefix_is_found_in_any_case),
        cmocka_unit_test(a_line_ends_behind_its_lf),
        cmocka_unit_test(a_cut_leaves_what_stands_behind),
        cmocka_unit_test(blanks_go_from_both_ends),
        cmocka_unit_test(an_octet_is_found_or_the_length_told),
        cmocka_unit_test(skipping_stops_at_the_end),
        cmocka_unit_test(octets_are_compared_with_nul_and_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
