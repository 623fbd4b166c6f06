/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/command.h"

#include <string.h>

#include "cli/cmd.h"
#include "cli/suggest.h"

const struct command command_table[] = {
    { .name = "help",
      .arguments = "[COMMAND]",
      .summary = "tell what the commands do",
      .help = "Without COMMAND lists the commands, else tells what that one "
              "does and which options it has.",
      .run = cmd_help,
      .max_arguments = 1,
      .formats =
          COMMAND_FORMAT_TEXT | COMMAND_FORMAT_JSON | COMMAND_FORMAT_CSV },
    { .name = "serve",
      .arguments = "",
      .summary = "serve the dashboard and its JSON API",
      .help = "Serves the dashboard on http://127.0.0.1:8460/ until it is "
              "stopped by Ctrl-C or SIGTERM. The store is made where there is "
              "none. There is no sign-in yet, so only loopback addresses are "
              "taken; use ssh -L from elsewhere.\n\n"
              "tlsrpt serve --store reports.db\n"
              "tlsrpt serve --listen [::1]:8080",
      .options = cmd_serve_options,
      .run = cmd_serve,
      .needs = COMMAND_NEEDS_STORE_URL,
      .formats = COMMAND_FORMAT_TEXT },
    { .name = "version",
      .arguments = "",
      .summary = "print the version of the program",
      .help = "Prints the version of the program.",
      .run = cmd_version,
      .formats = COMMAND_FORMAT_TEXT },
    { 0 }
};

const struct command *command_find(const char *name)
{
    for (const struct command *row = command_table; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

const char *command_suggest(const char *name)
{
    struct suggest suggest;

    suggest_init(&suggest, name);
    for (const struct command *row = command_table; row->name; row++)
        suggest_add(&suggest, row->name);
    return suggest.nearest;
}
