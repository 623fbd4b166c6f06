/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "os/lock_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { NUMBER_BYTES = 24 };

int lock_file_hold(int fd)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    if (fcntl(fd, F_OFD_SETLK, &whole) == 0)
        return 0;
    return errno == EAGAIN || errno == EACCES ? 1 : -1;
}

/* For people alone: the lock holds whether this can be written or not. */
static void sign(int fd)
{
    char text[NUMBER_BYTES];
    int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

    if (ftruncate(fd, 0) || pwrite(fd, text, (size_t)n, 0) != n)
        return;
}

static pid_t read_holder(int fd)
{
    char text[NUMBER_BYTES] = "";
    char *end;
    long number;

    if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
        return 0;
    number = strtol(text, &end, 10);
    return *end == '\n' && number > 0 ? (pid_t)number : 0;
}

int lock_file_take(const char *path, int *out_fd, pid_t *out_holder,
                   struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int status = fd < 0 ? -1 : lock_file_hold(fd);

    if (status < 0) {
        err_system(err, "taking the lock %.200s", path);
    } else if (status > 0) {
        *out_holder = read_holder(fd);
    } else {
        sign(fd);
        *out_fd = fd;
        return 0;
    }
    if (fd >= 0)
        close(fd);
    return status;
}
