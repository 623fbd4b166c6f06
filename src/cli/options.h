/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The options of the command line.
 *
 * Those common to all commands are kept here as arg_*; a command's own options
 * are written to where its table says.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "cli/command.h"

enum options_color {
    OPTIONS_COLOR_AUTO,
    OPTIONS_COLOR_ALWAYS,
    OPTIONS_COLOR_NEVER
};

extern const char *arg_config;         /* --config, NULL = the default */
extern const char *arg_store;          /* --store, NULL = the default */
extern enum command_format arg_format; /* --format */
extern enum options_color arg_color;   /* --color */
extern bool arg_quiet;                 /* --quiet */
extern bool arg_verbose;               /* --verbose */
extern bool arg_help;                  /* --help */
extern bool arg_version;               /* --version */

/* The options common to all commands; the last row has no name. */
extern const struct command_option options_common[];

/*
 * Reads the options of argv[1] onwards. With command NULL, those before the
 * name of the command; else the common ones and the command's own, wherever
 * they stand between its arguments, until "--".
 * out_first gets the index of the first argument; argv is put in order.
 * Returns: 0, -1 with err (ERR_USAGE).
 */
int options_parse(int argc, char **argv, const struct command *command,
                  int *out_first, struct err *err);

/* An option with its value, as it was given. */
struct options_value {
    const struct command_option *option;
    const char *value; /* borrowed from argv */
};

/*
 * The options whose rows have neither flag nor text: all that options_parse met,
 * in the order they were given. For a command to whom order matters.
 * *out_n gets how many. Returns: them, valid until the next options_reset.
 */
const struct options_value *options_in_order(size_t *out_n);

/* Sets all common options back to what they are without a command line. */
void options_reset(void);
