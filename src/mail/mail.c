/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/mail.h"

#include "mail/gist.h"
#include "mail/limits.h"
#include "mail/preamble.h"
#include "mail/reading.h"
#include "mail/tree.h"

static int keep_header(struct reading *r, const struct gist *gist)
{
    struct mail_header *header = arena_calloc(r->arena, 1, sizeof(*header));

    if (!header)
        return err_memory(r->err);
    const struct {
        enum gist_field field;
        const char **out;
    } rows[] = {
        { GIST_SUBJECT, &header->subject },
        { GIST_FROM, &header->from },
        { GIST_TLS_REPORT_DOMAIN, &header->tls_report_domain },
        { GIST_TLS_REPORT_SUBMITTER, &header->tls_report_submitter },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (reading_keep_field(r, gist->fields[rows[i].field], rows[i].out))
            return -1;
    }
    r->header = header;
    return 0;
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
    struct slice s = preamble_skip(octets);
    struct slice line = slice_line(s);

    if (line.len == 0 || *line.ptr == '{' || *line.ptr == '[' ||
        !is_field(line))
        return false;
    /* Other text may begin with a word and a colon: look at one more line. */
    line = slice_line(slice_skip(s, line.len));
    return line.len == 0 || memchr(" \t\r\n", *line.ptr, 4) || is_field(line);
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
        if (is_copied) {
            r->message = buffer_slice(&copy);
            r->writable = copy.ptr;
        }
        result = tree_visit(r);
    }
    buffer_deinit(&copy);
    return result;
}

int mail_read(struct arena *arena, struct slice message,
              mail_part_function *function, void *context, struct err *err)
{
    struct reading r = { .arena = arena,
                         .message = preamble_skip(message),
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
    buffer_init(&r.decoded, MAIL_MAX_MESSAGE_BYTES);
    result = read_gist(&r, &outline);
    buffer_deinit(&r.decoded);
    return result;
}
