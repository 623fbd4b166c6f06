/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * JSON pull reader: one pass, in place.
 *
 * Workload: report texts of 1 KB (usual) to 64 MiB, read once. The reader works
 * on a writable buffer that its caller owns: strings are unescaped where they
 * stand and get their NUL over the closing quote, so a string costs no
 * allocation. What does not fit in place (octets that are no UTF-8, which become
 * U+FFFD) goes to the arena. Strict by RFC 8259 but for what its quirk bits name:
 * those leniencies are noted, never silent. Numbers are kept as text, so that
 * the caller decides what overflow means.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

enum json_type {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,  /* read with json_array_next */
    JSON_OBJECT, /* read with json_object_next */
    JSON_TYPE_COUNT
};

/* What the reader tolerated; see struct json_reader. */
enum json_quirk {
    JSON_QUIRK_BAD_UTF8 = 1u << 0,       /* octets replaced by U+FFFD */
    JSON_QUIRK_LONE_SURROGATE = 1u << 1, /* \ud800 alone, replaced */
    JSON_QUIRK_CONTROL = 1u << 2,        /* raw control octet in a string */
    JSON_QUIRK_NUL = 1u << 3             /* \u0000, replaced by U+FFFD */
};

enum { JSON_MAX_DEPTH = 1000 /* bounds what json_skip keeps on the stack */ };

struct json_value {
    enum json_type type;
    const char *text; /* string: unescaped, NUL-terminated; number: as written,
                         not terminated; else NULL */
    size_t len;       /* octets of text */
};

struct json_reader {
    char *at;            /* next octet */
    char *end;           /* behind the last one */
    char *start;         /* for offsets */
    struct arena *arena; /* for strings that grow */
    unsigned depth;      /* open arrays and objects */
    unsigned max_depth;  /* deeper is refused */
    unsigned quirks;     /* enum json_quirk, what was tolerated so far */
    bool fresh;          /* the innermost container has had no element yet */
};

/*
 * Readies a reader over len octets at text, which it changes while reading.
 * text[len] need not exist. max_depth: 1 to JSON_MAX_DEPTH levels, more is
 * taken as that.
 */
void json_reader_init(struct json_reader *reader, char *text, size_t len,
                      unsigned max_depth, struct arena *arena);

/*
 * Reads the next value. Of an array or object only the opening is taken.
 * Returns: 0; 1 where only blanks were left before the end of the text (at the
 * top level); -1 with err.
 * Errors: ERR_INPUT with the octet; ERR_LIMIT for the depth and where the
 * arena has no room for a string; ERR_MEMORY.
 * RFC: 8259.
 */
int json_read(struct json_reader *reader, struct json_value *out_value,
              struct err *err);

/*
 * Goes to the next member of the object last opened: reads its name and the
 * value after it (of a container only the opening).
 * Returns: 0 with name and value, 1 at the object's end, -1 with err.
 */
int json_object_next(struct json_reader *reader, struct slice *out_name,
                     struct json_value *out_value, struct err *err);

/*
 * Goes to the next element of the array last opened.
 * Returns: 0 with the value, 1 at the array's end, -1 with err.
 */
int json_array_next(struct json_reader *reader, struct json_value *out_value,
                    struct err *err);

/*
 * Reads past the rest of a value just given: nothing for a scalar, all of an
 * array or object. Without recursion, depth-limited all the same.
 */
int json_skip(struct json_reader *reader, const struct json_value *value,
              struct err *err);

/* Octets read so far. */
static inline size_t json_offset(const struct json_reader *reader)
{
    return (size_t)(reader->at - reader->start);
}

/* How json_integer had to read a number. */
enum json_integer_form {
    JSON_INTEGER_PLAIN,    /* digits */
    JSON_INTEGER_FLOAT,    /* fraction or exponent; cut towards zero */
    JSON_INTEGER_NEGATIVE, /* below zero; read as 0 */
    JSON_INTEGER_OVERFLOW, /* above 2^63-1; read as that */
    JSON_INTEGER_BAD       /* no number; read as 0 */
};

/*
 * Reads a count from the text of a number (or of a string that holds one,
 * blanks around it allowed): never negative, saturating at 2^63-1.
 * Returns: how it was written.
 */
enum json_integer_form json_integer(struct slice text, int64_t *out);
