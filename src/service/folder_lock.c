/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/folder_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/lock_file.h"

enum { OLD_S = 300 };

static const char mark[] = " tlsrpt\n";

/* ---- What one of us left ------------------------------------------------- */

static bool has_mark(int fd)
{
    char text[64] = "", *end;
    ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

    return n > 0 && strtol(text, &end, 10) > 0 && strcmp(end, mark) == 0;
}

static bool is_at(const char *path, int fd)
{
    struct stat there, here;

    return lstat(path, &there) == 0 && fstat(fd, &here) == 0 &&
           there.st_dev == here.st_dev && there.st_ino == here.st_ino;
}

/* Removes one of ours that nobody holds: who made it was killed. As long as it
 * is held here no other removes what comes after it. Returns: whether it is gone. */
static bool remove_orphan(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool is_gone;

    if (fd < 0)
        return errno == ENOENT;
    is_gone = has_mark(fd) && lock_file_hold(fd) == 0 &&
              (!is_at(path, fd) || unlink(path) == 0);
    close(fd);
    return is_gone;
}

/* ---- One of our own ------------------------------------------------------ */

/* Writes who has it, and holds it. */
static void sign(int fd)
{
    char text[64];
    int len = snprintf(text, sizeof(text), "%ld%s", (long)getpid(), mark);

    /* With our name in it it is held already, and without it a lock all the
     * same. */
    (void)lock_file_hold(fd);
    (void)!write(fd, text, (size_t)len);
}

/* Gives a signed file without a name that name. Returns: 0, -1 with errno. */
static int link_file(int fd, const char *path)
{
    char self[40];

    snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

/* The folder of a path; "." where it names none. */
static void folder_of(const char *path, size_t bytes, char *out)
{
    const char *slash = strrchr(path, '/');

    if (slash)
        snprintf(out, bytes, "%.*s", (int)(slash - path) + 1, path);
    else
        snprintf(out, bytes, ".");
}

/* Appears with all that is in it, or not at all: killed at any moment we leave
 * nothing that looks like another's. Returns: 0, -1 with errno, EOPNOTSUPP where
 * this cannot be done here. */
static int make_whole(struct folder_lock *lock)
{
    char folder[sizeof(lock->path)];
    int fd, status, code;

    folder_of(lock->path, sizeof(folder), folder);
    fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0644);
    if (fd < 0) {
        if (errno == EISDIR || errno == EINVAL)
            errno = EOPNOTSUPP;
        return -1;
    }
    sign(fd);
    status = link_file(fd, lock->path);
    if (status == 0) {
        lock->file_fd = fd;
        return 0;
    }
    /* Without /proc, and where links are refused. */
    code = errno == EEXIST ? EEXIST : EOPNOTSUPP;
    close(fd);
    errno = code;
    return -1;
}

static int make_file(struct folder_lock *lock)
{
    if (make_whole(lock) == 0)
        return 0;
    if (errno != EOPNOTSUPP)
        return -1;
    lock->file_fd =
        open(lock->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (lock->file_fd < 0)
        return -1;
    sign(lock->file_fd);
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
        if (!remove_orphan(lock->path))
            return is_old(lock->path, now) ? 0 : 1;
    }
    return 1;
}

int folder_lock_take(struct folder_lock *lock, int fd, const char *path,
                     utc_time now, struct err *err)
{
    struct flock whole = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
    int len;

    lock->fd = fd;
    lock->file_fd = -1;
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
    if (lock->file_fd < 0)
        return;
    unlink(lock->path);
    close(lock->file_fd);
    lock->file_fd = -1;
}
