/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "json/writer.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

/* One in each of eight octets. */
#define EACH UINT64_C(0x0101010101010101)

void json_writer_init(struct json_writer *writer, struct buffer *buffer)
{
    *writer = (struct json_writer){ .buffer = buffer };
}

void json_writer_flush(struct json_writer *writer)
{
    if (writer->sink && writer->buffer->len) {
        writer->sink(writer->context, buffer_slice(writer->buffer));
        writer->buffer->len = 0;
    }
}

static void flush_when_due(struct json_writer *writer)
{
    if (writer->buffer->len >= JSON_WRITER_FLUSH_BYTES)
        json_writer_flush(writer);
}

/* What stands before a value: nothing behind a key, else a comma where due. */
static void separate(struct json_writer *writer)
{
    flush_when_due(writer);
    if (writer->after_key) {
        writer->after_key = false;
        return;
    }
    if (writer->has_element[writer->depth])
        buffer_add_char(writer->buffer, ',');
    writer->has_element[writer->depth] = true;
}

static void begin(struct json_writer *writer, char bracket)
{
    separate(writer);
    buffer_add_char(writer->buffer, bracket);
    if (writer->depth + 1 >= JSON_WRITER_MAX_DEPTH) {
        writer->buffer->failed = true;
        return;
    }
    writer->has_element[++writer->depth] = false;
}

static void end(struct json_writer *writer, char bracket)
{
    if (writer->depth)
        writer->depth--;
    buffer_add_char(writer->buffer, bracket);
}

void json_begin_object(struct json_writer *writer)
{
    begin(writer, '{');
}

void json_end_object(struct json_writer *writer)
{
    end(writer, '}');
}

void json_begin_array(struct json_writer *writer)
{
    begin(writer, '[');
}

void json_end_array(struct json_writer *writer)
{
    end(writer, ']');
}

void json_key(struct json_writer *writer, const char *name)
{
    separate(writer);
    buffer_add_char(writer->buffer, '"');
    buffer_add_text(writer->buffer, name);
    buffer_add(writer->buffer, "\":", 2);
    writer->after_key = true;
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\' && c < 0x7f;
}

/* Has a zero octet among eight its top bit set. */
static uint64_t zeros_of(uint64_t octets)
{
    return (octets - EACH) & ~octets & (EACH << 7);
}

/* Tells whether eight octets are all plain, as is_plain says of one. */
static bool are_plain(const char *eight)
{
    uint64_t octets;

    memcpy(&octets, eight, sizeof(octets));
    return ((octets & (EACH << 7)) |
            ((octets - EACH * 0x20) & ~octets & (EACH << 7)) |
            zeros_of(octets ^ EACH * '"') | zeros_of(octets ^ EACH * '\\') |
            zeros_of(octets ^ EACH * 0x7f)) == 0;
}

/* Octets that go out as they are: ASCII but for quote, backslash, controls. No
 * more of them than are handed over at once, however long the string is. */
static size_t plain_prefix(struct slice s)
{
    size_t n =
        s.len < JSON_WRITER_FLUSH_BYTES ? s.len : JSON_WRITER_FLUSH_BYTES;
    size_t i = 0;

    while (i + sizeof(uint64_t) <= n && are_plain(s.ptr + i))
        i += sizeof(uint64_t);
    while (i < n && is_plain((unsigned char)s.ptr[i]))
        i++;
    return i;
}

static void add_escape(struct buffer *buffer, unsigned c)
{
    static const char digits[] = "0123456789abcdef";
    const char escape[6] = {
        '\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]
    };

    buffer_add(buffer, escape, sizeof(escape));
}

/*
 * One character that is not plain. DEL and C1 are escaped although RFC 8259
 * does not ask for it, since the output may be looked at on a terminal.
 */
static size_t add_special(struct buffer *buffer, struct slice s)
{
    size_t bytes;
    unsigned c = text_decode_utf8(s, &bytes);

    if (c == '"' || c == '\\')
        buffer_add(buffer, (const char[]){ '\\', (char)c }, 2);
    else if (c == '\n')
        buffer_add(buffer, "\\n", 2);
    else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
        add_escape(buffer, c);
    else if (c == 0xfffd && bytes == 1)
        buffer_add_text(buffer, "\xef\xbf\xbd");
    else
        buffer_add(buffer, s.ptr, bytes);
    return bytes;
}

void json_string_slice(struct json_writer *writer, struct slice text)
{
    if (!text.ptr) {
        json_null(writer);
        return;
    }
    separate(writer);
    buffer_add_char(writer->buffer, '"');
    while (text.len) {
        size_t plain = plain_prefix(text);

        buffer_add(writer->buffer, text.ptr, plain);
        text = slice_skip(text, plain);
        if (text.len && plain < JSON_WRITER_FLUSH_BYTES)
            text = slice_skip(text, add_special(writer->buffer, text));
        flush_when_due(writer);
    }
    buffer_add_char(writer->buffer, '"');
}

void json_key_slice(struct json_writer *writer, struct slice name)
{
    json_string_slice(writer, name.ptr ? name : SLICE(""));
    buffer_add_char(writer->buffer, ':');
    writer->after_key = true;
}

void json_string(struct json_writer *writer, const char *text)
{
    json_string_slice(writer, slice_of(text));
}

void json_int(struct json_writer *writer, int64_t number)
{
    /* Answers hold tens of thousands of numbers: no printf for each. */
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    separate(writer);
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        digits[--at] = '-';
    buffer_add(writer->buffer, digits + at, sizeof digits - at);
}

void json_bool(struct json_writer *writer, bool value)
{
    separate(writer);
    buffer_add_text(writer->buffer, value ? "true" : "false");
}

void json_null(struct json_writer *writer)
{
    separate(writer);
    buffer_add(writer->buffer, "null", 4);
}

void json_decimal(struct json_writer *writer, double number, int decimals)
{
    if (!isfinite(number)) {
        json_null(writer);
        return;
    }
    separate(writer);
    buffer_add_format(writer->buffer, "%.*f", decimals, number);
}

void json_member_string(struct json_writer *writer, const char *name,
                        const char *text)
{
    json_key(writer, name);
    json_string(writer, text);
}

void json_member_int(struct json_writer *writer, const char *name,
                     int64_t number)
{
    json_key(writer, name);
    json_int(writer, number);
}

void json_member_bool(struct json_writer *writer, const char *name, bool value)
{
    json_key(writer, name);
    json_bool(writer, value);
}

void json_member_day(struct json_writer *writer, const char *name, utc_day day)
{
    char text[UTC_DAY_BYTES];

    json_member_string(writer, name,
                       day == UTC_DAY_NONE ? NULL : utc_day_format(day, text));
}

void json_member_time(struct json_writer *writer, const char *name,
                      utc_time time)
{
    char text[UTC_TIME_BYTES];

    json_member_string(writer, name,
                       time == UTC_NONE ? NULL : utc_format(time, text));
}
