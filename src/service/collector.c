/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/collector.h"

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/address.h"
#include "base/log.h"
#include "collect/collect.h"
#include "collect/limits.h"
#include "net/datagram.h"
#include "os/activation.h"
#include "os/notify.h"
#include "service/collector_status.h"

enum {
    /* What systems give who runs systemd; below it bursts are lost. */
    QUEUE_LENGTH = 512,
    METRICS_MS = 15000,
    KEEP_DAYS = 30,
    ARENA_BYTES = 1 << 20
};

void collector_settings_init(struct collector_settings *settings)
{
    *settings = (struct collector_settings){
        .rows = COLLECT_ROWS,
        .keep_s = (int64_t)KEEP_DAYS * UTC_DAY_SECONDS,
    };
}

/* ---- Settings ------------------------------------------------------------ */

/* Reads octal digits. Returns: 0, -1 with err. */
static int read_mode(const char *text, unsigned *out_mode, struct err *err)
{
    unsigned mode = 0;

    if (!text) {
        *out_mode = 0;
        return 0;
    }
    for (const char *c = text; *c; c++) {
        if (*c < '0' || *c > '7' || c - text > 3)
            return err_set(err, ERR_USAGE,
                           "the mode of the socket is \"%.20s\", but must be "
                           "octal digits like 0660",
                           text);
        mode = mode * 8 + (unsigned)(*c - '0');
    }
    if (mode > 0777 || mode == 0)
        return err_set(err, ERR_USAGE,
                       "the mode of the socket must be 0001 to 0777");
    *out_mode = mode;
    return 0;
}

/* "10.0.0.5=192.0.2.25", or "any=192.0.2.25" for all that are not public. */
static int read_address(const char *text, struct arena *arena,
                        struct event_address *out_address, struct err *err)
{
    struct slice rest = slice_of(text);
    struct slice local = slice_cut(&rest, '=');
    const char *words[2];

    for (int i = 0; i < 2; i++) {
        struct slice word = i ? rest : local;
        int form;

        words[i] = NULL;
        if (i == 0 && slice_equal(word, SLICE("any")))
            continue;
        form = address_normalise(arena, word, &words[i]);
        if (form < 0)
            return arena_error(arena, err);
        if (form != ADDRESS_PLAIN && form != ADDRESS_DECORATED)
            return err_set(err, ERR_USAGE,
                           "\"%.100s\" must be LOCAL=PUBLIC or any=PUBLIC, "
                           "two addresses",
                           text);
    }
    *out_address = (struct event_address){ words[0], words[1] };
    return 0;
}

int collector_check(const struct collector_settings *settings,
                    struct arena *arena, struct event_cleaning *out_cleaning,
                    struct err *err)
{
    size_t n = settings->addresses.n_items;
    struct event_address *addresses =
        arena_calloc(arena, n + 1, sizeof(*addresses));
    unsigned mode;

    if (!addresses)
        return err_memory(err);
    if (read_mode(settings->mode, &mode, err))
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (read_address(settings->addresses.items[i], arena, &addresses[i],
                         err))
            return -1;
    }
    if (out_cleaning)
        *out_cleaning = (struct event_cleaning){
            .addresses = addresses,
            .n_addresses = n,
            .is_reason_ignored = settings->is_reason_ignored,
        };
    return 0;
}

/* ---- Log ----------------------------------------------------------------- */

static void log_note(void *context, enum writer_note note, const char *text,
                     const char *place)
{
    (void)context;
    switch (note) {
    case WRITER_FAILING:
        log_line(LOG_LEVEL_ERROR, "tally-failing", "error", text, NULL);
        break;
    case WRITER_WORKS: log_line(LOG_LEVEL_NOTICE, "tally-works", NULL); break;
    case WRITER_DAMAGED:
        log_line(LOG_LEVEL_ERROR, "tally-damaged", "batches_left_out", text,
                 NULL);
        break;
    case WRITER_GONE:
        log_line(LOG_LEVEL_ERROR, "tally-gone", "datagrams_in_it", text, NULL);
        break;
    case WRITER_CLOSED:
        log_line(LOG_LEVEL_NOTICE, "day-closed", "day", text, NULL);
        break;
    case WRITER_DOUBTS:
        log_line(LOG_LEVEL_WARNING, "clock-doubted", "not_closed", text, NULL);
        break;
    case WRITER_MALFORMED:
        log_line(LOG_LEVEL_WARNING, "datagram-malformed", "reason", text,
                 place ? "kept_in" : NULL, place, NULL);
        break;
    case WRITER_ODD:
        log_line(LOG_LEVEL_WARNING, "datagram-odd", "reason", text,
                 place ? "kept_in" : NULL, place, NULL);
        break;
    case WRITER_NO_SAMPLE:
        log_line(LOG_LEVEL_WARNING, "sample-not-kept", "error", text, NULL);
        break;
    case WRITER_GIVEN_UP:
        log_line(LOG_LEVEL_ERROR, "sessions-lost", "error", text, NULL);
        break;
    case WRITER_NOTES: break;
    }
}

/* The kernel took it when the socket was made: that of the service manager before
 * us, and maybe where another value holds. */
static long warn_queue(int fd)
{
    long length = datagram_queue_length(fd);
    char text[24];

    snprintf(text, sizeof(text), "%ld", length);
    if (length >= 0 && length < QUEUE_LENGTH)
        log_line(
            LOG_LEVEL_WARNING, "queue-short", "net.unix.max_dgram_qlen", text,
            "advice",
            "set it to 512 or more, then make the socket anew (restart us, "
            "or the socket unit): bursts of mail lose sessions now",
            NULL);
    if (length < 0)
        log_line(LOG_LEVEL_NOTICE, "queue-unknown", "why",
                 "the socket is of another network namespace, or the kernel "
                 "does not tell",
                 NULL);
    return length;
}

static void notify(const struct collector_options *options, const char *state)
{
    struct err err;

    if (notify_send(options->notify_socket, state, &err) < 0)
        log_line(LOG_LEVEL_WARNING, "notify-failed", "error", err.text, NULL);
}

/* ---- Life ---------------------------------------------------------------- */

struct running {
    const struct collector_options *options;
    struct arena arena;
    struct event_cleaning cleaning;
    struct collector_status status;
    struct collect *collect;
    int fd;          /* the datagrams' */
    bool is_own;     /* made by us, and removed by us */
    int signals;     /* descriptor that signals are read from */
    bool is_refused; /* the metrics file could not be written, as was said */
};

static int open_socket(struct running *running, struct err *err)
{
    const struct collector_settings *settings = running->options->settings;
    struct datagram_options datagram = { .path = settings->socket,
                                         .user = settings->user,
                                         .group = settings->group };

    running->fd = activation_take_datagram(running->options->listen_pid,
                                           running->options->listen_count, err);
    if (running->fd >= 0)
        return 0;
    if (running->fd < -1)
        return -1;
    if (!settings->socket)
        return err_set(err, ERR_USAGE,
                       "the path of the socket is missing (--socket, or socket "
                       "in section collect)");
    if (read_mode(settings->mode, &datagram.mode, err))
        return -1;
    running->fd = datagram_open(&datagram, err);
    running->is_own = running->fd >= 0;
    return running->is_own ? 0 : -1;
}

static int open_signals(struct running *running, struct err *err)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    /* A file that may not grow is a full disk, and no reason to die. */
    signal(SIGXFSZ, SIG_IGN);
    running->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return running->signals < 0 ? err_system(err, "waiting for signals") : 0;
}

static int start(struct running *running, struct err *err)
{
    const struct collector_options *options = running->options;
    const struct collector_settings *settings = options->settings;
    struct collect_options collect = {
        .url = options->tally_url,
        .clock = options->clock,
        .cleaning = &running->cleaning,
        .max_rows = settings->rows,
        .samples = settings->samples,
        .note = log_note,
    };
    struct err status_err;

    if (settings->keep_s != INT64_MAX)
        collect.keep_days =
            (settings->keep_s + UTC_DAY_SECONDS - 1) / UTC_DAY_SECONDS;
    if (collector_check(settings, &running->arena, &running->cleaning, err) ||
        open_signals(running, err))
        return -1;
    if (open_socket(running, err))
        return -1;
    collect.queue_length = warn_queue(running->fd);
    collect.fd = running->fd;
    if (collect_start(&collect, &running->collect, err))
        return -1;
    if (collector_status_open(&running->status, options->tally_url,
                              settings->metrics, &status_err))
        log_line(LOG_LEVEL_WARNING, "status-unavailable", "error",
                 status_err.text, NULL);
    return 0;
}

/* Senders are turned away before the last datagrams are taken, unless the socket
 * outlives us. */
static int stop(struct running *running, struct err *err)
{
    int status;

    if (running->is_own)
        unlink(running->options->settings->socket);
    status = collect_stop(running->collect, err);
    collector_status_close(&running->status);
    if (running->fd >= 0)
        close(running->fd);
    if (running->signals >= 0)
        close(running->signals);
    arena_deinit(&running->arena);
    return status;
}

static void write_metrics(struct running *running)
{
    struct err err;

    if (collector_status_write(&running->status,
                               collect_counters(running->collect), &err) == 0)
        running->is_refused = false;
    else if (!running->is_refused) {
        log_line(LOG_LEVEL_WARNING, "metrics-failed", "error", err.text, NULL);
        running->is_refused = true;
    }
}

/* Returns: the name of the signal that ends us, NULL for none. */
static const char *take_signal(const struct running *running)
{
    struct signalfd_siginfo info;

    if (read(running->signals, &info, sizeof(info)) != sizeof(info))
        return NULL;
    if (info.ssi_signo == SIGHUP)
        log_line(LOG_LEVEL_WARNING, "reload-needs-restart", "what", "collect",
                 NULL);
    return info.ssi_signo == SIGINT    ? "INT"
           : info.ssi_signo == SIGTERM ? "TERM"
                                       : NULL;
}

static const char *wait_for_end(struct running *running)
{
    struct pollfd waits[2] = {
        { .fd = running->signals, .events = POLLIN },
        { .fd = running->status.fd, .events = POLLIN },
    };
    int64_t written_ms = clock_monotonic_ms();
    const char *name = NULL;

    write_metrics(running);
    while (!name) {
        int ms = running->status.file ? METRICS_MS : -1;

        if (poll(waits, 2, ms) > 0) {
            name = take_signal(running);
            if (waits[1].revents)
                collector_status_answer(&running->status,
                                        collect_counters(running->collect));
        }
        if (clock_monotonic_ms() - written_ms >= METRICS_MS) {
            write_metrics(running);
            written_ms = clock_monotonic_ms();
        }
    }
    return name;
}

int collector_run(const struct collector_options *options, struct err *err)
{
    struct running running = {
        .options = options, .status = { .fd = -1 }, .fd = -1, .signals = -1
    };
    const char *path = options->settings->socket;
    const char *name;
    int status;

    arena_init(&running.arena, ARENA_BYTES);
    if (start(&running, err)) {
        (void)stop(&running, NULL);
        return -1;
    }
    if (!running.is_own)
        path = "the socket of the service manager";
    log_line(LOG_LEVEL_NOTICE, "collect-ready", "socket", path, "tally",
             options->tally_url, NULL);
    if (options->on_ready)
        options->on_ready(options->context, path);
    notify(options, "READY=1");
    name = wait_for_end(&running);
    notify(options, "STOPPING=1");
    status = stop(&running, err);
    log_line(LOG_LEVEL_NOTICE, "collect-stopped", "signal", name, NULL);
    return status;
}
