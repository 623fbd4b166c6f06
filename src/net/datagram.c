/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/datagram.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { LOCK_MS = 5000, LOCK_POLL_MS = 20 };

/* A number as text, or -1. */
static long number_of(const char *text)
{
    char *end;
    long n;

    if (*text < '0' || *text > '9')
        return -1;
    errno = 0;
    n = strtol(text, &end, 10);
    return *end || errno || n > INT32_MAX ? -1 : n;
}

int datagram_find_user(const char *name, uid_t *out_uid, struct err *err)
{
    const struct passwd *entry;
    long n = number_of(name);

    if (n >= 0) {
        *out_uid = (uid_t)n;
        return 0;
    }
    entry = getpwnam(name);
    if (!entry)
        return err_set(err, ERR_USAGE, "there is no user %.64s", name);
    *out_uid = entry->pw_uid;
    return 0;
}

int datagram_find_group(const char *name, gid_t *out_gid, struct err *err)
{
    const struct group *entry;
    long n = number_of(name);

    if (n >= 0) {
        *out_gid = (gid_t)n;
        return 0;
    }
    entry = getgrnam(name);
    if (!entry)
        return err_set(err, ERR_USAGE, "there is no group %.64s", name);
    *out_gid = entry->gr_gid;
    return 0;
}

static int make_address(const char *path, struct sockaddr_un *out,
                        struct err *err)
{
    *out = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (!*path || strlen(path) > DATAGRAM_PATH_BYTES)
        return err_set(err, ERR_USAGE,
                       "the path of a socket has 1 to %d octets: %.120s",
                       DATAGRAM_PATH_BYTES, path);
    memcpy(out->sun_path, path, strlen(path));
    return 0;
}

/* A file is stale only where the kernel says that nobody receives there; anything
 * else, and we keep off it. */
static int remove_stale(const struct sockaddr_un *address, struct err *err)
{
    const char *path = address->sun_path;
    struct stat status;
    int status_connect, fd;

    if (lstat(path, &status))
        return errno == ENOENT ? 0 : err_system(err, "looking for %s", path);
    if (!S_ISSOCK(status.st_mode))
        return err_set(err, ERR_SYSTEM, "%s is there and is no socket", path);
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return err_system(err, "opening a socket");
    status_connect =
        connect(fd, (const struct sockaddr *)address, sizeof(*address)) ? errno
                                                                        : 0;
    close(fd);
    if (status_connect == 0 || status_connect == EPROTOTYPE)
        return err_set(err, ERR_SYSTEM, "%s is in use by another program",
                       path);
    if (status_connect != ECONNREFUSED) {
        errno = status_connect;
        return err_system(err, "trying %s", path);
    }
    return unlink(path) ? err_system(err, "removing %s", path) : 0;
}

/* Who owns it is set while nobody but us may send yet. */
static int bind_socket(int fd, const struct datagram_options *options,
                       const struct sockaddr_un *address, uid_t uid, gid_t gid,
                       struct err *err)
{
    const char *path = options->path;
    mode_t mode = options->mode ? options->mode : DATAGRAM_MODE;
    mode_t mask = umask(0177);
    int status = bind(fd, (const struct sockaddr *)address, sizeof(*address));

    umask(mask);
    if (status)
        return err_system(err, "receiving at %s", path);
    if (((uid != (uid_t)-1 || gid != (gid_t)-1) && lchown(path, uid, gid)) ||
        chmod(path, mode)) {
        err_system(err, "giving %s to its owner", path);
        unlink(path);
        return -1;
    }
    return 0;
}

/* Locks the folder of a path, so that of two that start at once one looks when
 * the other is done: what both take for stale, the second would remove when the
 * first receives there. *out_fd: what close unlocks; -1 where we may not look into
 * the folder, which a socket does not need. Returns: 0, -1 with err. */
static int lock_folder(const char *path, int *out_fd, struct err *err)
{
    char folder[DATAGRAM_PATH_BYTES + 1];
    const char *slash = strrchr(path, '/');
    int fd;

    snprintf(folder, sizeof(folder), "%.*s",
             slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *out_fd = fd;
    if (fd < 0)
        return errno == EACCES ? 0 : err_system(err, "opening %s", folder);
    for (int ms = 0; flock(fd, LOCK_EX | LOCK_NB); ms += LOCK_POLL_MS) {
        if (errno == EINTR || (errno == EWOULDBLOCK && ms < LOCK_MS)) {
            poll(NULL, 0, LOCK_POLL_MS);
            continue;
        }
        if (errno == EWOULDBLOCK)
            err_set(err, ERR_SYSTEM,
                    "another program has held the lock of %s for %d s: see "
                    "which (lslocks, fuser %s), end it, start again",
                    folder, LOCK_MS / 1000, folder);
        else
            err_system(err, "locking %s", folder);
        close(fd);
        return -1;
    }
    return 0;
}

static int make_socket(const struct datagram_options *options,
                       const struct sockaddr_un *address, uid_t uid, gid_t gid,
                       struct err *err)
{
    int fd;

    if (remove_stale(address, err))
        return -1;
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return err_system(err, "opening a socket");
    if (bind_socket(fd, options, address, uid, gid, err)) {
        close(fd);
        return -1;
    }
    return fd;
}

int datagram_open(const struct datagram_options *options, struct err *err)
{
    struct sockaddr_un address;
    uid_t uid = (uid_t)-1;
    gid_t gid = (gid_t)-1;
    int lock, fd;

    if (make_address(options->path, &address, err) ||
        (options->user && datagram_find_user(options->user, &uid, err)) ||
        (options->group && datagram_find_group(options->group, &gid, err)))
        return -1;
    if (lock_folder(options->path, &lock, err))
        return -1;
    fd = make_socket(options, &address, uid, gid, err);
    if (lock >= 0)
        close(lock);
    return fd;
}

/* The number of a socket's network namespace, 0 where the kernel tells none. */
static uint64_t namespace_of(int fd)
{
    uint64_t cookie = 0;
    socklen_t len = sizeof(cookie);

    if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len))
        return 0;
    return cookie;
}

static bool is_of_our_namespace(int fd)
{
    int own = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool is_ours = own < 0 || namespace_of(own) == namespace_of(fd);

    if (own >= 0)
        close(own);
    return is_ours;
}

long datagram_queue_length(int socket_fd)
{
    char text[32];
    ssize_t n;
    int fd;

    if (socket_fd >= 0 && !is_of_our_namespace(socket_fd))
        return -1;
    fd = open("/proc/sys/net/unix/max_dgram_qlen", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    n = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (n <= 0)
        return -1;
    text[n] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return number_of(text);
}
