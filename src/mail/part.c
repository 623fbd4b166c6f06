/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/part.h"

#include <stdio.h>

#include "crypt/base64.h"
#include "mail/limits.h"

/* "" where the part has no such field: gmime would say text/plain. */
static int keep_media_type(struct reading *r, GMimePart *leaf,
                           struct mail_part *part)
{
    GMimeObject *object = (GMimeObject *)leaf;
    GMimeContentType *type = g_mime_object_get_content_type(object);
    char text[MAIL_MAX_NAME_BYTES + 1];

    part->media_type = "";
    if (!type || !g_mime_object_get_header(object, "Content-Type"))
        return 0;
    snprintf(text, sizeof text, "%s/%s",
             g_mime_content_type_get_media_type(type),
             g_mime_content_type_get_media_subtype(type));
    for (char *c = text; *c; c++)
        *c = g_ascii_tolower(*c);
    return reading_keep_text(r, slice_of(text), &part->media_type);
}

static bool has_encoded_word(GMimePart *leaf, const char *field)
{
    GMimeHeaderList *fields =
        g_mime_object_get_header_list((GMimeObject *)leaf);
    GMimeHeader *header = g_mime_header_list_get_header(fields, field);
    const char *raw = header ? g_mime_header_get_raw_value(header) : NULL;

    return raw && strstr(raw, "=?");
}

static int keep_name(struct reading *r, GMimePart *leaf, struct mail_part *part)
{
    const char *name = g_mime_part_get_filename(leaf);

    if (name && (has_encoded_word(leaf, "Content-Disposition") ||
                 has_encoded_word(leaf, "Content-Type")))
        part->oddities |= MAIL_ENCODED_NAME;
    return reading_keep_text(r, slice_of(name), &part->file_name);
}

/*
 * Finds where the part's octets stand in the message, still encoded: what gmime
 * keeps of content is a range of the stream that was parsed.
 */
static void find_raw(const struct reading *r, GMimePart *leaf,
                     struct mail_part *part)
{
    GMimeDataWrapper *wrapper = g_mime_part_get_content(leaf);
    GMimeStream *stream =
        wrapper ? g_mime_data_wrapper_get_stream(wrapper) : NULL;
    gint64 start, end;

    if (!stream)
        return;
    start = stream->bound_start;
    end = stream->bound_end;
    if (start < 0 || end <= start || (size_t)end > r->message.len)
        return;
    part->content = slice_make(r->message.ptr + start, (size_t)(end - start));
    if (r->writable)
        part->writable = r->writable + start;
}

static unsigned base64_oddities(unsigned met)
{
    return (met & BASE64_LONG_LINE ? MAIL_BASE64_LONG_LINE : 0u) |
           (met & BASE64_BLANKS ? MAIL_BASE64_BLANKS : 0u) |
           (met & BASE64_NO_PADDING ? MAIL_BASE64_NO_PADDING : 0u) |
           (met & BASE64_FOREIGN ? MAIL_BASE64_FOREIGN : 0u);
}

static void give_decoded(struct reading *r, size_t len, struct mail_part *part)
{
    r->decoded.len = len;
    part->content = buffer_slice(&r->decoded);
    part->writable = r->decoded.ptr;
}

static int decode_base64(struct reading *r, struct mail_part *part)
{
    char *out = buffer_reserve(&r->decoded, base64_room(part->content.len));
    unsigned met;

    if (!out)
        return err_memory(r->err);
    give_decoded(r, base64_decode(part->content, out, &met), part);
    part->oddities |= base64_oddities(met);
    return 0;
}

/* uuencoded data begins behind a line "begin MODE NAME". */
static struct slice skip_begin(struct slice raw)
{
    struct slice rest = raw;

    while (rest.len) {
        struct slice line = rest;

        rest = slice_skip(rest, slice_find(rest, '\n') + 1);
        if (slice_starts(line, SLICE("begin ")))
            return rest;
    }
    return raw;
}

/* Quoted-printable and uuencode: gmime's own steps, into memory of ours. */
static int decode_other(struct reading *r, GMimeContentEncoding encoding,
                        struct mail_part *part)
{
    enum { FLUSH_BYTES = 4 };
    struct slice raw = part->content;
    GMimeEncoding state;
    size_t len;
    char *out;

    if (encoding == GMIME_CONTENT_ENCODING_UUENCODE)
        raw = skip_begin(raw);
    /* Neither decoding makes more octets than it takes. */
    out = buffer_reserve(&r->decoded, raw.len + FLUSH_BYTES);
    if (!out)
        return err_memory(r->err);
    g_mime_encoding_init_decode(&state, encoding);
    len = g_mime_encoding_step(&state, raw.ptr, raw.len, out);
    len += g_mime_encoding_flush(&state, "", 0, out + len);
    give_decoded(r, len, part);
    return 0;
}

/* The first octets of gzip and of zip. */
static bool is_packed(struct slice s)
{
    return slice_starts(s, SLICE("\x1f\x8b")) ||
           slice_starts(s, SLICE("PK\x03\x04"));
}

static bool is_blank(char c)
{
    return c && strchr(" \t\r\n", c);
}

static struct slice skip_blanks(struct slice s)
{
    while (s.len && is_blank(*s.ptr))
        s = slice_skip(s, 1);
    return s;
}

/*
 * JSON as it is: neither bracket is of the alphabet of base64. One character
 * more is looked at, for a banner "[EXTERNAL] ..." of a gateway.
 */
static bool is_json(struct slice s)
{
    struct slice next;

    if (slice_starts(s, SLICE("\xef\xbb\xbf")))
        s = slice_skip(s, 3);
    s = skip_blanks(s);
    if (s.len == 0 || (*s.ptr != '{' && *s.ptr != '['))
        return false;
    next = skip_blanks(slice_skip(s, 1));
    return next.len && memchr(*s.ptr == '{' ? "\"}" : "{]", *next.ptr, 2);
}

/* The same octets as base64 has them. */
static bool is_packed_base64(struct slice s)
{
    return slice_starts(s, SLICE("H4sI")) || slice_starts(s, SLICE("UEsDB"));
}

static int decode(struct reading *r, GMimePart *leaf, struct mail_part *part)
{
    GMimeContentEncoding encoding = g_mime_part_get_content_encoding(leaf);
    bool is_raw = is_packed(part->content);
    bool is_text = is_json(part->content);

    buffer_reset(&r->decoded);
    switch (encoding) {
    case GMIME_CONTENT_ENCODING_BASE64:
        if (!is_raw && !is_text)
            return decode_base64(r, part);
        part->oddities |= MAIL_NOT_BASE64;
        return 0;
    case GMIME_CONTENT_ENCODING_UUENCODE:
        return is_raw || is_text ? 0 : decode_other(r, encoding, part);
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
        return is_raw ? 0 : decode_other(r, encoding, part);
    default: break;
    }
    if (!is_packed_base64(part->content))
        return 0;
    part->oddities |= MAIL_BASE64_UNMARKED;
    return decode_base64(r, part);
}

int part_read(struct reading *r, GMimePart *leaf, struct mail_part *part)
{
    if (keep_media_type(r, leaf, part) != 0 || keep_name(r, leaf, part) != 0)
        return -1;
    find_raw(r, leaf, part);
    if (part->content.len && decode(r, leaf, part) != 0)
        return -1;
    if (part->content.len > MAIL_MAX_PART_BYTES) {
        part->content.len = MAIL_MAX_PART_BYTES;
        part->is_cut = true;
    }
    return 0;
}
