/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/dkim_body.h"

#include "mail/dkim_sink.h"

/* One canonical form of the body on its way into a digest. */
struct form {
    struct dkim_sink sink;
    size_t n_empty; /* empty lines that count if another line follows */
    bool is_wanted;
    bool is_empty; /* no line has been added */
};

static const struct slice line_end = { "\r\n", 2 };

static void begin_line(struct form *form)
{
    for (; form->n_empty; form->n_empty--)
        dkim_sink_add(&form->sink, line_end);
    form->is_empty = false;
}

/* line: without its line end. has_crlf: that is CRLF, and stands behind it. */
static void add_simple(struct form *form, struct slice line, bool has_crlf)
{
    if (line.len == 0) {
        form->n_empty++;
        return;
    }
    begin_line(form);
    if (has_crlf) {
        dkim_sink_add(&form->sink, slice_make(line.ptr, line.len + 2));
        return;
    }
    dkim_sink_add(&form->sink, line);
    dkim_sink_add(&form->sink, line_end);
}

/* Most lines are base64, which has no blanks. */
static bool has_blank(struct slice line)
{
    return memchr(line.ptr, ' ', line.len) || memchr(line.ptr, '\t', line.len);
}

static void add_relaxed(struct form *form, struct slice line, bool has_crlf)
{
    bool gap = false;

    if (line.len == 0 || !has_blank(line)) {
        add_simple(form, line, has_crlf);
        return;
    }
    while (line.len &&
           (line.ptr[line.len - 1] == ' ' || line.ptr[line.len - 1] == '\t'))
        line.len--;
    if (line.len == 0) {
        form->n_empty++;
        return;
    }
    begin_line(form);
    dkim_sink_add_words(&form->sink, line, &gap);
    dkim_sink_add(&form->sink, line_end);
}

static void add_lines(struct form *forms, struct slice body)
{
    while (body.len) {
        struct slice line = slice_line(body);
        size_t len = line.len;
        bool has_lf = line.ptr[len - 1] == '\n', has_crlf;

        body = slice_skip(body, len);
        has_crlf = has_lf && len > 1 && line.ptr[len - 2] == '\r';
        line.len -= (size_t)has_lf + has_crlf;
        if (forms[DKIM_SIMPLE].is_wanted)
            add_simple(&forms[DKIM_SIMPLE], line, has_crlf);
        if (forms[DKIM_RELAXED].is_wanted)
            add_relaxed(&forms[DKIM_RELAXED], line, has_crlf);
    }
}

int dkim_body_digest(struct slice body, unsigned wanted,
                     unsigned char out[static DKIM_CANON_COUNT][DIGEST_BYTES])
{
    struct form forms[DKIM_CANON_COUNT];
    int rc = 0;

    for (int i = 0; i < DKIM_CANON_COUNT; i++) {
        forms[i].n_empty = 0;
        forms[i].is_empty = true;
        forms[i].is_wanted = wanted & 1u << i;
        forms[i].sink.digest = NULL;
        if (forms[i].is_wanted && rc == 0)
            rc = dkim_sink_init(&forms[i].sink);
    }
    if (rc == 0)
        add_lines(forms, body);
    for (int i = 0; i < DKIM_CANON_COUNT; i++) {
        /* An empty body is one line end when simple, and nothing relaxed. */
        if (rc == 0 && i == DKIM_SIMPLE && forms[i].is_wanted &&
            forms[i].is_empty)
            dkim_sink_add(&forms[i].sink, line_end);
        if (rc == 0 && forms[i].is_wanted)
            dkim_sink_finish(&forms[i].sink, out[i]);
        dkim_sink_deinit(&forms[i].sink);
    }
    return rc;
}
