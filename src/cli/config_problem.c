/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/config_problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

enum { ARENA_MAX_BYTES = 1024 * 1024, TEXT_BYTES = 512 };

void config_problems_init(struct config_problems *problems)
{
    problems->n_rows = 0;
    problems->n_errors = problems->n_warnings = 0;
    arena_init(&problems->arena, ARENA_MAX_BYTES);
}

void config_problems_deinit(struct config_problems *problems)
{
    if (problems)
        arena_deinit(&problems->arena);
}

void config_problems_add(struct config_problems *problems,
                         enum config_severity severity,
                         struct config_place place, const char *format, ...)
{
    struct config_problem *row;
    char text[TEXT_BYTES];
    va_list arguments;

    if (severity == CONFIG_ERROR)
        problems->n_errors++;
    else
        problems->n_warnings++;
    /* An error finds room where warnings have filled the list. */
    if (problems->n_rows == CONFIG_PROBLEMS_MAX && severity == CONFIG_ERROR &&
        problems->rows[CONFIG_PROBLEMS_MAX - 1].severity == CONFIG_WARNING)
        problems->n_rows--;
    if (problems->n_rows == CONFIG_PROBLEMS_MAX)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    row = &problems->rows[problems->n_rows++];
    row->severity = severity;
    row->place = place;
    row->text = arena_copy(&problems->arena, slice_of(text));
    if (!row->text)
        row->text = "out of memory";
}

/* The number of a file in order of appearance. */
static size_t file_rank(const struct config_problems *problems,
                        const char *file)
{
    size_t i = 0;

    while (i < problems->n_rows && problems->rows[i].place.file != file)
        i++;
    return i;
}

void config_problems_sort(struct config_problems *problems)
{
    size_t ranks[CONFIG_PROBLEMS_MAX];

    for (size_t i = 0; i < problems->n_rows; i++)
        ranks[i] = file_rank(problems, problems->rows[i].place.file);
    /* By insertion: few, and those of one line keep their order. */
    for (size_t i = 1; i < problems->n_rows; i++) {
        struct config_problem row = problems->rows[i];
        size_t rank = ranks[i], j = i;

        for (; j > 0 && (ranks[j - 1] > rank ||
                         (ranks[j - 1] == rank &&
                          problems->rows[j - 1].place.line > row.place.line));
             j--) {
            problems->rows[j] = problems->rows[j - 1];
            ranks[j] = ranks[j - 1];
        }
        problems->rows[j] = row;
        ranks[j] = rank;
    }
}

void config_problems_log(const struct config_problems *problems)
{
    for (size_t i = 0; i < problems->n_rows; i++) {
        const struct config_problem *row = &problems->rows[i];
        char line[16];

        snprintf(line, sizeof(line), "%u", row->place.line);
        if (row->severity == CONFIG_ERROR)
            log_line(LOG_LEVEL_ERROR, "config-error", "file", row->place.file,
                     "line", line, "error", row->text, NULL);
        else
            log_line(LOG_LEVEL_WARNING, "config-warning", "file",
                     row->place.file, "line", line, "warning", row->text, NULL);
    }
}

int config_problems_error(const struct config_problems *problems,
                          struct err *err)
{
    for (size_t i = 0; i < problems->n_rows; i++) {
        const struct config_problem *row = &problems->rows[i];

        if (row->severity != CONFIG_ERROR)
            continue;
        if (row->place.line == 0)
            return err_set(err, ERR_USAGE, "%s: %s", row->place.file,
                           row->text);
        return err_set(err, ERR_USAGE, "%s:%u: %s", row->place.file,
                       row->place.line, row->text);
    }
    return 0;
}
