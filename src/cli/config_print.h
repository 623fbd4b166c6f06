/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * A configuration told: what is wrong with it, what it makes the program do.
 */

#include "cli/config.h"
#include "cli/printer.h"

/* Tells each problem: as a line "file:line: error: text", or as an object. */
void config_print_problems(struct printer *printer,
                           const struct config_problems *problems);

/* Tells in a few lines what settings make `serve` do, or as one object. */
void config_print_plan(struct printer *printer,
                       const struct settings *settings);

/* Prints all settings as a configuration file that says just that. */
void config_print_settings(struct printer *printer,
                           const struct settings *settings);

/* Writes all settings as one object. */
void config_print_json(struct json_writer *json,
                       const struct settings *settings);

/* Says problems on stderr, "tlsrpt VERB: file:line: text". */
void config_complain(const char *verb, const struct config_problems *problems,
                     enum config_severity severity);
