/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_BYTES = 256 };

void buffer_init(struct buffer *buffer, size_t max_bytes)
{
    *buffer = (struct buffer){ .max_bytes = max_bytes };
}

void buffer_deinit(struct buffer *buffer)
{
    if (!buffer)
        return;
    free(buffer->ptr);
    buffer_init(buffer, buffer->max_bytes);
}

void buffer_reset(struct buffer *buffer)
{
    buffer->len = 0;
    buffer->failed = false;
}

/* Doubles, but never holds more than the maximum and its NUL. */
static bool grow(struct buffer *buffer, size_t need)
{
    size_t capacity = buffer->capacity ? buffer->capacity : FIRST_BYTES;
    char *bigger;

    if (need >= SIZE_MAX / 2)
        return false;
    while (capacity <= need)
        capacity *= 2;
    if (capacity > buffer->max_bytes)
        capacity = buffer->max_bytes + 1;
    bigger = realloc(buffer->ptr, capacity);
    if (!bigger)
        return false;
    buffer->ptr = bigger;
    buffer->capacity = capacity;
    return true;
}

char *buffer_reserve(struct buffer *buffer, size_t bytes)
{
    if (buffer->failed)
        return NULL;
    if (bytes > buffer->max_bytes - buffer->len ||
        (buffer->len + bytes >= buffer->capacity &&
         !grow(buffer, buffer->len + bytes))) {
        buffer->failed = true;
        return NULL;
    }
    return buffer->ptr + buffer->len;
}

void buffer_add(struct buffer *buffer, const void *octets, size_t bytes)
{
    char *at = buffer_reserve(buffer, bytes);

    if (!at || bytes == 0)
        return;
    memcpy(at, octets, bytes);
    buffer->len += bytes;
}

void buffer_add_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

void buffer_add_char(struct buffer *buffer, char c)
{
    buffer_add(buffer, &c, 1);
}

void buffer_add_format(struct buffer *buffer, const char *format, ...)
{
    va_list args;
    char *at;
    int need;

    va_start(args, format);
    need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (need < 0) {
        buffer->failed = true;
        return;
    }
    /* vsnprintf writes a NUL as well: grow() always leaves room for one. */
    at = buffer_reserve(buffer, (size_t)need);
    if (!at)
        return;
    va_start(args, format);
    vsnprintf(at, (size_t)need + 1, format, args);
    va_end(args);
    buffer->len += (size_t)need;
}

const char *buffer_text(struct buffer *buffer)
{
    if (!buffer->ptr)
        return "";
    buffer->ptr[buffer->len] = '\0';
    return buffer->ptr;
}
