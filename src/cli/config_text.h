/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The text of a configuration: all its files as one, made plain.
 *
 * libconfuse expands variables, cuts words at slashes and plus signs, loses
 * count of lines in comments and accepts a brace that is never closed. So it
 * never sees the files: here words and strings are read strictly, comments are
 * dropped, included files put in place, and every string is written in single
 * quotes, in which nothing means anything. Where each line came from is kept.
 */

#include "base/arena.h"
#include "base/buffer.h"
#include "cli/config_problem.h"

enum {
    CONFIG_FILE_MAX_BYTES = 1024 * 1024,     /* 20,000 lines and more */
    CONFIG_TEXT_MAX_BYTES = 4 * 1024 * 1024, /* all files together */
    CONFIG_INCLUDE_DEPTH = 8,
    CONFIG_SECTION_DEPTH = 8
};

/*
 * Reads a file into a buffer of CONFIG_FILE_MAX_BYTES.
 * Returns: 0, -1 with err.
 */
typedef int config_text_load_function(void *context, const char *path,
                                      struct buffer *out, struct err *err);

struct config_text {
    struct buffer plain;        /* what libconfuse reads */
    struct config_place *lines; /* origin of line n + 1 of it */
    size_t n_lines;
    size_t lines_capacity;
    struct arena arena; /* names of files */
    bool is_balanced;   /* every brace is closed, in its own file */
};

/* Readies an empty text. */
void config_text_init(struct config_text *text);

/* Frees it. NULL is allowed. */
void config_text_deinit(struct config_text *text);

/*
 * Reads a file and all it includes. A path of an include is relative to the
 * folder of the file it stands in. What is wrong goes to problems, whose places
 * live as long as the text.
 * Returns: 0 (whatever the problems), -1 with err (ERR_MEMORY).
 */
int config_text_read(struct config_text *text, const char *path,
                     config_text_load_function *load, void *context,
                     struct config_problems *problems, struct err *err);

/* Returns: where line `number` (from 1) of the plain text came from. */
struct config_place config_text_place(const struct config_text *text,
                                      unsigned number);

/*
 * Blanks out the statement that begins with a name on a line of the plain text,
 * so that what follows can be read.
 * Returns: whether there was one.
 */
bool config_text_drop(struct config_text *text, unsigned number,
                      const char *name);
