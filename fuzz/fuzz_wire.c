/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * What a reading worker may write. Octets that begin as a frame are taken for
 * what a worker under a stranger's hand writes: what is accepted is written
 * again, read again and is the same. All else is an input that is read; each of
 * its items comes through the wire as it was.
 */

#include <stdlib.h>

#include "insight/insight.h"
#include "intake/limits.h"
#include "intake/wire.h"

enum { BUFFER_BYTES = INTAKE_WIRE_ITEM_BYTES + 1024 };

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            abort();                                                           \
    } while (0)

/* What is not sent but made anew is as it was. */
static void compare_made(const struct store_report *a,
                         const struct store_report *b)
{
    CHECK(a->day == b->day && a->reader_version == b->reader_version);
    CHECK(a->success_sessions == b->success_sessions);
    CHECK(a->failure_sessions == b->failure_sessions);
    CHECK(a->n_policies == b->n_policies && !a->dmarc == !b->dmarc);
    for (size_t i = 0; i < a->n_policies; i++)
        CHECK(a->policies[i].is_implausible == b->policies[i].is_implausible);
}

/* Reads what was put, exactly as long as it is, so that ASan sees a step beyond
   its end, and puts it again. */
static void put_again(const struct intake_item *want, struct slice frame,
                      struct buffer *out)
{
    const struct intake_item *item;
    struct wire_frame found;
    struct arena arena;
    struct err err;
    char *copy = malloc(frame.len);

    CHECK(copy);
    memcpy(copy, frame.ptr, frame.len);
    CHECK(wire_find(slice_make(copy, frame.len), &found) == 0);
    CHECK(found.kind == WIRE_ITEM && found.bytes == frame.len);
    arena_init(&arena, wire_item_bytes(found.payload.len));
    CHECK(wire_read_item(&arena, found.payload, &item, &err) == 0);
    CHECK(!item->rows == !want->rows);
    if (item->rows)
        compare_made(item->rows, want->rows);
    wire_put_item(out, item);
    CHECK(!out->failed);
    arena_deinit(&arena);
    free(copy);
}

static void check_item(const struct intake_item *item)
{
    struct buffer once, twice;

    buffer_init(&once, BUFFER_BYTES);
    buffer_init(&twice, BUFFER_BYTES);
    wire_put_item(&once, item);
    CHECK(!once.failed);
    put_again(item, buffer_slice(&once), &twice);
    CHECK(slice_equal(buffer_slice(&once), buffer_slice(&twice)));
    buffer_deinit(&once);
    buffer_deinit(&twice);
}

/* ---- An input ------------------------------------------------------------ */

static int ready(void *context, size_t room_bytes, struct err *err)
{
    struct arena *arena = context;

    (void)err;
    arena_reset(arena);
    arena->max_bytes = room_bytes > INTAKE_ROWS_LEAST_BYTES
                           ? room_bytes
                           : INTAKE_ROWS_LEAST_BYTES;
    return 0;
}

static int take(void *context, const struct intake_item *item, struct err *err)
{
    (void)context;
    (void)err;
    check_item(item);
    return 0;
}

static void read_input(struct slice octets)
{
    const struct intake_origin origin = { .way = INTAKE_WAY_MAIL };
    const struct intake_source_input input = { .label = "-",
                                               .octets = octets,
                                               .origin = &origin };
    struct intake_reading *reading;
    struct arena arena;
    struct intake_sink sink = {
        .arena = &arena, .ready = ready, .take = take, .context = &arena
    };
    struct err err;

    arena_init(&arena, INTAKE_ROWS_LEAST_BYTES);
    CHECK(intake_reading_new(insight_organization_key, &reading, &err) == 0);
    CHECK(intake_reading_read(reading, &input, &sink, &err) == 0);
    intake_reading_free(reading);
    arena_deinit(&arena);
}

/* ---- Frames -------------------------------------------------------------- */

static void read_frame(const struct wire_frame *frame)
{
    const struct intake_item *item;
    struct wire_request request;
    struct arena arena;
    struct err err = { .kind = ERR_NONE };
    const char *hello;

    if (frame->kind == WIRE_HELLO) {
        hello = wire_read_hello(frame->payload);
        CHECK(!hello || strlen(hello) <= WIRE_HELLO_MAX_BYTES);
    } else if (frame->kind == WIRE_REQUEST) {
        if (wire_read_request(frame->payload, &request) == 0)
            CHECK(request.octets.len <= frame->payload.len);
    } else if (frame->kind == WIRE_ITEM) {
        arena_init(&arena, wire_item_bytes(frame->payload.len));
        if (wire_read_item(&arena, frame->payload, &item, &err) == 0)
            check_item(item);
        else
            CHECK(err.kind == ERR_INPUT);
        arena_deinit(&arena);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = slice_make(data, size);
    struct wire_frame frame;

    if (wire_find(rest, &frame)) {
        read_input(rest);
        return 0;
    }
    while (wire_find(rest, &frame) == 0) {
        CHECK(frame.bytes >= WIRE_HEAD_BYTES && frame.bytes <= rest.len);
        read_frame(&frame);
        rest = slice_skip(rest, frame.bytes);
    }
    return 0;
}
