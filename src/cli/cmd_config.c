/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/config_file.h"
#include "cli/config_print.h"
#include "cli/config_sending.h"
#include "cli/exit.h"
#include "cli/number.h"
#include "cli/options.h"
#include "cli/printer.h"
#include "cli/suggest.h"

static bool arg_strict;

const struct command_option cmd_config_options[] = {
    { .name = "strict",
      .help = "exit 1 for warnings, too",
      .flag = &arg_strict },
    { 0 }
};

static void print_verdict(struct printer *printer, const char *path,
                          const struct config_problems *problems)
{
    if (printer->format == COMMAND_FORMAT_JSON) {
        struct json_writer *json = printer_json_begin(printer);

        json_begin_object(json);
        json_key(json, "total");
        json_begin_object(json);
        json_member_string(json, "file", path);
        json_member_int(json, "errors", problems->n_errors);
        json_member_int(json, "warnings", problems->n_warnings);
        json_end_object(json);
        json_end_object(json);
        printer_json_end(printer);
        return;
    }
    printer_outside(printer, path);
    if (problems->n_errors + problems->n_warnings == 0)
        printer_say(printer, " is fine\n");
    else
        printer_say(printer, ": %u error%s, %u warning%s\n", problems->n_errors,
                    number_plural(problems->n_errors), problems->n_warnings,
                    number_plural(problems->n_warnings));
}

static int check(struct printer *printer, const char *path,
                 const struct config *config)
{
    config_print_problems(printer, &config->problems);
    if (config->settings && !arg_quiet) {
        config_print_plan(printer, config->settings);
        if (printer->format == COMMAND_FORMAT_TEXT)
            config_sending_print(printer, config);
    }
    print_verdict(printer, path, &config->problems);
    return config->problems.n_errors ||
                   (arg_strict && config->problems.n_warnings)
               ? EXIT_FINDINGS
               : EXIT_GOOD;
}

static int show(struct printer *printer, const char *path,
                const struct config *config)
{
    (void)path;
    if (!config->settings) {
        config_complain("config", &config->problems, CONFIG_ERROR);
        return EXIT_FINDINGS;
    }
    if (printer->format == COMMAND_FORMAT_JSON) {
        config_print_json(printer_json_begin(printer), config->settings);
        printer_json_end(printer);
    } else {
        config_print_settings(printer, config->settings);
    }
    return EXIT_GOOD;
}

static const struct action {
    const char *name;
    int (*run)(struct printer *printer, const char *path,
               const struct config *config);
} actions[] = { { "check", check }, { "show", show }, { 0 } };

static const struct action *find_action(const char *name)
{
    struct suggest suggest;

    suggest_init(&suggest, name);
    for (const struct action *action = actions; action->name; action++) {
        if (strcmp(action->name, name) == 0)
            return action;
        suggest_add(&suggest, action->name);
    }
    if (suggest.nearest)
        fprintf(stderr,
                "tlsrpt config: there is no config %.64s; did you mean %s?\n",
                name, suggest.nearest);
    else
        fprintf(stderr, "tlsrpt config: %.64s is neither check nor show\n",
                name);
    return NULL;
}

int cmd_config(const struct command_call *call)
{
    const struct action *action = find_action(call->arguments[0]);
    const char *path = call->n_arguments > 1 ? call->arguments[1] : arg_config;
    struct config config;
    struct err err;
    int status;

    if (!action)
        return EXIT_USAGE;
    if (!path)
        path = CONFIG_FILE_DEFAULT;
    if (config_file_check(path, &err)) {
        fprintf(stderr, "tlsrpt config: %s\n", err.text);
        return EXIT_USAGE;
    }
    if (config_read(path, config_file_load, NULL, &config, &err)) {
        fprintf(stderr, "tlsrpt config: %s\n", err.text);
        return exit_of(&err);
    }
    status = action->run(call->printer, path, &config);
    config_deinit(&config);
    return status;
}
