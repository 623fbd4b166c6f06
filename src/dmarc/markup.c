/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "dmarc/markup.h"

#include <expat.h>
#include <stdbool.h>
#include <stdlib.h>

#include "dmarc/limits.h"

enum { PIECE_BYTES = 64 * 1024 };

/* Between URI and local name; no URI holds it, since XML forbids it. */
#define SEPARATOR '\x1f'

struct passage {
    XML_Parser parser;
    const struct markup_events *events;
    void *context;
    struct err *err;
    unsigned depth;
    bool has_element; /* the root was met */
    bool is_complete; /* and its end */
    bool has_failed;  /* err is filled */
    size_t used;
};

static void stop(struct passage *passage)
{
    XML_StopParser(passage->parser, XML_FALSE);
}

/* Expat may call back once more after it was told to stop. */
static bool is_over(const struct passage *passage)
{
    return passage->has_failed || passage->is_complete;
}

static void take_result(struct passage *passage, int rc)
{
    if (rc == 0)
        return;
    passage->has_failed = true;
    stop(passage);
}

static struct markup_name split(const char *text)
{
    struct slice whole = slice_of(text);
    size_t at = slice_find(whole, SEPARATOR);

    if (at == whole.len)
        return (struct markup_name){ .local = whole };
    return (struct markup_name){ .space = slice_make(text, at),
                                 .local = slice_skip(whole, at + 1) };
}

static void XMLCALL take_start(void *data, const XML_Char *name,
                               const XML_Char **attributes)
{
    struct passage *passage = data;
    struct markup_name split_name = split(name);
    int rc;

    if (is_over(passage))
        return;
    passage->has_element = true;
    if (++passage->depth > DMARC_MAX_DEPTH) {
        take_result(passage, err_set(passage->err, ERR_LIMIT,
                                     "XML is nested more than %d elements deep",
                                     DMARC_MAX_DEPTH));
        return;
    }
    rc = passage->events->start(passage->context, &split_name, passage->err);
    for (; rc == 0 && *attributes; attributes += 2) {
        split_name = split(attributes[0]);
        rc = passage->events->attribute(passage->context, &split_name,
                                        slice_of(attributes[1]), passage->err);
    }
    take_result(passage, rc);
}

static void XMLCALL take_end(void *data, const XML_Char *name)
{
    struct passage *passage = data;

    (void)name;
    if (is_over(passage))
        return;
    take_result(passage, passage->events->end(passage->context, passage->err));
    if (--passage->depth > 0 || passage->has_failed)
        return;
    passage->is_complete = true;
    passage->used = (size_t)XML_GetCurrentByteIndex(passage->parser) +
                    (size_t)XML_GetCurrentByteCount(passage->parser);
    stop(passage);
}

static void XMLCALL take_text(void *data, const XML_Char *text, int len)
{
    struct passage *passage = data;

    if (!is_over(passage))
        take_result(passage, passage->events->text(
                                 passage->context,
                                 slice_make(text, (size_t)len), passage->err));
}

static void XMLCALL take_namespace(void *data, const XML_Char *prefix,
                                   const XML_Char *uri)
{
    struct passage *passage = data;

    (void)prefix;
    (void)uri;
    if (!is_over(passage))
        take_result(passage,
                    passage->events->declare(passage->context, passage->err));
}

/* RFC 9990 section 8.1: whoever needs a DTD means harm. */
static void XMLCALL take_doctype(void *data, const XML_Char *name,
                                 const XML_Char *system_id,
                                 const XML_Char *public_id, int has_internal)
{
    struct passage *passage = data;

    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_internal;
    take_result(passage, err_set(passage->err, ERR_LIMIT,
                                 "XML with a document type declaration is not "
                                 "read (RFC 9990 section 8.1)"));
}

static size_t to_end(struct slice s, const char *mark)
{
    const char *at = memmem(s.ptr, s.len, mark, strlen(mark));

    return at ? (size_t)(at - s.ptr) + strlen(mark) : s.len;
}

/*
 * What expat must hold whole of what begins at s with "<"; *out_bytes gets
 * where to look on. A "<" is nowhere in a tag, but ">" may be in its quotes.
 */
static size_t measure(struct slice s, size_t *out_bytes)
{
    if (slice_starts(s, SLICE("<!--")))
        return *out_bytes = to_end(s, "-->");
    if (slice_starts(s, SLICE("<?")))
        return *out_bytes = to_end(s, "?>");
    if (slice_starts(s, SLICE("<![CDATA["))) {
        *out_bytes = to_end(s, "]]>"); /* comes in pieces */
        return 0;
    }
    *out_bytes = 1 + slice_find(slice_skip(s, 1), '<');
    return *out_bytes < s.len ? *out_bytes : slice_find(s, '>');
}

int markup_check(struct slice text, struct err *err)
{
    size_t bytes;

    text = slice_skip(text, slice_find(text, '<'));
    while (text.len > 0) {
        if (measure(text, &bytes) > DMARC_MAX_TAG_BYTES)
            return err_set(err, ERR_LIMIT,
                           "XML holds a tag of more than %d KiB",
                           DMARC_MAX_TAG_BYTES / 1024);
        text = slice_skip(text, bytes);
        text = slice_skip(text, slice_find(text, '<'));
    }
    return 0;
}

static int refuse_parse(struct passage *passage)
{
    enum XML_Error code = XML_GetErrorCode(passage->parser);
    struct err *err = passage->err;

    if (code == XML_ERROR_NO_MEMORY)
        return err_memory(err);
    if (code == XML_ERROR_NO_ELEMENTS && !passage->has_element)
        return 1;
    err_set(err, ERR_INPUT, "XML is not well formed: %s in line %lu",
            code == XML_ERROR_NO_ELEMENTS ? "it ends before its last tag"
                                          : XML_ErrorString(code),
            (unsigned long)XML_GetCurrentLineNumber(passage->parser));
    if (err)
        err->offset = (uint64_t)XML_GetCurrentByteIndex(passage->parser);
    return -1;
}

static void set_handlers(struct passage *passage)
{
    XML_SetUserData(passage->parser, passage);
    XML_SetElementHandler(passage->parser, take_start, take_end);
    XML_SetCharacterDataHandler(passage->parser, take_text);
    XML_SetStartNamespaceDeclHandler(passage->parser, take_namespace);
    XML_SetStartDoctypeDeclHandler(passage->parser, take_doctype);
}

/* In pieces, since expat copies what it is given. */
static enum XML_Status parse(XML_Parser parser, struct slice text)
{
    enum XML_Status status;

    do {
        size_t bytes = text.len < PIECE_BYTES ? text.len : PIECE_BYTES;

        status = XML_Parse(parser, text.ptr, (int)bytes, bytes == text.len);
        text = slice_skip(text, bytes);
    } while (status == XML_STATUS_OK && text.len > 0);
    return status;
}

int markup_read(struct slice text, const struct markup_events *events,
                void *context, size_t *out_used, struct err *err)
{
    /* Named here, so that an allocator of the program's is asked. */
    static const XML_Memory_Handling_Suite heap = { malloc, realloc, free };
    static const char separator[] = { SEPARATOR, '\0' };
    struct passage passage = { .events = events,
                               .context = context,
                               .err = err };
    int rc = 0;

    passage.parser = XML_ParserCreate_MM("UTF-8", &heap, separator);
    if (!passage.parser)
        return err_memory(err);
    set_handlers(&passage);
    if (parse(passage.parser, text) != XML_STATUS_OK)
        rc = passage.has_failed    ? -1
             : passage.is_complete ? 0
                                   : refuse_parse(&passage);
    XML_ParserFree(passage.parser);
    if (rc == 0)
        *out_used = passage.used;
    return rc;
}
