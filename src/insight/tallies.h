/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Tallies: the collectors' files, as who only looks at them opens them.
 *
 * A file may be absent, held by another, of another version, or replaced while we
 * run. None of that is an error here: each file says how it stands, and the
 * others are read. Nobody waits for longer than STORE_GLANCE does. Workload: one
 * to four files, opened for each answer in some 0.3 ms each.
 */

#include <stddef.h>

#include "store/tally_sums.h"

enum insight_file_state {
    INSIGHT_FILE_READ,   /* open */
    INSIGHT_FILE_ABSENT, /* there is none yet */
    INSIGHT_FILE_FAILED, /* see why */
    INSIGHT_FILE_STATE_COUNT
};

/* How a file stands. */
struct insight_file {
    const char *url; /* borrowed */
    enum insight_file_state state;
    struct err why; /* of INSIGHT_FILE_FAILED */
};

/* "read", "absent", "failed". */
const char *insight_file_state_name(enum insight_file_state state);

/* The path of a file, for people: its URL without the scheme. */
const char *insight_file_path(const struct insight_file *file);

/* Notes that what the file was asked failed, though it was open. */
void insight_file_fail(struct insight_file *file, const struct err *err);

enum {
    /* Collectors of one site. */
    INSIGHT_TALLIES_MAX = 64
};

struct insight_tallies {
    struct insight_file files[INSIGHT_TALLIES_MAX];
    struct tally *open[INSIGHT_TALLIES_MAX]; /* NULL where it is not */
    size_t n;
};

/*
 * Opens what can be opened of n files, the first INSIGHT_TALLIES_MAX of them.
 * urls, clock: borrowed until insight_tallies_close.
 */
void insight_tallies_open(struct insight_tallies *tallies,
                          const char *const *urls, size_t n,
                          const struct clock *clock);

/* Closes them. */
void insight_tallies_close(struct insight_tallies *tallies);
