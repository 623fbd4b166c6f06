/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/tree.h"

#include <gmime/gmime.h>

#include "mail/limits.h"
#include "mail/part.h"

enum { BOUNDARY_MAX_BYTES = 70 /* RFC 2046 section 5.1.1 */ };

static int parse(struct reading *r, unsigned depth, unsigned oddities);
static int visit(struct reading *r, GMimeObject *object, unsigned depth,
                 unsigned oddities);

static int visit_leaf(struct reading *r, GMimePart *leaf, unsigned oddities)
{
    struct mail_part part = { .number = ++r->n_parts,
                              .oddities = r->oddities | oddities };

    if (part_read(r, leaf, &part) != 0)
        return -1;
    return r->function(r->context, r->header, &part, r->err);
}

/*
 * The first line that begins like a boundary.
 * Returns: what stands behind its "--", empty where there is no such line.
 */
static struct slice guess_boundary(struct slice text)
{
    while (text.len) {
        size_t len = slice_find(text, '\n');
        struct slice line = slice_trim(slice_make(text.ptr, len));

        if (slice_starts(line, SLICE("--")) && line.len > 2 &&
            line.len <= BOUNDARY_MAX_BYTES + 2)
            return slice_skip(line, 2);
        text = slice_skip(text, len + 1);
    }
    return text;
}

/* Writes the header that the text of a multipart should have had. */
static void add_guessed_header(struct buffer *out, struct slice boundary)
{
    if (boundary.len) {
        buffer_add_text(out, "Content-Type: multipart/mixed; boundary=\"");
        for (size_t i = 0; i < boundary.len; i++) {
            if (strchr("\"\\", boundary.ptr[i]))
                buffer_add_char(out, '\\');
            buffer_add_char(out, boundary.ptr[i]);
        }
        buffer_add_text(out, "\"\n");
    }
    buffer_add_char(out, '\n');
}

/*
 * A multipart without parts: its boundary is missing from the header, or another
 * one. gmime takes all of it for text before the first part, so read this text
 * with the boundary that it seems to have, once.
 */
static int salvage(struct reading *r, GMimeMultipart *multipart, unsigned depth,
                   unsigned oddities)
{
    struct slice text = slice_of(g_mime_multipart_get_prologue(multipart));
    struct slice outer = r->message;
    char *outer_writable = r->writable;
    struct buffer copy;
    int result;

    if (text.len == 0 || (oddities & MAIL_NO_BOUNDARY))
        return 0;
    buffer_init(&copy, text.len + 256);
    add_guessed_header(&copy, guess_boundary(text));
    buffer_add(&copy, text.ptr, text.len);
    r->message = buffer_slice(&copy);
    r->writable = copy.ptr;
    result = copy.failed ? err_memory(r->err)
                         : parse(r, depth, oddities | MAIL_NO_BOUNDARY);
    r->message = outer;
    r->writable = outer_writable;
    buffer_deinit(&copy);
    return result;
}

static int visit_multipart(struct reading *r, GMimeMultipart *multipart,
                           unsigned depth, unsigned oddities)
{
    int n = g_mime_multipart_get_count(multipart);
    int result = 0;

    if (n == 0)
        return salvage(r, multipart, depth + 1, oddities);
    for (int i = 0; i < n && result == 0; i++) {
        unsigned more = oddities;

        if (i == n - 1 && !multipart->write_end_boundary)
            more |= MAIL_NO_END_BOUNDARY;
        result =
            visit(r, g_mime_multipart_get_part(multipart, i), depth + 1, more);
    }
    return result;
}

static int keep_inner(struct reading *r, GMimeMessage *message,
                      const char *field, const char **out)
{
    const char *value =
        *out ? NULL : g_mime_object_get_header((GMimeObject *)message, field);

    return reading_keep_text(r, slice_of(value), out);
}

/* A forward hides the fields of the report mail one message further in. */
static struct mail_header *add_inner_fields(struct reading *r,
                                            GMimeMessage *message)
{
    struct mail_header *header = arena_alloc(r->arena, sizeof(*header));

    if (!header) {
        err_memory(r->err);
        return NULL;
    }
    *header = *r->header;
    if (keep_inner(r, message, "TLS-Report-Domain",
                   &header->tls_report_domain) != 0 ||
        keep_inner(r, message, "TLS-Report-Submitter",
                   &header->tls_report_submitter) != 0)
        return NULL;
    return header;
}

static int visit_message(struct reading *r, GMimeMessagePart *enclosing,
                         unsigned depth, unsigned oddities)
{
    GMimeMessage *message = g_mime_message_part_get_message(enclosing);
    const struct mail_header *outer = r->header;
    int result = -1;

    if (!message)
        return 0;
    r->header = add_inner_fields(r, message);
    if (r->header)
        result = visit(r, g_mime_message_get_mime_part(message), depth + 1,
                       oddities | MAIL_ENCLOSED);
    r->header = outer;
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
    if (GMIME_IS_MESSAGE_PART(object))
        return visit_message(r, GMIME_MESSAGE_PART(object), depth, oddities);
    if (GMIME_IS_PART(object))
        return visit_leaf(r, GMIME_PART(object), oddities);
    return 0;
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
 * gmime reads the octets where they are: its memory stream is put over an array
 * that it does not own, and content that it keeps is only a range.
 */
static int parse(struct reading *r, unsigned depth, unsigned oddities)
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

        if (!(oddities & MAIL_NO_BOUNDARY))
            r->oddities |= top_oddities(top);
        result = visit(r, top, depth, oddities);
        g_object_unref(message);
    }
    g_object_unref(parser);
    g_object_unref(stream);
    return result;
}

int tree_visit(struct reading *r)
{
    reading_prepare_library();
    return parse(r, 0, 0);
}
