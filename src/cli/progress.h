/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Progress bar on stderr, for work that takes longer than a blink.
 *
 * Drawn at most ten times a second on one line that is wiped at the end; drawn
 * on a terminal only.
 */

#include <stdbool.h>
#include <stdint.h>

struct progress {
    int fd;
    bool is_shown;
    bool is_drawn;       /* something stands on the line */
    int64_t total_bytes; /* 0 where unknown */
    int64_t begin_ms;
    int64_t drawn_ms;
};

/* Where the work stands. */
struct progress_state {
    int64_t done_bytes;
    int64_t n_inputs;
    int64_t n_refused;
    const char *what; /* told instead of inputs; NULL: inputs are told */
};

/* Readies a bar. is_wanted: false draws nothing, whatever fd is. */
void progress_init(struct progress *progress, int fd, int64_t total_bytes,
                   bool is_wanted);

/* Draws where the work stands, when the last time is long enough ago. */
void progress_step(struct progress *progress,
                   const struct progress_state *state);

/* Wipes the line, so that other text can go there. */
void progress_clear(struct progress *progress);

enum { PROGRESS_LINE_BYTES = 512 };

/*
 * Writes the line for a state after elapsed milliseconds, at most `width`
 * columns. Returns: text.
 */
const char *progress_format(const struct progress_state *state,
                            int64_t total_bytes, int64_t elapsed_ms,
                            unsigned width,
                            char text[static PROGRESS_LINE_BYTES]);
