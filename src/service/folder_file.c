/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/folder_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/checksum.h"

enum { READ_BYTES = 256 * 1024, TRIES = 100 };

static bool has_end(const char *name, const char *end)
{
    size_t len = strlen(name), end_len = strlen(end);

    return len > end_len && strcmp(name + len - end_len, end) == 0;
}

bool folder_file_is_unfinished(const char *name)
{
    return name[0] == '.' || has_end(name, ".tmp") || has_end(name, ".part");
}

const char *folder_file_stamp_text(uint64_t stamp,
                                   char text[static FOLDER_STAMP_BYTES])
{
    snprintf(text, FOLDER_STAMP_BYTES, "%016" PRIx64, stamp);
    return text;
}

static struct folder_file file_of(const struct stat *status)
{
    const uint64_t numbers[] = {
        status->st_ino,
        (uint64_t)status->st_size,
        (uint64_t)status->st_mtim.tv_sec,
        (uint64_t)status->st_mtim.tv_nsec,
        (uint64_t)status->st_ctim.tv_sec,
        (uint64_t)status->st_ctim.tv_nsec,
    };
    uint64_t stamp = CHECKSUM_NONE;

    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        stamp = checksum_add_number(stamp, numbers[i]);
    return (struct folder_file){ .bytes = status->st_size,
                                 .changed_at = status->st_ctim.tv_sec,
                                 .stamp = stamp };
}

/* Returns: 1 where a file is not there any more, -1 with err else. */
static int missing_or(struct err *err, const char *what)
{
    return errno == ENOENT ? 1 : err_system(err, "%s", what);
}

int folder_file_look(int folder, const char *name, struct folder_file *out_file,
                     struct err *err)
{
    struct stat status;

    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return missing_or(err, "cannot be looked at");
    *out_file = file_of(&status);
    return 0;
}

/* Reads to the end. Returns: 0, -1 with err. */
static int read_all(int fd, int64_t max_bytes, struct buffer *octets,
                    struct err *err)
{
    for (;;) {
        char *at = buffer_reserve(octets, READ_BYTES);
        ssize_t n;

        if (!at)
            return err_memory(err);
        n = read(fd, at, READ_BYTES);
        if (n < 0)
            return err_system(err, "cannot be read");
        if (n == 0)
            return 0;
        octets->len += (size_t)n;
        if (octets->len > (uint64_t)max_bytes)
            return err_set(err, ERR_LIMIT, "is too large");
    }
}

static int read_regular(int fd, int64_t max_bytes, struct folder_file *out_file,
                        struct buffer *octets, struct err *err)
{
    struct folder_file after;
    struct stat status;

    if (fstat(fd, &status) != 0)
        return err_system(err, "cannot be looked at");
    if (!S_ISREG(status.st_mode))
        return err_set(err, ERR_INPUT, "is no regular file");
    *out_file = file_of(&status);
    if (out_file->bytes > max_bytes)
        return err_set(err, ERR_LIMIT, "is too large");
    if (read_all(fd, max_bytes, octets, err))
        return -1;
    if (fstat(fd, &status) != 0)
        return err_system(err, "cannot be looked at");
    after = file_of(&status);
    /* A hard link more or less is no change of what was read. */
    if (after.bytes != out_file->bytes || octets->len != (size_t)after.bytes)
        return err_set(err, ERR_INPUT, "was changed while it was read");
    return 0;
}

int folder_file_read(int folder, const char *name, int64_t max_bytes,
                     struct folder_file *out_file, struct buffer *out_octets,
                     struct err *err)
{
    int fd = openat(folder, name,
                    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    int rc;

    if (fd < 0 && (errno == ELOOP || errno == ENXIO))
        return err_set(err, ERR_INPUT, "is no regular file");
    if (fd < 0)
        return missing_or(err, "cannot be opened");
    rc = read_regular(fd, max_bytes, out_file, out_octets, err);
    close(fd);
    return rc;
}

/* Renames unless the new name is taken. Returns: 0, -1 with errno. */
static int rename_beside(int folder, const char *name, int to_folder,
                         const char *new_name)
{
    if (renameat2(folder, name, to_folder, new_name, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    /* File systems that cannot (NFS) have hard links. */
    if (linkat(folder, name, to_folder, new_name, 0) != 0)
        return -1;
    return unlinkat(folder, name, 0);
}

/* A name that is likely free: cut where needed, the flags of a mail at its end. */
static void spread_name(const char *wanted, utc_time now, unsigned turn,
                        char out_name[static FOLDER_NAME_BYTES])
{
    const char *flags = strstr(wanted, ":2,");
    size_t flags_len = flags ? strlen(flags) : 0;
    size_t len = strlen(wanted) - flags_len;
    char end[64];
    int end_len;

    if (flags_len > sizeof(end) - 40)
        flags_len = 0;
    end_len = snprintf(end, sizeof(end), ".%" PRId64 "-%u%.*s", now, turn,
                       (int)flags_len, flags ? flags : "");
    if (len > FOLDER_NAME_BYTES - 1 - (size_t)end_len)
        len = FOLDER_NAME_BYTES - 1 - (size_t)end_len;
    snprintf(out_name, FOLDER_NAME_BYTES, "%.*s%s", (int)len, wanted, end);
}

int folder_file_move(int folder, const char *name, int to_folder,
                     const char *wanted, utc_time now, struct err *err)
{
    char other[FOLDER_NAME_BYTES];
    const char *new_name = wanted;

    for (unsigned turn = 0; turn < TRIES; turn++) {
        if (rename_beside(folder, name, to_folder, new_name) == 0)
            return 0;
        if (errno != EEXIST && errno != ENAMETOOLONG)
            break;
        spread_name(wanted, now, turn, other);
        new_name = other;
    }
    return missing_or(err, "cannot be moved");
}

int folder_file_remove(int folder, const char *name, struct err *err)
{
    return unlinkat(folder, name, 0) == 0
               ? 0
               : missing_or(err, "cannot be removed");
}

void folder_file_maildir_name(const char *name, bool is_seen,
                              char out_name[static FOLDER_NAME_BYTES])
{
    const char *info = strstr(name, ":2,");
    bool has_flag = info && strchr(info + 3, 'S');

    /* Flags stand in the order of ASCII; programs that set some before S are
     * D, F, P and R, T comes behind it. */
    if (!info)
        snprintf(out_name, FOLDER_NAME_BYTES, "%s:2,%s", name,
                 is_seen ? "S" : "");
    else if (!is_seen || has_flag)
        snprintf(out_name, FOLDER_NAME_BYTES, "%s", name);
    else {
        size_t before = strcspn(info + 3, "T");
        size_t len = (size_t)(info + 3 - name) + before;

        snprintf(out_name, FOLDER_NAME_BYTES, "%.*sS%s", (int)len, name,
                 name + len);
    }
}
