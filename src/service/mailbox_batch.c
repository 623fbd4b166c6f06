/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/mailbox_batch.h"

#include <stdlib.h>

static void free_mail(struct mailbox_mail *mail)
{
    if (!mail)
        return;
    free(mail->octets);
    free(mail->label);
    free(mail->item);
    free(mail->value);
    free(mail);
}

void mailbox_batch_clear(struct mailbox_batch *batch)
{
    for (size_t i = 0; i < batch->n; i++)
        free_mail(batch->mails[i]);
    batch->n = 0;
    batch->n_put = 0;
    batch->bytes = 0;
}

void mailbox_batch_deinit(struct mailbox_batch *batch)
{
    mailbox_batch_clear(batch);
    free(batch->mails);
    *batch = (struct mailbox_batch){ 0 };
}

static int make_room(struct mailbox_batch *batch)
{
    size_t capacity = batch->capacity ? batch->capacity * 2 : 64;
    struct mailbox_mail **bigger;

    if (batch->n < batch->capacity)
        return 0;
    bigger = reallocarray(batch->mails, capacity, sizeof(*batch->mails));
    if (!bigger)
        return -1;
    batch->mails = bigger;
    batch->capacity = capacity;
    return 0;
}

struct mailbox_mail *mailbox_batch_add(struct mailbox_batch *batch,
                                       char *octets, size_t bytes,
                                       const char *label, uint32_t number,
                                       const struct intake_origin *origin)
{
    struct mailbox_mail *mail = calloc(1, sizeof(*mail));

    if (!mail) {
        free(octets);
        return NULL;
    }
    mail->octets = octets;
    mail->label = strdup(label);
    if (!mail->label || make_room(batch)) {
        free_mail(mail);
        return NULL;
    }
    mail->number = number;
    mail->delivery.octets = slice_make(octets, bytes);
    mail->delivery.label = mail->label;
    mail->delivery.origin = origin;
    batch->mails[batch->n++] = mail;
    batch->bytes += bytes;
    return mail;
}

int mailbox_mail_place(struct mailbox_mail *mail, const char *item,
                       const char *value, struct err *err)
{
    mail->item = strdup(item);
    mail->value = value ? strdup(value) : NULL;
    if (!mail->item || (value && !mail->value))
        return err_memory(err);
    mail->position =
        (struct store_position){ .source = mail->delivery.origin->source,
                                 .item = mail->item,
                                 .value = mail->value };
    mail->delivery.position = &mail->position;
    return 0;
}

int mailbox_batch_keep(struct mailbox_batch *batch, size_t n,
                       const struct mailbox_sink *sink, struct err *err)
{
    size_t first = batch->n_put, i = first;
    struct err later;
    int rc = 0;

    for (; rc == 0 && i < first + n; i++)
        rc = sink->put(sink->context, batch->mails[i], err);
    batch->n_put = i;
    /* Whatever was taken must be let go of before the batch can be. */
    if (sink->settle(sink->context, rc ? &later : err))
        rc = -1;
    for (i = first; rc == 0 && i < batch->n_put; i++)
        if (!batch->mails[i]->is_kept)
            rc = err_set(err, ERR_STORE, "what was fetched is not stored yet");
    return rc;
}

bool mailbox_mail_has_report(const struct mailbox_mail *mail)
{
    return mail->is_kept && intake_outcome_count(&mail->delivery.outcome) > 0;
}
