/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/mail.h"

#include <gmime/gmime.h>

#include "base/buffer.h"
#include "base/text.h"
#include "mail/base64.h"
#include "mail/gist.h"
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

/* Keeps text as valid UTF-8; *out stays as it is on failure. */
static int keep_text(struct reading *r, struct slice text, const char **out)
{
    struct buffer clean;
    char *copy;

    if (!text.ptr)
        return 0;
    if (text.len > MAIL_MAX_NAME_BYTES)
        text.len = MAIL_MAX_NAME_BYTES;
    if (text_utf8_prefix(text) == text.len) {
        copy = arena_copy(r->arena, text);
    } else {
        buffer_init(&clean, 3 * (size_t)MAIL_MAX_NAME_BYTES);
        text_add_utf8(&clean, text);
        copy = clean.failed ? NULL : arena_copy(r->arena, buffer_slice(&clean));
        buffer_deinit(&clean);
    }
    if (!copy)
        return err_memory(r->err);
    *out = copy;
    return 0;
}

/* RFC 5322 section 2.2.3: a line end in a folded field goes, the blank stays. */
static void unfold(char *text)
{
    char *to = text;

    for (const char *from = text; *from; from++) {
        if (*from != '\r' && *from != '\n')
            *to++ = *from;
    }
    *to = '\0';
}

/* A header field as text: unfolded, encoded-words decoded (RFC 2047). */
static int keep_field(struct reading *r, struct slice raw, const char **out)
{
    char *text, *decoded;
    int result;

    if (!raw.ptr)
        return 0;
    if (raw.len > MAIL_MAX_NAME_BYTES)
        raw.len = MAIL_MAX_NAME_BYTES;
    text = arena_copy(r->arena, raw);
    if (!text)
        return err_memory(r->err);
    unfold(text);
    if (!strstr(text, "=?"))
        return keep_text(r, slice_of(text), out);
    decoded = g_mime_utils_header_decode_text(NULL, text);
    result = keep_text(r, slice_of(decoded), out);
    g_free(decoded);
    return result;
}

static int keep_header(struct reading *r, const struct gist *gist)
{
    const struct {
        enum gist_field field;
        const char **out;
    } rows[] = {
        { GIST_SUBJECT, &r->header.subject },
        { GIST_FROM, &r->header.from },
        { GIST_MESSAGE_ID, &r->header.message_id },
        { GIST_DATE, &r->header.date },
        { GIST_TLS_REPORT_DOMAIN, &r->header.tls_report_domain },
        { GIST_TLS_REPORT_SUBMITTER, &r->header.tls_report_submitter },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (keep_field(r, gist->fields[rows[i].field], rows[i].out) != 0)
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
    return keep_text(r, slice_of(name), &part->file_name);
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
    int result = 0;

    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    parser = g_mime_parser_new_with_stream(stream);
    message = g_mime_parser_construct_message(parser, NULL);
    /* None: there is neither a field that gmime was given nor a body. */
    if (message) {
        GMimeObject *top = g_mime_message_get_mime_part(message);

        r->oddities |= top_oddities(top);
        result = visit(r, top, 0, 0);
        g_object_unref(message);
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

/* Reads the header, and then a copy of the mail where that is the quicker way
 * or the only one. */
static int read_gist(struct reading *r, const struct outline *outline)
{
    bool is_copied =
        outline->is_misspelt || r->message.len <= MAIL_GIST_MAX_BYTES;
    struct buffer copy;
    struct gist gist;
    int result = -1;

    buffer_init(&copy, MAIL_MAX_MESSAGE_BYTES + MAIL_MAX_FIELDS);
    gist_read(r->message, outline, is_copied ? &copy : NULL, &gist);
    if (copy.failed) {
        err_memory(r->err);
    } else if (keep_header(r, &gist) == 0) {
        if (is_copied)
            r->message = buffer_slice(&copy);
        result = parse(r);
    }
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
    if (outline.is_misspelt)
        r.oddities |= MAIL_MISSPELT_FIELD;
    prepare_library();
    buffer_init(&r.decoded, MAIL_MAX_MESSAGE_BYTES);
    result = read_gist(&r, &outline);
    buffer_deinit(&r.decoded);
    return result;
}
