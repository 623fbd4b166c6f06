/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/mailboxes.h"

#include <stdlib.h>

struct mailboxes {
    size_t n;
    struct mailbox *items[];
};

int mailboxes_start(const struct mailbox_options *options, size_t n,
                    const struct receiver_options *receiving,
                    struct receiver *receiver, struct mailboxes **out_mailboxes,
                    struct err *err)
{
    struct mailboxes *mailboxes =
        calloc(1, sizeof(*mailboxes) + n * sizeof(struct mailbox *));

    if (!mailboxes)
        return err_memory(err);
    for (size_t i = 0; i < n; i++) {
        struct mailbox_options mailbox = options[i];

        /* Without keys nothing can be proven, so nothing waits for proof. */
        if (!receiving->judges.find_key)
            mailbox.rule = INTAKE_MARK;
        if (mailbox_start(&mailbox, receiver, receiving->store_url,
                          receiving->clock, &mailboxes->items[i], err)) {
            mailboxes_stop(mailboxes);
            return -1;
        }
        mailboxes->n++;
    }
    *out_mailboxes = mailboxes;
    return 0;
}

void mailboxes_stop(struct mailboxes *mailboxes)
{
    if (!mailboxes)
        return;
    /* All are told first, so that they end side by side. */
    for (size_t i = 0; i < mailboxes->n; i++)
        mailbox_end(mailboxes->items[i]);
    for (size_t i = 0; i < mailboxes->n; i++)
        mailbox_stop(mailboxes->items[i]);
    free(mailboxes);
}
