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
    SEPARATOR_BYTES = 16,         /* longer than what separates two mails */
    LOOK_AHEAD_BYTES = 4096       /* longer than two lines of a mail's head */
};

/* What is being read, and to whom it goes. */
struct reading {
    int fd;
    bool at_end;          /* the file has no more */
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
 * Returns: 0, 1 where reading fails (errno), -1 out of memory.
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
            return -1;
        /* Only a signal that somebody waits for ends a read: no second try. */
        n = read(reading->fd, at, wanted);
        if (n < 0)
            return 1;
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
        int taken = mbox_next(&mbox, &message);
        size_t used = all.len - mbox.rest.len;

        if (taken == 1 || !is_whole(reading, mbox.rest))
            break;
        rc = give_message(reading, message,
                          taken ? "the message is too large" : NULL, used);
        *out_used = used;
        if (rc || mbox.rest.len == 0)
            break;
    }
    mbox_deinit(&mbox);
    return rc;
}

/* Where the next message of an mbox begins after a separator, or len. */
static size_t find_separator(struct slice s)
{
    static const char *const separators[] = { "\n\nFrom ", "\n\r\nFrom " };
    size_t least = s.len;

    for (size_t i = 0; i < 2; i++) {
        size_t len = strlen(separators[i]);
        const char *at = memmem(s.ptr, s.len, separators[i], len);

        if (at && (size_t)(at - s.ptr) + len - 5 < least)
            least = (size_t)(at - s.ptr) + len - 5;
    }
    return least;
}

/* Passes over a message that is larger than any window. */
static int skip_message(struct reading *reading)
{
    int rc = give_message(reading, slice_make(NULL, 0),
                          "the message is too large", 0);

    while (rc == 0) {
        size_t at = find_separator(buffer_slice(&reading->window));

        if (at < reading->window.len || reading->at_end) {
            drop(reading, at);
            return 0;
        }
        if (at > SEPARATOR_BYTES)
            drop(reading, at - SEPARATOR_BYTES);
        rc = fill(reading, INTAKE_WINDOW_BYTES);
        if (rc == 1)
            return give_system_refused(reading, "cannot be read on");
    }
    return rc;
}

static int read_mbox(struct reading *reading)
{
    size_t target = INTAKE_WINDOW_BYTES;

    for (;;) {
        size_t used;
        int rc = give_window(reading, &used);

        if (rc || (reading->at_end && used == reading->window.len))
            return rc;
        drop(reading, used);
        /* Nothing whole in the window: a larger one, up to the cap. */
        target = used ? INTAKE_WINDOW_BYTES : 2 * target;
        if (target > INTAKE_INPUT_MAX_BYTES) {
            target = INTAKE_WINDOW_BYTES;
            rc = skip_message(reading);
        } else if (fill(reading, target) != 0) {
            rc = give_system_refused(reading, "cannot be read on");
            return rc;
        }
        if (rc || (reading->at_end && reading->window.len == 0))
            return rc;
    }
}

static int read_whole(struct reading *reading)
{
    struct intake_source_input input = { .label = reading->path,
                                         .name = base_name(reading->path) };
    int rc = fill(reading, INTAKE_INPUT_MAX_BYTES);

    if (rc == 1)
        return give_system_refused(reading, "cannot be read");
    if (rc < 0)
        return err_memory(reading->err);
    if (!reading->at_end)
        return give_refused(reading, "the file is too large");
    input.octets = buffer_slice(&reading->window);
    input.writable = reading->window.ptr;
    return give(reading, &input, (int64_t)input.octets.len);
}

static int read_open(struct reading *reading)
{
    int rc = fill(reading, INTAKE_WINDOW_BYTES);

    if (rc == 1)
        return give_system_refused(reading, "cannot be read");
    if (rc < 0)
        return err_memory(reading->err);
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
