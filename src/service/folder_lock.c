/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/folder_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OLD_S = 300 };

static const char mark[] = " tlsrpt\n";

/* One of ours whose process is gone: killed while it read. */
static bool is_orphan(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    char text[64], *end;
    ssize_t n;
    long process;

    if (fd < 0)
        return false;
    n = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (n <= 0)
        return false;
    text[n] = '\0';
    process = strtol(text, &end, 10);
    if (process <= 0 || strcmp(end, mark) != 0)
        return false;
    return process == getpid() ||
           (kill((pid_t)process, 0) != 0 && errno == ESRCH);
}

static int make_file(struct folder_lock *lock)
{
    char text[64];
    int fd = open(lock->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    int len;

    if (fd < 0)
        return -1;
    len = snprintf(text, sizeof(text), "%ld%s", (long)getpid(), mark);
    lock->has_file = true;
    /* Without our name in it it is a lock all the same. */
    (void)!write(fd, text, (size_t)len);
    close(fd);
    return 0;
}

/* A lock file that should have been given back long ago holds up nobody. */
static bool is_old(const char *path, utc_time now)
{
    struct stat status;

    return lstat(path, &status) != 0 || now - status.st_mtim.tv_sec > OLD_S;
}

/* Returns: 0, 1 where another program has it. */
static int take_file(struct folder_lock *lock, utc_time now)
{
    for (unsigned turn = 0; turn < 2; turn++) {
        if (make_file(lock) == 0)
            return 0;
        if (errno != EEXIST) /* not allowed there: fcntl must do */
            return 0;
        if (!is_orphan(lock->path))
            return is_old(lock->path, now) ? 0 : 1;
        unlink(lock->path);
    }
    return 1;
}

int folder_lock_take(struct folder_lock *lock, int fd, const char *path,
                     utc_time now, struct err *err)
{
    struct flock whole = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
    int len;

    lock->fd = fd;
    lock->has_file = false;
    len = snprintf(lock->path, sizeof(lock->path), "%s.lock", path);
    if (len < 0 || (size_t)len >= sizeof(lock->path))
        return err_set(err, ERR_USAGE, "the path is too long");
    if (take_file(lock, now))
        return 1;
    /* The kind that another descriptor of this process does not drop. */
    if (fcntl(fd, F_OFD_SETLK, &whole) == 0)
        return 0;
    if (errno == EAGAIN || errno == EACCES) {
        folder_lock_release(lock);
        return 1;
    }
    /* A file system without locks: FILE.lock must do. */
    return 0;
}

void folder_lock_release(struct folder_lock *lock)
{
    struct flock whole = { .l_type = F_UNLCK, .l_whence = SEEK_SET };

    fcntl(lock->fd, F_OFD_SETLK, &whole);
    if (lock->has_file)
        unlink(lock->path);
    lock->has_file = false;
}
