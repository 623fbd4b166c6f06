/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "dmarc/dmarc.h"
#include "dmarc/element.h"
#include "dmarc/encoding.h"
#include "dmarc/feedback.h"

enum { TEXT_MAX_BYTES = 64 * 1024 * 1024 /* as unwrap/limits.h has it */ };

/* A text on its way through the reader. */
struct passage {
    struct feedback *feedback;
    struct slice rest;  /* not yet read */
    unsigned oddities;  /* enum encoding_oddity */
    bool has_before;    /* text before the first report */
    bool has_after;     /* text behind the last */
    bool is_other_root; /* a document without a report was read */
    size_t n_documents;
};

static bool has_reports(const struct passage *passage)
{
    return passage->feedback->reports.n_items > 0;
}

static bool is_blank(struct slice text)
{
    return slice_trim(text).len == 0;
}

/* The encoding is known, and all else in a declaration says nothing; one that
 * is broken does no harm where it is passed over. No "<" stands in it. */
static void skip_declaration(struct passage *passage)
{
    struct slice head = passage->rest;
    const char *end;

    if (!slice_starts(head, SLICE("<?xml")) || head.len < 6 ||
        !strchr(" \t\r\n?", head.ptr[5]))
        return;
    head.len = 1 + slice_find(slice_skip(head, 1), '<');
    end = memmem(head.ptr, head.len, "?>", 2);
    if (end)
        passage->rest = slice_skip(passage->rest, (size_t)(end - head.ptr) + 2);
}

/* Goes to the next tag. Returns: whether there is one. */
static bool find_document(struct passage *passage)
{
    size_t at = slice_find(passage->rest, '<');

    if (!is_blank(slice_make(passage->rest.ptr, at)))
        *(has_reports(passage) ? &passage->has_after : &passage->has_before) =
            true;
    passage->rest = slice_skip(passage->rest, at);
    skip_declaration(passage);
    return passage->rest.len > 0;
}

/*
 * Reads one document.
 * Returns: 0, 1 where the rest is no document, -1 with err.
 */
static int read_document(struct passage *passage, struct err *err)
{
    struct feedback *feedback = passage->feedback;
    size_t used = 0, n = feedback->reports.n_items;
    int rc;

    feedback->n_elements = 0;
    feedback->text.len = 0;
    feedback->is_open = false;
    if (++passage->n_documents > DMARC_MAX_DOCUMENTS)
        return err_set(err, ERR_LIMIT, "more than %d XML documents in a text",
                       DMARC_MAX_DOCUMENTS);
    rc = markup_read(passage->rest, &element_events, feedback, &used, err);
    if (rc < 0)
        feedback->reports.n_items = n;
    else if (rc == 0 && feedback->reports.n_items == n)
        passage->is_other_root = true;
    passage->rest = slice_skip(passage->rest, used);
    return rc;
}

/* What cannot be read behind a report is no reason to lose the report, unless
 * memory or a limit stopped us. */
static int read_all(struct passage *passage, struct err *err)
{
    int rc = 0;

    while (rc == 0 && find_document(passage)) {
        size_t n = passage->feedback->reports.n_items;

        rc = read_document(passage, err);
        if (rc < 0 && (n == 0 || err->kind != ERR_INPUT))
            return -1;
        if (passage->feedback->reports.n_items == n && rc <= 0)
            *(n ? &passage->has_after : &passage->has_before) = true;
    }
    if (has_reports(passage))
        return 0;
    if (passage->is_other_root)
        return err_set(err, ERR_INPUT,
                       "XML, but no DMARC report: it has no <feedback> with "
                       "metadata, policy or record (RFC 7489 appendix C)");
    return err_set(err, ERR_INPUT,
                   "XML is not well formed: there is no element in it");
}

/* Findings about the text as a whole, to each of its reports. */
static void note_text(const struct passage *passage,
                      const struct dmarc_list *list)
{
    const struct {
        bool is_met;
        enum dmarc_finding finding;
    } rows[] = {
        { passage->has_before, DMARC_FINDING_TEXT_BEFORE },
        { passage->has_after, DMARC_FINDING_TEXT_AFTER },
        { passage->oddities & ENCODING_WRONG, DMARC_FINDING_ENCODING },
        { passage->oddities & ENCODING_BAD, DMARC_FINDING_TEXT_NOT_UTF8 },
        { passage->oddities & ENCODING_CONTROL, DMARC_FINDING_TEXT_CONTROL },
        { list->n_reports > 1, DMARC_FINDING_REPORTS_SEVERAL },
    };

    for (size_t i = 0; i < list->n_reports; i++) {
        for (size_t j = 0; j < sizeof(rows) / sizeof(rows[0]); j++) {
            if (rows[j].is_met)
                feedback_note_report(&list->reports[i], rows[j].finding);
        }
    }
}

/* The text as UTF-8, in buffer where it must change. */
static int clean(struct slice text, const struct dmarc_origin *origin,
                 struct buffer *buffer, struct passage *passage,
                 struct err *err)
{
    struct slice head;

    if (slice_starts(text, SLICE("\xef\xbb\xbf")))
        text = slice_skip(text, 3);
    head = slice_skip(text, slice_find(text, '<'));
    if (encoding_read(text, encoding_declared(head),
                      origin && origin->was_utf16, buffer, &passage->rest,
                      &passage->oddities) == 0)
        return 0;
    if (buffer->len < buffer->max_bytes / 2)
        return err_memory(err);
    return err_set(err, ERR_LIMIT, "the text is larger than 64 MiB as UTF-8");
}

static int read_text(struct passage *passage, struct dmarc_list *list,
                     struct err *err)
{
    struct feedback *feedback = passage->feedback;

    if (markup_check(passage->rest, err) || read_all(passage, err))
        return -1;
    list->reports =
        list_move(&feedback->reports, feedback->arena, &list->n_reports);
    if (!list->reports)
        return arena_error(feedback->arena, err);
    note_text(passage, list);
    return 0;
}

int dmarc_read(struct arena *arena, struct slice text,
               const struct dmarc_origin *origin, struct dmarc_list *out_list,
               struct err *err)
{
    struct feedback feedback;
    struct passage passage = { .feedback = &feedback };
    struct dmarc_list list = { NULL, 0 };
    struct buffer buffer;
    struct err own = { .kind = ERR_NONE };
    int rc;

    buffer_init(&buffer, TEXT_MAX_BYTES);
    feedback_init(&feedback, arena);
    rc = clean(text, origin, &buffer, &passage, &own);
    if (rc == 0)
        rc = read_text(&passage, &list, &own);
    if (rc == 0)
        *out_list = list;
    else if (err)
        *err = own;
    feedback_deinit(&feedback);
    buffer_deinit(&buffer);
    return rc;
}
