/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/limits.h"

static void name_file(const struct ring *ring, unsigned number,
                      char path[static RING_PATH_BYTES])
{
    snprintf(path, RING_PATH_BYTES, "%s/malformed-%02u", ring->folder,
             number % COLLECT_RING_FILES);
}

static bool is_after(struct timespec a, struct timespec b)
{
    return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

/* The number behind the newest file. Files may be of the same moment: then it is
 * the last of those in a row. */
static unsigned find_next(const struct ring *ring)
{
    struct timespec times[COLLECT_RING_FILES] = { 0 };
    char path[RING_PATH_BYTES];
    unsigned newest = COLLECT_RING_FILES - 1;

    for (unsigned i = 0; i < COLLECT_RING_FILES; i++) {
        struct stat status;

        name_file(ring, i, path);
        times[i] =
            lstat(path, &status) ? (struct timespec){ 0 } : status.st_mtim;
        if (is_after(times[i], times[newest]))
            newest = i;
    }
    for (unsigned i = 1; i < COLLECT_RING_FILES; i++) {
        unsigned next = (newest + 1) % COLLECT_RING_FILES;

        if (times[next].tv_sec == 0 || is_after(times[newest], times[next]))
            break;
        newest = next;
    }
    return times[newest].tv_sec ? newest + 1 : 0;
}

void ring_init(struct ring *ring, const char *folder)
{
    *ring = (struct ring){ .folder = folder };
    if (folder)
        ring->next = find_next(ring);
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
    char path[RING_PATH_BYTES];
    char part[RING_PATH_BYTES];

    if (!ring->folder)
        return 0;
    if (mkdir(ring->folder, 0700) && errno != EEXIST)
        return err_system(err, "cannot make the folder %s", ring->folder);
    name_file(ring, ring->next, path);
    snprintf(part, sizeof(part), "%s/.part", ring->folder);
    if (write_file(part, path, octets, bytes, err))
        return -1;
    ring->next++;
    snprintf(ring->newest, sizeof(ring->newest), "%s", path);
    return 0;
}
