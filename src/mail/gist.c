/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/gist.h"

static const struct slice misspelt = { "contenttype", 11 };

static bool is_empty_line(struct slice line)
{
    return *line.ptr == '\n' || slice_equal(line, SLICE("\r\n"));
}

/* Gives a field with its folded lines. */
static struct slice whole_field(struct slice s)
{
    struct slice rest = slice_skip(s, slice_line(s).len);

    while (rest.len && (*rest.ptr == ' ' || *rest.ptr == '\t'))
        rest = slice_skip(rest, slice_line(rest).len);
    return slice_make(s.ptr, s.len - rest.len);
}

/* Keeps the value of a field that is asked for. */
static void find_field(struct gist *gist, struct slice field)
{
    static const struct slice names[GIST_FIELD_COUNT] = {
        [GIST_SUBJECT] = { "subject", 7 },
        [GIST_FROM] = { "from", 4 },
        [GIST_TLS_REPORT_DOMAIN] = { "tls-report-domain", 17 },
        [GIST_TLS_REPORT_SUBMITTER] = { "tls-report-submitter", 20 },
    };
    size_t colon;

    for (size_t i = 0; i < GIST_FIELD_COUNT; i++) {
        if (gist->fields[i].ptr || !slice_starts_fold(field, names[i]))
            continue;
        colon = slice_find(field, ':');
        if (slice_trim(slice_make(field.ptr, colon)).len == names[i].len)
            gist->fields[i] = slice_trim(slice_skip(field, colon + 1));
        return;
    }
}

static void add_corrected(struct buffer *copy, struct slice line)
{
    if (slice_starts_fold(line, misspelt)) {
        buffer_add_text(copy, "Content-Type");
        line = slice_skip(line, misspelt.len);
    }
    buffer_add(copy, line.ptr, line.len);
}

/* Returns: the message from where its header ends. */
static struct slice read_header(struct slice rest, struct buffer *copy,
                                struct gist *gist)
{
    /* A boundary ends a header, too. */
    while (rest.len && !is_empty_line(slice_line(rest)) &&
           !slice_starts(rest, SLICE("--"))) {
        struct slice field = whole_field(rest);

        if (!slice_starts_fold(field, SLICE("content")))
            find_field(gist, field);
        else if (copy)
            add_corrected(copy, field);
        rest = slice_skip(rest, field.len);
    }
    return rest;
}

/* Corrects the header blocks further in; other text stays as it is. */
static void add_corrected_rest(struct buffer *copy, struct slice message,
                               const char *rest)
{
    struct outline_walk walk;

    outline_begin(&walk);
    while (message.len && !copy->failed) {
        struct slice line = slice_line(message);
        size_t len = slice_find(line, '\n');
        bool is_field = outline_step(&walk, slice_make(line.ptr, len));

        if (line.ptr >= rest && is_field)
            add_corrected(copy, line);
        else if (line.ptr >= rest)
            buffer_add(copy, line.ptr, line.len);
        message = slice_skip(message, line.len);
    }
}

void gist_read(struct slice message, const struct outline *outline,
               struct buffer *copy, struct gist *out_gist)
{
    struct gist gist = { .fields = { { NULL, 0 } } };
    struct slice rest;

    if (copy)
        buffer_reserve(copy, message.len + 1);
    rest = read_header(message, copy, &gist);
    *out_gist = gist;
    if (!copy)
        return;
    if (outline->is_misspelt)
        add_corrected_rest(copy, message, rest.ptr);
    else
        buffer_add(copy, rest.ptr, rest.len);
}
