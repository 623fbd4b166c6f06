/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "deviation_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zip.h>

#include "unwrap/gzip.h"

enum { MAX_BYTES = 1 << 20 };

/* Replaces the first `from`; it must occur. */
static void replace(struct buffer *text, const char *from, const char *to)
{
    const char *at = strstr(buffer_text(text), from);
    struct buffer out;

    if (!at)
        fail_msg("the sample has no '%s'", from);
    buffer_init(&out, MAX_BYTES);
    buffer_add(&out, text->ptr, (size_t)(at - text->ptr));
    buffer_add_text(&out, to);
    buffer_add_text(&out, at + strlen(from));
    buffer_deinit(text);
    *text = out;
}

static void to_quotes(struct buffer *text)
{
    for (size_t i = 0; i < text->len; i++) {
        if (text->ptr[i] == '\'')
            text->ptr[i] = '"';
    }
}

static void make_json(const struct deviation *row, struct buffer *out)
{
    buffer_add_text(out, row->text ? row->text : deviation_standard);
    if (row->from)
        replace(out, row->from, row->to);
    if (row->from2)
        replace(out, row->from2, row->to2);
    to_quotes(out);
}

static void add_gzip(struct buffer *out, struct slice octets)
{
    struct err err;

    assert_int_equal(gzip_deflate(octets, 6, out, &err), 0);
}

static void add_zip(struct buffer *out, struct slice octets)
{
    zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, NULL), *source;
    zip_t *zip = zip_open_from_source(target, ZIP_CREATE, NULL);
    char chunk[4096];
    zip_int64_t n;

    assert_non_null(zip);
    zip_source_keep(target);
    source = zip_source_buffer(zip, octets.ptr, octets.len, 0);
    assert_true(zip_file_add(zip, "report.json", source, 0) >= 0);
    assert_int_equal(zip_close(zip), 0);
    assert_int_equal(zip_source_open(target), 0);
    while ((n = zip_source_read(target, chunk, sizeof(chunk))) > 0)
        buffer_add(out, chunk, (size_t)n);
    zip_source_close(target);
    zip_source_free(target);
}

static void add_utf16(struct buffer *out, struct slice ascii, int is_big)
{
    buffer_add(out, is_big ? "\xfe\xff" : "\xff\xfe", 2);
    for (size_t i = 0; i < ascii.len; i++) {
        buffer_add_char(out, is_big ? '\0' : ascii.ptr[i]);
        buffer_add_char(out, is_big ? ascii.ptr[i] : '\0');
    }
}

/* Base64 in lines of 76 (0: one line); `odd` breaks it up and drops padding. */
static void add_base64(struct buffer *out, struct slice octets, size_t width,
                       int odd)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrs"
                                 "tuvwxyz0123456789+/";
    size_t column = 0;

    for (size_t i = 0; i < octets.len; i += 3) {
        size_t left = octets.len - i;
        uint32_t v = (uint32_t)(unsigned char)octets.ptr[i] << 16;

        if (left > 1)
            v |= (uint32_t)(unsigned char)octets.ptr[i + 1] << 8;
        if (left > 2)
            v |= (uint32_t)(unsigned char)octets.ptr[i + 2];
        for (size_t d = 0; d < 4; d++) {
            if (d <= left)
                buffer_add_char(out, digits[v >> (18 - 6 * d) & 63]);
            else if (!odd)
                buffer_add_char(out, '=');
        }
        column += 4;
        if (width && column >= width) {
            buffer_add_text(out, odd ? " \r\n\r\n  " : "\r\n");
            column = 0;
        }
    }
}

static void add_mark(struct buffer *out, struct slice mark, struct slice json)
{
    struct buffer packed;

    buffer_init(&packed, MAX_BYTES);
    if (slice_equal(mark, SLICE("ZIP")))
        add_zip(&packed, json);
    else
        add_gzip(&packed, json);
    if (slice_equal(mark, SLICE("JSON")))
        buffer_add(out, json.ptr, json.len);
    else if (slice_equal(mark, SLICE("RAW")))
        buffer_add(out, packed.ptr, packed.len);
    else
        add_base64(out, buffer_slice(&packed),
                   slice_equal(mark, SLICE("GZLINE")) ? 0 : 76,
                   slice_equal(mark, SLICE("GZODD")));
    buffer_deinit(&packed);
}

/* Fills the marks of a mail template; line ends become CR LF. */
static void add_mail(struct buffer *out, const char *mail, struct slice json)
{
    while (*mail) {
        const char *close = *mail == '@' ? strchr(mail + 1, '@') : NULL;

        if (close && close - mail < 8 && close - mail > 2 && mail[1] >= 'A' &&
            mail[1] <= 'Z') {
            add_mark(out, slice_make(mail + 1, (size_t)(close - mail - 1)),
                     json);
            mail = close + 1;
        } else if (*mail == '\n') {
            buffer_add_text(out, "\r\n");
            mail++;
        } else {
            buffer_add_char(out, *mail++);
        }
    }
}

static void wrap(const struct deviation *row, struct slice json,
                 struct buffer *out)
{
    struct buffer inner;
    size_t half = json.len / 2;

    buffer_init(&inner, MAX_BYTES);
    switch (row->wrap) {
    case WRAP_PLAIN: buffer_add(out, json.ptr, json.len); break;
    case WRAP_GZIP_TWICE:
        add_gzip(&inner, json);
        add_gzip(out, buffer_slice(&inner));
        break;
    case WRAP_GZIP_MEMBERS:
        add_gzip(out, slice_make(json.ptr, half));
        add_gzip(out, slice_skip(json, half));
        break;
    case WRAP_GZIP:
    case WRAP_GZIP_CRLF:
    case WRAP_GZIP_ZEROS:
        add_gzip(out, json);
        if (row->wrap == WRAP_GZIP_CRLF)
            buffer_add(out, "\r\n", 2);
        if (row->wrap == WRAP_GZIP_ZEROS)
            buffer_add(out, "\0\0\0\0\0\0\0\0", 8);
        break;
    case WRAP_ZIP: add_zip(out, json); break;
    case WRAP_BOM:
        buffer_add(out, "\xef\xbb\xbf", 3);
        buffer_add(out, json.ptr, json.len);
        break;
    case WRAP_UTF16LE:
    case WRAP_UTF16BE: add_utf16(out, json, row->wrap == WRAP_UTF16BE); break;
    case WRAP_MAIL: add_mail(out, row->mail, json); break;
    }
    buffer_deinit(&inner);
}

void sample_make(const struct deviation *row, struct buffer *out)
{
    struct buffer json;

    buffer_init(&json, MAX_BYTES);
    make_json(row, &json);
    wrap(row, buffer_slice(&json), out);
    buffer_deinit(&json);
    assert_false(out->failed);
}
