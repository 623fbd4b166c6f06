/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The life of `collect`: from a socket to a signal.
 *
 * Stays in the foreground. SIGINT and SIGTERM stop it, when what waits in the
 * socket is stored. Meanwhile it tells how it is doing to whoever connects to a
 * Unix socket beside the tally, and into a file where one is asked for.
 */

#include <stdbool.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/err.h"
#include "service/names.h"

struct event_cleaning;

/* What the operator says of it. */
struct collector_settings {
    const char *socket;    /* path; NULL: the service manager gives it */
    const char *user;      /* owner of the socket; NULL: us */
    const char *group;     /* likewise */
    const char *mode;      /* of the socket, octal digits; NULL: 0660 */
    const char *tally_url; /* NULL: the caller's default */
    const char *samples;   /* folder for malformed datagrams; NULL: none */
    const char *metrics;   /* file for Prometheus; NULL: none */
    struct settings_names addresses; /* "LOCAL=PUBLIC", "any=PUBLIC" */
    bool is_reason_ignored;          /* see struct event_cleaning */
    int64_t rows;                    /* of a domain and day */
    int64_t keep_s;                  /* how long the tally keeps a closed day */
};

struct collector_options {
    const struct collector_settings *settings;
    const char *tally_url;
    const struct clock *clock;
    const char *notify_socket; /* value of NOTIFY_SOCKET, or NULL */
    const char *listen_pid;    /* values of LISTEN_PID and LISTEN_FDS */
    const char *listen_count;
    void (*on_ready)(void *context, const char *path); /* may be NULL */
    void *context;
};

enum { COLLECTOR_STATUS_PATH_BYTES = 108 };

/* Sets all that is not 0 by default. */
void collector_settings_init(struct collector_settings *settings);

/*
 * Makes the cleaning that settings ask for, checking them on the way; all of it
 * in the arena. out_cleaning may be NULL.
 * Returns: 0, -1 with err (ERR_USAGE).
 */
int collector_check(const struct collector_settings *settings,
                    struct arena *arena, struct event_cleaning *out_cleaning,
                    struct err *err);

/*
 * Collects until SIGINT or SIGTERM.
 * Returns: 0, -1 with err.
 * Errors: as collector_check, datagram_open, activation_take_datagram,
 * collect_start and collect_stop.
 */
int collector_run(const struct collector_options *options, struct err *err);

/*
 * Asks a running collector for its counters, in the text form of Prometheus.
 * Returns: 0, -1 with err (ERR_SYSTEM where none runs).
 */
int collector_ask(const char *tally_url, struct buffer *out, struct err *err);
