/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Commands: one table row each.
 *
 * The row says all that the dispatcher checks and prepares before the command
 * runs (arguments, options, forms of output, an open store), and all that
 * `help` tells. A new command is a row in command.c, a line in cmd.h and its
 * cmd_<verb>.c.
 */

#include <stdbool.h>
#include <stddef.h>

struct config;
struct printer;
struct store;

/* What must be open before a command runs. */
enum command_needs {
    COMMAND_NEEDS_NOTHING,
    COMMAND_NEEDS_STORE_URL, /* the configuration and its URL alone; the command opens it */
    COMMAND_NEEDS_STORE_READ /* the store must exist */
};

/* Forms of output a command has; bits. */
enum command_format {
    COMMAND_FORMAT_TEXT = 1u << 0,
    COMMAND_FORMAT_JSON = 1u << 1,
    COMMAND_FORMAT_CSV = 1u << 2
};

/* How often an option may be given that repeats. */
enum { COMMAND_VALUES_MAX = 64 };

/* One option; a list ends with a row without name. */
struct command_option {
    const char *name;  /* long name without dashes */
    const char *value; /* what its value is, in capitals, and "..." where it
                          may be given often; NULL for a flag */
    const char *help;  /* one line */
    bool *flag;        /* is set where the option is given */
    const char **text; /* gets the value of an option that has one; with "..."
                          all, in an array of COMMAND_VALUES_MAX + 1; without
                          flag and text see options_in_order */
    char letter;       /* short form, or 0 */
};

/* What a command is run with. */
struct command_call {
    char **arguments; /* without options, borrowed from argv */
    size_t n_arguments;
    struct printer *printer;     /* stdout */
    struct store *store;         /* as the row's needs say, else NULL */
    const char *store_url;       /* --store, that of the configuration or the
                                default; "" where not needed */
    const struct config *config; /* the configuration file, without errors; NULL
                                    where there is none or none is needed */
};

struct command {
    const char *name;
    const char *arguments;                /* for the synopsis, e.g. "FILE..." */
    const char *summary;                  /* one line without stop */
    const char *help;                     /* paragraphs and examples */
    const struct command_option *options; /* NULL where none */
    int (*run)(const struct command_call *call); /* Returns: enum exit_status */
    unsigned min_arguments;
    unsigned max_arguments;
    enum command_needs needs;
    unsigned formats; /* enum command_format */
};

enum { COMMAND_ANY_NUMBER = 1000000 };

/* All commands in the order of `help`; the last row has no name. */
extern const struct command command_table[];

/* Finds a command by name. Returns: the row, or NULL. */
const struct command *command_find(const char *name);

/*
 * Finds the command whose name is nearest to a misspelt one.
 * Returns: its name, or NULL where none is near.
 */
const char *command_suggest(const char *name);
