/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/command.h"
#include "cli/exit.h"
#include "cli/options.h"
#include "cli/printer.h"

/* Columns for the names of commands and options. */
enum { COMMAND_COLUMNS = 10, OPTION_COLUMNS = 20 };

static void print_commands(struct printer *printer)
{
    printer_say(printer, "TLS reports (RFC 8460), read, kept and explained.\n\n"
                         "usage: tlsrpt COMMAND [options] [arguments]\n\n");
    for (const struct command *row = command_table; row->name; row++)
        printer_say(printer, "  %-*s %s\n", COMMAND_COLUMNS, row->name,
                    row->summary);
    printer_say(printer, "\nMore about one of them: tlsrpt help COMMAND\n");
}

static void print_options(struct printer *printer,
                          const struct command_option *options)
{
    for (; options->name; options++) {
        char left[64];

        if (options->letter)
            snprintf(left, sizeof(left), "-%c, --%s", options->letter,
                     options->name);
        else
            snprintf(left, sizeof(left), "--%s%s%s", options->name,
                     options->value ? " " : "",
                     options->value ? options->value : "");
        printer_say(printer, "  %-*s %s\n", OPTION_COLUMNS, left,
                    options->help);
    }
}

/* Prints paragraphs: a line that begins with blanks stands as it is. */
static void print_help(struct printer *printer, const char *help)
{
    while (*help) {
        size_t len = strcspn(help, "\n");
        char line[2048];

        snprintf(line, sizeof(line), "%.*s", (int)len, help);
        if (*line == ' ')
            printer_say(printer, "%s\n", line);
        else
            printer_paragraph(printer, 0, 0, line);
        help += len + (help[len] == '\n');
    }
}

static void print_command(struct printer *printer,
                          const struct command *command)
{
    printer_say(printer, "usage: tlsrpt %s [options]%s%s\n\n", command->name,
                *command->arguments ? " " : "", command->arguments);
    print_help(printer, command->help);
    if (command->options && command->options->name) {
        printer_say(printer, "\noptions of %s:\n", command->name);
        print_options(printer, command->options);
    }
    printer_say(printer, "\noptions of every command:\n");
    print_options(printer, options_common);
    printer_say(printer, "\nexit status: 0 good, 1 something was refused or "
                         "found fault with, 2 usage,\n"
                         "3 could not find out, 4 internal fault\n");
}

int cmd_help(const struct command_call *call)
{
    const struct command *command;

    if (call->n_arguments == 0) {
        print_commands(call->printer);
        return EXIT_GOOD;
    }
    command = command_find(call->arguments[0]);
    if (!command) {
        const char *nearest = command_suggest(call->arguments[0]);

        fprintf(stderr, "tlsrpt help: there is no command %s%s%s%s\n",
                call->arguments[0], nearest ? "; did you mean " : "",
                nearest ? nearest : "", nearest ? "?" : "");
        return EXIT_USAGE;
    }
    print_command(call->printer, command);
    return EXIT_GOOD;
}
