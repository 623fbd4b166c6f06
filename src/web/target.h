/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The target of a request, taken apart.
 *
 * Path segments and query parameters, percent-decoded and checked to be UTF-8
 * without NUL. A '/' that was percent-encoded stays within its segment, so a
 * name with a slash reaches the handler whole and is never taken for two.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

enum {
    TARGET_MAX_SEGMENTS = 8,   /* /api/v1/reports/17/raw has five */
    TARGET_MAX_PARAMETERS = 16 /* more than any question knows */
};

struct target_parameter {
    const char *name;
    const char *value; /* "" where there was none */
};

struct target {
    struct slice authority; /* of an absolute form, else empty */
    const char *segments[TARGET_MAX_SEGMENTS];
    size_t n_segments; /* 0 for "/" */
    bool is_folder;    /* the path ends in '/' (and is not "/" alone) */
    struct target_parameter parameters[TARGET_MAX_PARAMETERS];
    size_t n_parameters;
};

/*
 * Takes a request target apart: "/path?query", or the absolute form
 * "http://host/path?query".
 * Owns: strings live in the arena, authority in text.
 * Returns: 0, -1 with err.
 * Errors: ERR_INPUT (err.text is a sentence for the client), ERR_LIMIT (too
 * long, too many parts), ERR_MEMORY.
 * RFC: 9112 section 3.2, 3986 section 2.1.
 */
int target_parse(struct slice text, struct arena *arena,
                 struct target *out_target, struct err *err);
