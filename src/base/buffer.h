/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Growing buffer with a maximum and a sticky failure.
 *
 * Writers append without looking at each result and ask once at the end. The
 * maximum is given at the start; reaching it or running out of memory sets
 * `failed`, after which appends do nothing.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct buffer {
    char *ptr;        /* heap memory, always room for a NUL behind len */
    size_t len;       /* octets in use */
    size_t capacity;  /* octets held */
    size_t max_bytes; /* len never goes beyond */
    bool failed;      /* something did not fit; content is cut */
};

/* Readies a buffer of at most max_bytes. Allocates nothing. */
void buffer_init(struct buffer *buffer, size_t max_bytes);

/* Frees the memory; the buffer may be used again. NULL is allowed. */
void buffer_deinit(struct buffer *buffer);

/* Empties the buffer and forgets a failure, keeping the memory. */
void buffer_reset(struct buffer *buffer);

/*
 * Makes room for `bytes` octets behind the content.
 * Returns: where to write them (then add to buffer->len), or NULL.
 */
char *buffer_reserve(struct buffer *buffer, size_t bytes);

/* Appends octets. */
void buffer_add(struct buffer *buffer, const void *octets, size_t bytes);

/* Appends a NUL-terminated string. */
void buffer_add_text(struct buffer *buffer, const char *text);

/* Appends one octet. */
void buffer_add_char(struct buffer *buffer, char c);

/* Appends formatted text. */
__attribute__((format(printf, 2, 3))) void buffer_add_format(
    struct buffer *buffer, const char *format, ...);

/* The content as a slice, valid until the next change. */
static inline struct slice buffer_slice(const struct buffer *buffer)
{
    return slice_make(buffer->ptr, buffer->len);
}

/* The content as a NUL-terminated string; cut short where it has failed. */
const char *buffer_text(struct buffer *buffer);
