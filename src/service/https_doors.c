/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/https_doors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "service/https_server.h"

struct door {
    struct https_server *server; /* NULL where it is none (any more) */
    char *name;                  /* of its section */
    char *listen;                /* as its section says */
    bool is_tls;
};

/* Some of them, in the order of the settings that name them. */
struct row {
    struct door *items;
    size_t n;
};

struct https_doors {
    struct receiver *receiver;
    char *host;
    struct row row;
};

/* ---- A door -------------------------------------------------------------- */

static void close_door(struct door *door)
{
    https_server_close(door->server);
    free(door->name);
    free(door->listen);
    *door = (struct door){ .server = NULL };
}

static struct https_server_options options_of(
    const struct https_doors *doors, const struct settings_https *section)
{
    struct https_server_options options = section->options;

    if (!options.name)
        options.name = doors->host;
    return options;
}

static int open_door(const struct https_doors *doors,
                     const struct settings_https *section, struct door *door,
                     struct err *err)
{
    const struct https_server_options options = options_of(doors, section);

    *door = (struct door){ .name = strdup(section->name),
                           .listen = strdup(options.listen),
                           .is_tls = options.certificate_file != NULL };
    if (!door->name || !door->listen)
        err_memory(err);
    else if (https_server_open(doors->receiver, &options, &door->server, err) ==
             0)
        return 0;
    close_door(door);
    return -1;
}

static int open_row(const struct settings *settings, struct row *row,
                    struct err *err)
{
    *row = (struct row){ .items =
                             calloc(settings->n_https + 1, sizeof(*row->items)),
                         .n = settings->n_https };
    return row->items ? 0 : err_memory(err);
}

static void close_row(struct row *row)
{
    for (size_t i = 0; row->items && i < row->n; i++)
        close_door(&row->items[i]);
    free(row->items);
}

/* ---- All ----------------------------------------------------------------- */

static int open_doors(struct https_doors *doors,
                      const struct settings *settings, struct err *err)
{
    if (open_row(settings, &doors->row, err))
        return -1;
    for (size_t i = 0; i < settings->n_https; i++)
        if (open_door(doors, &settings->https[i], &doors->row.items[i], err))
            return -1;
    return 0;
}

int https_doors_open(struct receiver *receiver, const struct settings *settings,
                     const char *host, struct https_doors **out_doors,
                     struct err *err)
{
    struct https_doors *doors = calloc(1, sizeof(*doors));

    if (!doors)
        return err_memory(err);
    doors->receiver = receiver;
    doors->host = strdup(host);
    if (!doors->host)
        err_memory(err);
    else if (open_doors(doors, settings, err) == 0) {
        *out_doors = doors;
        return 0;
    }
    https_doors_close(doors);
    return -1;
}

const char *https_doors_url(const struct https_doors *doors, size_t index)
{
    return https_server_url(doors->row.items[index].server);
}

void https_doors_close(struct https_doors *doors)
{
    if (!doors)
        return;
    close_row(&doors->row);
    free(doors->host);
    free(doors);
}

/* ---- New settings -------------------------------------------------------- */

static void take(struct door *from, struct door *to)
{
    to->server = from->server;
    to->name = from->name;
    to->listen = from->listen;
    to->is_tls = from->is_tls;
    from->server = NULL;
    from->name = NULL;
    from->listen = NULL;
}

/* The first that is still open and has this text there. */
static struct door *find(const struct row *row, size_t offset, const char *text)
{
    for (size_t i = 0; i < row->n; i++) {
        struct door *door = &row->items[i];
        char *const *own = (char *const *)(void *)((char *)door + offset);

        if (door->server && strcmp(*own, text) == 0)
            return door;
    }
    return NULL;
}

static void log_restart(const struct door *door, const char *what)
{
    char text[160];

    snprintf(text, sizeof(text), "https %.100s: %s", door->name, what);
    log_line(LOG_LEVEL_WARNING, "reload-needs-restart", "what", text, NULL);
}

static int use_door(const struct https_doors *doors,
                    const struct settings_https *section, struct door *door,
                    struct err *err)
{
    struct https_server_options options = options_of(doors, section);
    char *name = strdup(section->name);

    if (!name)
        return err_memory(err);
    free(door->name);
    door->name = name;
    /* The one socket cannot speak both. */
    if (door->is_tls != (options.certificate_file != NULL)) {
        log_restart(door, door->is_tls ? "no certificate any more"
                                       : "its first certificate");
        options.certificate_file = NULL;
        options.key_file = NULL;
    }
    return https_server_use(door->server, &options, err);
}

/* Those that listen where they did stay. */
static int keep(const struct https_doors *doors,
                const struct settings *settings, struct row *fresh,
                struct err *err)
{
    int rc = 0;

    for (size_t i = 0; i < fresh->n; i++) {
        const struct settings_https *section = &settings->https[i];
        struct door *old = find(&doors->row, offsetof(struct door, listen),
                                section->options.listen);

        if (!old)
            continue;
        take(old, &fresh->items[i]);
        rc |= use_door(doors, section, &fresh->items[i], err);
    }
    return rc;
}

/* Where the new place cannot be had, the old one of its section stays, by the
 * new settings: a secret may be among them that is none any more. */
static int move(const struct https_doors *doors,
                const struct settings_https *section, struct door *fresh,
                struct err *err)
{
    struct door *old =
        find(&doors->row, offsetof(struct door, name), section->name);
    struct err ignored;

    if (open_door(doors, section, fresh, err) == 0) {
        log_line(LOG_LEVEL_NOTICE, "https-ready", "name", fresh->name, "url",
                 https_server_url(fresh->server), NULL);
        return 0;
    }
    if (old) {
        take(old, fresh);
        (void)use_door(doors, section, fresh, &ignored);
    }
    return -1;
}

static int open_others(const struct https_doors *doors,
                       const struct settings *settings, struct row *fresh,
                       struct err *err)
{
    int rc = 0;

    for (size_t i = 0; i < fresh->n; i++)
        if (!fresh->items[i].server)
            rc |= move(doors, &settings->https[i], &fresh->items[i], err);
    return rc;
}

static void close_others(struct row *old)
{
    for (size_t i = 0; i < old->n; i++)
        if (old->items[i].server)
            log_line(LOG_LEVEL_NOTICE, "https-closed", "name",
                     old->items[i].name, "url",
                     https_server_url(old->items[i].server), NULL);
    close_row(old);
}

int https_doors_use(struct https_doors *doors, const struct settings *settings,
                    struct err *err)
{
    struct row fresh;
    int rc;

    if (open_row(settings, &fresh, err))
        return -1;
    rc = keep(doors, settings, &fresh, err);
    rc |= open_others(doors, settings, &fresh, err);
    close_others(&doors->row);
    doors->row = fresh;
    return rc;
}
