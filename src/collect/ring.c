/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/limits.h"

enum { PATH_BYTES = 4200 };

void ring_init(struct ring *ring, const char *folder)
{
    *ring = (struct ring){ .folder = folder };
}

/* Written whole beside and renamed, so that no reader finds half of one. */
static int write_file(const char *part, const char *path, const char *octets,
                      size_t bytes, struct err *err)
{
    int fd =
        open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    ssize_t n;

    if (fd < 0)
        return err_system(err, "cannot write %s", part);
    n = write(fd, octets, bytes);
    close(fd);
    if (n != (ssize_t)bytes || rename(part, path)) {
        err_system(err, "cannot write %s", path);
        unlink(part);
        return -1;
    }
    return 0;
}

int ring_put(struct ring *ring, const char *octets, size_t bytes,
             struct err *err)
{
    char path[PATH_BYTES];
    char part[PATH_BYTES];

    if (!ring->folder)
        return 0;
    if (mkdir(ring->folder, 0700) && errno != EEXIST)
        return err_system(err, "cannot make the folder %s", ring->folder);
    snprintf(path, sizeof(path), "%s/malformed-%02u", ring->folder,
             ring->next % COLLECT_RING_FILES);
    snprintf(part, sizeof(part), "%s/.part", ring->folder);
    if (write_file(part, path, octets, bytes, err))
        return -1;
    ring->next++;
    return 0;
}
