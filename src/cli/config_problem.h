/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Problems of a configuration: each with its file and line.
 *
 * All that is wrong is told at once, so that nobody mends a file in as many
 * rounds as it has faults.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

enum config_severity {
    CONFIG_ERROR,  /* it cannot be used */
    CONFIG_WARNING /* it can, and something is doubtful */
};

struct config_place {
    const char *file; /* must outlive the problems */
    unsigned line;    /* 0 = the file as a whole */
};

struct config_problem {
    enum config_severity severity;
    struct config_place place;
    const char *text; /* sentence without stop, with what to do */
};

enum { CONFIG_PROBLEMS_MAX = 100 };

struct config_problems {
    struct arena arena;
    struct config_problem rows[CONFIG_PROBLEMS_MAX];
    size_t n_rows;
    unsigned n_errors; /* those beyond the maximum, too */
    unsigned n_warnings;
};

/* Readies an empty list. */
void config_problems_init(struct config_problems *problems);

/* Frees it. NULL is allowed. */
void config_problems_deinit(struct config_problems *problems);

/* Adds a problem; beyond the maximum it is counted only. */
__attribute__((format(printf, 4, 5))) void config_problems_add(
    struct config_problems *problems, enum config_severity severity,
    struct config_place place, const char *format, ...);

/* Puts the problems in order of their lines, files in order of appearance. */
void config_problems_sort(struct config_problems *problems);

/* Writes all of them to the log, with file and line. */
void config_problems_log(const struct config_problems *problems);

/*
 * Fills err with the first error as "file:line: text".
 * Returns: -1; 0 where there is no error.
 */
int config_problems_error(const struct config_problems *problems,
                          struct err *err);
