/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/serve.h"

#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "os/notify.h"
#include "service/inbound.h"
#include "service/reader.h"
#include "store/store.h"
#include "web/web.h"

/* Blocked before any thread starts, so that only serve_run sees them. */
static void block_signals(sigset_t *out_set)
{
    sigemptyset(out_set);
    sigaddset(out_set, SIGINT);
    sigaddset(out_set, SIGTERM);
    sigaddset(out_set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, out_set, NULL);
    /* A reader of stdout that went away is no reason to end. */
    signal(SIGPIPE, SIG_IGN);
}

/* Makes the store and brings it up to date, so that it can be read. */
static int prepare_store(const struct serve_options *options, struct err *err)
{
    struct store *store;
    if (store_open(options->settings->store_url, STORE_WRITE, options->clock,
                   &store, err) < 0)
        return -1;
    store_close(store);
    return 0;
}

static void log_question(void *context, const char *path, const struct err *err)
{
    (void)context;
    log_line(LOG_LEVEL_ERROR, "question-failed", "path", path, "error",
             err->text, NULL);
}

/* Nobody is harmed when the service manager does not hear it. */
static void notify(const struct serve_options *options, const char *state)
{
    struct err err;
    if (notify_send(options->notify_socket, state, &err) < 0)
        log_line(LOG_LEVEL_WARNING, "notify-failed", "error", err.text, NULL);
}

/* The store begins to fail, or works again. */
static void log_state(void *context, const char *text)
{
    (void)context;
    if (text)
        log_line(LOG_LEVEL_ERROR, "store-failing", "error", text, NULL);
    else
        log_line(LOG_LEVEL_NOTICE, "store-works", NULL);
}

/* ---- Doors --------------------------------------------------------------- */

/* What runs, and by which settings. */
struct serving {
    const struct serve_options *options;
    struct settings *settings;
    struct web *web;
    struct inbound *inbound; /* NULL where nothing comes in */
    struct reader *reader;   /* likewise */
    struct reader *aside;    /* likewise: a second one, for what takes long */
    atomic_bool is_reader_lost;
};

/* Without its keeper no input can be read any more: the service manager is to
   start us anew. */
static void log_reader(void *context, enum reader_note note, const char *text)
{
    struct serving *serving = context;

    if (note == READER_STARTED) {
        log_line(LOG_LEVEL_NOTICE, "reader-started", "confined", text, NULL);
    } else if (note == READER_FAILED) {
        log_line(LOG_LEVEL_ERROR, "reader-failed", "error", text, NULL);
    } else {
        log_line(LOG_LEVEL_ERROR, "reader-lost", "error", text, NULL);
        atomic_store(&serving->is_reader_lost, true);
        kill(getpid(), SIGTERM);
    }
}

/* Before there is any thread. */
static int start_reader(struct serving *serving, struct err *err)
{
    const struct reader_options reader = { .note = log_reader,
                                           .context = serving },
                                aside = { .is_aside = true,
                                          .note = log_reader,
                                          .context = serving };

    if (!settings_have_sources(serving->settings))
        return 0;
    return reader_open(&reader, &serving->reader, err) ||
                   reader_open(&aside, &serving->aside, err)
               ? -1
               : 0;
}

static int start_inbound(struct serving *serving, struct err *err)
{
    struct settings *settings = serving->settings;
    char host[256] = "localhost";
    const struct inbound_options inbound = {
        .receiver = { .store_url = settings->store_url,
                      .clock = serving->options->clock,
                      .reader = serving->reader,
                      .aside_reader = serving->aside,
                      .care = care_options_of(settings),
                      .state = log_state },
        .settings = settings,
        .host = host,
    };

    if (!settings_have_sources(serving->settings))
        return 0;
    if (gethostname(host, sizeof host - 1) < 0 || host[0] == '\0')
        snprintf(host, sizeof host, "localhost");
    return inbound_start(&inbound, &serving->inbound, err);
}

static int start(struct serving *serving, struct err *err)
{
    const struct serve_options *options = serving->options;
    const struct settings *settings = serving->settings;
    const struct web_options web = { .listen = settings->listen,
                                     .store_url = settings->store_url,
                                     .clock = options->clock,
                                     .tallies = settings->sending.tallies.items,
                                     .n_tallies =
                                         settings->sending.tallies.n_items,
                                     .outbox = settings->sending.outbox_url,
                                     .retry_s = settings->sending.retry_s,
                                     .on_error = log_question };

    /* No store is made for a server that will not start. */
    if (web_check_listen(settings->listen, err) < 0 ||
        start_reader(serving, err) < 0 || prepare_store(options, err) < 0 ||
        web_start(&web, &serving->web, err) < 0 ||
        start_inbound(serving, err) < 0)
        return -1;
    return 0;
}

/* The last to close the store is who can write, and tidies it. */
static void stop(struct serving *serving)
{
    web_stop(serving->web);
    inbound_stop(serving->inbound);
    reader_close(serving->reader);
    reader_close(serving->aside);
    settings_drop(serving->settings);
}

static void tell_door(const struct serving *serving, enum serve_door door,
                      const char *address, bool is_last)
{
    if (serving->options->on_ready)
        serving->options->on_ready(serving->options->context, door, address,
                                   is_last);
}

/* Tells who waits that it serves. */
static void tell_ready(const struct serving *serving)
{
    const char *url = web_url(serving->web);
    const struct settings *settings = serving->settings;
    size_t n_lmtp = settings->n_lmtp, n_https = settings->n_https;

    log_line(LOG_LEVEL_NOTICE, "serve-ready", "url", url, NULL);
    tell_door(serving, SERVE_DASHBOARD, url, n_lmtp + n_https == 0);
    for (size_t i = 0; i < n_lmtp; i++) {
        const char *address = inbound_lmtp_address(serving->inbound, i);

        log_line(LOG_LEVEL_NOTICE, "lmtp-ready", "name", settings->lmtp[i].name,
                 "listen", address, NULL);
        tell_door(serving, SERVE_LMTP, address, i + 1 == n_lmtp && !n_https);
    }
    for (size_t i = 0; i < n_https; i++) {
        const char *address = inbound_https_url(serving->inbound, i);

        log_line(LOG_LEVEL_NOTICE, "https-ready", "name",
                 settings->https[i].name, "url", address, NULL);
        tell_door(serving, SERVE_HTTPS, address, i + 1 == n_https);
    }
    notify(serving->options, "READY=1");
}

/* ---- Reloading ----------------------------------------------------------- */

static void log_restart(void *context, const char *what)
{
    (void)context;
    log_line(LOG_LEVEL_WARNING, "reload-needs-restart", "what", what, NULL);
}

/* Goes by new settings from now on. */
static void swap(struct serving *serving, struct settings *fresh)
{
    /* Doors and store are those of the first settings. */
    settings_each_restart(serving->options->settings, fresh, log_restart, NULL);
    if (!serving->inbound && settings_have_sources(fresh))
        log_restart(NULL, "sources, where there were none");
    log_set_level(fresh->log.level);
    log_set_format(fresh->log.format);
    if (serving->inbound)
        inbound_set_care(serving->inbound, fresh);
    settings_drop(serving->settings);
    serving->settings = fresh;
}

/* Certificates are read again whatever became of the settings. */
static void reload_inbound(struct serving *serving)
{
    struct err err;

    if (serving->inbound &&
        inbound_reload(serving->inbound, serving->settings, &err))
        log_line(LOG_LEVEL_ERROR, "reload-failed", "error", err.text, NULL);
}

/* Says what became of it either way: who sent the signal cannot see. */
static void reload(struct serving *serving)
{
    const struct serve_options *options = serving->options;
    struct settings *fresh;
    char state[64];
    struct err err;
    int rc = 1;

    snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
             clock_monotonic_us());
    notify(options, state);
    if (options->reload)
        rc = options->reload(options->context, &fresh, &err);
    if (rc == 0)
        swap(serving, fresh);
    reload_inbound(serving);
    if (rc < 0)
        log_line(LOG_LEVEL_ERROR, "reload-refused", "error", err.text, NULL);
    else
        log_line(LOG_LEVEL_NOTICE, "reloaded", NULL);
    notify(options, "READY=1");
}

/* ---- Life ---------------------------------------------------------------- */

/* Waits for SIGINT or SIGTERM. Returns: its name. */
static const char *wait_for_end(struct serving *serving, const sigset_t *set)
{
    for (;;) {
        switch (sigwaitinfo(set, NULL)) {
        case SIGHUP: reload(serving); break;
        case SIGINT: return "INT";
        case SIGTERM: return "TERM";
        }
    }
}

int serve_run(const struct serve_options *options, struct err *err)
{
    struct serving serving = { .options = options,
                               .settings = settings_hold(options->settings) };
    const char *name;
    sigset_t set;

    block_signals(&set);
    log_set_level(options->settings->log.level);
    log_set_format(options->settings->log.format);
    if (start(&serving, err) < 0) {
        stop(&serving);
        return -1;
    }
    tell_ready(&serving);
    name = wait_for_end(&serving, &set);
    notify(options, "STOPPING=1");
    stop(&serving);
    log_line(LOG_LEVEL_NOTICE, "serve-stopped", "signal", name, NULL);
    log_flush();
    if (serving.is_reader_lost)
        return err_set(err, ERR_SYSTEM, "the keeper of the reader is gone");
    return 0;
}
