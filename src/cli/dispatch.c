/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/dispatch.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/cmd.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/config_file.h"
#include "cli/config_print.h"
#include "cli/deliver.h"
#include "cli/exit.h"
#include "cli/options.h"
#include "cli/printer.h"
#include "cli/store_url.h"
#include "store/store.h"
#include "store/url.h"

/* Says on stderr what is wrong. Returns: status. */
static int complain(int status, const struct command *command, const char *text)
{
    fprintf(stderr, "tlsrpt%s%s: %s\n", command ? " " : "",
            command ? command->name : "", text);
    if (status == EXIT_USAGE && command)
        fprintf(stderr, "Try: tlsrpt help %s\n", command->name);
    else if (status == EXIT_USAGE)
        fprintf(stderr, "Try: tlsrpt help\n");
    return status;
}

static int complain_unknown(const char *name)
{
    const char *nearest = command_suggest(name);
    char text[256];

    if (nearest)
        snprintf(text, sizeof(text),
                 "there is no command %.64s; did you "
                 "mean %s?",
                 name, nearest);
    else
        snprintf(text, sizeof(text), "there is no command %.64s", name);
    return complain(EXIT_USAGE, NULL, text);
}

static const char *format_name(enum command_format format)
{
    return format == COMMAND_FORMAT_JSON  ? "json"
           : format == COMMAND_FORMAT_CSV ? "csv"
                                          : "text";
}

/* Holds the call against the command's row. Returns: 0, -1 with err. */
static int check_call(const struct command *command,
                      const struct command_call *call, struct err *err)
{
    if (!(command->formats & arg_format))
        return err_set(err, ERR_USAGE, "%s has no %s form", command->name,
                       format_name(arg_format));
    if (call->n_arguments < command->min_arguments)
        return err_set(err, ERR_USAGE, "%s is missing", command->arguments);
    if (call->n_arguments > command->max_arguments)
        return err_set(err, ERR_USAGE, "there is no use for '%.64s'",
                       call->arguments[command->max_arguments]);
    return 0;
}

/* A store to be read must be there: reading makes none. */
static int check_store(const struct command_call *call, struct err *err)
{
    if (url_is_there(call->store_url))
        return 0;
    return err_set(err, ERR_STORE,
                   "there is no store at %.200s yet; tlsrpt import FILE... "
                   "makes one",
                   url_path(call->store_url));
}

/* Opens what the row says. Returns: 0, -1 with err. */
static int open_store(const struct command *command, struct command_call *call,
                      struct err *err)
{
    switch (command->needs) {
    case COMMAND_NEEDS_NOTHING:
    case COMMAND_NEEDS_STORE_URL: break;
    case COMMAND_NEEDS_STORE_READ:
        return check_store(call, err)
                   ? -1
                   : store_open(call->store_url, STORE_READ, &clock_system,
                                &call->store, err);
    }
    return 0;
}

/* Runs a command whose call is in order. */
static int run(const struct command *command, struct command_call *call)
{
    struct printer printer;
    struct err err;
    int status;

    if (open_store(command, call, &err))
        return complain(exit_of(&err), command, err.text);
    printer_init(&printer, STDOUT_FILENO, arg_format, arg_color);
    call->printer = &printer;
    status = command->run(call);
    store_close(call->store);
    if (printer_close(&printer, &err))
        return complain(exit_of(&err), command, err.text);
    return status;
}

/*
 * Reads the configuration there is.
 * Returns: 0, else an exit status, all being said.
 */
static int read_config(const struct command *command, struct config *config)
{
    const char *path = config_file_find(arg_config);
    struct err err;

    if (!path)
        return 0;
    if (config_file_check(path, &err) ||
        config_read(path, config_file_load, NULL, config, &err))
        return complain(exit_of(&err), command, err.text);
    if (config->settings)
        return 0;
    config_complain(command->name, &config->problems, CONFIG_ERROR);
    config_deinit(config);
    return EXIT_USAGE;
}

/* Runs a command that goes by the configuration, where there is one, and its
 * store. */
static int run_with_store(const struct command *command,
                          const struct command_call *given)
{
    struct command_call call = *given;
    char url[STORE_URL_BYTES];
    struct config config = { 0 };
    const char *store = arg_store;
    struct err err;
    int status = read_config(command, &config);

    if (status)
        return status;
    call.config = config.settings ? &config : NULL;
    if (!store && config.settings)
        store = config.settings->store_url;
    if (store_url_find(store, url, &err)) {
        status = complain(EXIT_USAGE, command, err.text);
    } else {
        call.store_url = url;
        status = run(command, &call);
    }
    if (config.settings)
        config_deinit(&config);
    return status;
}

static int run_command(const struct command *command, int argc, char **argv)
{
    struct command_call call = { .store_url = "" };
    char *name = argv[0];
    struct err err;
    int first;

    if (options_parse(argc, argv, command, &first, &err))
        return complain(EXIT_USAGE, command, err.text);
    call.arguments = argv + first;
    call.n_arguments = (size_t)(argc - first);
    if (arg_help) {
        call.arguments = &name;
        call.n_arguments = 1;
        command = command_find("help");
    }
    if (check_call(command, &call, &err))
        return complain(EXIT_USAGE, command, err.text);
    /* A delivery needs neither configuration nor store: a mistake in one, or an
     * MTA that gives its pipes no HOME, must not keep mail waiting. */
    if (command->needs == COMMAND_NEEDS_NOTHING || deliver_is_asked(argc, argv))
        return run(command, &call);
    return run_with_store(command, &call);
}

int dispatch_run(int argc, char **argv)
{
    const struct command *command;
    struct err err;
    int first;

    if (options_parse(argc, argv, NULL, &first, &err))
        return complain(EXIT_USAGE, NULL, err.text);
    if (first < argc) {
        command = command_find(argv[first]);
        if (!command)
            return complain_unknown(argv[first]);
        return run_command(command, argc - first, argv + first);
    }
    if (arg_help || arg_version) {
        char name[] = "help", other[] = "version";
        char *words[] = { arg_help ? name : other, NULL };

        arg_help = false;
        return run_command(command_find(words[0]), 1, words);
    }
    return complain(EXIT_USAGE, NULL, "a command is missing");
}
