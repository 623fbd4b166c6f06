/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/sending_place.h"

#include <stdio.h>
#include <string.h>

#include "cli/store_url.h"

const char *sending_place_of(struct arena *arena, const char *option,
                             struct err *err)
{
    char url[STORE_URL_BYTES];
    const char *copy;

    if (store_url_find(option, url, err))
        return NULL;
    copy = arena_copy(arena, slice_of(url));
    if (!copy)
        (void)arena_error(arena, err);
    return copy;
}

const char *sending_place_beside(struct arena *arena, const char *store_url,
                                 const char *name, struct err *err)
{
    const char *slash = strrchr(store_url, '/');
    const int folder = slash ? (int)(slash - store_url) + 1 : 7;
    const char *url = arena_printf(arena, "%.*s%s", folder, store_url, name);

    if (!url)
        (void)arena_error(arena, err);
    return url;
}

const char *sending_place_source(struct arena *arena, const char *store_url,
                                 const struct outgoing_source *source,
                                 struct err *err)
{
    char name[128];

    if (source->tally)
        return source->tally;
    snprintf(name, sizeof(name), "source-%.100s.db", source->name);
    return sending_place_beside(arena, store_url, name, err);
}
