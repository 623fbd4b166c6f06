/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * JSON texts: whatever the reader accepts is written, read again without any
 * leniency, and written to the same octets. The first octet chooses the depth
 * that is allowed. Skipping and reading must agree on what is broken.
 */

#include <stdlib.h>

#include "json/reader.h"
#include "json/writer.h"

enum { MAX_DEPTH = 60 /* what the writer takes, less a few */ };

struct text {
    char *octets; /* exactly as long as the text: ASan sees one too far */
    size_t len;
};

static struct text copy(struct slice s)
{
    struct text text = { malloc(s.len ? s.len : 1), s.len };

    if (!text.octets)
        abort();
    if (s.len)
        memcpy(text.octets, s.ptr, s.len);
    return text;
}

static void write_name(struct json_writer *w, struct slice name)
{
    /* json_key takes names that need no escaping: others go as strings. */
    json_string_slice(w, name);
    buffer_add_char(w->buffer, ':');
    w->after_key = true;
}

static void write_scalar(struct json_writer *w, const struct json_value *value)
{
    int64_t count;

    switch (value->type) {
    case JSON_STRING:
        if (strlen(value->text) != value->len)
            abort();
        json_string_slice(w, slice_make(value->text, value->len));
        break;
    case JSON_NUMBER:
        json_integer(slice_make(value->text, value->len), &count);
        if (count < 0)
            abort();
        json_int(w, count);
        break;
    case JSON_TRUE: json_bool(w, true); break;
    case JSON_FALSE: json_bool(w, false); break;
    default: json_null(w);
    }
}

/* Copies one value; recursion is bounded by the reader's depth. */
static int transcribe(struct json_reader *reader, struct json_value *value,
                      struct json_writer *w, struct err *err)
{
    struct json_value inner;
    struct slice name;
    int rc;

    if (value->type == JSON_ARRAY) {
        json_begin_array(w);
        while ((rc = json_array_next(reader, &inner, err)) == 0) {
            if (transcribe(reader, &inner, w, err))
                return -1;
        }
        json_end_array(w);
        return rc < 0 ? -1 : 0;
    }
    if (value->type == JSON_OBJECT) {
        json_begin_object(w);
        while ((rc = json_object_next(reader, &name, &inner, err)) == 0) {
            write_name(w, name);
            if (transcribe(reader, &inner, w, err))
                return -1;
        }
        json_end_object(w);
        return rc < 0 ? -1 : 0;
    }
    write_scalar(w, value);
    return 0;
}

/* Reads the first value and writes it. Returns: as json_read. */
static int rewrite(struct slice text, unsigned depth, struct buffer *out,
                   unsigned *out_quirks)
{
    struct text whole = copy(text);
    struct json_reader reader;
    struct json_writer w;
    struct json_value value;
    struct arena arena;
    struct err err;
    int rc;

    arena_init(&arena, 4 * text.len + 4096);
    json_reader_init(&reader, whole.octets, whole.len, depth, &arena);
    json_writer_init(&w, out);
    rc = json_read(&reader, &value, &err);
    if (rc == 0)
        rc = transcribe(&reader, &value, &w, &err);
    if (rc < 0 && err.offset > text.len)
        abort();
    *out_quirks = reader.quirks;
    arena_deinit(&arena);
    free(whole.octets);
    return rc;
}

/* As rewrite, but everything is skipped. */
static int skip(struct slice text, unsigned depth)
{
    struct text whole = copy(text);
    struct json_reader reader;
    struct json_value value;
    struct arena arena;
    int rc;

    arena_init(&arena, 4 * text.len + 4096);
    json_reader_init(&reader, whole.octets, whole.len, depth, &arena);
    rc = json_read(&reader, &value, NULL);
    if (rc == 0)
        rc = json_skip(&reader, &value, NULL);
    arena_deinit(&arena);
    free(whole.octets);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer once, twice;
    struct slice text;
    unsigned depth, quirks;
    int rc;

    if (size == 0)
        return 0;
    depth = 1 + data[0] % MAX_DEPTH;
    text = slice_make(data + 1, size - 1);
    buffer_init(&once, 8 * size + 100);
    buffer_init(&twice, 8 * size + 100);
    rc = rewrite(text, depth, &once, &quirks);
    if (skip(text, depth) != rc)
        abort();
    if (rc == 0) {
        if (once.failed ||
            rewrite(buffer_slice(&once), depth, &twice, &quirks) || quirks ||
            !slice_equal(buffer_slice(&once), buffer_slice(&twice)))
            abort();
    }
    buffer_deinit(&once);
    buffer_deinit(&twice);
    return 0;
}
