/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "json/string.h"

#include "base/text.h"

/* Where a string is unescaped to: in place, or into arena memory. */
struct target {
    char *start;
    char *at;
    bool is_grown; /* in the arena, with room for the worst case */
};

int json_refuse(const struct json_reader *reader, const char *what,
                struct err *err)
{
    err_set(err, ERR_INPUT, "%s at octet %zu", what, json_offset(reader));
    if (err)
        err->offset = json_offset(reader);
    return -1;
}

/*
 * Makes room for a replacement character, which is longer than the octet it
 * stands for: moves the string to the arena once, with room for all that may
 * still come before its closing quote.
 */
static int grow(struct json_reader *reader, struct target *target,
                struct err *err)
{
    size_t done = (size_t)(target->at - target->start);
    char *p = reader->at, *memory;

    if (target->is_grown || reader->at - target->at >= 3)
        return 0;
    while (p < reader->end && *p != '"')
        p += *p == '\\' && reader->end - p > 1 ? 2 : 1;
    memory =
        arena_alloc(reader->arena, done + 3 * (size_t)(p - reader->at) + 4);
    if (!memory)
        return arena_error(reader->arena, err);
    memcpy(memory, target->start, done);
    target->start = memory;
    target->at = memory + done;
    target->is_grown = true;
    return 0;
}

static int put_replacement(struct json_reader *reader, struct target *target,
                           unsigned quirk, struct err *err)
{
    reader->quirks |= quirk;
    if (grow(reader, target, err))
        return -1;
    target->at += text_encode_utf8(0xfffd, target->at);
    return 0;
}

/* The four digits at p, or -1. */
static int read_hex4(const char *p, const char *end)
{
    int value = 0;

    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = text_hex_value(p[i]);

        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* \uXXXX, reader->at behind the u. Six octets become at most three, twelve
 * become four: there is always room in place. */
static int read_unicode(struct json_reader *reader, struct target *target,
                        struct err *err)
{
    int code = read_hex4(reader->at, reader->end);
    int low;

    if (code < 0)
        return json_refuse(reader, "an escape without four digits", err);
    reader->at += 4;
    if (code == 0)
        return put_replacement(reader, target, JSON_QUIRK_NUL, err);
    if (code < 0xd800 || code > 0xdfff) {
        target->at += text_encode_utf8((unsigned)code, target->at);
        return 0;
    }
    if (code < 0xdc00 && reader->end - reader->at > 2 &&
        reader->at[0] == '\\' && reader->at[1] == 'u') {
        low = read_hex4(reader->at + 2, reader->end);
        if (low >= 0xdc00 && low <= 0xdfff) {
            reader->at += 6;
            target->at += text_encode_utf8(
                0x10000u + (unsigned)((code - 0xd800) << 10 | (low - 0xdc00)),
                target->at);
            return 0;
        }
    }
    return put_replacement(reader, target, JSON_QUIRK_LONE_SURROGATE, err);
}

static int read_escape(struct json_reader *reader, struct target *target,
                       struct err *err)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *known;
    char c;

    reader->at++;
    if (reader->at == reader->end)
        return json_refuse(reader, "the text ends inside a string", err);
    c = *reader->at++;
    if (c == 'u')
        return read_unicode(reader, target, err);
    known = c ? strchr(from, c) : NULL;
    if (!known)
        return json_refuse(reader, "an unknown escape", err);
    *target->at++ = to[known - from];
    return 0;
}

/* A control octet or one that is not ASCII. */
static int read_odd(struct json_reader *reader, struct target *target,
                    struct err *err)
{
    struct slice rest =
        slice_make(reader->at, (size_t)(reader->end - reader->at));
    size_t bytes;
    unsigned c = text_decode_utf8(rest, &bytes);

    reader->at += bytes;
    if (c == 0)
        return put_replacement(reader, target, JSON_QUIRK_NUL, err);
    if (c == 0xfffd && bytes == 1)
        return put_replacement(reader, target, JSON_QUIRK_BAD_UTF8, err);
    if (c < 0x20)
        reader->quirks |= JSON_QUIRK_CONTROL;
    memmove(target->at, rest.ptr, bytes);
    target->at += bytes;
    return 0;
}

/* The rest of a string that is not plain throughout. */
static int read_slowly(struct json_reader *reader, struct target *target,
                       struct err *err)
{
    for (;;) {
        char *stop = scan_plain(reader->at, reader->end);
        size_t plain = (size_t)(stop - reader->at);

        if (plain && target->at != reader->at)
            memmove(target->at, reader->at, plain);
        target->at += plain;
        reader->at = stop;
        if (stop == reader->end)
            return json_refuse(reader, "the text ends inside a string", err);
        if (*stop == '"')
            return 0;
        if (*stop == '\\' ? read_escape(reader, target, err)
                          : read_odd(reader, target, err))
            return -1;
    }
}

int json_string_read_odd(struct json_reader *reader, char *start,
                         struct json_value *out_value, struct err *err)
{
    struct target target = { .start = start, .at = reader->at };

    if (read_slowly(reader, &target, err))
        return -1;
    *target.at = '\0';
    reader->at++;
    out_value->type = JSON_STRING;
    out_value->text = target.start;
    out_value->len = (size_t)(target.at - target.start);
    return 0;
}
