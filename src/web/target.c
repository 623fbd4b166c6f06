/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/target.h"

#include "base/text.h"
#include "web/limits.h"

/* The octet that %xx at the start of text stands for, or -1. */
static int escaped_octet(struct slice text)
{
    if (text.len < 3)
        return -1;
    int high = text_hex_value(text.ptr[1]);
    int low = text_hex_value(text.ptr[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static int decode_octets(struct slice text, int blank, char *out,
                         size_t *out_len, struct err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        int c = (unsigned char)text.ptr[i];
        if (c == '%') {
            c = escaped_octet(slice_skip(text, i));
            if (c < 0)
                return err_set(err, ERR_INPUT,
                               "a '%%' in the address lacks its two "
                               "hexadecimal digits");
            i += 2;
        } else if (c == blank) {
            c = ' ';
        }
        /* Other control characters may stand in the name of a reporter. */
        if (c == '\0')
            return err_set(err, ERR_INPUT, "the address holds a NUL");
        out[n++] = (char)c;
    }
    *out_len = n;
    return 0;
}

/* Decodes into the arena. blank: the octet that stands for a blank, or -1. */
static int decode(struct slice text, int blank, struct arena *arena,
                  const char **out, struct err *err)
{
    char *copy = arena_alloc(arena, text.len + 1);
    if (!copy)
        return err_memory(err);
    size_t len = 0;
    if (decode_octets(text, blank, copy, &len, err) < 0)
        return -1;
    copy[len] = '\0';
    if (text_utf8_prefix(slice_make(copy, len)) != len)
        return err_set(err, ERR_INPUT, "the address is not UTF-8");
    *out = copy;
    return 0;
}

static int parse_path(struct slice path, struct arena *arena,
                      struct target *target, struct err *err)
{
    path = slice_skip(path, 1);
    while (path.len > 0) {
        if (target->n_segments == TARGET_MAX_SEGMENTS)
            return err_set(err, ERR_LIMIT, "the path has more than %d parts",
                           TARGET_MAX_SEGMENTS);
        target->is_folder = path.ptr[path.len - 1] == '/';
        struct slice segment = slice_cut(&path, '/');
        if (decode(segment, -1, arena, &target->segments[target->n_segments++],
                   err) < 0)
            return -1;
    }
    return 0;
}

static int parse_query(struct slice query, struct arena *arena,
                       struct target *target, struct err *err)
{
    while (query.len > 0) {
        struct slice value = slice_cut(&query, '&');
        if (value.len == 0)
            continue;
        struct slice name = slice_cut(&value, '=');
        if (target->n_parameters == TARGET_MAX_PARAMETERS)
            return err_set(err, ERR_LIMIT,
                           "the address has more than %d parameters",
                           TARGET_MAX_PARAMETERS);
        struct target_parameter *parameter =
            &target->parameters[target->n_parameters++];
        if (decode(name, '+', arena, &parameter->name, err) < 0 ||
            decode(value, '+', arena, &parameter->value, err) < 0)
            return -1;
    }
    return 0;
}

/* Takes "http://authority" off, which a server must understand. */
static struct slice take_authority(struct slice *text)
{
    const struct slice scheme = SLICE("http://");
    if (text->len < scheme.len ||
        !slice_equal_fold(slice_make(text->ptr, scheme.len), scheme))
        return slice_make(NULL, 0);
    struct slice rest = slice_skip(*text, scheme.len);
    size_t at = 0;
    while (at < rest.len && rest.ptr[at] != '/' && rest.ptr[at] != '?')
        at++;
    *text = slice_skip(rest, at);
    return slice_make(rest.ptr, at);
}

int target_parse(struct slice text, struct arena *arena,
                 struct target *out_target, struct err *err)
{
    if (text.len > WEB_TARGET_BYTES)
        return err_set(err, ERR_LIMIT, "the address is longer than %d octets",
                       WEB_TARGET_BYTES);
    struct target target = { .authority = take_authority(&text) };
    if (target.authority.len > 0 && (text.len == 0 || text.ptr[0] == '?'))
        ; /* an absolute form may leave out the path "/" */
    else if (text.len == 0 || text.ptr[0] != '/')
        return err_set(err, ERR_INPUT, "the address does not begin with '/'");
    struct slice path = slice_cut(&text, '?');
    if (parse_path(path, arena, &target, err) < 0 ||
        parse_query(text, arena, &target, err) < 0)
        return -1;
    *out_target = target;
    return 0;
}
