/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Assets: the files of the dashboard, within the program.
 *
 * tools/embed-assets makes the table from ui/ and the chart library when the
 * program is built: each file as it is and, where that is shorter, gzipped.
 * "ui/x/y.js" becomes "/assets/x/y.js"; ui/index.html is every page. All files
 * together have a release, and "/assets/RELEASE/x/y.js" is the same file: what
 * such an address names never changes, so a client may keep it for good, and a
 * page that was opened before an upgrade never meets files of after it.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "web/target.h"

struct asset {
    const char *path; /* below /assets/, e.g. "app.js" */
    const char *media_type;
    const char *etag;  /* quoted, from the content */
    struct slice body; /* as it is */
    struct slice gzip; /* empty where it saves nothing */
};

/* The table, made by tools/embed-assets, paths in byte order. */
extern const struct asset asset_table[];
extern const size_t asset_count;
/* The release of the table: hexadecimal digits, "" for an empty one. */
extern const char asset_release[];

/* The policy on content: the page's own scripts and styles and nothing else. */
extern const char asset_policy[];

/* Finds an asset by its path below /assets/. Returns: it, or NULL. */
const struct asset *asset_find(struct slice path);

/*
 * Finds what a target names: something below /assets/ or below /assets/RELEASE/,
 * or /favicon.ico. *out_lasting says whether the address names its release.
 * Returns: the asset, or NULL.
 */
const struct asset *asset_find_target(const struct target *target,
                                      bool *out_lasting);
