/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/wire_field.h"

#include "base/text.h"

/* The length of a text that is NULL. */
#define ABSENT UINT32_MAX

void wire_field_put_u8(struct buffer *out, uint8_t value)
{
    buffer_add(out, &value, sizeof(value));
}

void wire_field_put_u32(struct buffer *out, uint32_t value)
{
    buffer_add(out, &value, sizeof(value));
}

void wire_field_put_i64(struct buffer *out, int64_t value)
{
    buffer_add(out, &value, sizeof(value));
}

void wire_field_put_size(struct buffer *out, size_t value)
{
    if (value >= ABSENT)
        out->failed = true;
    wire_field_put_u32(out, (uint32_t)value);
}

void wire_field_put_octets(struct buffer *out, const void *octets, size_t bytes)
{
    buffer_add(out, octets, bytes);
}

void wire_field_put_text(struct buffer *out, const char *text)
{
    size_t len = text ? strlen(text) : 0;

    if (!text) {
        wire_field_put_u32(out, ABSENT);
        return;
    }
    wire_field_put_size(out, len);
    buffer_add(out, text, len + 1);
}

void wire_field_init(struct wire_field_input *input, struct slice octets)
{
    *input = (struct wire_field_input){ .at = octets.ptr, .left = octets.len };
}

void wire_field_check(struct wire_field_input *input, bool is_good)
{
    if (!is_good)
        input->is_bad = true;
}

const void *wire_field_take_octets(struct wire_field_input *input, size_t bytes)
{
    const char *at = input->at;

    if (input->is_bad || bytes > input->left) {
        input->is_bad = true;
        return NULL;
    }
    input->at += bytes;
    input->left -= bytes;
    return at;
}

uint8_t wire_field_take_u8(struct wire_field_input *input, unsigned end)
{
    const uint8_t *at = wire_field_take_octets(input, sizeof(*at));

    wire_field_check(input, at && *at < end);
    return input->is_bad ? 0 : *at;
}

uint32_t wire_field_take_u32(struct wire_field_input *input, uint32_t end)
{
    const void *at = wire_field_take_octets(input, sizeof(uint32_t));
    uint32_t value = 0;

    if (at)
        memcpy(&value, at, sizeof(value));
    wire_field_check(input, value < end);
    return input->is_bad ? 0 : value;
}

int64_t wire_field_take_i64(struct wire_field_input *input, int64_t min,
                            int64_t max)
{
    const void *at = wire_field_take_octets(input, sizeof(int64_t));
    int64_t value = min;

    if (at)
        memcpy(&value, at, sizeof(value));
    wire_field_check(input, value >= min && value <= max);
    return input->is_bad ? min : value;
}

size_t wire_field_take_count(struct wire_field_input *input, size_t least_bytes)
{
    size_t n = wire_field_take_u32(input, ABSENT);

    wire_field_check(input, n <= input->left / least_bytes);
    return input->is_bad ? 0 : n;
}

const char *wire_field_take_optional(struct wire_field_input *input,
                                     size_t max_bytes)
{
    const void *at = wire_field_take_octets(input, sizeof(uint32_t));
    uint32_t len = ABSENT;
    const char *text;

    if (at)
        memcpy(&len, at, sizeof(len));
    if (len == ABSENT)
        return NULL;
    wire_field_check(input, len <= max_bytes);
    text = wire_field_take_octets(input, (size_t)len + 1);
    /* Its NUL is the first one, and at its end. */
    wire_field_check(input, text && memchr(text, '\0', (size_t)len + 1) ==
                                        (const void *)(text + len));
    wire_field_check(input,
                     text && (input->is_bad ||
                              text_utf8_prefix(slice_make(text, len)) == len));
    return input->is_bad ? NULL : text;
}

const char *wire_field_take_text(struct wire_field_input *input,
                                 size_t max_bytes)
{
    const char *text = wire_field_take_optional(input, max_bytes);

    wire_field_check(input, text != NULL);
    return text ? text : "";
}

int wire_field_end(const struct wire_field_input *input)
{
    return input->is_bad || input->left ? -1 : 0;
}
