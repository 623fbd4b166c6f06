/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/url.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char scheme[] = "sqlite:";

const char *url_path(const char *url)
{
    const char *path;

    if (!url || strncmp(url, scheme, sizeof(scheme) - 1) != 0)
        return NULL;
    path = url + sizeof(scheme) - 1;
    /* SQLite takes neither for a file. */
    return *path == '\0' || *path == ':' ? NULL : path;
}

bool url_is_there(const char *url)
{
    const char *path = url_path(url);

    return !path || access(path, F_OK) == 0 ||
           (errno != ENOENT && errno != ENOTDIR);
}

bool url_is_same_path(const char *one, const char *other)
{
    struct stat file, other_file;

    if (stat(one, &file) || stat(other, &other_file))
        return strcmp(one, other) == 0;
    return file.st_dev == other_file.st_dev && file.st_ino == other_file.st_ino;
}

bool url_is_same(const char *one, const char *other)
{
    const char *path = url_path(one), *other_path = url_path(other);

    return path && other_path ? url_is_same_path(path, other_path)
                              : strcmp(one, other) == 0;
}
