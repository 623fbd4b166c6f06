/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Room: a folder of a test's own, and files in it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROOM_PATH_BYTES = 400 };

struct room {
    char path[32];
    int fd;
};

static inline void room_open(struct room *room)
{
    snprintf(room->path, sizeof(room->path), "/tmp/room-XXXXXX");
    assert_non_null(mkdtemp(room->path));
    room->fd = open(room->path, O_RDONLY | O_DIRECTORY);
    assert_true(room->fd >= 0);
}

static inline void room_close(struct room *room)
{
    char line[64];

    close(room->fd);
    snprintf(line, sizeof(line), "rm -rf %s", room->path);
    assert_int_equal(system(line), 0);
}

/* The path of a name; some at a time are valid. */
static inline const char *room_path(const struct room *room, const char *name)
{
    static char paths[4][ROOM_PATH_BYTES];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    snprintf(path, ROOM_PATH_BYTES, "%s/%s", room->path, name);
    return path;
}

static inline void room_make_folder(const struct room *room, const char *name)
{
    assert_int_equal(mkdir(room_path(room, name), 0700), 0);
}

/* Writes a file at a path: flags O_TRUNC or O_APPEND. */
static inline void room_write_octets(const char *path, int flags,
                                     const char *octets, size_t bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | flags, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, octets, bytes), bytes);
    close(fd);
}

static inline void room_write(const struct room *room, const char *name,
                              const char *text)
{
    room_write_octets(room_path(room, name), O_TRUNC, text, strlen(text));
}

static inline void room_append(const struct room *room, const char *name,
                               const char *text)
{
    room_write_octets(room_path(room, name), O_APPEND, text, strlen(text));
}

static inline int room_has(const struct room *room, const char *name)
{
    struct stat status;

    return lstat(room_path(room, name), &status) == 0;
}
