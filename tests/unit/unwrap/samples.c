/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unwrap/gzip.h"
#include "unwrap/samples.h"
#include "unwrap/unwrap.h"

enum { GZIP_HEADER_BYTES = 10, GZIP_TRAILER_BYTES = 8 };

void sample_gzip(struct buffer *out, struct slice octets)
{
    assert_int_equal(gzip_deflate(octets, 6, out, NULL), 0);
}

void sample_base64(struct buffer *out, struct slice octets, size_t width)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrs"
                                 "tuvwxyz0123456789+/";
    const unsigned char *p = (const unsigned char *)octets.ptr;
    size_t column = 0;

    for (size_t i = 0; i < octets.len; i += 3) {
        unsigned n = octets.len - i > 2 ? 3 : (unsigned)(octets.len - i);
        unsigned bits = (unsigned)p[i] << 16;

        if (n > 1)
            bits |= (unsigned)p[i + 1] << 8;
        if (n > 2)
            bits |= p[i + 2];
        for (unsigned k = 0; k < 4; k++)
            buffer_add_char(out,
                            k <= n ? digits[bits >> (18 - 6 * k) & 63] : '=');
        column += 4;
        if (width && column >= width) {
            buffer_add_text(out, "\r\n");
            column = 0;
        }
    }
    if (column)
        buffer_add_text(out, "\r\n");
}

void sample_number(struct buffer *out, size_t value, unsigned n)
{
    for (; n; n--, value >>= 8)
        buffer_add_char(out, (char)(value & 0xff));
}

/* What local header and directory have in common, CRC to name length. */
static void add_common(struct buffer *out, const struct sample_entry *entry,
                       struct slice packed, struct slice trailer)
{
    sample_number(out, 20, 2); /* version needed */
    sample_number(out, entry->flags, 2);
    sample_number(out, entry->method, 2);
    sample_number(out, 0, 4); /* time and date */
    buffer_add(out, trailer.ptr, 4);
    sample_number(out, packed.len, 4);
    sample_number(out, entry->octets.len, 4);
    sample_number(out, strlen(entry->name), 2);
    sample_number(out, 0, 2); /* extra field */
}

static void add_entry(struct buffer *out, struct buffer *directory,
                      const struct sample_entry *entry, size_t start)
{
    struct slice packed = entry->octets, trailer;
    size_t at = out->len - start;
    struct buffer gz;

    /* A gzip member holds what is needed: raw deflate and the CRC. */
    buffer_init(&gz, 1 << 26);
    sample_gzip(&gz, entry->octets);
    trailer = slice_skip(buffer_slice(&gz), gz.len - GZIP_TRAILER_BYTES);
    if (entry->method == 8)
        packed = slice_make(gz.ptr + GZIP_HEADER_BYTES,
                            gz.len - GZIP_HEADER_BYTES - GZIP_TRAILER_BYTES);
    buffer_add_text(out, "PK\x03\x04");
    add_common(out, entry, packed, trailer);
    buffer_add_text(out, entry->name);
    buffer_add(out, packed.ptr, packed.len);

    buffer_add_text(directory, "PK\x01\x02");
    sample_number(directory, 20, 2); /* version made by */
    add_common(directory, entry, packed, trailer);
    sample_number(directory, 0, 10); /* comment, disk, attributes */
    sample_number(directory, at, 4);
    buffer_add_text(directory, entry->name);
    buffer_deinit(&gz);
}

void sample_zip(struct buffer *out, const struct sample_entry *entries,
                size_t n)
{
    struct buffer directory;
    size_t start = out->len, at;

    buffer_init(&directory, 1 << 20);
    for (size_t i = 0; i < n; i++)
        add_entry(out, &directory, &entries[i], start);
    at = out->len - start;
    buffer_add(out, directory.ptr, directory.len);
    buffer_add_text(out, "PK\x05\x06");
    sample_number(out, 0, 4); /* disks */
    sample_number(out, n, 2);
    sample_number(out, n, 2);
    sample_number(out, directory.len, 4);
    sample_number(out, at, 4);
    sample_number(out, 0, 2); /* comment */
    buffer_deinit(&directory);
    assert_false(out->failed);
}

static int describe(void *context, struct unwrap_candidate *candidate,
                    struct err *err)
{
    struct buffer *out = context;

    (void)err;
    assert_true(!candidate->text == !!candidate->refused);
    buffer_add_text(out, candidate->file_name ? candidate->file_name : "-");
    if (candidate->refused) {
        buffer_add_format(out, "!%s", candidate->refused);
    } else {
        buffer_add_char(out, candidate->is_xml ? '~' : ':');
        buffer_add(out, candidate->text, candidate->len);
        /* It is said to be writable. */
        memset(candidate->text, 0, candidate->len);
    }
    buffer_add_char(out, '[');
    for (size_t i = 0; i < candidate->findings->n_items; i++) {
        const struct finding *finding = &candidate->findings->items[i];

        buffer_add_format(out, "%s%s@%s", i ? " " : "", finding->kind->code,
                          finding->where);
    }
    buffer_add_text(out, "];");
    return 0;
}

void sample_unwrap(struct buffer *out, struct slice octets, const char *name)
{
    struct err err = { .kind = ERR_NONE };
    struct arena arena;

    arena_init(&arena, 1 << 24);
    if (unwrap_each(&arena, octets, name, describe, out, &err) != 0)
        fail_msg("unwrap_each: %s", err.text);
    arena_deinit(&arena);
}
