/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <stdlib.h>

#include "net/pop3.h"
#include "service/limits.h"
#include "service/mailbox_sweep.h"

/* One visit. */
struct visit {
    struct mailbox_sweep *sweep;
    struct map *uidls; /* the sweep's */
    struct pop3 *pop3;
};

enum { LABEL_BYTES = MAIL_URL_BYTES + 256, DROPS = 500 };

/* ---- What is remembered -------------------------------------------------- */

static int set_uidl(struct map *uidls, const char *uidl,
                    enum mailbox_uidl value, struct err *err)
{
    int64_t *place = map_put(uidls, slice_of(uidl));

    if (!place)
        return err_memory(err);
    *place = value;
    return 0;
}

int mailbox_pop3_load(struct mailbox_pop3 *pop3, const char *item,
                      const char *value, struct err *err)
{
    return set_uidl(&pop3->uidls, item,
                    strcmp(value, "other") == 0 ? MAILBOX_UIDL_OTHER
                                                : MAILBOX_UIDL_KEPT,
                    err);
}

static int keep_places(struct mailbox_sweep *sweep, struct err *err)
{
    int rc =
        mailbox_batch_keep(&sweep->batch, sweep->batch.n, &sweep->sink, err);

    mailbox_batch_clear(&sweep->batch);
    return rc;
}

/* Drops from the store the names that the server does not list any more. */
static int drop_gone(struct mailbox_sweep *sweep, const struct map *old,
                     const struct map *fresh, struct err *err)
{
    for (size_t i = 0; i < old->capacity; i++) {
        const struct map_entry *entry = &old->entries[i];

        if (!entry->key || entry->value == MAILBOX_UIDL_NEW ||
            entry->value == MAILBOX_UIDL_ASIDE ||
            map_find(fresh, slice_make(entry->key, entry->key_len)))
            continue;
        if (mailbox_sweep_place(sweep, entry->key, NULL, err))
            return -1;
        if (sweep->batch.n >= DROPS && keep_places(sweep, err))
            return -1;
    }
    return keep_places(sweep, err);
}

/* Takes over what is known of the mails that are listed. */
static int refresh(struct mailbox_sweep *sweep, const struct pop3_list *list,
                   struct err *err)
{
    struct map *old = &sweep->pop3.uidls;
    struct map fresh;
    int rc = 0;

    map_init(&fresh);
    for (size_t i = 0; rc == 0 && i < list->n; i++) {
        const char *uidl = list->mails[i].uidl;
        const int64_t *known = map_find(old, slice_of(uidl));

        rc = set_uidl(&fresh, uidl,
                      known ? (enum mailbox_uidl) * known : MAILBOX_UIDL_NEW,
                      err);
    }
    if (rc == 0)
        rc = drop_gone(sweep, old, &fresh, err);
    if (rc) {
        map_deinit(&fresh);
        return -1;
    }
    map_deinit(old);
    *old = fresh;
    return 0;
}

static const char *label_of(const struct visit *visit, const char *uidl,
                            char out[static LABEL_BYTES])
{
    snprintf(out, LABEL_BYTES, "%s/;UIDL=%s", visit->sweep->place, uidl);
    return out;
}

static int put_aside(struct visit *visit, const char *uidl, const char *why,
                     struct err *err)
{
    char label[LABEL_BYTES];

    mailbox_sweep_leave(visit->sweep, label_of(visit, uidl, label), why);
    return set_uidl(visit->uidls, uidl, MAILBOX_UIDL_ASIDE, err);
}

/* ---- Keeping ------------------------------------------------------------- */

/* Notes what mails held, and where no report is in it, that it stays. */
static int note_kept(struct visit *visit, size_t n, struct err *err)
{
    struct mailbox_sweep *sweep = visit->sweep;
    bool is_deleting = sweep->options->after == MAILBOX_DELETE;

    for (size_t i = 0; i < n; i++) {
        const struct mailbox_mail *mail = sweep->batch.mails[i];
        bool is_report = mailbox_mail_has_report(mail);

        if (set_uidl(visit->uidls, mail->uidl,
                     !is_deleting ? MAILBOX_UIDL_KEPT
                     : is_report  ? MAILBOX_UIDL_REPORT
                                  : MAILBOX_UIDL_OTHER,
                     err))
            return -1;
        if (is_deleting && !is_report &&
            mailbox_sweep_place(sweep, mail->uidl, "other", err))
            return -1;
    }
    return mailbox_batch_keep(&sweep->batch, sweep->batch.n - n, &sweep->sink,
                              err);
}

/* Stores what was fetched; it may be deleted afterwards. */
static int keep(struct visit *visit, struct err *err)
{
    struct mailbox_batch *batch = &visit->sweep->batch;
    size_t n = batch->n;
    int rc;

    if (n == 0)
        return 0;
    rc = mailbox_batch_keep(batch, n, &visit->sweep->sink, err);
    return rc ? rc : note_kept(visit, n, err);
}

/* Marks the stored reports to be deleted. */
static int delete_kept(struct visit *visit, struct err *err)
{
    struct mailbox_batch *batch = &visit->sweep->batch;

    for (size_t i = 0; i < batch->n; i++) {
        const struct mailbox_mail *mail = batch->mails[i];

        if (visit->sweep->options->after == MAILBOX_DELETE && mail->number &&
            mailbox_mail_has_report(mail) &&
            pop3_delete(visit->pop3, mail->number, err))
            return -1;
    }
    mailbox_batch_clear(batch);
    return 0;
}

static int flush(struct visit *visit, struct err *err)
{
    int rc = keep(visit, err);

    return rc ? rc : delete_kept(visit, err);
}

/* ---- Fetching ------------------------------------------------------------ */

/* The connection is lost with a mail. One that does so each time holds up the
 * others no longer; after the next start it is tried again. */
static int note_failure(struct visit *visit, const char *uidl, struct err *err)
{
    struct mailbox_pop3 *known = &visit->sweep->pop3;
    struct err later;

    if (pop3_is_stopped(visit->pop3))
        return -1;
    if (!known->failed || strcmp(known->failed, uidl) != 0) {
        free(known->failed);
        known->failed = strdup(uidl);
        known->n_failed = 0;
    }
    known->n_failed++;
    if (err->kind == ERR_LIMIT || known->n_failed >= SERVICE_MAILBOX_TRIES)
        (void)put_aside(visit, uidl, err->text, &later);
    /* What was fetched before need not be fetched again. */
    (void)keep(visit, &later);
    return -1;
}

/* Adds a mail that was fetched. octets: moved. */
static int add_mail(struct visit *visit, const struct pop3_mail *listed,
                    bool is_new, struct buffer *octets, struct err *err)
{
    struct mailbox_sweep *sweep = visit->sweep;
    char label[LABEL_BYTES], item[MAILBOX_ITEM_BYTES];
    struct mailbox_mail *mail;
    size_t bytes = octets->len;
    char *ptr = octets->ptr;

    *octets = (struct buffer){ 0 };
    mail = mailbox_batch_add(&sweep->batch, ptr, bytes,
                             label_of(visit, listed->uidl, label),
                             listed->number, &sweep->origin);
    if (!mail)
        return err_memory(err);
    mail->uidl = listed->uidl;
    if (!is_new || !sweep->is_stored)
        return 0;
    return mailbox_mail_place(
        mail, mailbox_sweep_item(sweep, listed->uidl, item), "kept", err);
}

static int fetch(struct visit *visit, const struct pop3_mail *listed,
                 bool is_new, struct err *err)
{
    struct buffer octets;
    int rc;

    buffer_init(&octets, mailbox_sweep_max_bytes(visit->sweep));
    rc = pop3_fetch(visit->pop3, listed->number, &octets, err);
    if (rc < 0)
        rc = note_failure(visit, listed->uidl, err);
    else if (rc > 0)
        rc = put_aside(visit, listed->uidl, err->text, err);
    else if (octets.len > 0)
        rc = add_mail(visit, listed, is_new, &octets, err);
    buffer_deinit(&octets);
    return rc;
}

/* Tells whether a mail is to be fetched. */
static bool is_wanted(const struct visit *visit, enum mailbox_uidl known)
{
    if (known == MAILBOX_UIDL_NEW)
        return true;
    /* What was stored, but not deleted before the end, is read again: then it
       is known whether it holds a report. */
    return known == MAILBOX_UIDL_KEPT &&
           visit->sweep->options->after == MAILBOX_DELETE;
}

static int visit_mail(struct visit *visit, const struct pop3_mail *listed,
                      struct err *err)
{
    const struct mailbox_batch *batch = &visit->sweep->batch;
    size_t max_bytes = mailbox_sweep_max_bytes(visit->sweep);
    const int64_t *place = map_find(visit->uidls, slice_of(listed->uidl));
    enum mailbox_uidl known =
        place ? (enum mailbox_uidl) * place : MAILBOX_UIDL_NEW;
    char why[64];

    if (known == MAILBOX_UIDL_REPORT &&
        visit->sweep->options->after == MAILBOX_DELETE)
        return pop3_delete(visit->pop3, listed->number, err);
    if (!is_wanted(visit, known))
        return 0;
    if (listed->size > max_bytes) {
        snprintf(why, sizeof(why), "it has more than %zu octets", max_bytes);
        return put_aside(visit, listed->uidl, why, err);
    }
    if ((batch->n >= SERVICE_MAILBOX_BATCH_MAILS ||
         batch->bytes + listed->size > SERVICE_MAILBOX_BATCH_BYTES) &&
        flush(visit, err))
        return -1;
    return fetch(visit, listed, known == MAILBOX_UIDL_NEW, err);
}

static int visit_all(struct visit *visit, struct err *err)
{
    struct pop3_list list = { 0 };
    int rc = pop3_list(visit->pop3, &list, err);

    if (rc == 0)
        rc = refresh(visit->sweep, &list, err);
    for (size_t i = 0; rc == 0 && i < list.n; i++)
        rc = visit_mail(visit, &list.mails[i], err);
    if (rc == 0)
        rc = flush(visit, err);
    if (rc == 0)
        rc = pop3_quit(visit->pop3, err);
    mailbox_batch_clear(&visit->sweep->batch);
    pop3_list_deinit(&list);
    return rc;
}

int mailbox_sweep_pop3(struct mailbox_sweep *sweep,
                       const struct mail_link_options *link, struct err *err)
{
    struct visit visit = { .sweep = sweep, .uidls = &sweep->pop3.uidls };
    int rc;

    if (pop3_open(link, &visit.pop3, &sweep->trouble, err))
        return -1;
    sweep->trouble = MAIL_TROUBLE_OTHER;
    rc = visit_all(&visit, err);
    if (rc && pop3_is_stopped(visit.pop3))
        sweep->trouble = MAIL_TROUBLE_STOPPED;
    pop3_close(visit.pop3);
    return rc;
}
