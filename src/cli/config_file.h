/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Files that a configuration is made of, and those it names.
 */

#include "base/arena.h"
#include "base/buffer.h"
#include "base/err.h"

/* Where the configuration is unless --config says else. */
#define CONFIG_FILE_DEFAULT "/etc/tlsrpt/tlsrpt.conf"

/*
 * Reads a file; whatever else the path names (a folder, a pipe) is refused.
 * context: unused, so that it is a config_text_load_function.
 * Returns: 0, -1 with err.
 */
int config_file_load(void *context, const char *path, struct buffer *out,
                     struct err *err);

/*
 * Finds the configuration to go by: option where it is not NULL, else
 * CONFIG_FILE_DEFAULT where it exists and may be read.
 * Returns: its path, NULL for none.
 */
const char *config_file_find(const char *option);

/* Tells whether a file can be opened at all. Returns: 0, -1 with err
 * (ERR_USAGE). */
int config_file_check(const char *path, struct err *err);

/* What a file that holds a secret is worth. */
enum config_file_secret {
    CONFIG_FILE_FINE,
    CONFIG_FILE_MISSING,    /* or it cannot be read; see err */
    CONFIG_FILE_WORLD_READ, /* everybody on the machine reads the secret */
};

/* Looks at a file with a secret, without reading it. err: filled where it is
 * missing. */
enum config_file_secret config_file_check_secret(const char *path,
                                                 struct err *err);

/*
 * Reads a secret of one line, without blanks around it, into the arena.
 * Returns: 0, -1 with err, which does not tell it.
 */
int config_file_read_secret(const char *path, struct arena *arena,
                            const char **out_secret, struct err *err);
