/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/reporter.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "os/lock_file.h"
#include "os/notify.h"
#include "service/desk.h"
#include "service/gatherer.h"
#include "service/limits.h"
#include "service/rounds.h"

struct reporter {
    const struct reporter_options *options;
    const struct outgoing_settings *settings; /* it goes by now */
    struct resolver_options resolver;
    struct outbox *outbox;
    struct desk *desk;         /* that delivers by these settings */
    struct map proven;         /* as that of proving.h */
    struct gatherer *gatherer; /* of sources; not run once */
    int signal_fd;
    int wake_fd;
    int lock_fd;
    struct rounds rounds;
    bool is_held;         /* something is due that waits for the next minute */
    bool is_stopped;      /* by a signal */
    int64_t reload_by_ms; /* settings are to be read again; 0: not */
    size_t n_seen;        /* errands that are done and reported */
    struct reporter_sums sums;
    char failure[ERR_TEXT_BYTES]; /* the log has told of it; "" none */
};

/* ---- What is told -------------------------------------------------------- */

/* A line a change. err: NULL when it works. */
static void tell_state(struct reporter *r, const struct err *err)
{
    const char *failure = err ? err->text : "";

    if (strcmp(failure, r->failure) == 0)
        return;
    snprintf(r->failure, sizeof(r->failure), "%s", failure);
    if (err)
        log_line(LOG_LEVEL_ERROR, "report-failing", "error", failure, NULL);
    else
        log_line(LOG_LEVEL_NOTICE, "report-works", NULL);
}

static void notify(const struct reporter *r, const char *state)
{
    struct err err;

    if (notify_send(r->options->notify_socket, state, &err) < 0)
        log_line(LOG_LEVEL_WARNING, "notify-failed", "error", err.text, NULL);
}

/* ---- Work --------------------------------------------------------------- */

static void ask_for_reload(struct reporter *r)
{
    if (r->reload_by_ms == 0)
        r->reload_by_ms = clock_monotonic_ms() + SERVICE_RELOAD_MS;
}

/* Takes what signals have come. Returns: whether to end. */
static bool is_ending(struct reporter *r)
{
    struct signalfd_siginfo info;

    while (read(r->signal_fd, &info, sizeof(info)) == sizeof(info)) {
        if (info.ssi_signo != SIGHUP)
            r->is_stopped = true;
        else
            ask_for_reload(r);
    }
    return r->is_stopped;
}

/* A night ends for a signal, and is gone on with after the next start, or by new
 * settings. */
static bool has_signal(void *context)
{
    struct reporter *r = context;

    return is_ending(r) || r->reload_by_ms;
}

/* ---- Beginning and end --------------------------------------------------- */

/* Blocked before any thread starts, so that only the loop sees them. */
static int block_signals(struct reporter *r, struct err *err)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    r->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    r->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (r->signal_fd < 0 || r->wake_fd < 0)
        return err_system(err, "making a descriptor");
    return 0;
}

/*
 * One reporter delivers from an outbox: two would each send what is due. Composing
 * and looking after it needs no lock.
 */
static int take_lock(struct reporter *r, struct err *err)
{
    char path[PATH_MAX];
    pid_t holder = 0;
    int status;

    snprintf(path, sizeof(path), "%s.lock", outbox_path(r->outbox));
    status = lock_file_take(path, &r->lock_fd, &holder, err);
    if (status <= 0)
        return status;
    return err_set(err, ERR_STORE,
                   "process %ld delivers from this outbox already; it holds"
                   " %.200s",
                   (long)holder, path);
}

/* Once: waits for what sources say, before anything is composed. */
static int start_gathering(struct reporter *r, struct err *err)
{
    const struct gatherer_options options = { .settings = r->settings,
                                              .clock = r->options->clock };

    if (r->options->is_once)
        return gatherer_look(options.settings, options.clock, r->signal_fd,
                             err);
    if (gatherer_start(&options, &r->gatherer, err))
        return -1;
    r->rounds.gatherer = r->gatherer;
    return 0;
}

static int open_desk(struct reporter *r, struct err *err)
{
    const struct desk_options options = {
        .settings = r->settings,
        .outbox_url = r->options->settings->outbox_url,
        .outbox = r->outbox,
        .clock = r->options->clock,
        .resolver = &r->resolver,
        .proven = &r->proven,
        .wake_fd = r->wake_fd,
    };

    return start_gathering(r, err) ? -1 : desk_open(&options, &r->desk, err);
}

static int start_rounds(struct reporter *r, struct err *err)
{
    r->rounds = (struct rounds){ .settings = r->settings,
                                 .outbox = r->outbox,
                                 .clock = r->options->clock,
                                 .is_once = r->options->is_once,
                                 .should_stop = has_signal,
                                 .context = r };
    return rounds_init(&r->rounds, err);
}

static int start(struct reporter *r, struct err *err)
{
    if (block_signals(r, err) ||
        outbox_open(r->settings->outbox_url, STORE_WRITE, r->options->clock,
                    &r->outbox, err) < 0 ||
        take_lock(r, err) || start_rounds(r, err))
        return -1;
    return open_desk(r, err);
}

/* Adds up what the crew did, which may go on until it is ended. */
static void add_up(struct reporter *r)
{
    struct err last;
    struct crew_sums sums;

    if (!r->desk)
        return;
    sums = desk_sums(r->desk, &last);
    r->sums.n_delivered += sums.fates[ATTEMPT_DELIVERED];
    r->sums.n_delayed += sums.fates[ATTEMPT_AGAIN];
    r->sums.n_refused += sums.fates[ATTEMPT_REFUSED];
    r->sums.n_given_up += sums.fates[ATTEMPT_GIVEN_UP];
    r->sums.n_failed += sums.n_failed;
    if (sums.n_failed)
        log_line(LOG_LEVEL_ERROR, "errands-failed", "error", last.text, NULL);
}

static void close_desk(struct reporter *r)
{
    add_up(r);
    gatherer_stop(r->gatherer);
    desk_close(r->desk);
    r->rounds.gatherer = r->gatherer = NULL;
    r->desk = NULL;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

static void stop(struct reporter *r)
{
    close_desk(r);
    map_deinit(&r->proven);
    outbox_close(r->outbox);
    close_if_open(r->signal_fd);
    close_if_open(r->wake_fd);
    close_if_open(r->lock_fd);
}

/* ---- New settings -------------------------------------------------------- */

/* Opens a desk by new settings, where there are any. Returns: 0, -1 with err: they
 * are given back. */
static int take_new(struct reporter *r, struct err *err)
{
    const struct reporter_options *options = r->options;
    const struct outgoing_settings *old = r->settings;
    const struct resolver_options resolver = r->resolver;
    int rc = options->reload ? options->reload(options->context, &r->settings,
                                               &r->resolver, err)
                             : 1;

    if (rc < 0)
        return -1;
    if (open_desk(r, err) == 0)
        return 0;
    close_desk(r);
    if (rc == 0)
        options->reject(options->context);
    r->settings = old;
    r->resolver = resolver;
    return -1;
}

/*
 * Goes by new settings and keys once nothing is under way, or after a while: what
 * is broken off then is tried again. Where they are no good the old ones stay.
 * Returns: 0; 1 while it waits; -1 with err: it cannot work any more.
 */
static int reload(struct reporter *r, struct err *err)
{
    struct err why;

    if (desk_count(r->desk) > 0 && clock_monotonic_ms() < r->reload_by_ms)
        return 1;
    r->reload_by_ms = 0;
    close_desk(r);
    if (take_new(r, &why)) {
        log_line(LOG_LEVEL_ERROR, "reload-refused", "error", why.text, NULL);
        rounds_refuse(&r->rounds);
        return open_desk(r, err);
    }
    if (strcmp(r->settings->outbox_url, r->options->settings->outbox_url) != 0)
        log_line(LOG_LEVEL_WARNING, "reload-needs-restart", "what", "outbox",
                 NULL);
    rounds_renew(&r->rounds, r->settings);
    log_line(LOG_LEVEL_NOTICE, "reloaded", NULL);
    return 0;
}

/* ---- The loop ------------------------------------------------------------ */

/* Waits for an errand to end, a signal, or a second: time may have been set. */
static void wait_a_little(const struct reporter *r)
{
    struct pollfd polls[] = { { .fd = r->signal_fd, .events = POLLIN },
                              { .fd = r->wake_fd, .events = POLLIN } };
    uint64_t count;

    poll(polls, 2,
         r->rounds.is_pruning ? SERVICE_REPORTER_PRUNE_MS
                              : SERVICE_REPORTER_LOOK_MS);
    if (polls[1].revents && read(r->wake_fd, &count, sizeof(count)) < 0)
        return;
}

/*
 * What stands in the outbox goes out also where no more can be composed.
 * Returns: as hand_out; -1 also where composing failed.
 */
static int work(struct reporter *r, struct err *err)
{
    struct err other;
    int composed = rounds_compose(&r->rounds, err);
    int pruned = rounds_prune(&r->rounds, composed ? &other : err);
    int rc =
        desk_hand_out(r->desk, &r->is_held, composed || pruned ? &other : err);

    return composed || pruned ? -1 : rc;
}

/* Nothing is under way, and a look at the outbox found nothing that may begin, now or
 * in the next minute. */
static bool is_done(struct reporter *r, int rc)
{
    return r->options->is_once && rc <= 0 && !r->rounds.is_pruning &&
           !r->is_held && desk_count(r->desk) == 0;
}

static int loop(struct reporter *r, struct err *err)
{
    while (!is_ending(r)) {
        if (r->reload_by_ms) {
            int waits = reload(r, err);

            if (waits < 0)
                return -1;
            if (waits)
                wait_a_little(r);
            continue;
        }
        /* What ends between the two would be missed the other way round. */
        bool is_idle = desk_count(r->desk) == 0;
        int rc = work(r, err);

        tell_state(r, rc < 0 ? err : NULL);
        if (r->rounds.is_outdated)
            ask_for_reload(r);
        if (is_idle && is_done(r, rc))
            return rc < 0 ? -1 : 0;
        wait_a_little(r);
    }
    return 0;
}

int reporter_run(const struct reporter_options *options,
                 struct reporter_sums *out_sums, struct err *err)
{
    struct reporter r = { .options = options,
                          .settings = options->settings,
                          .resolver = options->resolver,
                          .signal_fd = -1,
                          .wake_fd = -1,
                          .lock_fd = -1 };
    int rc;

    map_init(&r.proven);
    rc = start(&r, err);
    if (rc == 0) {
        log_line(LOG_LEVEL_NOTICE, "report-ready", "outbox",
                 options->settings->outbox_url, NULL);
        notify(&r, "READY=1");
        rc = loop(&r, err);
        notify(&r, "STOPPING=1");
    }
    stop(&r);
    r.sums.n_reports = r.rounds.n_reports;
    *out_sums = r.sums;
    return rc;
}
