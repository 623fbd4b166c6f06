/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Sending place: where the files of sending are, as URLs.
 *
 * What an option names, and what stands beside the store where none does.
 */

#include "base/arena.h"
#include "outgoing/settings.h"

/* The URL that an option (an URL or a path) means, in the arena.
 * Returns: it, NULL with err. */
const char *sending_place_of(struct arena *arena, const char *option,
                             struct err *err);

/* The URL of a file beside the store, in the arena. Returns: it, NULL with err. */
const char *sending_place_beside(struct arena *arena, const char *store_url,
                                 const char *name, struct err *err);

/* The tally of a source: beside the store where it names none.
 * Returns: it, in the arena or the source's own; NULL with err. */
const char *sending_place_source(struct arena *arena, const char *store_url,
                                 const struct outgoing_source *source,
                                 struct err *err);
