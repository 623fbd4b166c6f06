/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/asset.h"

#include <string.h>

#include "base/buffer.h"
#include "web/limits.h"

static int compare(struct slice a, struct slice b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter > 0 ? memcmp(a.ptr, b.ptr, shorter) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

const struct asset *asset_find(struct slice path)
{
    size_t low = 0, high = asset_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(path, slice_of(asset_table[middle].path));
        if (order == 0)
            return &asset_table[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* The asset that the segments from the first one on name. */
static const struct asset *find_segments(const struct target *target,
                                         size_t first)
{
    struct buffer path;
    buffer_init(&path, WEB_TARGET_BYTES);
    for (size_t i = first; i < target->n_segments; i++) {
        /* A '/' that was encoded is no separator. */
        if (strchr(target->segments[i], '/')) {
            buffer_deinit(&path);
            return NULL;
        }
        if (i > first)
            buffer_add_char(&path, '/');
        buffer_add_text(&path, target->segments[i]);
    }
    const struct asset *asset = asset_find(buffer_slice(&path));
    buffer_deinit(&path);
    return asset;
}

const struct asset *asset_find_target(const struct target *target,
                                      bool *out_lasting)
{
    *out_lasting = false;
    if (target->is_folder || target->n_segments == 0)
        return NULL;
    /* Asked for by browsers that met no page yet. */
    if (target->n_segments == 1 &&
        strcmp(target->segments[0], "favicon.ico") == 0)
        return asset_find(SLICE("favicon.svg"));
    if (strcmp(target->segments[0], "assets") != 0)
        return NULL;
    *out_lasting = target->n_segments > 2 &&
                   strcmp(target->segments[1], asset_release) == 0;
    return find_segments(target, *out_lasting ? 2 : 1);
}
