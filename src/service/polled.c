/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/polled.h"

#include <stdlib.h>

#include "service/mailboxes.h"

struct polled {
    struct receiver_options receiving;
    struct receiver *receiver;
    struct folder *folder;               /* NULL where there is none */
    struct settings *folder_settings;    /* held: those it goes by; or NULL */
    struct mailboxes *mailboxes;         /* likewise */
    struct settings *mailboxes_settings; /* likewise */
};

static void stop_folders(struct polled *polled)
{
    folder_stop(polled->folder);
    settings_drop(polled->folder_settings);
    polled->folder = NULL;
    polled->folder_settings = NULL;
}

static int start_folders(struct polled *polled, struct settings *settings,
                         struct err *err)
{
    const struct folder_setup setup = {
        .folders = settings->folders,
        .n_folders = settings->n_folders,
        .receiver = polled->receiver,
        .store_url = polled->receiving.store_url,
        .clock = polled->receiving.clock,
    };

    if (settings->n_folders && folder_start(&setup, &polled->folder, err))
        return -1;
    polled->folder_settings = settings_hold(settings);
    return 0;
}

static void stop_mailboxes(struct polled *polled)
{
    mailboxes_stop(polled->mailboxes);
    settings_drop(polled->mailboxes_settings);
    polled->mailboxes = NULL;
    polled->mailboxes_settings = NULL;
}

static int start_mailboxes(struct polled *polled, struct settings *settings,
                           struct err *err)
{
    if (settings->n_mailboxes &&
        mailboxes_start(settings->mailboxes, settings->n_mailboxes,
                        &polled->receiving, polled->receiver,
                        &polled->mailboxes, err))
        return -1;
    polled->mailboxes_settings = settings_hold(settings);
    return 0;
}

int polled_use(struct polled *polled, struct settings *settings,
               struct err *err)
{
    int rc = 0;

    if (!polled->folder_settings ||
        !settings_have_same_folders(polled->folder_settings, settings)) {
        stop_folders(polled);
        rc |= start_folders(polled, settings, err);
    }
    if (!polled->mailboxes_settings ||
        !settings_have_same_mailboxes(polled->mailboxes_settings, settings)) {
        stop_mailboxes(polled);
        rc |= start_mailboxes(polled, settings, err);
    }
    return rc;
}

int polled_start(struct settings *settings,
                 const struct receiver_options *receiving,
                 struct receiver *receiver, struct polled **out_polled,
                 struct err *err)
{
    struct polled *polled = calloc(1, sizeof(*polled));

    if (!polled)
        return err_memory(err);
    polled->receiving = *receiving;
    polled->receiver = receiver;
    if (polled_use(polled, settings, err)) {
        polled_stop(polled);
        return -1;
    }
    *out_polled = polled;
    return 0;
}

void polled_stop(struct polled *polled)
{
    if (!polled)
        return;
    stop_mailboxes(polled);
    stop_folders(polled);
    free(polled);
}
