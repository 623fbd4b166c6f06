/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "fetch/domain_list.h"

#include "base/list.h"
#include "base/map.h"
#include "fetch/domain_line.h"
#include "fetch/fetch.h"
#include "fetch/limits.h"

/* A list while it is read. */
struct reading {
    struct slice rest;
    struct arena *arena;
    struct day *day;
    struct map seen;
    struct list names;
};

/* The next line without its end. Returns: whether there is one. */
static bool next_line(struct reading *reading, struct slice *out_line)
{
    const struct slice line = slice_line(reading->rest);

    reading->rest = slice_skip(reading->rest, line.len);
    *out_line = slice_trim(line);
    return line.len > 0;
}

/* "2026-10-01 12:00:00", UTC. */
static utc_time read_time(struct slice line)
{
    utc_time time;
    unsigned form;

    return utc_parse(line, &time, &form) ? UTC_NONE : time;
}

static int read_head(struct reading *reading, struct domain_list *list,
                     bool *out_has_ended, struct err *err)
{
    struct slice line;

    *out_has_ended = false;
    list->complete = UTC_DAY_NONE;
    if (!next_line(reading, &line) ||
        !slice_equal(line, SLICE(FETCH_VERSION_LINE)))
        return err_set(err, ERR_INPUT, "it does not begin with the line \"%s\"",
                       FETCH_VERSION_LINE);
    if (!next_line(reading, &line))
        return err_set(err, ERR_INPUT, "it ends behind its first line");
    list->time = read_time(line);
    if (!next_line(reading, &line))
        return err_set(err, ERR_INPUT, "it ends behind its second line");
    /* A fetcher that has no complete day leaves the line out: what stands there
     * is the first domain, or the end. */
    if (slice_equal(line, SLICE(FETCH_LAST_LINE)) ||
        (utc_day_parse(line, &list->complete) && domain_line_is_sound(line)))
        *out_has_ended = true;
    else if (list->complete == UTC_DAY_NONE)
        return err_set(err, ERR_INPUT, "its third line is no day");
    return 0;
}

static int add_name(struct reading *reading, struct slice line, struct err *err)
{
    const char *name;
    const char **slot;

    if (!domain_line_is_sound(line) || map_find(&reading->seen, line)) {
        name = arena_copy(reading->arena, line);
        if (!name)
            return arena_error(reading->arena, err);
        day_note_bad(reading->day, name,
                     domain_line_is_sound(line) ? "it is named twice"
                                                : "it is no domain name");
        return 0;
    }
    if (reading->names.n_items == FETCH_DOMAINS_MAX)
        return err_set(err, ERR_LIMIT, "it names more than %d domains",
                       FETCH_DOMAINS_MAX);
    name = arena_copy(reading->arena, line);
    slot = list_add(&reading->names, reading->arena);
    if (!name || !slot)
        return arena_error(reading->arena, err);
    *slot = name;
    return map_put(&reading->seen, line) ? 0 : err_memory(err);
}

static int read_names(struct reading *reading, struct err *err)
{
    struct slice line;

    while (next_line(reading, &line)) {
        if (slice_equal(line, SLICE(FETCH_LAST_LINE)))
            return 0;
        if (add_name(reading, line, err))
            return -1;
    }
    return err_set(err, ERR_INPUT, "it is cut short: the last line is missing");
}

int domain_list_read(struct arena *arena, struct slice text, struct day *day,
                     struct domain_list *out_list, struct err *err)
{
    struct reading reading = { .rest = text, .arena = arena, .day = day };
    struct domain_list list = { .time = UTC_NONE };
    bool has_ended;
    int status;

    map_init(&reading.seen);
    list_init(&reading.names, sizeof(const char *));
    status = read_head(&reading, &list, &has_ended, err);
    if (status == 0 && !has_ended)
        status = read_names(&reading, err);
    if (status == 0) {
        list.names = list_move(&reading.names, arena, &list.n_names);
        if (!list.names && list.n_names)
            status = arena_error(arena, err);
    }
    if (status == 0)
        *out_list = list;
    list_deinit(&reading.names);
    map_deinit(&reading.seen);
    return status;
}
