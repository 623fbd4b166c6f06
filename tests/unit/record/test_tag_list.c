/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/buffer.h"
#include "record/tag_list.h"
#include "row.h"

static const struct {
    const char *name, *text;
    const char *want; /* "name=value|" for each tag read */
    enum tag_list_fault fault;
    size_t offset;
} rows[] = {
    { "one tag", "v=1", "v=1|", TAG_LIST_FINE, 0 },
    { "several", "v=1; a=rsa-sha256;b=", "v=1|a=rsa-sha256|b=|", TAG_LIST_FINE,
      0 },
    { "semicolon at the end", "v=1;", "v=1|", TAG_LIST_FINE, 0 },
    { "semicolon and blanks at the end", "v=1; \t", "v=1|", TAG_LIST_FINE, 0 },
    { "blanks around", " v \t=\t 1 ; t= 2", "v=1|t=2|", TAG_LIST_FINE, 0 },
    { "folds around", "v\r\n =\n\t1;\r\n t=2", "v=1|t=2|", TAG_LIST_FINE, 0 },
    { "blanks and folds within a value", "b=ab\r\n cd ef", "b=ab\r\n cd ef|",
      TAG_LIST_FINE, 0 },
    { "case of names", "V=1;v=2", "V=1|v=2|", TAG_LIST_FINE, 0 },
    { "long names", "a_1Z=x", "a_1Z=x|", TAG_LIST_FINE, 0 },
    { "equals in a value", "p=AA==", "p=AA==|", TAG_LIST_FINE, 0 },
    { "utf-8 in a value", "d=b\xc3\xbc", "d=b\xc3\xbc|", TAG_LIST_FINE, 0 },
    { "nothing", "", "", TAG_LIST_EMPTY, 0 },
    { "blanks alone", " \t ", "", TAG_LIST_EMPTY, 0 },
    { "semicolon alone", ";", "", TAG_LIST_NO_NAME, 0 },
    { "two semicolons", "v=1;;a=2", "v=1|", TAG_LIST_NO_NAME, 4 },
    { "two semicolons at the end", "v=1; ;", "v=1|", TAG_LIST_NO_NAME, 5 },
    { "no name", "v=1; =2", "v=1|", TAG_LIST_NO_NAME, 5 },
    { "name with a digit first", "1v=1", "", TAG_LIST_NO_NAME, 0 },
    { "name with a dash", "a-b=1", "", TAG_LIST_NO_NAME, 0 },
    { "name with a blank within", "a b=1", "", TAG_LIST_NO_NAME, 0 },
    { "quotes around", "\"v=1\"", "", TAG_LIST_NO_NAME, 0 },
    { "no equals", "v=1; a", "v=1|", TAG_LIST_NO_EQUALS, 5 },
    { "twice", "v=1;a=1;v=1", "v=1|a=1|", TAG_LIST_TWICE, 8 },
    { "control character", "v=1;n=a\x01z", "v=1|", TAG_LIST_OCTET, 7 },
    { "delete", "n=\x7f", "", TAG_LIST_OCTET, 2 },
    { "line end without fold", "n=a\r\nb", "", TAG_LIST_OCTET, 3 },
    { "bare CR", "n=a\r b", "", TAG_LIST_OCTET, 3 },
    { "line end at the end", "v=1;n=a\n", "v=1|", TAG_LIST_OCTET, 7 },
    { "latin-1", "n=a\xfc", "", TAG_LIST_OCTET, 3 },
};

static void flatten(const struct tag_list *list, char *out, size_t bytes)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < list->n_tags; i++)
        used += (size_t)snprintf(
            out + used, bytes - used, "%.*s=%.*s|", (int)list->tags[i].name.len,
            list->tags[i].name.ptr, (int)list->tags[i].value.len,
            list->tags[i].value.ptr);
}

static void lists_are_read_strictly(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct slice text = slice_of(rows[i].text);
        /* An exact allocation, so that a read too far is seen. */
        char *copy = malloc(text.len + 1), got[200];
        struct tag_list list;
        size_t offset = 99;

        memcpy(copy, text.ptr, text.len);
        ROW_NUMBER(rows[i].name,
                   tag_list_parse(slice_make(copy, text.len), &list, &offset),
                   rows[i].fault);
        flatten(&list, got, sizeof(got));
        ROW_TEXT(rows[i].name, got, rows[i].want);
        ROW_NUMBER(rows[i].name, offset, rows[i].offset);
        free(copy);
    }
}

static void a_tag_is_found_by_its_name(void **state)
{
    struct tag_list list;
    const struct tag *tag;

    (void)state;
    assert_int_equal(tag_list_parse(SLICE("v=1; b= x y ;bh=2"), &list, NULL),
                     TAG_LIST_FINE);
    tag = tag_list_find(&list, SLICE("b"));
    assert_non_null(tag);
    ROW_OCTETS("value", tag->value, SLICE("x y"));
    ROW_OCTETS("whole", tag->whole, SLICE(" x y "));
    assert_int_equal(tag_list_offset(&list, tag->value), 8);
    assert_null(tag_list_find(&list, SLICE("B")));
    assert_null(tag_list_find(&list, SLICE("h")));
}

static void more_tags_than_the_limit_are_refused(void **state)
{
    char text[RECORD_MAX_TAGS * 8 + 8];
    struct tag_list list;
    size_t used = 0;

    (void)state;
    for (int i = 0; i < RECORD_MAX_TAGS; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "a%d=;", i);
    assert_int_equal(tag_list_parse(slice_make(text, used), &list, NULL),
                     TAG_LIST_FINE);
    assert_int_equal(list.n_tags, RECORD_MAX_TAGS);
    memcpy(text + used, "z=", 2);
    assert_int_equal(tag_list_parse(slice_make(text, used + 2), &list, NULL),
                     TAG_LIST_TOO_MANY);
}

static void items_are_taken_one_by_one(void **state)
{
    static const struct {
        const char *text, *want;
    } items[] = {
        { "a", "a|" }, { "a:b", "a|b|" }, { " a\r\n : b ", "a|b|" },
        { "", "|" },   { ":a:", "|a||" }, { "a b:c", "a b|c|" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(items); i++) {
        struct slice rest = slice_of(items[i].text), item;
        struct buffer got;

        buffer_init(&got, 100);
        while (tag_list_take_item(&rest, &item)) {
            buffer_add(&got, item.ptr, item.len);
            buffer_add_char(&got, '|');
        }
        ROW_TEXT(items[i].text, buffer_text(&got), items[i].want);
        buffer_deinit(&got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_read_strictly),
        cmocka_unit_test(a_tag_is_found_by_its_name),
        cmocka_unit_test(more_tags_than_the_limit_are_refused),
        cmocka_unit_test(items_are_taken_one_by_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
