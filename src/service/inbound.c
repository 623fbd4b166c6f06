/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/inbound.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "net/loop.h"
#include "service/https_doors.h"
#include "service/known.h"
#include "service/lmtp_server.h"
#include "service/lookup.h"
#include "service/polled.h"
#include "service/recipient.h"

struct inbound {
    struct loop *loop;
    struct lookup *lookup;
    struct known known;
    pthread_mutex_t lock;
    struct settings *settings; /* under lock, held: whose reports are ours */
    struct receiver *receiver;
    struct lmtp_server **lmtp;
    size_t n_lmtp;
    struct https_doors *https;
    struct receiver_options receiving;
    struct polled *polled;
    size_t n_ending; /* the loop's thread; servers that have not ended */
    struct loop_post end;
    pthread_t thread;
};

static void *run(void *context)
{
    struct inbound *inbound = context;

    (void)loop_run(inbound->loop, NULL);
    return NULL;
}

static void note_ended(void *context)
{
    struct inbound *inbound = context;

    if (--inbound->n_ending == 0)
        loop_stop(inbound->loop);
}

static void end(void *context)
{
    struct inbound *inbound = context;

    /* One more, so that the loop stops where there is no server at all. */
    inbound->n_ending = inbound->n_lmtp + 1;
    for (size_t i = 0; i < inbound->n_lmtp; i++)
        lmtp_server_end(inbound->lmtp[i], note_ended, inbound);
    note_ended(inbound);
}

static void close_https(struct inbound *inbound)
{
    https_doors_close(inbound->https);
    inbound->https = NULL;
}

/* HTTPS waits for the receiver, which ends before the loop is freed, whose last
 * posts it makes; some are questions, which nobody asks any more. */
static void free_inbound(struct inbound *inbound)
{
    polled_stop(inbound->polled);
    close_https(inbound);
    receiver_stop(inbound->receiver);
    for (size_t i = 0; i < inbound->n_lmtp; i++)
        lmtp_server_free(inbound->lmtp[i]);
    free(inbound->lmtp);
    lookup_close(inbound->lookup);
    loop_free(inbound->loop);
    lookup_free(inbound->lookup);
    settings_drop(inbound->settings);
    pthread_mutex_destroy(&inbound->lock);
    free(inbound);
}

/* An answer has come: in the loop's thread, which starts after the receiver. */
static void answered(void *context, bool is_recovered)
{
    struct inbound *inbound = context;

    receiver_wake(inbound->receiver, is_recovered);
}

static int open_lookup(struct inbound *inbound,
                       const struct settings_resolver *settings,
                       struct err *err)
{
    const struct lookup_options options = {
        .resolver = { .forwards = settings->forward.items,
                      .n_forwards = settings->forward.n_items,
                      .anchor_file = settings->anchor },
        .answered = answered,
        .context = inbound,
    };

    if (lookup_open(inbound->loop, &options, &inbound->lookup, err))
        return -1;
    if (!lookup_validates(inbound->lookup))
        log_line(LOG_LEVEL_WARNING, "dns-not-validated", "missing",
                 RESOLVER_ROOT_ANCHOR, NULL);
    return 0;
}

static struct answers_answer find(void *context, const char *name,
                                  struct arena *arena)
{
    struct inbound *inbound = context;

    return lookup_find(inbound->lookup, name, arena);
}

static bool has_domain(void *context, const char *domain)
{
    struct inbound *inbound = context;
    bool is_ours;

    pthread_mutex_lock(&inbound->lock);
    is_ours = settings_has_domain(inbound->settings, domain);
    pthread_mutex_unlock(&inbound->lock);
    return is_ours;
}

static bool has_domains(void *context)
{
    struct inbound *inbound = context;
    bool has_any;

    pthread_mutex_lock(&inbound->lock);
    has_any = settings_has_domains(inbound->settings);
    pthread_mutex_unlock(&inbound->lock);
    return has_any;
}

static bool is_foreign(void *context, const char *tenant, const char *domain)
{
    struct inbound *inbound = context;
    bool is_foreign;

    pthread_mutex_lock(&inbound->lock);
    is_foreign = settings_is_foreign(inbound->settings, tenant, domain);
    pthread_mutex_unlock(&inbound->lock);
    return is_foreign;
}

/* What stands in settings lives as long as they do: the name is copied. */
static bool find_tenant(void *context, struct slice octets,
                        enum recipient_from from,
                        char out[static RECEIVER_TENANT_BYTES])
{
    struct known *known = context;
    struct inbound *inbound = known->context;
    const struct settings_tenant *tenant;

    pthread_mutex_lock(&inbound->lock);
    tenant = recipient_tenant(inbound->settings, octets, from);
    if (tenant)
        snprintf(out, RECEIVER_TENANT_BYTES, "%s", tenant->name);
    pthread_mutex_unlock(&inbound->lock);
    return tenant != NULL;
}

static int start_receiver(struct inbound *inbound,
                          const struct receiver_options *options,
                          struct err *err)
{
    inbound->receiving = *options;
    inbound->known = (struct known){ .find = find,
                                     .has_domain = has_domain,
                                     .has_domains = has_domains,
                                     .is_foreign = is_foreign,
                                     .context = inbound };
    inbound->receiving.judges = known_judges(&inbound->known);
    inbound->receiving.find_tenant = find_tenant;
    return receiver_start(&inbound->receiving, &inbound->receiver, err);
}

static int open_lmtp(struct inbound *inbound,
                     const struct inbound_options *options, struct err *err)
{
    const struct settings *settings = options->settings;

    inbound->lmtp = calloc(settings->n_lmtp + 1, sizeof(*inbound->lmtp));
    if (!inbound->lmtp)
        return err_memory(err);
    for (size_t i = 0; i < settings->n_lmtp; i++) {
        const struct lmtp_server_options lmtp = {
            .host = options->host,
            .settings = options->settings,
            .name = settings->lmtp[i].name,
        };

        if (lmtp_server_open(inbound->loop, inbound->receiver, &lmtp,
                             &inbound->lmtp[i], err))
            return -1;
        inbound->n_lmtp++;
    }
    return 0;
}

static int open_inbound(struct inbound *inbound,
                        const struct inbound_options *options, struct err *err)
{
    if (loop_new(&inbound->loop, err) ||
        open_lookup(inbound, &options->settings->resolver, err) ||
        start_receiver(inbound, &options->receiver, err) ||
        open_lmtp(inbound, options, err) ||
        polled_start(options->settings, &inbound->receiving, inbound->receiver,
                     &inbound->polled, err) ||
        https_doors_open(inbound->receiver, options->settings, options->host,
                         &inbound->https, err))
        return -1;
    if (pthread_create(&inbound->thread, NULL, run, inbound))
        return err_set(err, ERR_SYSTEM, "no thread can be started");
    return 0;
}

int inbound_start(const struct inbound_options *options,
                  struct inbound **out_inbound, struct err *err)
{
    struct inbound *inbound = calloc(1, sizeof(*inbound));

    if (!inbound)
        return err_memory(err);
    pthread_mutex_init(&inbound->lock, NULL);
    inbound->settings = settings_hold(options->settings);
    if (open_inbound(inbound, options, err)) {
        free_inbound(inbound);
        return -1;
    }
    *out_inbound = inbound;
    return 0;
}

const char *inbound_lmtp_address(const struct inbound *inbound, size_t index)
{
    return lmtp_server_address(inbound->lmtp[index]);
}

const char *inbound_https_url(const struct inbound *inbound, size_t index)
{
    return https_doors_url(inbound->https, index);
}

/* New settings on their way to the loop's thread. */
struct swap {
    struct loop_post post;
    struct inbound *inbound;
    struct settings *settings; /* held */
};

static void swap_lmtp(void *context)
{
    struct swap *swap = context;

    for (size_t i = 0; i < swap->inbound->n_lmtp; i++) {
        struct lmtp_server *server = swap->inbound->lmtp[i];

        lmtp_server_use(server, swap->settings, lmtp_server_name(server));
    }
    settings_drop(swap->settings);
    free(swap);
}

static int use_lmtp(struct inbound *inbound, struct settings *settings)
{
    struct swap *swap = calloc(1, sizeof(*swap));

    if (!swap)
        return -1;
    *swap = (struct swap){ .post = { .function = swap_lmtp, .context = swap },
                           .inbound = inbound,
                           .settings = settings_hold(settings) };
    loop_post(inbound->loop, &swap->post);
    return 0;
}

int inbound_reload(struct inbound *inbound, struct settings *settings,
                   struct err *err)
{
    struct settings *old;
    int rc;

    pthread_mutex_lock(&inbound->lock);
    old = inbound->settings;
    inbound->settings = settings_hold(settings);
    pthread_mutex_unlock(&inbound->lock);
    settings_drop(old);
    receiver_claim(inbound->receiver);
    if (use_lmtp(inbound, settings))
        return err_memory(err);
    rc = https_doors_use(inbound->https, settings, err);
    if (polled_use(inbound->polled, settings, err))
        rc = -1;
    return rc;
}

void inbound_set_care(struct inbound *inbound, const struct settings *settings)
{
    const struct care_options options = care_options_of(settings);

    receiver_set_care(inbound->receiver, &options);
}

void inbound_stop(struct inbound *inbound)
{
    if (!inbound)
        return;
    close_https(inbound);
    inbound->end = (struct loop_post){ .function = end, .context = inbound };
    loop_post(inbound->loop, &inbound->end);
    pthread_join(inbound->thread, NULL);
    free_inbound(inbound);
}
