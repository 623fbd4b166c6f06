/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "unwrap/gzip.h"

#include <limits.h>
#include <zlib.h>

#include "unwrap/limits.h"

enum {
    WINDOW_GZIP = 15 + 16, /* the largest window; +16: gzip, not zlib */
    WINDOW_LEAST = 9,      /* of those that zlib deflates by, in bits */
    WINDOW_MOST = 15,
    LOOKAHEAD_BYTES = 262,   /* of a window no match reaches the last ones */
    PIECE_BYTES = 64 * 1024, /* deflated at a time */
    STEP_BYTES = 256 * 1024, /* output between two looks at the ratio */
    SPARE_BYTES = 16,        /* so that a right guess ends in one call */
    LEAST_BYTES = 4096       /* a wrong guess does not make tiny steps */
};

static const struct slice magic = { "\x1f\x8b\x08", 3 };

struct inflation {
    z_stream stream;
    struct slice octets; /* the whole input */
    struct buffer *out;
    size_t start; /* of our output in out */
    struct gzip_facts facts;
    struct err *err;
};

static size_t consumed(const struct inflation *in)
{
    return in->octets.len - in->stream.avail_in;
}

/*
 * The last four octets of a stream give its size, if it has one member and no
 * padding. A guess only: it saves growing step by step.
 */
static size_t guess_size(struct slice octets)
{
    const unsigned char *tail;
    size_t size;

    if (octets.len < 18)
        return 0;
    tail = (const unsigned char *)octets.ptr + octets.len - 4;
    size = (size_t)tail[0] | (size_t)tail[1] << 8 | (size_t)tail[2] << 16 |
           (size_t)tail[3] << 24;
    return size / UNWRAP_MAX_RATIO > octets.len ? 0 : size;
}

/* Returns: octets of room to inflate into, 0 with err. */
static size_t make_room(struct inflation *in)
{
    struct buffer *out = in->out;
    size_t done = out->len - in->start;
    size_t left = out->max_bytes - out->len;
    size_t room = done ? STEP_BYTES : guess_size(in->octets) + SPARE_BYTES;

    /* The first look at the ratio comes where it begins to count. */
    if (done < UNWRAP_RATIO_FREE_BYTES && room > UNWRAP_RATIO_FREE_BYTES - done)
        room = UNWRAP_RATIO_FREE_BYTES - done;
    if (room < LEAST_BYTES)
        room = LEAST_BYTES;
    if (room > left)
        room = left;
    if (room == 0) {
        err_set(in->err, ERR_LIMIT, "gzip expands over %zu MiB",
                out->max_bytes >> 20);
    } else if (!buffer_reserve(out, room)) {
        err_memory(in->err);
        room = 0;
    }
    return room;
}

static int check_ratio(const struct inflation *in)
{
    size_t done = in->out->len - in->start;

    if (done > UNWRAP_RATIO_FREE_BYTES &&
        done / UNWRAP_MAX_RATIO > consumed(in))
        return err_set(in->err, ERR_LIMIT, "gzip expands more than %d to 1",
                       UNWRAP_MAX_RATIO);
    return 0;
}

static int damaged(const struct inflation *in, const char *what)
{
    err_set(in->err, ERR_INPUT, "gzip %s", what);
    if (in->err)
        in->err->offset = consumed(in);
    return -1;
}

/* Names what zlib met. Z_BUF_ERROR: it wants input and there is none. */
static int refuse(const struct inflation *in, int status)
{
    const char *message = in->stream.msg ? in->stream.msg : "";

    if (status == Z_MEM_ERROR)
        return err_memory(in->err);
    if (status == Z_BUF_ERROR)
        return damaged(in, "is truncated");
    if (strcmp(message, "incorrect data check") == 0)
        return damaged(in, "has a wrong checksum");
    if (strcmp(message, "incorrect length check") == 0)
        return damaged(in, "has a wrong length");
    return damaged(in, "is damaged");
}

/* Inflates one member to its end. Returns: 0, -1 with err. */
static int inflate_member(struct inflation *in)
{
    for (;;) {
        size_t room = make_room(in);
        int status;

        if (room == 0)
            return -1;
        in->stream.next_out = (Bytef *)in->out->ptr + in->out->len;
        in->stream.avail_out = (uInt)room;
        /* Z_FINISH with enough room needs no window: the usual case. */
        status = inflate(&in->stream, Z_FINISH);
        in->out->len += room - in->stream.avail_out;
        if (status == Z_STREAM_END)
            return check_ratio(in);
        if (status != Z_OK && status != Z_BUF_ERROR)
            return refuse(in, status);
        if (in->stream.avail_out > 0)
            return refuse(in, Z_BUF_ERROR);
        if (check_ratio(in) != 0)
            return -1;
    }
}

static bool is_padding(char c)
{
    return c == '\0' || c == '\r' || c == '\n' || c == ' ';
}

/*
 * Finds out what follows a member: another one (padding may stand between), or
 * the padding that ends it all.
 */
static bool has_next_member(struct inflation *in)
{
    struct slice rest = slice_make(in->stream.next_in, in->stream.avail_in);
    struct slice behind = rest;

    while (behind.len && is_padding(*behind.ptr))
        behind = slice_skip(behind, 1);
    if (slice_starts(behind, magic)) {
        in->stream.next_in += rest.len - behind.len;
        in->stream.avail_in = (uInt)behind.len;
        return true;
    }
    in->facts.padding_bytes = rest.len;
    in->facts.is_blank_padding = behind.len == 0;
    return false;
}

/* RFC 1952 section 2.3.1: the name stands behind the optional extra field. */
static struct slice read_name(struct slice octets)
{
    enum { FLAG_EXTRA = 4, FLAG_NAME = 8 };
    const unsigned char *p = (const unsigned char *)octets.ptr;
    size_t at = 10, len;

    if (octets.len < 12 || !(p[3] & FLAG_NAME))
        return slice_make(NULL, 0);
    if (p[3] & FLAG_EXTRA)
        at += 2u + p[10] + ((size_t)p[11] << 8);
    octets = slice_skip(octets, at);
    len = slice_find(octets, '\0');
    return slice_make(octets.ptr, len < octets.len ? len : 0);
}

static int inflate_all(struct inflation *in)
{
    do {
        in->facts.n_members++;
        if (inflate_member(in) != 0)
            return -1;
    } while (has_next_member(in) && inflateReset(&in->stream) == Z_OK);
    return 0;
}

int gzip_inflate(struct slice octets, struct buffer *out,
                 struct gzip_facts *out_facts, struct err *err)
{
    struct inflation in = {
        .octets = octets, .out = out, .start = out->len, .err = err
    };
    int result;

    if (octets.len > UINT_MAX)
        return err_set(err, ERR_LIMIT, "gzip is larger than 4 GiB");
    in.stream.next_in = (z_const Bytef *)octets.ptr;
    in.stream.avail_in = (uInt)octets.len;
    if (inflateInit2(&in.stream, WINDOW_GZIP) != Z_OK)
        return err_memory(err);
    result = inflate_all(&in);
    inflateEnd(&in.stream);
    if (result == 0) {
        in.facts.name = read_name(octets);
        *out_facts = in.facts;
    }
    return result;
}

/* Deflates piece by piece, so that what shrinks takes no memory of its size. */
static int deflate_all(z_stream *stream, struct buffer *out)
{
    int status = Z_OK;

    while (status == Z_OK) {
        size_t room = out->max_bytes - out->len;
        size_t bytes = room < PIECE_BYTES ? room : PIECE_BYTES;
        char *at = bytes ? buffer_reserve(out, bytes) : NULL;

        if (!at)
            return bytes ? Z_MEM_ERROR : Z_BUF_ERROR;
        stream->next_out = (Bytef *)at;
        stream->avail_out = (uInt)bytes;
        status = deflate(stream, Z_FINISH);
        out->len += bytes - stream->avail_out;
    }
    return status;
}

/* The least window that sees all of the octets at once, in bits. Most of the time
 * that a report of a kilobyte takes is spent on clearing a window of 32. */
static int window_for(size_t bytes)
{
    int bits = WINDOW_LEAST;

    while (bits < WINDOW_MOST && (size_t)1 << bits < bytes + LOOKAHEAD_BYTES)
        bits++;
    return bits;
}

/* The table of matches and the room of a block that belong to a window: at 15
 * bits those that zlib takes of itself. */
static int memory_for(int bits)
{
    return bits < WINDOW_MOST ? bits - 6 : 8;
}

int gzip_deflate(struct slice octets, int level, struct buffer *out,
                 struct err *err)
{
    z_stream stream = { 0 };
    const int bits = window_for(octets.len);
    size_t start = out->len;
    int status;

    if (octets.len > UINT_MAX / 2)
        return err_set(err, ERR_LIMIT, "gzip input is larger than 2 GiB");
    if (deflateInit2(&stream, level, Z_DEFLATED, bits + 16, memory_for(bits),
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return err_memory(err);
    stream.next_in = (z_const Bytef *)octets.ptr;
    stream.avail_in = (uInt)octets.len;
    status = deflate_all(&stream, out);
    deflateEnd(&stream);
    if (status == Z_STREAM_END)
        return 0;
    out->len = start;
    return status == Z_MEM_ERROR
               ? err_memory(err)
               : err_set(err, ERR_LIMIT,
                         "gzip output is larger than %zu octets",
                         out->max_bytes);
}

int gzip_restore(struct slice octets, size_t bytes, struct buffer *out,
                 struct err *err)
{
    z_stream stream = { 0 };
    char *at = buffer_reserve(out, bytes);
    int status;

    if (!at || octets.len > UINT_MAX || bytes > UINT_MAX)
        return err_set(err, ERR_LIMIT, "what was deflated is too large");
    if (inflateInit2(&stream, WINDOW_GZIP) != Z_OK)
        return err_memory(err);
    stream.next_in = (z_const Bytef *)octets.ptr;
    stream.avail_in = (uInt)octets.len;
    stream.next_out = (Bytef *)at;
    stream.avail_out = (uInt)bytes;
    status = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    if (status != Z_STREAM_END || stream.avail_out)
        return err_set(err, ERR_INPUT, "what was deflated is damaged");
    out->len += bytes;
    return 0;
}
