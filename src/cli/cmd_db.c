/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "cli/cmd.h"
#include "cli/db.h"
#include "cli/exit.h"
#include "cli/suggest.h"
#include "store/url.h"

static struct db_options options;

const struct command_option cmd_db_options[] = {
    { .name = "check",
      .help = "migrate: tell whether it is needed, change nothing",
      .flag = &options.is_check },
    { .name = "repair",
      .help = "verify: make sums that differ anew",
      .flag = &options.is_repair },
    { .name = "raw-days",
      .value = "N",
      .help = "prune: keep raw octets so long (for ever)",
      .text = &options.raw_days },
    { .name = "facts-days",
      .value = "N",
      .help = "prune: keep reports so long (for ever)",
      .text = &options.facts_days },
    { .name = "quarantine-days",
      .value = "N",
      .help = "prune: keep refused inputs so long (90), 0 for ever",
      .text = &options.quarantine_days },
    { .name = "dry-run",
      .help = "prune: tell what would go, change nothing",
      .flag = &options.is_dry },
    { .name = "to",
      .value = "FOLDER",
      .help = "quarantine export: where the files go",
      .text = &options.folder },
    { 0 }
};

/* A verb with the options it knows. */
struct verb {
    const char *name;
    int (*run)(const struct db_call *call);
    const char *arguments; /* what is missing where there are too few */
    size_t min_arguments;
    size_t max_arguments;
    bool has_check;
    bool has_repair;
    bool has_days; /* and --dry-run */
    bool has_folder;
};

static const struct verb verbs[] = {
    { .name = "verify", .run = db_verify, .has_repair = true },
    { .name = "backup",
      .run = db_backup,
      .arguments = "FILE",
      .min_arguments = 1,
      .max_arguments = 1 },
    { .name = "migrate", .run = db_migrate, .has_check = true },
    { .name = "prune", .run = db_prune, .has_days = true },
    { .name = "quarantine",
      .run = db_quarantine,
      .max_arguments = COMMAND_ANY_NUMBER,
      .has_folder = true },
    { .name = "reread", .run = db_reread },
    { .name = "rejudge", .run = db_rejudge },
};

enum { N_VERBS = sizeof(verbs) / sizeof(*verbs) };

int db_open(const struct db_call *call, enum store_mode mode,
            struct store **out_store, struct err *err)
{
    if (!url_is_there(call->store_url))
        return err_set(err, ERR_STORE, "there is no store at %.200s",
                       url_path(call->store_url));
    return store_open(call->store_url, mode, &clock_system, out_store, err);
}

int db_fail(const struct db_call *call, const struct err *err)
{
    fprintf(stderr, "tlsrpt db %s: %s\n", call->verb, err->text);
    return exit_of(err);
}

void db_let_others(int64_t *begin_ms)
{
    int64_t rest_ms = clock_monotonic_ms() - *begin_ms;
    const struct timespec rest = { .tv_sec = rest_ms / 1000,
                                   .tv_nsec = rest_ms % 1000 * 1000000 };

    nanosleep(&rest, NULL);
    *begin_ms = clock_monotonic_ms();
}

const char *db_bytes(int64_t bytes, char text[static DB_BYTES_TEXT])
{
    static const char *const units[] = { "kB", "MB", "GB", "TB", "PB", "EB" };
    double rest = (double)bytes / 1000;
    size_t unit = 0;

    if (bytes < 1000) {
        snprintf(text, DB_BYTES_TEXT, "%lld bytes", (long long)bytes);
        return text;
    }
    for (; rest >= 999.5 && unit < 5; unit++)
        rest /= 1000;
    snprintf(text, DB_BYTES_TEXT, "%.*f %s", rest < 9.95, rest, units[unit]);
    return text;
}

/* An option that a verb has no use for is a misunderstanding. */
static const char *stray_option(const struct verb *verb)
{
    if (options.is_check && !verb->has_check)
        return "--check";
    if (options.is_repair && !verb->has_repair)
        return "--repair";
    if (options.is_dry && !verb->has_days)
        return "--dry-run";
    if (options.raw_days && !verb->has_days)
        return "--raw-days";
    if (options.facts_days && !verb->has_days)
        return "--facts-days";
    if (options.quarantine_days && !verb->has_days)
        return "--quarantine-days";
    return options.folder && !verb->has_folder ? "--to" : NULL;
}

static int check(const struct verb *verb, const struct db_call *call,
                 struct err *err)
{
    const char *stray = stray_option(verb);

    if (stray)
        return err_set(err, ERR_USAGE, "it has no option %s", stray);
    if (call->n_arguments < verb->min_arguments)
        return err_set(err, ERR_USAGE, "%s is missing", verb->arguments);
    if (call->n_arguments > verb->max_arguments)
        return err_set(err, ERR_USAGE, "there is no use for '%.64s'",
                       call->arguments[verb->max_arguments]);
    return 0;
}

static int complain_unknown(const char *name)
{
    struct suggest suggest;

    suggest_init(&suggest, name);
    for (size_t i = 0; i < N_VERBS; i++)
        suggest_add(&suggest, verbs[i].name);
    fprintf(stderr, "tlsrpt db: there is no db %.64s%s%s\n", name,
            suggest.nearest ? "; did you mean " : "",
            suggest.nearest ? suggest.nearest : "");
    fprintf(stderr, "Try: tlsrpt help db\n");
    return EXIT_USAGE;
}

int cmd_db(const struct command_call *command)
{
    const struct db_call call = { .verb = command->arguments[0],
                                  .arguments = command->arguments + 1,
                                  .n_arguments = command->n_arguments - 1,
                                  .store_url = command->store_url,
                                  .printer = command->printer,
                                  .options = &options };
    struct err err;

    for (size_t i = 0; i < N_VERBS; i++) {
        if (strcmp(verbs[i].name, call.verb) != 0)
            continue;
        if (check(&verbs[i], &call, &err) == 0)
            return verbs[i].run(&call);
        db_fail(&call, &err);
        fprintf(stderr, "Try: tlsrpt help db\n");
        return EXIT_USAGE;
    }
    return complain_unknown(call.verb);
}
