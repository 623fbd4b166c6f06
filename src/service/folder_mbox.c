/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/folder_mbox.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/checksum.h"
#include "mail/mbox.h"
#include "service/folder_lock.h"

enum {
    WINDOW_BYTES = 1024 * 1024,
    LOOK_AHEAD_BYTES = 4096, /* longer than two lines of a mail's head */
    LOOK_BACK_BYTES = 3,     /* the empty line before a separator */
    CHECK_BYTES = 1024       /* hashed at the head and before the position */
};

/* A file that is being read. */
struct reading {
    const struct folder_mbox_options *options;
    folder_mbox_function *function;
    void *context;
    int fd;
    int64_t file_bytes;
    bool is_ended;        /* its last message is whole */
    struct buffer window; /* octets of the file */
    int64_t window_at;    /* where they stand in it */
    struct folder_mbox_position position;
    struct err *err;
};

/* ---- Position ------------------------------------------------------------ */

/* Takes one number of a position. Returns: 0, -1 where there is none. */
static int read_number(const char **at, uint64_t *out_number)
{
    char *end;

    errno = 0;
    *out_number = strtoull(*at, &end, 16);
    if (end == *at || errno || (*end != ' ' && *end != '\0'))
        return -1;
    *at = *end ? end + 1 : end;
    return 0;
}

int folder_mbox_parse(const char *text,
                      struct folder_mbox_position *out_position)
{
    uint64_t numbers[4];

    for (size_t i = 0; i < 4; i++)
        if (read_number(&text, &numbers[i]))
            return -1;
    if (*text || numbers[2] > INT64_MAX || numbers[1] > numbers[2])
        return -1;
    *out_position =
        (struct folder_mbox_position){ .inode = numbers[0],
                                       .last_bytes = (int64_t)numbers[1],
                                       .read_bytes = (int64_t)numbers[2],
                                       .check = numbers[3] };
    return 0;
}

const char *folder_mbox_format(const struct folder_mbox_position *position,
                               char text[static FOLDER_MBOX_POSITION_BYTES])
{
    snprintf(text, FOLDER_MBOX_POSITION_BYTES,
             "%" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64, position->inode,
             (uint64_t)position->last_bytes, (uint64_t)position->read_bytes,
             position->check);
    return text;
}

/* Nobody gains by two texts that fall together. */
static uint64_t check_part(uint64_t check, int fd, int64_t from, size_t bytes)
{
    unsigned char part[CHECK_BYTES];
    ssize_t n = pread(fd, part, bytes, from);

    return checksum_add(check, slice_make(part, n > 0 ? (size_t)n : 0));
}

static uint64_t check_of(int fd, int64_t read_bytes)
{
    size_t bytes = read_bytes < CHECK_BYTES ? (size_t)read_bytes : CHECK_BYTES;
    uint64_t check = check_part(CHECKSUM_NONE, fd, 0, bytes);

    return check_part(check, fd, read_bytes - (int64_t)bytes, bytes);
}

static bool is_same(const struct folder_mbox_position *position, int fd,
                    const struct stat *status)
{
    return position->inode == status->st_ino &&
           position->read_bytes <= status->st_size &&
           position->check == check_of(fd, position->read_bytes);
}

/* ---- Octets -------------------------------------------------------------- */

/* Reads octets of the file into the window. Returns: 0, -1 with err. */
static int fill(struct reading *reading, int64_t from, size_t bytes)
{
    struct buffer *window = &reading->window;

    /* What is appended meanwhile is for the next time. */
    if (from + (int64_t)bytes > reading->file_bytes)
        bytes = (size_t)(reading->file_bytes - from);
    buffer_reset(window);
    reading->window_at = from;
    while (window->len < bytes) {
        char *at = buffer_reserve(window, bytes - window->len);
        ssize_t n;

        if (!at)
            return err_memory(reading->err);
        n = pread(reading->fd, at, bytes - window->len,
                  from + (int64_t)window->len);
        if (n < 0)
            return err_system(reading->err, "cannot be read");
        if (n == 0)
            break;
        window->len += (size_t)n;
    }
    return 0;
}

static bool at_end(const struct reading *reading)
{
    return reading->window_at + (int64_t)reading->window.len >=
           reading->file_bytes;
}

/* Writers end a message with an empty line. */
static bool ends_empty(int fd, int64_t file_bytes)
{
    char end[4];
    size_t bytes = file_bytes < 4 ? (size_t)file_bytes : 4;
    ssize_t n = pread(fd, end, bytes, file_bytes - (int64_t)bytes);

    return (n >= 2 && memcmp(end + n - 2, "\n\n", 2) == 0) ||
           (n == 4 && memcmp(end, "\r\n\r\n", 4) == 0);
}

/* Tells whether a message that ends before `rest` is surely whole: what is its
 * end depends on the lines behind it. */
static bool is_whole(const struct reading *reading, size_t rest_bytes)
{
    return rest_bytes >= LOOK_AHEAD_BYTES ||
           (at_end(reading) && reading->is_ended);
}

/* ---- Messages ------------------------------------------------------------ */

static int give(struct reading *reading, struct slice octets, int64_t from,
                int64_t end)
{
    const struct folder_mbox_message message = {
        .octets = octets,
        .at_bytes = from,
        .is_too_large = octets.len > (uint64_t)reading->options->max_bytes,
    };
    int rc = reading->function(reading->context, &message, reading->err);

    if (rc >= 0) {
        reading->position.last_bytes = from;
        reading->position.read_bytes = end;
    }
    return rc;
}

/*
 * Gives the messages that stand whole in the window.
 * Returns: 0; 1 where the function has enough; -1 with err.
 */
static int give_window(struct reading *reading)
{
    struct slice all = buffer_slice(&reading->window), message;
    struct mbox mbox;
    int rc = 0;

    mbox_init(&mbox, all);
    while (rc == 0) {
        int64_t from = reading->window_at + (int64_t)(all.len - mbox.rest.len);
        int taken = mbox_next(&mbox, &message, reading->err);

        if (taken < 0)
            rc = -1;
        if (rc || taken == MBOX_END || !is_whole(reading, mbox.rest.len))
            break;
        rc = give(reading, message, from,
                  reading->window_at + (int64_t)(all.len - mbox.rest.len));
    }
    mbox_deinit(&mbox);
    return rc;
}

/* Finds the end of a message that is larger than any window, and passes it
 * over. Returns: as give_window; FOLDER_MBOX_WAITS while it is not whole. */
static int skip_message(struct reading *reading)
{
    int64_t from = reading->position.read_bytes;
    int64_t at =
        reading->window_at + (int64_t)reading->window.len - LOOK_AHEAD_BYTES;
    const struct slice too_large = { NULL,
                                     (size_t)reading->options->max_bytes + 1 };

    for (;;) {
        size_t found;

        if (fill(reading, at - LOOK_BACK_BYTES, WINDOW_BYTES))
            return -1;
        found = mbox_find_separator(buffer_slice(&reading->window),
                                    LOOK_BACK_BYTES);
        if (is_whole(reading, reading->window.len - found))
            return give(reading, too_large, from,
                        reading->window_at + (int64_t)found);
        if (at_end(reading))
            return FOLDER_MBOX_WAITS;
        at = reading->window_at + (int64_t)reading->window.len -
             LOOK_AHEAD_BYTES;
    }
}

/* Passes over empty lines between messages. */
static void skip_empty(struct reading *reading)
{
    const struct buffer *window = &reading->window;
    size_t n = 0;

    while (n < window->len &&
           (window->ptr[n] == '\n' || window->ptr[n] == '\r'))
        n++;
    reading->position.read_bytes = reading->window_at + (int64_t)n;
}

/*
 * Makes sure that a message begins at the position.
 * Returns: 0; FOLDER_MBOX_END or _WAITS where nothing does yet; -1 with err.
 */
static int find_begin(struct reading *reading)
{
    struct folder_mbox_position *position = &reading->position;
    int64_t was = position->read_bytes;

    if (fill(reading, was, LOOK_AHEAD_BYTES))
        return -1;
    skip_empty(reading);
    if (position->read_bytes >= reading->file_bytes)
        return FOLDER_MBOX_END;
    if (fill(reading, position->read_bytes, LOOK_AHEAD_BYTES))
        return -1;
    if (mbox_is_mbox(buffer_slice(&reading->window)))
        return 0;
    position->read_bytes = was;
    if (at_end(reading) && !reading->is_ended)
        return FOLDER_MBOX_WAITS;
    if (was == position->last_bytes)
        return err_set(reading->err, ERR_INPUT, "is no mbox file");
    /* What was taken for a whole message was written on. */
    position->read_bytes = position->last_bytes;
    return 0;
}

static int read_on(struct reading *reading)
{
    const int64_t most = reading->options->max_bytes + 2 * LOOK_AHEAD_BYTES;
    int64_t bytes = WINDOW_BYTES;
    int rc = find_begin(reading);

    while (rc == 0) {
        int64_t from = reading->position.read_bytes;

        if (fill(reading, from, (size_t)bytes))
            return -1;
        rc = give_window(reading);
        if (rc || reading->position.read_bytes > from)
            break;
        if (at_end(reading))
            return FOLDER_MBOX_WAITS;
        if (bytes >= most) {
            rc = skip_message(reading);
            break;
        }
        bytes = 2 * bytes < most ? 2 * bytes : most;
    }
    if (rc == 0 && reading->position.read_bytes >= reading->file_bytes)
        return FOLDER_MBOX_END;
    return rc == 1 && reading->position.read_bytes < reading->file_bytes ? 0
                                                                         : rc;
}

/* ---- File ---------------------------------------------------------------- */

static int read_locked(struct reading *reading, const struct stat *status,
                       const struct folder_mbox_position *position,
                       struct folder_mbox_position *out_position)
{
    int rc;

    reading->file_bytes = status->st_size;
    reading->is_ended = ends_empty(reading->fd, status->st_size) ||
                        reading->options->now - status->st_ctim.tv_sec >=
                            reading->options->settle_s;
    if (is_same(position, reading->fd, status))
        reading->position = *position;
    buffer_init(&reading->window,
                (size_t)reading->options->max_bytes + 2 * WINDOW_BYTES);
    rc = read_on(reading);
    buffer_deinit(&reading->window);
    if (rc < 0)
        return -1;
    reading->position.inode = status->st_ino;
    reading->position.check =
        check_of(reading->fd, reading->position.read_bytes);
    *out_position = reading->position;
    return rc;
}

static int read_open(struct reading *reading,
                     const struct folder_mbox_position *position,
                     struct folder_mbox_position *out_position)
{
    struct folder_lock lock;
    struct stat status;
    int rc;

    if (fstat(reading->fd, &status) != 0)
        return err_system(reading->err, "cannot be looked at");
    if (!S_ISREG(status.st_mode))
        return err_set(reading->err, ERR_INPUT, "is no regular file");
    rc = folder_lock_take(&lock, reading->fd, reading->options->path,
                          reading->options->now, reading->err);
    if (rc)
        return rc > 0 ? FOLDER_MBOX_BUSY : -1;
    /* Its size under the lock. */
    if (fstat(reading->fd, &status) != 0)
        rc = err_system(reading->err, "cannot be looked at");
    else
        rc = read_locked(reading, &status, position, out_position);
    folder_lock_release(&lock);
    return rc;
}

int folder_mbox_read(const struct folder_mbox_options *options,
                     const struct folder_mbox_position *position,
                     folder_mbox_function *function, void *context,
                     struct folder_mbox_position *out_position, struct err *err)
{
    struct reading reading = {
        .options = options, .function = function, .context = context, .err = err
    };
    int rc;

    reading.fd = open(options->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
                                         O_NONBLOCK | O_NOCTTY);
    if (reading.fd < 0)
        return err_system(err, "cannot be opened");
    rc = read_open(&reading, position, out_position);
    close(reading.fd);
    return rc;
}
