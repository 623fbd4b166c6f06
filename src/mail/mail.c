/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/mail.h"

#include <gmime/gmime.h>

#include "base/buffer.h"
#include "base/text.h"
#include "mail/base64.h"
#include "mail/limits.h"
#include "mail/outline.h"

/* One reading of one message. */
struct reading {
    struct arena *arena;
    struct slice message;  /* what gmime was given; parts point into it */
    struct buffer decoded; /* the part that is being looked at */
    struct mail_header header;
    unsigned oddities; /* of the mail as a whole */
    unsigned n_parts;
    mail_part_function *function;
    void *context;
    struct err *err;
};

/* gmime registers its types once; two threads may come here first together. */
static void prepare_library(void)
{
    static gsize done;

    if (g_once_init_enter(&done)) {
        g_mime_init();
        g_once_init_leave(&done, 1);
    }
}

/* A header field's value as valid UTF-8; *out stays as it is on failure. */
static int keep_text(struct reading *r, const char *text, const char **out)
{
    struct slice s = slice_of(text);
    struct buffer clean;
    char *copy;

    if (!text)
        return 0;
    if (s.len > MAIL_MAX_NAME_BYTES)
        s.len = MAIL_MAX_NAME_BYTES;
    if (text_utf8_prefix(s) == s.len) {
        copy = arena_copy(r->arena, s);
    } else {
        buffer_init(&clean, 3 * (size_t)MAIL_MAX_NAME_BYTES);
        text_add_utf8(&clean, s);
        copy = clean.failed ? NULL : arena_copy(r->arena, buffer_slice(&clean));
        buffer_deinit(&clean);
    }
    if (!copy)
        return err_memory(r->err);
    *out = copy;
    return 0;
}

static int keep_header(struct reading *r, GMimeMessage *message)
{
    const struct {
        const char *name;
        const char **out;
    } fields[] = {
        { "Subject", &r->header.subject },
        { "From", &r->header.from },
        { "Message-ID", &r->header.message_id },
        { "Date", &r->header.date },
        { "TLS-Report-Domain", &r->header.tls_report_domain },
        { "TLS-Report-Submitter", &r->header.tls_report_submitter },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        const char *value =
            g_mime_object_get_header(GMIME_OBJECT(message), fields[i].name);

        if (keep_text(r, value, fields[i].out) != 0)
            return -1;
    }
    return 0;
}

/* "" where the part has no such field: gmime would say text/plain. */
static int keep_media_type(struct reading *r, GMimeObject *object,
                           struct mail_part *part)
{
    GMimeContentType *type = g_mime_object_get_content_type(object);
    char *text;

    part->media_type = "";
    if (!type || !g_mime_object_get_header(object, "Content-Type"))
        return 0;
    text = arena_printf(r->arena, "%s/%s",
                        g_mime_content_type_get_media_type(type),
                        g_mime_content_type_get_media_subtype(type));
    if (!text)
        return err_memory(r->err);
    for (char *c = text; *c; c++)
        *c = g_ascii_tolower(*c);
    part->media_type = text;
    return 0;
}

static bool has_encoded_word(GMimeObject *object, const char *field)
{
    GMimeHeader *header = g_mime_header_list_get_header(
        g_mime_object_get_header_list(object), field);
    const char *raw = header ? g_mime_header_get_raw_value(header) : NULL;

    return raw && strstr(raw, "=?");
}

static int keep_name(struct reading *r, GMimeObject *object,
                     struct mail_part *part)
{
    const char *name = g_mime_part_get_filename(GMIME_PART(object));

    if (name && (has_encoded_word(object, "Content-Disposition") ||
                 has_encoded_word(object, "Content-Type")))
        part->oddities |= MAIL_ENCODED_NAME;
    return keep_text(r, name, &part->file_name);
}

/* Where the part's octets stand in the message, still encoded. */
static struct slice raw_content(const struct reading *r, GMimeObject *object)
{
    GMimeDataWrapper *wrapper = g_mime_part_get_content(GMIME_PART(object));
    GMimeStream *stream =
        wrapper ? g_mime_data_wrapper_get_stream(wrapper) : NULL;
    gint64 start, end;

    if (!stream)
        return slice_make(NULL, 0);
    start = stream->bound_start;
    end = stream->bound_end;
    if (start < 0 || end < start || (size_t)end > r->message.len)
        return slice_make(NULL, 0);
    return slice_make(r->message.ptr + start, (size_t)(end - start));
}

static unsigned base64_oddities(unsigned met)
{
    return (met & BASE64_LONG_LINE ? MAIL_BASE64_LONG_LINE : 0u) |
           (met & BASE64_BLANKS ? MAIL_BASE64_BLANKS : 0u) |
           (met & BASE64_NO_PADDING ? MAIL_BASE64_NO_PADDING : 0u) |
           (met & BASE64_FOREIGN ? MAIL_BASE64_FOREIGN : 0u);
}

static int decode_base64(struct reading *r, struct slice raw,
                         struct mail_part *part)
{
    char *out = buffer_reserve(&r->decoded, base64_room(raw.len));
    unsigned met;

    if (!out)
        return err_memory(r->err);
    r->decoded.len = base64_decode(raw, out, &met);
    part->oddities |= base64_oddities(met);
    part->content = buffer_slice(&r->decoded);
    part->writable = r->decoded.ptr;
    return 0;
}

/* Quoted-printable and uuencode: gmime's own steps, into memory of ours. */
static int decode_other(struct reading *r, struct slice raw,
                        GMimeContentEncoding encoding, struct mail_part *part)
{
    GMimeEncoding state;
    char *out;

    g_mime_encoding_init_decode(&state, encoding);
    out = buffer_reserve(&r->decoded,
                         g_mime_encoding_outlen(&state, raw.len) + 4);
    if (!out)
        return err_memory(r->err);
    r->decoded.len = g_mime_encoding_step(&state, raw.ptr, raw.len, out);
    r->decoded.len +=
        g_mime_encoding_flush(&state, "", 0, out + r->decoded.len);
    part->content = buffer_slice(&r->decoded);
    part->writable = r->decoded.ptr;
    return 0;
}

/* The first octets of gzip and of zip. */
static bool is_packed(struct slice s)
{
    return slice_starts(s, SLICE("\x1f\x8b")) ||
           slice_starts(s, SLICE("PK\x03\x04"));
}

/* The same octets as base64 has them. */
static bool is_packed_base64(struct slice s)
{
    return slice_starts(s, SLICE("H4sI")) || slice_starts(s, SLICE("UEsDB"));
}

/* What the octets are counts more than what the field says of them. */
static int decode(struct reading *r, GMimeObject *object,
                  struct mail_part *part)
{
    GMimeContentEncoding encoding =
        g_mime_part_get_content_encoding(GMIME_PART(object));
    struct slice raw = raw_content(r, object);

    buffer_reset(&r->decoded);
    part->content = raw;
    if (encoding == GMIME_CONTENT_ENCODING_BASE64 && is_packed(raw)) {
        part->oddities |= MAIL_NOT_BASE64;
    } else if (encoding == GMIME_CONTENT_ENCODING_BASE64) {
        return decode_base64(r, raw, part);
    } else if (is_packed_base64(raw)) {
        part->oddities |= MAIL_BASE64_UNMARKED;
        return decode_base64(r, raw, part);
    } else if (encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ||
               encoding == GMIME_CONTENT_ENCODING_UUENCODE) {
        return decode_other(r, raw, encoding, part);
    }
    return 0;
}

static int visit_leaf(struct reading *r, GMimeObject *object, unsigned oddities)
{
    struct mail_part part = { .number = ++r->n_parts,
                              .oddities = r->oddities | oddities };

    if (keep_media_type(r, object, &part) != 0 ||
        keep_name(r, object, &part) != 0 || decode(r, object, &part) != 0)
        return -1;
    if (part.content.len > MAIL_MAX_PART_BYTES) {
        part.content.len = MAIL_MAX_PART_BYTES;
        part.is_cut = true;
    }
    return r->function(r->context, &r->header, &part, r->err);
}

static int visit(struct reading *r, GMimeObject *object, unsigned depth,
                 unsigned oddities);

static int visit_multipart(struct reading *r, GMimeMultipart *multipart,
                           unsigned depth, unsigned oddities)
{
    int n = g_mime_multipart_get_count(multipart);
    int result = 0;

    for (int i = 0; i < n && result == 0; i++) {
        unsigned more = oddities;

        if (i == n - 1 && !multipart->write_end_boundary)
            more |= MAIL_NO_END_BOUNDARY;
        result =
            visit(r, g_mime_multipart_get_part(multipart, i), depth + 1, more);
    }
    return result;
}

static int visit(struct reading *r, GMimeObject *object, unsigned depth,
                 unsigned oddities)
{
    if (!object)
        return 0;
    if (depth > MAIL_MAX_DEPTH)
        return err_set(r->err, ERR_LIMIT, "mail nests parts more than %d deep",
                       MAIL_MAX_DEPTH);
    if (GMIME_IS_MULTIPART(object))
        return visit_multipart(r, GMIME_MULTIPART(object), depth, oddities);
    if (GMIME_IS_MESSAGE_PART(object)) {
        GMimeMessage *inner =
            g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));

        return inner ? visit(r, g_mime_message_get_mime_part(inner), depth + 1,
                             oddities | MAIL_ENCLOSED)
                     : 0;
    }
    return GMIME_IS_PART(object) ? visit_leaf(r, object, oddities) : 0;
}

/* RFC 8460 section 5.3: multipart/report; report-type="tlsrpt". */
static unsigned top_oddities(GMimeObject *top)
{
    GMimeContentType *type = top ? g_mime_object_get_content_type(top) : NULL;
    const char *report;

    if (!top || !GMIME_IS_MULTIPART(top))
        return MAIL_NOT_MULTIPART;
    report =
        type ? g_mime_content_type_get_parameter(type, "report-type") : NULL;
    if (!type || !g_mime_content_type_is_type(type, "multipart", "report") ||
        !report || g_ascii_strcasecmp(report, "tlsrpt") != 0)
        return MAIL_NOT_REPORT;
    return 0;
}

/*
 * gmime reads the caller's octets where they are: its memory stream is put over
 * an array that it does not own, and content that it keeps is only a range.
 */
static int parse(struct reading *r)
{
    GByteArray octets = { (guint8 *)(uintptr_t)r->message.ptr,
                          (guint)r->message.len };
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(&octets);
    GMimeParser *parser;
    GMimeMessage *message;
    int result = -1;

    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    parser = g_mime_parser_new_with_stream(stream);
    message = g_mime_parser_construct_message(parser, NULL);
    if (message) {
        GMimeObject *top = g_mime_message_get_mime_part(message);

        r->oddities |= top_oddities(top);
        if (keep_header(r, message) == 0)
            result = visit(r, top, 0, 0);
        g_object_unref(message);
    } else {
        err_set(r->err, ERR_INPUT, "mail has no header");
    }
    g_object_unref(parser);
    g_object_unref(stream);
    return result;
}

/* Gives the octets of one line, with its line end. */
static struct slice first_line(struct slice s)
{
    size_t len = slice_find(s, '\n');

    return slice_make(s.ptr, len < s.len ? len + 1 : len);
}

/* What stands before the header in files: BOM, empty lines, "From ". */
static struct slice skip_preamble(struct slice s)
{
    if (slice_starts(s, SLICE("\xef\xbb\xbf")))
        s = slice_skip(s, 3);
    while (s.len && (*s.ptr == '\r' || *s.ptr == '\n'))
        s = slice_skip(s, 1);
    if (slice_starts(s, SLICE("From ")) || slice_starts(s, SLICE(">From ")))
        s = slice_skip(s, first_line(s).len);
    return s;
}

/* RFC 5322 section 2.2: printable characters but ":", then ":". */
static bool is_field(struct slice line)
{
    size_t n = 0;

    while (n < line.len && line.ptr[n] > ' ' && line.ptr[n] < 127 &&
           line.ptr[n] != ':')
        n++;
    if (n == 0)
        return false;
    while (n < line.len && (line.ptr[n] == ' ' || line.ptr[n] == '\t'))
        n++;
    return n < line.len && line.ptr[n] == ':';
}

bool mail_is_message(struct slice octets)
{
    struct slice s = skip_preamble(octets);
    struct slice line = first_line(s);

    if (line.len == 0 || *line.ptr == '{' || *line.ptr == '[' ||
        !is_field(line))
        return false;
    /* Other text may begin with a word and a colon: look at one more line. */
    line = first_line(slice_skip(s, line.len));
    return line.len == 0 || strchr(" \t\r\n", *line.ptr) || is_field(line);
}

static void add_correct_line(struct buffer *out, struct slice line)
{
    static const struct slice wrong = { "ContentType", 11 };

    if (line.len > wrong.len &&
        slice_equal_fold(slice_make(line.ptr, wrong.len), wrong)) {
        buffer_add_text(out, "Content-Type");
        line = slice_skip(line, wrong.len);
    }
    buffer_add(out, line.ptr, line.len);
}

/* Reads a copy with "ContentType" spelt as gmime knows it. */
static int parse_corrected(struct reading *r)
{
    struct slice rest = r->message;
    struct buffer copy;
    int result;

    buffer_init(&copy, MAIL_MAX_MESSAGE_BYTES + MAIL_MAX_FIELDS);
    while (rest.len && !copy.failed) {
        struct slice line = first_line(rest);

        add_correct_line(&copy, line);
        rest = slice_skip(rest, line.len);
    }
    r->message = buffer_slice(&copy);
    r->oddities |= MAIL_MISSPELT_FIELD;
    result = copy.failed ? err_memory(r->err) : parse(r);
    buffer_deinit(&copy);
    return result;
}

int mail_read(struct arena *arena, struct slice message,
              mail_part_function *function, void *context, struct err *err)
{
    struct reading r = { .arena = arena,
                         .message = skip_preamble(message),
                         .function = function,
                         .context = context,
                         .err = err };
    struct outline outline;
    int result;

    if (outline_read(r.message, &outline, err) != 0)
        return -1;
    if (outline.has_crlf && outline.has_bare_lf)
        r.oddities |= MAIL_MIXED_LINE_ENDS;
    prepare_library();
    buffer_init(&r.decoded, MAIL_MAX_MESSAGE_BYTES);
    result = outline.is_misspelt ? parse_corrected(&r) : parse(&r);
    buffer_deinit(&r.decoded);
    return result;
}
