/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/config_file.h"
#include "cli/suggest.h"

enum {
    OPTIONS_MAX = 48,
    OPTION_FIRST = 256,
    /* Given in order: a policy of 64 KiB has some hundred lines, as a rule. */
    VALUES_MAX = 1024
};

const char *arg_config;
const char *arg_store;
enum command_format arg_format = COMMAND_FORMAT_TEXT;
enum options_color arg_color = OPTIONS_COLOR_AUTO;
bool arg_quiet;
bool arg_verbose;
bool arg_help;
bool arg_version;

static const char *format_text;
static const char *color_text;
static struct options_value ordered[VALUES_MAX];
static size_t n_ordered;

const struct command_option options_common[] = {
    { "config", "FILE",
      "the configuration; " CONFIG_FILE_DEFAULT " where it exists", NULL,
      &arg_config, 0 },
    { "store", "URL", "the store, sqlite:PATH or a path", NULL, &arg_store, 0 },
    { "format", "FORM", "text, json or csv", NULL, &format_text, 0 },
    { "color", "WHEN", "auto, always or never", NULL, &color_text, 0 },
    { "quiet", NULL, "say less", &arg_quiet, NULL, 'q' },
    { "verbose", NULL, "say more", &arg_verbose, NULL, 'v' },
    { "help", NULL, "what the command does and its options", &arg_help, NULL,
      'h' },
    { 0 }
};

/* Options that stand only before a command. */
static const struct command_option leading[] = {
    { "version", NULL, "the version of the program", &arg_version, NULL, 'V' },
    { 0 }
};

/* What getopt_long wants to be told, made from our tables. */
struct getopt_tables {
    const struct command_option *rows[OPTIONS_MAX];
    struct option longs[OPTIONS_MAX + 1];
    char shorts[2 * OPTIONS_MAX + 3];
    size_t n_rows;
    size_t n_shorts;
};

static void add_options(struct getopt_tables *tables,
                        const struct command_option *options)
{
    for (; options && options->name && tables->n_rows < OPTIONS_MAX;
         options++) {
        struct option *slot = &tables->longs[tables->n_rows];

        slot->name = options->name;
        slot->has_arg = options->flag ? no_argument : required_argument;
        slot->val = OPTION_FIRST + (int)tables->n_rows;
        tables->rows[tables->n_rows++] = options;
        if (options->letter)
            tables->shorts[tables->n_shorts++] = options->letter;
        if (options->letter && !options->flag)
            tables->shorts[tables->n_shorts++] = ':';
    }
}

static const struct command_option *find_option(
    const struct getopt_tables *tables, int key)
{
    if (key >= OPTION_FIRST)
        return tables->rows[key - OPTION_FIRST];
    for (size_t i = 0; i < tables->n_rows; i++)
        if (tables->rows[i]->letter == key)
            return tables->rows[i];
    return NULL;
}

/* getopt tells the letter of a short option it could not take, and none or
   the number of a long one. */
static bool is_letter(int option)
{
    return option > 0 && option < OPTION_FIRST;
}

/* Says which option is unknown, and which one may have been meant. */
static int unknown_option(const struct getopt_tables *tables, const char *word,
                          struct err *err)
{
    struct suggest suggest;
    char name[64];

    if (is_letter(optopt))
        return err_set(err, ERR_USAGE, "there is no option -%c", optopt);
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="), word + 2);
    suggest_init(&suggest, name);
    for (size_t i = 0; i < tables->n_rows; i++) {
        if (strcmp(tables->rows[i]->name, name) == 0)
            return err_set(err, ERR_USAGE, "--%s takes no value", name);
        suggest_add(&suggest, tables->rows[i]->name);
    }
    if (!suggest.nearest)
        return err_set(err, ERR_USAGE, "there is no option --%s", name);
    return err_set(err, ERR_USAGE,
                   "there is no option --%s; did you mean --%s?", name,
                   suggest.nearest);
}

static int add_in_order(const struct command_option *option, struct err *err)
{
    if (n_ordered == VALUES_MAX)
        return err_set(err, ERR_USAGE, "there are more than %d options",
                       VALUES_MAX);
    ordered[n_ordered++] =
        (struct options_value){ .option = option, .value = optarg };
    return 0;
}

const struct options_value *options_in_order(size_t *out_n)
{
    *out_n = n_ordered;
    return ordered;
}

static bool may_repeat(const struct command_option *option)
{
    return strstr(option->value, "...") != NULL;
}

static int add_value(const struct command_option *option, struct err *err)
{
    unsigned n = 0;

    while (n < COMMAND_VALUES_MAX && option->text[n])
        n++;
    if (n == COMMAND_VALUES_MAX)
        return err_set(err, ERR_USAGE, "--%s is given more than %d times",
                       option->name, COMMAND_VALUES_MAX);
    option->text[n] = optarg;
    return 0;
}

static int take_option(const struct getopt_tables *tables, int key,
                       const char *word, struct err *err)
{
    const struct command_option *option = find_option(tables, key);

    if (key == ':' && is_letter(optopt))
        return err_set(err, ERR_USAGE, "-%c needs a value", optopt);
    if (key == ':')
        return err_set(err, ERR_USAGE, "%s needs a value", word);
    if (key == '?' || !option)
        return unknown_option(tables, word, err);
    if (option->flag)
        *option->flag = true;
    else if (!option->text)
        return add_in_order(option, err);
    else if (may_repeat(option))
        return add_value(option, err);
    else
        *option->text = optarg;
    return 0;
}

/* Reads the values of the common options that are one of some words. */
static int read_words(struct err *err)
{
    static const struct {
        const char *word;
        enum command_format format;
    } formats[] = { { "text", COMMAND_FORMAT_TEXT },
                    { "json", COMMAND_FORMAT_JSON },
                    { "csv", COMMAND_FORMAT_CSV } };
    static const char *const colors[] = { "auto", "always", "never" };
    bool is_known = !format_text;

    for (size_t i = 0; format_text && i < 3; i++)
        if (strcmp(format_text, formats[i].word) == 0) {
            arg_format = formats[i].format;
            is_known = true;
        }
    if (!is_known)
        return err_set(err, ERR_USAGE,
                       "--format is text, json or csv, not '%s'", format_text);
    is_known = !color_text;
    for (unsigned i = 0; color_text && i < 3; i++)
        if (strcmp(color_text, colors[i]) == 0) {
            arg_color = (enum options_color)i;
            is_known = true;
        }
    if (!is_known)
        return err_set(err, ERR_USAGE,
                       "--color is auto, always or never, not '%s'",
                       color_text);
    return 0;
}

int options_parse(int argc, char **argv, const struct command *command,
                  int *out_first, struct err *err)
{
    struct getopt_tables tables = { 0 };
    int key;

    if (!command)
        tables.shorts[tables.n_shorts++] = '+';
    tables.shorts[tables.n_shorts++] = ':';
    add_options(&tables, options_common);
    add_options(&tables, command ? command->options : leading);
    optind = 0; /* glibc: begin anew */
    opterr = 0;
    while ((key = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) !=
           -1)
        if (take_option(&tables, key, argv[optind - 1], err))
            return -1;
    *out_first = optind;
    return read_words(err);
}

void options_reset(void)
{
    arg_config = arg_store = format_text = color_text = NULL;
    arg_format = COMMAND_FORMAT_TEXT;
    arg_color = OPTIONS_COLOR_AUTO;
    arg_quiet = arg_verbose = arg_help = arg_version = false;
    n_ordered = 0;
}
