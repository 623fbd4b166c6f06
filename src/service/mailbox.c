/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/mailbox.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "service/limits.h"
#include "service/mailbox_delay.h"
#include "service/mailbox_sweep.h"
#include "store/store.h"

struct mailbox {
    struct mailbox_options options;
    struct mailbox_sweep sweep;
    struct mailbox_delay delay;
    struct receiver *receiver;
    const char *store_url;
    const struct clock *clock;
    pthread_t thread;
    int stop_fd;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t n_given; /* under lock: that the receiver has */

    bool is_told;                /* the thread's: the log says how it is */
    char reason[ERR_TEXT_BYTES]; /* likewise: why it fails, "" works */
};

/* ---- Mails to the receiver ----------------------------------------------- */

/* Waits, or until the end. Returns: whether it is the end. */
static bool pause_ms(const struct mailbox *mailbox, int64_t ms)
{
    struct pollfd one = { .fd = mailbox->stop_fd, .events = POLLIN };

    return poll(&one, 1, (int)ms) > 0;
}

/* In the receiver's thread, after the commit. */
static void done(struct receiver_delivery *delivery, bool is_kept)
{
    struct mailbox_mail *mail = (struct mailbox_mail *)delivery;
    struct mailbox *mailbox = mail->waiter;

    pthread_mutex_lock(&mailbox->lock);
    mail->is_kept = is_kept;
    mailbox->n_given--;
    pthread_cond_signal(&mailbox->changed);
    pthread_mutex_unlock(&mailbox->lock);
}

static void count_given(struct mailbox *mailbox, bool is_more)
{
    pthread_mutex_lock(&mailbox->lock);
    if (is_more)
        mailbox->n_given++;
    else
        mailbox->n_given--;
    pthread_mutex_unlock(&mailbox->lock);
}

/* The mail stays where it is while others fill the receiver. */
static int put(void *context, struct mailbox_mail *mail, struct err *err)
{
    struct mailbox *mailbox = context;

    mail->waiter = mailbox;
    mail->delivery.done = done;
    mail->delivery.recipient_from = mailbox->options.recipient_from;
    count_given(mailbox, true);
    while (receiver_give(mailbox->receiver, &mail->delivery)) {
        if (pause_ms(mailbox, SERVICE_MAILBOX_FULL_MS)) {
            count_given(mailbox, false);
            mailbox->sweep.trouble = MAIL_TROUBLE_STOPPED;
            return err_set(err, ERR_SYSTEM, "stopped");
        }
    }
    return 0;
}

static int settle(void *context, struct err *err)
{
    struct mailbox *mailbox = context;

    (void)err;
    pthread_mutex_lock(&mailbox->lock);
    while (mailbox->n_given > 0)
        pthread_cond_wait(&mailbox->changed, &mailbox->lock);
    pthread_mutex_unlock(&mailbox->lock);
    return 0;
}

/* ---- What is told -------------------------------------------------------- */

static void tell_left(void *context, const char *label, const char *why)
{
    const struct mailbox *mailbox = context;

    log_line(LOG_LEVEL_WARNING, "mailbox-mail-left", "source",
             mailbox->options.name, "mail", label, "reason", why, NULL);
}

/* A line a change. failure: NULL when it works. */
static void tell_state(struct mailbox *mailbox, const char *failure)
{
    const char *reason = failure ? failure : "";

    if (mailbox->is_told && strcmp(reason, mailbox->reason) == 0)
        return;
    mailbox->is_told = true;
    memcpy(mailbox->reason, reason, strlen(reason) + 1);
    if (failure)
        log_line(LOG_LEVEL_WARNING, "mailbox-failing", "source",
                 mailbox->options.name, "error", failure, NULL);
    else
        log_line(LOG_LEVEL_NOTICE, "mailbox-works", "source",
                 mailbox->options.name, NULL);
}

/* ---- The thread ---------------------------------------------------------- */

static int load(struct mailbox *mailbox, struct err *err)
{
    struct store *store;
    int rc;

    if (mailbox->sweep.is_stored)
        return 0;
    if (store_open(mailbox->store_url, STORE_READ, mailbox->clock, &store, err))
        return -1;
    rc = mailbox_sweep_load(&mailbox->sweep, store, err);
    store_close(store);
    return rc;
}

static void *run(void *context)
{
    struct mailbox *mailbox = context;
    struct mailbox_sweep *sweep = &mailbox->sweep;
    int64_t ms;

    do {
        struct err err;
        bool is_good;

        sweep->trouble = MAIL_TROUBLE_OTHER;
        is_good =
            load(mailbox, &err) == 0 && mailbox_sweep_run(sweep, &err) == 0;

        if (!is_good && sweep->trouble == MAIL_TROUBLE_STOPPED)
            break;
        tell_state(mailbox, is_good ? NULL : err.text);
        ms = mailbox_delay_next(&mailbox->delay,
                                is_good ? MAIL_TROUBLE_NONE : sweep->trouble);
    } while (!pause_ms(mailbox, ms));
    return NULL;
}

static void free_mailbox(struct mailbox *mailbox)
{
    mailbox_sweep_deinit(&mailbox->sweep);
    if (mailbox->stop_fd >= 0)
        close(mailbox->stop_fd);
    pthread_cond_destroy(&mailbox->changed);
    pthread_mutex_destroy(&mailbox->lock);
    free(mailbox);
}

static int start(struct mailbox *mailbox, struct err *err)
{
    struct mailbox_sweep *sweep = &mailbox->sweep;

    if (mailbox_sweep_init(sweep, &mailbox->options, err))
        return err_prefix(err, "%.60s", mailbox->options.name);
    mailbox->stop_fd = eventfd(0, EFD_CLOEXEC);
    if (mailbox->stop_fd < 0)
        return err_system(err, "making an event");
    sweep->stop_fd = mailbox->stop_fd;
    sweep->sink = (struct mailbox_sink){ put, settle, mailbox };
    sweep->left = tell_left;
    sweep->context = mailbox;
    mailbox_delay_init(&mailbox->delay, mailbox->options.interval_s);
    if (pthread_create(&mailbox->thread, NULL, run, mailbox))
        return err_set(err, ERR_SYSTEM, "no thread can be started");
    return 0;
}

int mailbox_start(const struct mailbox_options *options,
                  struct receiver *receiver, const char *store_url,
                  const struct clock *clock, struct mailbox **out_mailbox,
                  struct err *err)
{
    struct mailbox *mailbox = calloc(1, sizeof(*mailbox));

    if (!mailbox)
        return err_memory(err);
    mailbox->options = *options;
    mailbox->receiver = receiver;
    mailbox->store_url = store_url;
    mailbox->clock = clock;
    mailbox->stop_fd = -1;
    pthread_mutex_init(&mailbox->lock, NULL);
    pthread_cond_init(&mailbox->changed, NULL);
    if (start(mailbox, err)) {
        free_mailbox(mailbox);
        return -1;
    }
    *out_mailbox = mailbox;
    return 0;
}

void mailbox_end(struct mailbox *mailbox)
{
    /* Cannot fail: the count is far from its maximum. */
    (void)eventfd_write(mailbox->stop_fd, 1);
}

void mailbox_stop(struct mailbox *mailbox)
{
    if (!mailbox)
        return;
    mailbox_end(mailbox);
    pthread_join(mailbox->thread, NULL);
    free_mailbox(mailbox);
}
