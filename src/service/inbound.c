/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/inbound.h"

#include <pthread.h>
#include <stdlib.h>

#include "net/loop.h"
#include "service/lmtp_server.h"
#include "service/mailboxes.h"

struct inbound {
    struct loop *loop;
    struct receiver *receiver;
    struct lmtp_server *lmtp;    /* NULL where none is asked for */
    struct folder *folder;       /* likewise */
    struct mailboxes *mailboxes; /* likewise */
    struct https_server *https;  /* likewise */
    struct loop_post end;
    pthread_t thread;
};

static void *run(void *context)
{
    struct inbound *inbound = context;

    (void)loop_run(inbound->loop, NULL);
    return NULL;
}

static void stop_loop(void *context)
{
    struct inbound *inbound = context;

    loop_stop(inbound->loop);
}

static void end(void *context)
{
    struct inbound *inbound = context;

    if (inbound->lmtp)
        lmtp_server_end(inbound->lmtp, stop_loop, inbound);
    else
        stop_loop(inbound);
}

/* HTTPS waits for the receiver, which ends before the loop is freed, whose last
 * posts it makes. */
static void free_inbound(struct inbound *inbound)
{
    mailboxes_stop(inbound->mailboxes);
    folder_stop(inbound->folder);
    https_server_close(inbound->https);
    receiver_stop(inbound->receiver);
    lmtp_server_free(inbound->lmtp);
    loop_free(inbound->loop);
    free(inbound);
}

static int start_folders(struct inbound *inbound,
                         const struct inbound_options *options, struct err *err)
{
    const struct folder_setup setup = {
        .folders = options->folders,
        .n_folders = options->n_folders,
        .receiver = inbound->receiver,
        .store_url = options->receiver.store_url,
        .clock = options->receiver.clock,
    };

    return folder_start(&setup, &inbound->folder, err);
}

static int open_https(struct inbound *inbound,
                      const struct inbound_options *options, struct err *err)
{
    struct https_server_options https = *options->https;

    if (!https.name)
        https.name = options->host;
    return https_server_open(inbound->receiver, &https, &inbound->https, err);
}

static int open_inbound(struct inbound *inbound,
                        const struct inbound_options *options, struct err *err)
{
    const struct lmtp_server_options lmtp = { .listen = options->listen_lmtp,
                                              .host = options->host,
                                              .rule = options->rule };

    if (loop_new(&inbound->loop, err) ||
        receiver_start(&options->receiver, &inbound->receiver, err))
        return -1;
    if (options->listen_lmtp &&
        lmtp_server_open(inbound->loop, inbound->receiver, &lmtp,
                         &inbound->lmtp, err))
        return -1;
    if (options->n_folders && start_folders(inbound, options, err))
        return -1;
    if (options->n_mailboxes &&
        mailboxes_start(options->mailboxes, options->n_mailboxes,
                        &options->receiver, inbound->receiver,
                        &inbound->mailboxes, err))
        return -1;
    if (options->https && open_https(inbound, options, err))
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
    if (open_inbound(inbound, options, err)) {
        free_inbound(inbound);
        return -1;
    }
    *out_inbound = inbound;
    return 0;
}

const char *inbound_lmtp_address(const struct inbound *inbound)
{
    return inbound->lmtp ? lmtp_server_address(inbound->lmtp) : NULL;
}

const char *inbound_https_url(const struct inbound *inbound)
{
    return inbound->https ? https_server_url(inbound->https) : NULL;
}

int inbound_reload(struct inbound *inbound, struct err *err)
{
    return inbound->https ? https_server_reload(inbound->https, err) : 0;
}

void inbound_stop(struct inbound *inbound)
{
    if (!inbound)
        return;
    https_server_close(inbound->https);
    inbound->https = NULL;
    inbound->end = (struct loop_post){ .function = end, .context = inbound };
    loop_post(inbound->loop, &inbound->end);
    pthread_join(inbound->thread, NULL);
    free_inbound(inbound);
}
