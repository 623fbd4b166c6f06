/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Fields of a message between two processes: numbers, texts, octets.
 *
 * Both are the same program on the same machine, so numbers stand as memory has
 * them. The side that takes trusts nothing: a field beyond the end, a text that
 * is not UTF-8 or holds a NUL, a number out of its range makes the whole bad,
 * which is asked once at the end. Texts are not copied: they end with a NUL on
 * the wire.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

/* ---- Putting ------------------------------------------------------------- */

/* An octet. */
void wire_field_put_u8(struct buffer *out, uint8_t value);

/* A number of 32 bits, the lowest octet first. */
void wire_field_put_u32(struct buffer *out, uint32_t value);

/* A number of 64 bits with its sign, likewise. */
void wire_field_put_i64(struct buffer *out, int64_t value);

/* A count or number that must fit 32 bits; else the buffer has failed. */
void wire_field_put_size(struct buffer *out, size_t value);

/* Octets, as many as both sides know. */
void wire_field_put_octets(struct buffer *out, const void *octets,
                           size_t bytes);

/* A text, or NULL. */
void wire_field_put_text(struct buffer *out, const char *text);

/* ---- Taking -------------------------------------------------------------- */

struct wire_field_input {
    const char *at;
    size_t left;
    bool is_bad; /* a rule was broken; nothing more can be taken */
};

/* Readies the taking of octets, which must stay as long as what is taken. */
void wire_field_init(struct wire_field_input *input, struct slice octets);

/* Marks the whole as bad unless `is_good`. */
void wire_field_check(struct wire_field_input *input, bool is_good);

/* Takes a number below `end`; 0 where the whole is bad. */
uint8_t wire_field_take_u8(struct wire_field_input *input, unsigned end);
uint32_t wire_field_take_u32(struct wire_field_input *input, uint32_t end);

/* Takes a number from min to max; min where the whole is bad. */
int64_t wire_field_take_i64(struct wire_field_input *input, int64_t min,
                            int64_t max);

/* Takes how many things follow, of least_bytes each, so that what they will
   take in memory is bounded by what is there; 0 where the whole is bad. */
size_t wire_field_take_count(struct wire_field_input *input,
                             size_t least_bytes);

/* Takes octets. Returns: them, NULL where the whole is bad. */
const void *wire_field_take_octets(struct wire_field_input *input,
                                   size_t bytes);

/* Takes a text of at most max_bytes that must be there. Returns: it, "" where
   the whole is bad. */
const char *wire_field_take_text(struct wire_field_input *input,
                                 size_t max_bytes);

/* As wire_field_take_text, of one that may be NULL. */
const char *wire_field_take_optional(struct wire_field_input *input,
                                     size_t max_bytes);

/* Ends the taking. Returns: 0 where all was taken and no rule broken, else
   -1. */
int wire_field_end(const struct wire_field_input *input);
