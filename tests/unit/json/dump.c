/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "dump.h"

#include <stdlib.h>

#include "json/writer.h"

enum { MAX_DEPTH = 1024 };

static void dump_string(struct buffer *out, struct slice s)
{
    struct json_writer writer;

    json_writer_init(&writer, out);
    json_string_slice(&writer, s);
}

static void dump_scalar(struct buffer *out, const struct json_value *value)
{
    if (value->type == JSON_STRING)
        dump_string(out, slice_make(value->text, value->len));
    else if (value->type == JSON_NUMBER)
        buffer_add(out, value->text, value->len);
    else
        buffer_add_text(out, value->type == JSON_TRUE    ? "true"
                             : value->type == JSON_FALSE ? "false"
                                                         : "null");
}

/* One value with all in it, without recursion: stack[level] closes it. */
static int dump_value(struct json_reader *reader, struct json_value *value,
                      struct buffer *out, struct err *err)
{
    char stack[MAX_DEPTH];
    size_t level = 0;
    bool is_first = true;

    for (;;) {
        struct slice name;
        int rc;

        if (value->type == JSON_OBJECT || value->type == JSON_ARRAY) {
            bool is_object = value->type == JSON_OBJECT;

            buffer_add_char(out, is_object ? '{' : '[');
            stack[level++] = is_object ? '}' : ']';
            is_first = true;
        } else {
            dump_scalar(out, value);
            is_first = false;
        }
        do {
            if (level == 0)
                return 0;
            rc = stack[level - 1] == '}'
                     ? json_object_next(reader, &name, value, err)
                     : json_array_next(reader, value, err);
            if (rc < 0)
                return -1;
            if (rc > 0) {
                buffer_add_char(out, stack[--level]);
                is_first = false;
            }
        } while (rc > 0);
        if (!is_first)
            buffer_add_char(out, ',');
        if (stack[level - 1] == '}') {
            dump_string(out, name);
            buffer_add_char(out, ':');
        }
    }
}

static int dump_all(struct json_reader *reader, struct buffer *out,
                    struct dump_facts *facts, struct err *err)
{
    struct json_value value;
    int rc;

    while ((rc = json_read(reader, &value, err)) == 0) {
        if (facts->n_values++)
            buffer_add_char(out, ' ');
        if (dump_value(reader, &value, out, err))
            return -1;
    }
    return rc < 0 ? -1 : 0;
}

int dump_text(struct slice text, unsigned max_depth, struct buffer *out,
              struct dump_facts *out_facts, struct err *err)
{
    char *copy = malloc(text.len ? text.len : 1);
    struct dump_facts facts = { 0 };
    struct json_reader reader;
    struct arena arena;
    int rc;

    if (!copy)
        return err_memory(err);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    arena_init(&arena, 8 * text.len + 65536);
    json_reader_init(&reader, copy, text.len, max_depth, &arena);
    rc = dump_all(&reader, out, &facts, err);
    facts.quirks = reader.quirks;
    if (out_facts)
        *out_facts = facts;
    arena_deinit(&arena);
    free(copy);
    return rc;
}
