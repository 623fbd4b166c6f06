/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "os/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int check_file(int fd, const char *path, struct err *err)
{
    struct stat st;

    if (fstat(fd, &st))
        return err_system(err, "%.200s", path);
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_USAGE, "%.200s is no file", path);
    if (st.st_mode & (S_IROTH | S_IWOTH))
        return err_set(err, ERR_USAGE,
                       "%.200s can be read or written by everybody; chmod 600 "
                       "it",
                       path);
    return 0;
}

static int read_all(int fd, const char *path, struct buffer *out,
                    struct err *err)
{
    for (;;) {
        char octets[1024];
        ssize_t n = read(fd, octets, sizeof(octets));

        if (n == 0)
            return 0;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_system(err, "reading %.200s", path);
        if (out->len + (size_t)n > SECRET_MAX_BYTES)
            return err_set(err, ERR_USAGE, "%.200s is too large for a secret",
                           path);
        buffer_add(out, octets, (size_t)n);
        explicit_bzero(octets, sizeof(octets));
        if (out->failed)
            return err_memory(err);
    }
}

int secret_read_text(const char *path, struct buffer *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int rc;

    if (fd < 0)
        return err_system(err, "%.200s", path);
    rc = check_file(fd, path, err);
    if (rc == 0)
        rc = read_all(fd, path, out, err);
    close(fd);
    return rc;
}

int secret_read(const char *path, struct buffer *out, struct err *err)
{
    return secret_read_text(path, out, err) ? -1 : secret_trim(out, path, err);
}

int secret_trim(struct buffer *secret, const char *what, struct err *err)
{
    if (secret->len && secret->ptr[secret->len - 1] == '\n')
        secret->len--;
    if (secret->len && secret->ptr[secret->len - 1] == '\r')
        secret->len--;
    if (secret->len == 0)
        return err_set(err, ERR_USAGE, "%.200s holds no secret", what);
    if (memchr(secret->ptr, '\n', secret->len) ||
        memchr(secret->ptr, '\r', secret->len) ||
        memchr(secret->ptr, '\0', secret->len))
        return err_set(err, ERR_USAGE, "%.200s holds more than one line", what);
    return 0;
}

void secret_forget(struct buffer *secret)
{
    if (secret->ptr)
        explicit_bzero(secret->ptr, secret->capacity);
    buffer_deinit(secret);
}
