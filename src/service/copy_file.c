/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/copy_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static int write_all(int fd, struct slice octets)
{
    while (octets.len) {
        ssize_t n = write(fd, octets.ptr, octets.len);

        if (n < 0 && errno != EINTR)
            return -1;
        if (n > 0)
            octets = slice_skip(octets, (size_t)n);
    }
    return fsync(fd);
}

/*
 * Makes a name of at most max octets. Of a longer one the middle is left out: at its
 * beginning it says who reports, at its end the times and the unique-id.
 */
static void fit(struct slice name, size_t max, char out[NAME_MAX + 1])
{
    const size_t head = max / 2, tail = max - head - 1;

    if (name.len <= max)
        snprintf(out, NAME_MAX + 1, "%.*s", (int)name.len, name.ptr);
    else
        snprintf(out, NAME_MAX + 1, "%.*s~%.*s", (int)head, name.ptr, (int)tail,
                 name.ptr + name.len - tail);
}

static int write_in(int folder_fd, const char *name, struct slice octets)
{
    char draft[NAME_MAX + 8], fitting[NAME_MAX + 1];
    int fd, rc;

    fit(slice_of(name), NAME_MAX - 6, fitting);
    snprintf(draft, sizeof(draft), ".%s.part", fitting);
    fd = openat(folder_fd, draft,
                O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0)
        return -1;
    rc = write_all(fd, octets);
    if (close(fd) || rc || renameat(folder_fd, draft, folder_fd, name)) {
        int why = errno;

        unlinkat(folder_fd, draft, 0);
        errno = why;
        return -1;
    }
    return fsync(folder_fd);
}

int copy_file_write(const char *folder, struct slice name, struct slice octets,
                    struct err *err)
{
    char text[NAME_MAX + 1];
    int fd, rc;

    if (name.len == 0 || *name.ptr == '.' || memchr(name.ptr, '/', name.len) ||
        memchr(name.ptr, '\0', name.len))
        return err_set(err, ERR_INPUT, "\"%.*s\" is no name of a file",
                       (int)(name.len < 100 ? name.len : 100), name.ptr);
    fit(name, NAME_MAX, text);
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_system(err, "%.200s", folder);
    rc = write_in(fd, text, octets);
    if (rc)
        err_system(err, "writing into %.200s", folder);
    close(fd);
    return rc;
}
