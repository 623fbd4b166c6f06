/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Wire: what the reading worker is asked, and what it answers.
 *
 * Inputs go to a process that can do nothing but read them, items come back.
 * Whoever has taken that process over by a hostile report writes what he likes,
 * so what comes back is checked as strictly as any stranger's input: each
 * length, count, number and text, and what the program relies on between them.
 * What breaks a rule is no item but a crash. Workload: one frame of 1 KB a report
 * and an end a input, some thousand a second.
 */

#include "base/arena.h"
#include "base/buffer.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/utc.h"
#include "intake/reading.h"

enum wire_kind {
    WIRE_HELLO,   /* worker: ready; a text for the log */
    WIRE_REQUEST, /* to the worker: an input to read */
    WIRE_ITEM,    /* worker: what the input holds, any number of */
    WIRE_END,     /* worker: that was all of this input */
    WIRE_KIND_COUNT
};

enum {
    WIRE_HEAD_BYTES = 8,
    /* A text for the log. */
    WIRE_HELLO_MAX_BYTES = 256,
    /* Of the name of an input what is looked at. */
    WIRE_NAME_MAX_BYTES = 4096,
    /* Items of one input: a report of JSON has 16 octets at least, and a text 64
       MiB at most. */
    WIRE_MAX_ITEMS = 4 * 1024 * 1024 + 1000
};

struct wire_frame {
    enum wire_kind kind;
    struct slice payload;
    size_t bytes; /* of the frame, head included */
};

/*
 * Finds the first frame in octets that came.
 * Returns: 0 with the frame, 1 where it is not whole yet (*out_frame then has
 * kind and bytes, or zeros where not even the head is there), -1 where it is
 * none.
 */
int wire_find(struct slice octets, struct wire_frame *out_frame);

/* ---- To the worker ------------------------------------------------------- */

struct wire_request {
    struct slice octets;
    const char *name;    /* file name, for unwrap; or NULL */
    utc_time arrived_at; /* as of struct intake_source_input */
    bool is_mail;        /* its signatures are asked for */
};

/*
 * Appends a request but for the octets, which are to be sent behind it.
 * A name that is too long is cut at its front.
 */
void wire_put_request(struct buffer *out, const struct wire_request *request);

/* What an input of so many octets may unpack to at most. */
size_t wire_unpacked_bytes(size_t bytes);

/* Reads the payload of a request; all of it is borrowed. Returns: 0, -1. */
int wire_read_request(struct slice payload, struct wire_request *out_request);

/* ---- From the worker ----------------------------------------------------- */

/* Appends a hello. */
void wire_put_hello(struct buffer *out, const char *text);

/* Reads the payload of a hello. Returns: the text, or NULL. */
const char *wire_read_hello(struct slice payload);

/* Appends an item; the buffer has failed where it is too large. */
void wire_put_item(struct buffer *out, const struct intake_item *item);

/* Appends the end of an input. */
void wire_put_end(struct buffer *out);

/* What an item takes in an arena beside a payload of so many octets. */
size_t wire_item_bytes(size_t payload_bytes);

/*
 * Reads the payload of an item and checks it.
 * Owns: it lives in arena and payload.
 * Returns: 0; -1 with err.
 * Errors: ERR_INPUT where a rule is broken, ERR_LIMIT, ERR_MEMORY.
 */
int wire_read_item(struct arena *arena, struct slice payload,
                   const struct intake_item **out_item, struct err *err);
