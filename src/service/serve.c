/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/serve.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "os/notify.h"
#include "service/inbound.h"
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

/* Says what became of it either way: who sent the signal cannot see. */
static void reload(struct inbound *inbound)
{
    struct err err;
    if (inbound && inbound_reload(inbound, &err) < 0)
        log_line(LOG_LEVEL_ERROR, "reload-failed", "error", err.text, NULL);
    else
        log_line(LOG_LEVEL_NOTICE, "reloaded", NULL);
}

/* Waits for SIGINT or SIGTERM. Returns: its name. */
static const char *wait_for_end(const sigset_t *set, struct inbound *inbound)
{
    for (;;) {
        int number = sigwaitinfo(set, NULL);
        if (number == SIGINT)
            return "INT";
        if (number == SIGTERM)
            return "TERM";
        if (number == SIGHUP)
            reload(inbound);
    }
}

/* Makes the store and brings it up to date, so that it can be read. */
static int prepare_store(const struct serve_options *options, struct err *err)
{
    struct store *store;
    if (store_open(options->store_url, STORE_WRITE, options->clock, &store,
                   err) < 0)
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

static int start_inbound(const struct serve_options *options,
                         struct inbound **out_inbound, struct err *err)
{
    char host[256] = "localhost";
    const struct inbound_options inbound = {
        .receiver = { .store_url = options->store_url,
                      .clock = options->clock,
                      .state = log_state },
        .listen_lmtp = options->listen_lmtp,
        .host = host,
        .folders = options->folders,
        .n_folders = options->n_folders,
        .https = options->intake,
    };
    *out_inbound = NULL;
    if (!options->listen_lmtp && !options->n_folders && !options->intake)
        return 0;
    if (gethostname(host, sizeof host - 1) < 0 || host[0] == '\0')
        snprintf(host, sizeof host, "localhost");
    return inbound_start(&inbound, out_inbound, err);
}

/* Tells who waits that it serves. */
static void tell_ready(const struct serve_options *options,
                       const struct web *web, const struct inbound *inbound)
{
    const char *lmtp = inbound ? inbound_lmtp_address(inbound) : NULL;
    const char *https = inbound ? inbound_https_url(inbound) : NULL;
    log_line(LOG_LEVEL_NOTICE, "serve-ready", "url", web_url(web), "lmtp", lmtp,
             "https", https, NULL);
    if (options->on_ready)
        options->on_ready(options->context, web_url(web), lmtp, https);
    notify(options, "READY=1");
}

int serve_run(const struct serve_options *options, struct err *err)
{
    const struct web_options web_options = { .listen = options->listen,
                                             .store_url = options->store_url,
                                             .clock = options->clock,
                                             .on_error = log_question };
    struct inbound *inbound;
    struct web *web;
    sigset_t set;
    block_signals(&set);
    /* No store is made for a server that will not start. */
    if (web_check_listen(options->listen, err) < 0 ||
        prepare_store(options, err) < 0 ||
        web_start(&web_options, &web, err) < 0)
        return -1;
    if (start_inbound(options, &inbound, err) < 0) {
        web_stop(web);
        return -1;
    }
    tell_ready(options, web, inbound);
    const char *name = wait_for_end(&set, inbound);
    notify(options, "STOPPING=1");
    /* The last to close the store is who can write, and tidies it. */
    web_stop(web);
    inbound_stop(inbound);
    log_line(LOG_LEVEL_NOTICE, "serve-stopped", "signal", name, NULL);
    return 0;
}
