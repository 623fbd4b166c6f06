/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Strings of the JSON reader: unescaped in place.
 *
 * The usual string is plain ASCII and costs one scan; escapes only ever shrink,
 * so they are undone where they stand. What grows (octets that are no UTF-8)
 * moves to the arena.
 */

#include "json/reader.h"
#include "json/scan.h"

/* Refuses the text at the current octet: fills err. Returns: -1. */
int json_refuse(const struct json_reader *reader, const char *what,
                struct err *err);

/*
 * Reads a string that is not plain throughout: reader->at is where plain text
 * ended, start the octet behind the opening quote.
 * Returns: 0, -1 with err. RFC: 8259 section 7.
 */
int json_string_read_odd(struct json_reader *reader, char *start,
                         struct json_value *out_value, struct err *err);

/*
 * Reads the string whose opening quote is at reader->at.
 * Returns: 0, -1 with err. RFC: 8259 section 7.
 */
static inline int json_string_read(struct json_reader *reader,
                                   struct json_value *out_value,
                                   struct err *err)
{
    char *start = reader->at + 1;
    char *stop = scan_plain(start, reader->end);

    reader->at = stop;
    if (__builtin_expect(stop == reader->end || *stop != '"', 0))
        return json_string_read_odd(reader, start, out_value, err);
    /* The closing quote is ours by now: its place takes the NUL. */
    *stop = '\0';
    reader->at = stop + 1;
    out_value->type = JSON_STRING;
    out_value->text = start;
    out_value->len = (size_t)(stop - start);
    return 0;
}
