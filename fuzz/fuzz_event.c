/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * Session events: whatever is read is written and read again as the same event.
 * Cleaning succeeds or says why; cleaning twice is cleaning once, before and
 * after a way over the wire; keys are JSON that is read without any leniency.
 */

#include <stdlib.h>

#include "event/event.h"
#include "event/limits.h"
#include "json/reader.h"
#include "json/writer.h"

enum { TEXT_BYTES = 32 * 1024 * 1024 };

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            abort();                                                           \
    } while (0)

static const struct event_address mapped = { NULL, "198.51.100.1" };

static const struct event_cleaning cleanings[] = {
    { .is_reason_ignored = false },
    { .addresses = &mapped, .n_addresses = 1, .is_reason_ignored = true },
};

/* Reads a copy exactly as long as the text, so that ASan sees a step beyond its
 * end. Returns: as event_read. */
static int read_copy(struct arena *arena, struct slice text, char **out_copy,
                     struct event *out, struct err *err)
{
    *out_copy = malloc(text.len ? text.len : 1);
    CHECK(*out_copy);
    if (text.len)
        memcpy(*out_copy, text.ptr, text.len);
    return event_read(arena, *out_copy, text.len, out, err);
}

static void write(const struct event *event, struct buffer *out)
{
    struct json_writer writer;

    buffer_reset(out);
    json_writer_init(&writer, out);
    event_write(event, &writer);
    CHECK(!out->failed);
}

static void check_keys(const struct event *event, struct arena *arena)
{
    struct json_reader reader;
    struct json_value value;
    struct buffer keys;

    buffer_init(&keys, TEXT_BYTES);
    for (size_t i = 0; i < event->n_policies; i++) {
        event_policy_key(&event->policies[i], &keys);
        for (size_t j = 0; j < event->policies[i].n_failures; j++)
            event_detail_key(&event->policies[i].failures[j], &keys);
    }
    CHECK(!keys.failed && keys.len);
    json_reader_init(&reader, keys.ptr, keys.len, 3, arena);
    while (json_read(&reader, &value, NULL) == 0)
        CHECK(json_skip(&reader, &value, NULL) == 0);
    CHECK(json_offset(&reader) == keys.len && reader.quirks == 0);
    buffer_deinit(&keys);
}

/* Cleans the event of a text. Returns: whether it could be; out gets it. */
static int clean(struct slice text, const struct event_cleaning *cleaning,
                 struct buffer *out)
{
    struct arena arena;
    struct event event;
    struct buffer again;
    struct err err = { .kind = ERR_NONE };
    char *copy;
    int rc;

    arena_init(&arena, 2 * EVENT_ARENA_BYTES);
    CHECK(read_copy(&arena, text, &copy, &event, &err) == 0);
    rc = event_clean(&arena, &event, cleaning, &err);
    if (rc == 0) {
        write(&event, out);
        buffer_init(&again, TEXT_BYTES);
        CHECK(event_clean(&arena, &event, cleaning, &err) == 0);
        write(&event, &again);
        CHECK(slice_equal(buffer_slice(&again), buffer_slice(out)));
        check_keys(&event, &arena);
        buffer_deinit(&again);
    } else {
        CHECK(err.kind == ERR_INPUT || err.kind == ERR_LIMIT);
    }
    arena_deinit(&arena);
    free(copy);
    return rc;
}

/* The wire between is no matter, unless what was replaced has made it longer
 * than a datagram may be. */
static void clean_both(struct slice text, struct slice written)
{
    struct buffer once, twice;

    buffer_init(&once, TEXT_BYTES);
    buffer_init(&twice, TEXT_BYTES);
    for (size_t i = 0; i < 2; i++) {
        int rc = clean(text, &cleanings[i], &once);

        if (written.len > EVENT_MAX_BYTES)
            continue;
        CHECK(clean(written, &cleanings[i], &twice) == rc);
        CHECK(rc || slice_equal(buffer_slice(&once), buffer_slice(&twice)));
        if (rc == 0 && once.len <= EVENT_MAX_BYTES) {
            CHECK(clean(buffer_slice(&once), &cleanings[i], &twice) == 0);
            CHECK(slice_equal(buffer_slice(&once), buffer_slice(&twice)));
        }
    }
    buffer_deinit(&once);
    buffer_deinit(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_make(data, size);
    struct buffer once, twice;
    struct arena arena;
    struct event event;
    struct err err = { .kind = ERR_NONE };
    char *copy, *second = NULL;

    arena_init(&arena, 2 * EVENT_ARENA_BYTES);
    buffer_init(&once, TEXT_BYTES);
    buffer_init(&twice, TEXT_BYTES);
    if (read_copy(&arena, text, &copy, &event, &err) == 0) {
        write(&event, &once);
        if (once.len <= EVENT_MAX_BYTES &&
            strlen(event.record) <= EVENT_MAX_RECORD_BYTES) {
            CHECK(read_copy(&arena, buffer_slice(&once), &second, &event,
                            &err) == 0);
            write(&event, &twice);
            CHECK(slice_equal(buffer_slice(&once), buffer_slice(&twice)));
        }
        clean_both(text, buffer_slice(&once));
    } else {
        CHECK(err.kind == ERR_INPUT || err.kind == ERR_LIMIT);
        CHECK(err.text[0] && err.offset <= size);
    }
    buffer_deinit(&once);
    buffer_deinit(&twice);
    arena_deinit(&arena);
    free(copy);
    free(second);
    return 0;
}
