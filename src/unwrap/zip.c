/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "unwrap/zip.h"

#include <stdint.h>
#include <zip.h>

#include "unwrap/limits.h"

enum {
    END_BYTES = 22, /* end of central directory, without comment */
    END64_LOCATOR_BYTES = 20,
    COMMENT_MAX_BYTES = 65535,
    STEP_BYTES = 256 * 1024
};

static const struct slice end_mark = { "PK\x05\x06", 4 };
static const struct slice end64_locator_mark = { "PK\x06\x07", 4 };

static size_t little_endian(const char *p, unsigned n)
{
    size_t value = 0;

    while (n--)
        value = value << 8 | (unsigned char)p[n];
    return value;
}

/* at: end of a central directory, END_BYTES of it within octets. */
static int check_end(struct slice octets, size_t at, struct err *err)
{
    const char *p = octets.ptr + at;

    if (at >= END64_LOCATOR_BYTES &&
        slice_starts(slice_skip(octets, at - END64_LOCATOR_BYTES),
                     end64_locator_mark))
        return err_set(err, ERR_LIMIT, "zip is of the 64-bit kind");
    if (little_endian(p + 10, 2) > UNWRAP_MAX_ZIP_CLAIMED)
        return err_set(err, ERR_LIMIT, "zip has more than %d entries",
                       UNWRAP_MAX_ZIP_CLAIMED);
    if (little_endian(p + 12, 4) > UNWRAP_MAX_ZIP_DIRECTORY_BYTES)
        return err_set(err, ERR_LIMIT, "zip directory is larger than %d KiB",
                       UNWRAP_MAX_ZIP_DIRECTORY_BYTES / 1024);
    return 0;
}

/* Holds every directory that libzip may find to the limits. */
static int check_directory(struct slice octets, struct err *err)
{
    size_t tail = END_BYTES + END64_LOCATOR_BYTES + COMMENT_MAX_BYTES;
    size_t at = octets.len > tail ? octets.len - tail : 0;
    unsigned n_ends = 0;

    while (at + END_BYTES <= octets.len) {
        const char *end = memmem(octets.ptr + at, octets.len - at, end_mark.ptr,
                                 end_mark.len);

        if (!end || (size_t)(end - octets.ptr) + END_BYTES > octets.len)
            break;
        at = (size_t)(end - octets.ptr);
        if (++n_ends > UNWRAP_MAX_ZIP_ENDS)
            return err_set(err, ERR_LIMIT, "zip has more than %d directories",
                           UNWRAP_MAX_ZIP_ENDS);
        if (check_end(octets, at, err) != 0)
            return -1;
        at++;
    }
    if (n_ends == 0)
        return err_set(err, ERR_INPUT, "zip is truncated: it has no directory");
    return 0;
}

static zip_t *open_archive(struct slice octets, struct err *err)
{
    zip_error_t error;
    zip_source_t *source;
    zip_t *archive = NULL;

    zip_error_init(&error);
    source = zip_source_buffer_create(octets.ptr, octets.len, 0, &error);
    if (source)
        archive = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (!archive) {
        if (zip_error_code_zip(&error) == ZIP_ER_MEMORY)
            err_memory(err);
        else
            err_set(err, ERR_INPUT, "zip is damaged: %s",
                    zip_error_strerror(&error));
        zip_source_free(source);
    }
    zip_error_fini(&error);
    return archive;
}

/* Returns: why the entry is refused unread, or NULL. */
static const char *look_at(const zip_stat_t *stat)
{
    if (!(stat->valid & ZIP_STAT_SIZE) || !(stat->valid & ZIP_STAT_COMP_SIZE))
        return "zip entry has no size";
    if ((stat->valid & ZIP_STAT_ENCRYPTION_METHOD) &&
        stat->encryption_method != ZIP_EM_NONE)
        return "zip entry is encrypted";
    if (stat->comp_method != ZIP_CM_STORE &&
        stat->comp_method != ZIP_CM_DEFLATE)
        return "zip entry is packed by a method other than deflate";
    return NULL;
}

/* Returns: the limit that the entry goes over, or NULL. */
static const char *excess(const zip_stat_t *stat, size_t max_bytes)
{
    if (stat->size > max_bytes)
        return "zip expands over 64 MiB";
    if (stat->size > UNWRAP_RATIO_FREE_BYTES &&
        stat->size / UNWRAP_MAX_RATIO > stat->comp_size)
        return "zip expands more than 200 to 1";
    return NULL;
}

/* Returns: 1 with the reason in the part; -1 with err where memory ran out. */
static int refuse(struct zip_part *part, int code, const char *reason,
                  struct err *err)
{
    if (code == ZIP_ER_MEMORY)
        return err_memory(err);
    part->refused = reason;
    return 1;
}

/* Reads as many octets as the directory claims, which excess has allowed. */
static int inflate_entry(zip_file_t *file, size_t size, struct zip_part *part,
                         struct err *err)
{
    struct buffer *out = part->octets;

    for (;;) {
        size_t room = size - out->len;
        zip_int64_t n;
        char *at;

        if (room > STEP_BYTES)
            room = STEP_BYTES;
        /* One octet more than claimed: libzip checks size and CRC at the end. */
        at = buffer_reserve(out, room + 1);
        if (!at)
            return err_memory(err);
        n = zip_fread(file, at, room + 1);
        if (n < 0)
            return refuse(part, zip_error_code_zip(zip_file_get_error(file)),
                          "zip entry is damaged", err);
        if (n == 0 && out->len == size)
            return 0;
        if (n == 0)
            return refuse(part, 0, "zip entry is truncated", err);
        out->len += (size_t)n;
        if (out->len > size)
            return refuse(part, 0,
                          "zip entry is larger than its directory says", err);
    }
}

/* Returns: 0, 1 with the reason in the part, -1 with err. */
static int read_entry(zip_t *archive, const zip_stat_t *stat,
                      struct zip_part *part, struct err *err)
{
    zip_file_t *file = zip_fopen_index(archive, stat->index, 0);
    int result;

    if (!file)
        return refuse(part, zip_error_code_zip(zip_get_error(archive)),
                      "zip entry is damaged", err);
    result = inflate_entry(file, (size_t)stat->size, part, err);
    if (zip_fclose(file) != 0 && result == 0)
        result = refuse(part, 0, "zip entry is damaged", err);
    return result;
}

/* What macOS adds beside each file has the name of that file, too. */
static bool is_file(const char *name)
{
    size_t len = strlen(name);

    return (len == 0 || name[len - 1] != '/') &&
           strncmp(name, "__MACOSX/", strlen("__MACOSX/")) != 0;
}

/* Gives one file. stat: of it, with its name. */
static int give_file(zip_t *archive, const zip_stat_t *stat,
                     size_t *octets_left, zip_function *function, void *context,
                     struct err *err)
{
    struct buffer out;
    struct zip_part part = { .number = (unsigned)stat->index + 1,
                             .name = stat->name,
                             .octets = &out,
                             .refused = look_at(stat) };
    int result;

    if (!part.refused) {
        part.refused = excess(stat, *octets_left);
        part.is_limit = part.refused != NULL;
    }
    buffer_init(&out, *octets_left + 1);
    result = part.refused ? 0 : read_entry(archive, stat, &part, err);
    *octets_left -= out.len < *octets_left ? out.len : *octets_left;
    if (result >= 0)
        result = function(context, &part, err);
    buffer_deinit(&out);
    return result;
}

static int give_files(zip_t *archive, size_t *octets_left,
                      zip_function *function, void *context, struct err *err)
{
    zip_int64_t n_entries = zip_get_num_entries(archive, 0);
    unsigned n_files = 0;
    int result = 0;

    for (zip_int64_t i = 0; i < n_entries && result == 0; i++) {
        zip_stat_t stat;

        if (zip_stat_index(archive, (zip_uint64_t)i, 0, &stat) != 0 ||
            !(stat.valid & ZIP_STAT_NAME) || !is_file(stat.name))
            continue;
        if (++n_files > UNWRAP_MAX_ZIP_FILES)
            return err_set(err, ERR_LIMIT,
                           "zip holds more than %d files; those behind them "
                           "were not read",
                           UNWRAP_MAX_ZIP_FILES);
        result = give_file(archive, &stat, octets_left, function, context, err);
    }
    return result;
}

int zip_each(struct slice octets, size_t *octets_left, zip_function *function,
             void *context, struct err *err)
{
    zip_t *archive;
    int result;

    if (check_directory(octets, err) != 0)
        return -1;
    archive = open_archive(octets, err);
    if (!archive)
        return -1;
    result = give_files(archive, octets_left, function, context, err);
    zip_discard(archive);
    return result;
}
