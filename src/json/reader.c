/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "json/reader.h"

#include "json/scan.h"
#include "json/string.h"

void json_reader_init(struct json_reader *reader, char *text, size_t len,
                      unsigned max_depth, struct arena *arena)
{
    *reader = (struct json_reader){ .at = text,
                                    .end = text + len,
                                    .start = text,
                                    .arena = arena,
                                    .max_depth = max_depth < JSON_MAX_DEPTH
                                                     ? max_depth
                                                     : JSON_MAX_DEPTH };
}

static int open_container(struct json_reader *reader, struct err *err)
{
    if (reader->depth >= reader->max_depth) {
        err_set(err, ERR_LIMIT, "nested deeper than %u levels at octet %zu",
                reader->max_depth, json_offset(reader));
        if (err)
            err->offset = json_offset(reader);
        return -1;
    }
    reader->at++;
    reader->depth++;
    reader->fresh = true;
    return 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char *skip_digits(char *p, const char *end)
{
    while (p < end && is_digit(*p))
        p++;
    return p;
}

/* RFC 8259 section 6: int, then frac, then exp. */
static int read_number(struct json_reader *reader, struct json_value *out,
                       struct err *err)
{
    char *p = reader->at, *end = reader->end, *digits;

    if (*p == '-')
        p++;
    digits = p;
    p = skip_digits(p, end);
    if (p == digits || (*digits == '0' && p - digits > 1))
        return json_refuse(reader, "a number that is none", err);
    if (p < end && *p == '.') {
        digits = ++p;
        p = skip_digits(p, end);
        if (p == digits)
            return json_refuse(reader, "a fraction without digits", err);
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        digits = p;
        p = skip_digits(p, end);
        if (p == digits)
            return json_refuse(reader, "an exponent without digits", err);
    }
    out->type = JSON_NUMBER;
    out->text = reader->at;
    out->len = (size_t)(p - reader->at);
    reader->at = p;
    return 0;
}

static int read_literal(struct json_reader *reader, struct json_value *out,
                        struct err *err)
{
    static const struct {
        struct slice word;
        enum json_type type;
    } literals[] = {
        { { "null", 4 }, JSON_NULL },
        { { "true", 4 }, JSON_TRUE },
        { { "false", 5 }, JSON_FALSE },
    };
    struct slice rest =
        slice_make(reader->at, (size_t)(reader->end - reader->at));

    for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++) {
        if (slice_starts(rest, literals[i].word)) {
            *out = (struct json_value){ .type = literals[i].type };
            reader->at += literals[i].word.len;
            return 0;
        }
    }
    return json_refuse(reader, "no JSON value", err);
}

/* Reads the value whose first octet is at reader->at. */
static inline int read_value(struct json_reader *reader, struct json_value *out,
                             struct err *err)
{
    char c = *reader->at;

    if (c == '"')
        return json_string_read(reader, out, err);
    out->text = NULL;
    out->len = 0;
    if (c == '{' || c == '[') {
        out->type = c == '{' ? JSON_OBJECT : JSON_ARRAY;
        return open_container(reader, err);
    }
    if (is_digit(c) || c == '-')
        return read_number(reader, out, err);
    return read_literal(reader, out, err);
}

int json_read(struct json_reader *reader, struct json_value *out_value,
              struct err *err)
{
    reader->at = scan_blanks(reader->at, reader->end);
    if (reader->at == reader->end) {
        if (reader->depth == 0)
            return 1;
        return json_refuse(reader, "the text ends inside a value", err);
    }
    return read_value(reader, out_value, err);
}

/*
 * Steps to the next element of a container that `close` ends.
 * Returns: 0 at the element, 1 behind the end, -1.
 */
static inline int next_element(struct json_reader *reader, char close,
                               struct err *err)
{
    reader->at = scan_blanks(reader->at, reader->end);
    if (reader->at == reader->end)
        return json_refuse(reader, "the text ends inside a value", err);
    if (*reader->at == close) {
        reader->at++;
        reader->depth--;
        reader->fresh = false;
        return 1;
    }
    if (!reader->fresh) {
        if (*reader->at != ',')
            return json_refuse(reader, "a comma or closing bracket is missing",
                               err);
        reader->at = scan_blanks(reader->at + 1, reader->end);
        if (reader->at == reader->end)
            return json_refuse(reader, "the text ends inside a value", err);
    }
    reader->fresh = false;
    return 0;
}

int json_object_next(struct json_reader *reader, struct slice *out_name,
                     struct json_value *out_value, struct err *err)
{
    struct json_value name;
    int rc = next_element(reader, '}', err);

    if (rc)
        return rc;
    if (*reader->at != '"')
        return json_refuse(reader, "a member name is missing", err);
    if (json_string_read(reader, &name, err))
        return -1;
    reader->at = scan_blanks(reader->at, reader->end);
    if (reader->at == reader->end || *reader->at != ':')
        return json_refuse(reader, "a colon is missing", err);
    reader->at = scan_blanks(reader->at + 1, reader->end);
    if (reader->at == reader->end)
        return json_refuse(reader, "the text ends inside a value", err);
    *out_name = slice_make(name.text, name.len);
    return read_value(reader, out_value, err);
}

int json_array_next(struct json_reader *reader, struct json_value *out_value,
                    struct err *err)
{
    int rc = next_element(reader, ']', err);

    return rc ? rc : read_value(reader, out_value, err);
}

int json_skip(struct json_reader *reader, const struct json_value *value,
              struct err *err)
{
    unsigned char is_object[JSON_MAX_DEPTH / 8 + 1] = { 0 };
    struct json_value inner = *value;
    struct slice name;
    unsigned level = 0;

    for (;;) {
        int rc;

        if (inner.type == JSON_OBJECT || inner.type == JSON_ARRAY) {
            unsigned char bit = (unsigned char)(1u << (level % 8));

            if (inner.type == JSON_OBJECT)
                is_object[level / 8] |= bit;
            else
                is_object[level / 8] &= (unsigned char)~bit;
            level++;
        }
        do {
            if (level == 0)
                return 0;
            rc = is_object[(level - 1) / 8] & 1u << ((level - 1) % 8)
                     ? json_object_next(reader, &name, &inner, err)
                     : json_array_next(reader, &inner, err);
            if (rc < 0)
                return rc;
            if (rc > 0)
                level--;
        } while (rc > 0);
    }
}
