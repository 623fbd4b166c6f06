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

static int write_in(int folder_fd, const char *name, struct slice octets)
{
    char draft[NAME_MAX + 8];
    int fd, rc;

    snprintf(draft, sizeof(draft), ".%.240s.part", name);
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

    if (name.len == 0 || name.len > NAME_MAX || *name.ptr == '.' ||
        memchr(name.ptr, '/', name.len) || memchr(name.ptr, '\0', name.len))
        return err_set(err, ERR_INPUT, "\"%.*s\" is no name of a file",
                       (int)(name.len < 100 ? name.len : 100), name.ptr);
    memcpy(text, name.ptr, name.len);
    text[name.len] = '\0';
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_system(err, "%.200s", folder);
    rc = write_in(fd, text, octets);
    if (rc)
        err_system(err, "writing into %.200s", folder);
    close(fd);
    return rc;
}
