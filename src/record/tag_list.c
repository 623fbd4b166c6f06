/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "record/tag_list.h"

#include "base/text.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Octets of white space at the start: a line end is one within a fold only. */
static size_t blank_prefix(struct slice s)
{
    size_t n = 0;

    while (n < s.len) {
        size_t at = n;

        if (s.ptr[at] == '\r')
            at++;
        if (at < s.len && s.ptr[at] == '\n')
            at++;
        else if (at != n)
            break;
        if (at >= s.len || (s.ptr[at] != ' ' && s.ptr[at] != '\t'))
            break;
        n = at + 1;
    }
    return n;
}

/* Takes white space off both ends; what is left is looked at by the caller. */
static struct slice trim(struct slice s)
{
    s = slice_skip(s, blank_prefix(s));
    while (s.len && memchr(" \t\r\n", s.ptr[s.len - 1], 4))
        s.len--;
    return s;
}

static bool is_name(struct slice s)
{
    if (s.len == 0 || !is_letter(*s.ptr))
        return false;
    for (size_t i = 1; i < s.len; i++) {
        if (!is_letter(s.ptr[i]) && s.ptr[i] != '_' &&
            (s.ptr[i] < '0' || s.ptr[i] > '9'))
            return false;
    }
    return true;
}

/* Returns: the first octet that a value may not hold, or whole.len. */
static size_t bad_octet(struct slice whole)
{
    size_t i = 0;

    while (i < whole.len) {
        unsigned char c = (unsigned char)whole.ptr[i];
        size_t n = c <= ' ' ? blank_prefix(slice_skip(whole, i)) : 1;

        if (n == 0 || c == 0x7f)
            return i;
        i += n;
    }
    return text_utf8_prefix(whole);
}

/* Takes one tag out of its text, which stands between two semicolons. */
static enum tag_list_fault take_tag(struct slice text, struct tag_list *list,
                                    const char **where)
{
    size_t equals = slice_find(text, '=');
    struct tag tag = { .name = trim(slice_make(text.ptr, equals)) };
    size_t bad;

    *where = tag.name.ptr;
    if (!is_name(tag.name))
        return TAG_LIST_NO_NAME;
    if (equals == text.len)
        return TAG_LIST_NO_EQUALS;
    if (tag_list_find(list, tag.name))
        return TAG_LIST_TWICE;
    if (list->n_tags == RECORD_MAX_TAGS)
        return TAG_LIST_TOO_MANY;
    tag.whole = slice_skip(text, equals + 1);
    tag.value = trim(tag.whole);
    bad = bad_octet(tag.whole);
    *where = tag.whole.ptr + bad;
    if (bad < tag.whole.len)
        return TAG_LIST_OCTET;
    list->tags[list->n_tags++] = tag;
    return TAG_LIST_FINE;
}

enum tag_list_fault tag_list_parse(struct slice text, struct tag_list *out_list,
                                   size_t *out_offset)
{
    enum tag_list_fault fault = TAG_LIST_EMPTY;
    const char *where = text.ptr;
    struct slice rest = text;

    out_list->text = text;
    out_list->n_tags = 0;
    while (trim(rest).len) {
        size_t len = slice_find(rest, ';');

        fault = take_tag(slice_make(rest.ptr, len), out_list, &where);
        if (fault)
            break;
        rest = slice_skip(rest, len + 1);
    }
    if (out_offset)
        *out_offset = fault && where ? (size_t)(where - text.ptr) : 0;
    return fault;
}

const struct tag *tag_list_find(const struct tag_list *list, struct slice name)
{
    for (size_t i = 0; i < list->n_tags; i++) {
        if (slice_equal(list->tags[i].name, name))
            return &list->tags[i];
    }
    return NULL;
}

size_t tag_list_offset(const struct tag_list *list, struct slice part)
{
    return (size_t)(part.ptr - list->text.ptr);
}

bool tag_list_take_item(struct slice *rest, struct slice *out_item)
{
    size_t len;

    if (!rest->ptr)
        return false;
    len = slice_find(*rest, ':');
    *out_item = trim(slice_make(rest->ptr, len));
    *rest = len < rest->len ? slice_skip(*rest, len + 1) : slice_make(NULL, 0);
    return true;
}
