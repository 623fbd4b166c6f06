/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * JSON writer with a sticky error.
 *
 * Writes compact I-JSON (RFC 7493) into a growing buffer: commas are its own
 * business, strings are escaped, octets that are not UTF-8 become U+FFFD. Ask
 * buffer->failed once at the end. With a sink, the buffer is handed over
 * whenever it is over JSON_WRITER_FLUSH_BYTES, in the middle of a string too, so
 * that a big document is never whole in memory: a buffer of
 * JSON_WRITER_SINK_BYTES suffices for any.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "base/utc.h"

enum {
    JSON_WRITER_FLUSH_BYTES = 32 * 1024,
    /* What is not handed over yet, one step of a string, names and brackets. */
    JSON_WRITER_SINK_BYTES = 3 * JSON_WRITER_FLUSH_BYTES,
    JSON_WRITER_MAX_DEPTH = 64 /* our own documents nest 6 levels */
};

struct json_writer {
    struct buffer *buffer;                            /* the caller's */
    void (*sink)(void *context, struct slice octets); /* or NULL */
    void *context;                                    /* the sink's */
    unsigned depth;
    bool has_element[JSON_WRITER_MAX_DEPTH]; /* a comma is due */
    bool after_key;
};

/* Readies a writer that appends to buffer. */
void json_writer_init(struct json_writer *writer, struct buffer *buffer);

/* Opens and closes an object. */
void json_begin_object(struct json_writer *writer);
void json_end_object(struct json_writer *writer);

/* Opens and closes an array. */
void json_begin_array(struct json_writer *writer);
void json_end_array(struct json_writer *writer);

/* Writes a member name; its value must follow. name is ASCII without quotes. */
void json_key(struct json_writer *writer, const char *name);

/* As json_key, for a name of any octets, escaped as a string is. */
void json_key_slice(struct json_writer *writer, struct slice name);

/* Writes a string; NULL becomes null. */
void json_string(struct json_writer *writer, const char *text);

/* Writes the octets of a slice as a string; a NULL ptr becomes null. */
void json_string_slice(struct json_writer *writer, struct slice text);

/* Writes an integer, true or false, null. */
void json_int(struct json_writer *writer, int64_t number);
void json_bool(struct json_writer *writer, bool value);
void json_null(struct json_writer *writer);

/* Writes a number with `decimals` digits behind the point (0 to 9); what is no
 * number becomes null. RFC: 7493 section 2.2. */
void json_decimal(struct json_writer *writer, double number, int decimals);

/* A member in one call: key and value. */
void json_member_string(struct json_writer *writer, const char *name,
                        const char *text);
void json_member_int(struct json_writer *writer, const char *name,
                     int64_t number);
void json_member_bool(struct json_writer *writer, const char *name, bool value);

/* A member with a day or a moment as text; null for UTC_DAY_NONE and UTC_NONE. */
void json_member_day(struct json_writer *writer, const char *name, utc_day day);
void json_member_time(struct json_writer *writer, const char *name,
                      utc_time time);

/* Hands what is left to the sink. Only with a sink. */
void json_writer_flush(struct json_writer *writer);
