/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024, SECRET_MAX_BYTES = 4096 };

static int read_all(int fd, const char *path, struct buffer *out,
                    struct err *err)
{
    for (;;) {
        size_t left = out->max_bytes - out->len;
        size_t bytes = left < READ_BYTES ? left : READ_BYTES;
        char *room = buffer_reserve(out, bytes);
        ssize_t n;

        if (!room)
            return err_memory(err);
        if (bytes == 0)
            return err_set(err, ERR_LIMIT, "%s is not smaller than %zu KiB",
                           path, out->max_bytes / 1024);
        n = read(fd, room, bytes);
        if (n < 0 && errno != EINTR)
            return err_system(err, "cannot read %s", path);
        if (n == 0)
            return 0;
        out->len += n > 0 ? (size_t)n : 0;
    }
}

int config_file_load(void *context, const char *path, struct buffer *out,
                     struct err *err)
{
    /* Opening a pipe must not wait for its other end. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;
    struct stat facts;

    (void)context;
    if (fd < 0)
        return err_system(err, "cannot read %s", path);
    if (fstat(fd, &facts) != 0)
        rc = err_system(err, "cannot read %s", path);
    else if (!S_ISREG(facts.st_mode))
        rc = err_set(err, ERR_USAGE, "%s is %s, not a file", path,
                     S_ISDIR(facts.st_mode) ? "a folder" : "a device or pipe");
    else
        rc = read_all(fd, path, out, err);
    close(fd);
    return rc;
}

const char *config_file_find(const char *option)
{
    if (option)
        return option;
    return access(CONFIG_FILE_DEFAULT, R_OK) == 0 ? CONFIG_FILE_DEFAULT : NULL;
}

int config_file_check(const char *path, struct err *err)
{
    if (access(path, R_OK) == 0)
        return 0;
    err_system(err, "cannot read %s", path);
    err->kind = ERR_USAGE;
    return -1;
}

enum config_file_secret config_file_check_secret(const char *path,
                                                 struct err *err)
{
    struct stat facts;

    if (stat(path, &facts) != 0 || access(path, R_OK) != 0) {
        err_system(err, "cannot read %s", path);
        return CONFIG_FILE_MISSING;
    }
    if (!S_ISREG(facts.st_mode)) {
        err_set(err, ERR_USAGE, "%s is not a file", path);
        return CONFIG_FILE_MISSING;
    }
    return facts.st_mode & S_IROTH ? CONFIG_FILE_WORLD_READ : CONFIG_FILE_FINE;
}

int config_file_read_secret(const char *path, struct arena *arena,
                            const char **out_secret, struct err *err)
{
    struct buffer octets;
    struct slice secret;
    const char *copy;
    int rc;

    buffer_init(&octets, SECRET_MAX_BYTES);
    rc = config_file_load(NULL, path, &octets, err);
    secret = slice_trim(buffer_slice(&octets));
    if (rc == 0 && (secret.len == 0 || slice_find(secret, '\n') < secret.len ||
                    slice_find(secret, '\0') < secret.len))
        rc = err_set(err, ERR_USAGE, "%s must hold one line", path);
    if (rc == 0) {
        copy = arena_copy(arena, secret);
        if (copy)
            *out_secret = copy;
        else
            rc = arena_error(arena, err);
    }
    buffer_deinit(&octets);
    return rc;
}
