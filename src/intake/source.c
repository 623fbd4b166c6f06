/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "intake/limits.h"
#include "mail/mbox.h"

enum {
    READ_BYTES = 256 * 1024,
    KEEP_BYTES = 4 * 1024 * 1024, /* memory kept from one file to the next */
    LOOK_AHEAD_BYTES = 4096,      /* longer than two lines of a mail's head */
    LOOK_BACK_BYTES = 3           /* the empty line before a separator */
};

static const char too_large[] = "the message is too large";

/* What is being read, and to whom it goes. */
struct reading {
    int fd;
    bool at_end;          /* the file has no more */
    bool is_broken;       /* it could not be read on, and that was told */
    struct buffer window; /* octets not yet given out */
    int64_t before_bytes; /* of the walk, in earlier files */
    int64_t taken_bytes;  /* of this file, no longer in the window */
    const char *path;
    unsigned n_messages; /* of an mbox, given out so far */
    intake_source_function *function;
    void *context;
    struct err *err;
};

/* The file name without folders; NULL for stdin. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (strcmp(path, "-") == 0)
        return NULL;
    return slash ? slash + 1 : path;
}

static int give(struct reading *reading, struct intake_source_input *input,
                int64_t file_bytes)
{
    input->done_bytes = reading->before_bytes + file_bytes;
    return reading->function(reading->context, input, reading->err);
}

/* Gives the file as a whole as refused. */
static int give_refused(struct reading *reading, const char *why)
{
    struct intake_source_input input = { .label = reading->path,
                                         .name = base_name(reading->path),
                                         .refused = why };

    return give(reading, &input, reading->taken_bytes);
}

/* The same for errno, with "what" before it. */
static int give_system_refused(struct reading *reading, const char *what)
{
    struct err reason;

    err_system(&reason, "%s", what);
    return give_refused(reading, reason.text);
}

/*
 * Reads on until the window holds more than `bytes` octets or the file ends.
 * Where reading fails the file is refused and broken, there is nothing more to
 * be done with it.
 * Returns: 0; what the function said to the refusal; -1 with err.
 */
static int fill(struct reading *reading, size_t bytes)
{
    struct buffer *window = &reading->window;

    while (!reading->at_end && window->len <= bytes) {
        size_t wanted = bytes - window->len + 1;
        char *at;
        ssize_t n;

        if (wanted > READ_BYTES)
            wanted = READ_BYTES;
        at = buffer_reserve(window, wanted);
        if (!at)
            return err_memory(reading->err);
        /* Only a signal that somebody waits for ends a read: no second try. */
        n = read(reading->fd, at, wanted);
        if (n < 0) {
            reading->is_broken = true;
            return give_system_refused(reading, "cannot be read");
        }
        window->len += (size_t)n;
        reading->at_end = n == 0;
    }
    return 0;
}

/* Drops octets from the front of the window. */
static void drop(struct reading *reading, size_t bytes)
{
    struct buffer *window = &reading->window;

    memmove(window->ptr, window->ptr + bytes, window->len - bytes);
    window->len -= bytes;
    reading->taken_bytes += (int64_t)bytes;
}

/* Gives one message of an mbox, or the reason why there is none. */
static int give_message(struct reading *reading, struct slice message,
                        const char *refused, size_t window_bytes)
{
    struct intake_source_input input = { .octets = message,
                                         .refused = refused };
    char *label;
    int rc;

    if (asprintf(&label, "%s#%u", reading->path, ++reading->n_messages) < 0)
        return err_memory(reading->err);
    input.label = label;
    rc = give(reading, &input, reading->taken_bytes + (int64_t)window_bytes);
    free(label);
    return rc;
}

/*
 * Tells whether a message that ends before `rest` is surely whole. Its end is a
 * separator and the line after it, which at the end of the window may be cut.
 */
static bool is_whole(const struct reading *reading, struct slice rest)
{
    return reading->at_end || rest.len >= LOOK_AHEAD_BYTES;
}

/*
 * Gives the messages that stand whole in the window.
 * out_used gets the octets that were given out.
 */
static int give_window(struct reading *reading, size_t *out_used)
{
    struct slice all = buffer_slice(&reading->window), message;
    struct mbox mbox;
    int rc = 0;

    mbox_init(&mbox, all);
    *out_used = 0;
    for (;;) {
        int taken = mbox_next(&mbox, &message, reading->err);
        size_t used = all.len - mbox.rest.len;

        if (taken < 0)
            rc = -1;
        if (rc || taken == MBOX_END || !is_whole(reading, mbox.rest))
            break;
        rc = give_message(reading, message,
                          taken == MBOX_TOO_LARGE ? too_large : NULL, used);
        *out_used = used;
        if (rc || mbox.rest.len == 0)
            break;
    }
    mbox_deinit(&mbox);
    return rc;
}

/* Passes over a message that is larger than any window. */
static int skip_message(struct reading *reading)
{
    int rc = give_message(reading, slice_make(NULL, 0), too_large, 0);

    while (rc == 0 && !reading->is_broken) {
        struct slice all = buffer_slice(&reading->window);
        size_t at = mbox_find_separator(all, LOOK_BACK_BYTES);

        if (is_whole(reading, slice_skip(all, at))) {
            drop(reading, at);
            return 0;
        }
        /* What lies behind decides whether it is one: look again with more. */
        if (at > all.len - LOOK_AHEAD_BYTES)
            at = all.len - LOOK_AHEAD_BYTES;
        drop(reading, at - LOOK_BACK_BYTES);
        rc = fill(reading, INTAKE_WINDOW_BYTES);
    }
    return rc;
}

/* Returns: the size of the next window after one of which `used` was given. */
static size_t next_window(size_t bytes, size_t used)
{
    if (used)
        return INTAKE_WINDOW_BYTES;
    return 2 * bytes < INTAKE_INPUT_MAX_BYTES ? 2 * bytes
                                              : INTAKE_INPUT_MAX_BYTES;
}

static int read_mbox(struct reading *reading)
{
    size_t bytes = INTAKE_WINDOW_BYTES;
    int rc = 0;

    while (rc == 0 && !reading->is_broken) {
        size_t used;

        rc = give_window(reading, &used);
        if (rc || reading->at_end)
            break;
        drop(reading, used);
        if (used == 0 && bytes == INTAKE_INPUT_MAX_BYTES) {
            bytes = INTAKE_WINDOW_BYTES;
            rc = skip_message(reading);
        } else {
            bytes = next_window(bytes, used);
            rc = fill(reading, bytes);
        }
    }
    return rc;
}

static int read_whole(struct reading *reading)
{
    struct intake_source_input input = { .label = reading->path,
                                         .name = base_name(reading->path) };
    int rc = fill(reading, INTAKE_INPUT_MAX_BYTES);

    if (rc || reading->is_broken)
        return rc;
    if (!reading->at_end)
        return give_refused(reading, "the file is too large");
    input.octets = buffer_slice(&reading->window);
    input.writable = reading->window.ptr;
    return give(reading, &input, (int64_t)input.octets.len);
}

static int read_open(struct reading *reading)
{
    int rc = fill(reading, INTAKE_WINDOW_BYTES);

    if (rc || reading->is_broken)
        return rc;
    if (mbox_is_mbox(buffer_slice(&reading->window)))
        return read_mbox(reading);
    return read_whole(reading);
}

static int read_entry(struct reading *reading,
                      const struct intake_walk_entry *entry)
{
    bool is_stdin = strcmp(entry->path, "-") == 0;
    int rc;

    reading->path = entry->path;
    reading->taken_bytes = 0;
    reading->n_messages = 0;
    reading->at_end = false;
    reading->is_broken = false;
    if (entry->refused)
        return give_refused(reading, entry->refused);
    reading->fd = is_stdin ? STDIN_FILENO
                           : open(entry->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (reading->fd < 0)
        return give_system_refused(reading, "cannot be opened");
    rc = read_open(reading);
    if (!is_stdin)
        close(reading->fd);
    if (reading->window.capacity > KEEP_BYTES)
        buffer_deinit(&reading->window);
    buffer_reset(&reading->window);
    return rc;
}

int intake_source_each(const struct intake_walk *walk,
                       intake_source_function *function, void *context,
                       struct err *err)
{
    struct reading reading = { .function = function,
                               .context = context,
                               .err = err };
    int rc = 0;

    /* One octet more than the cap, to see that a file goes beyond it. */
    buffer_init(&reading.window, INTAKE_INPUT_MAX_BYTES + READ_BYTES);
    for (size_t i = 0; rc == 0 && i < walk->n_entries; i++) {
        rc = read_entry(&reading, &walk->entries[i]);
        reading.before_bytes += walk->entries[i].bytes;
    }
    buffer_deinit(&reading.window);
    return rc;
}
