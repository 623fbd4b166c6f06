/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/store_url.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/url.h"

static const char scheme[] = "sqlite:";

/* Letters and colon before any slash: an URL, not a path. */
static bool is_url(const char *text)
{
    size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");

    return letters > 1 && text[letters] == ':';
}

int store_url_find_within(const char *machine, const char *option,
                          char out_url[static STORE_URL_BYTES], struct err *err)
{
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    int bytes;

    if (option)
        bytes = snprintf(out_url, STORE_URL_BYTES, "%s%s",
                         is_url(option) ? "" : scheme, option);
    else if (data && *data == '/')
        bytes = snprintf(out_url, STORE_URL_BYTES, "%s%s/tlsrpt/tlsrpt.db",
                         scheme, data);
    else if (faccessat(AT_FDCWD, machine, W_OK | X_OK, AT_EACCESS) == 0)
        bytes = snprintf(out_url, STORE_URL_BYTES, "%s%s/tlsrpt.db", scheme,
                         machine);
    else if (home && *home)
        bytes = snprintf(out_url, STORE_URL_BYTES,
                         "%s%s/.local/share/tlsrpt/tlsrpt.db", scheme, home);
    else
        return err_set(err, ERR_USAGE,
                       "HOME is not set, so there is no "
                       "place for the store; give one by --store FILE");
    if (bytes >= STORE_URL_BYTES)
        return err_set(err, ERR_USAGE, "the name of the store is too long");
    return 0;
}

int store_url_find(const char *option, char out_url[static STORE_URL_BYTES],
                   struct err *err)
{
    return store_url_find_within(STORE_URL_MACHINE, option, out_url, err);
}

int store_url_make_folder(const char *url, struct err *err)
{
    const char *path = url_path(url);
    char folder[STORE_URL_BYTES];

    if (!path)
        return 0;
    snprintf(folder, sizeof(folder), "%s", path);
    for (char *slash = strchr(folder + 1, '/'); *path && slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return err_system(err, "cannot make the folder %s", folder);
        *slash = '/';
    }
    return 0;
}
