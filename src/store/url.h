/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * URL: which file a store, a tally or an outbox is.
 *
 * Each is named by "sqlite:PATH"; other kinds are none of ours, and who opens one
 * tells of it.
 */

#include <stdbool.h>

/* The path in an URL. Owns: it is a part of url.
 * Returns: it; NULL where url names no file of ours, or is NULL. */
const char *url_path(const char *url);

/* Whether there is a file to be opened. What may not be looked for may be there, and
 * so may be what an URL of another kind names: to open it gives the reason. */
bool url_is_there(const char *url);

/* Whether two URLs name one file, by whatever paths; of files that are not there
 * the text decides. */
bool url_is_same(const char *one, const char *other);

/* The same of two paths. */
bool url_is_same_path(const char *one, const char *other);
