/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/limits.h"
#include "service/limits.h"
#include "service/mailbox_sweep.h"

/* One visit. */
struct visit {
    struct mailbox_sweep *sweep;
    struct mailbox_imap *known; /* the sweep's */
    struct imap *imap;
    const uint32_t *uids; /* that are being fetched */
    size_t n;
    bool is_met[NET_IMAP_SET]; /* of them */
    bool has_act_failed;
    struct err act_err; /* why */
};

enum { LABEL_BYTES = MAIL_URL_BYTES + 32, VALUE_BYTES = 32 };

/* ---- What is remembered -------------------------------------------------- */

/* "UIDVALIDITY UID". Returns: 0, -1. */
static int parse_value(const char *value, uint32_t *out_uidvalidity,
                       uint32_t *out_uid)
{
    char *behind, *end;
    unsigned long long uidvalidity = strtoull(value, &behind, 10);
    unsigned long long uid = strtoull(behind, &end, 10);

    if (behind == value || *behind != ' ' || end == behind || *end != '\0' ||
        uidvalidity > UINT32_MAX || uid > UINT32_MAX)
        return -1;
    *out_uidvalidity = (uint32_t)uidvalidity;
    *out_uid = (uint32_t)uid;
    return 0;
}

int mailbox_imap_load(struct mailbox_imap *imap, const char *item,
                      const char *value, struct err *err)
{
    bool is_settled = strcmp(item, "settled") == 0;
    uint32_t uidvalidity, uid;

    if (strcmp(item, "large") == 0 &&
        mailbox_large_parse(value, &imap->large) == 0)
        return 0;
    if (!is_settled && strcmp(item, "uid") != 0)
        return 0;
    if (parse_value(value, &uidvalidity, &uid))
        return err_set(err, ERR_STORE, "\"%.100s\" is no position of a mailbox",
                       value);
    /* "settled" comes first in the store's order, "uid" decides. */
    if (is_settled) {
        imap->settled = uid;
        imap->is_settling = true;
    } else {
        imap->is_settling =
            imap->is_settling && imap->uidvalidity == uidvalidity;
        imap->stored = uid;
    }
    imap->uidvalidity = uidvalidity;
    return 0;
}

/* The server has numbered its mails anew: all of them are looked at again, and
 * what is stored already is a duplicate. */
static void begin_again(struct mailbox_imap *known, uint32_t uidvalidity)
{
    imap_uids_deinit(&known->aside);
    imap_uids_deinit(&known->waiting);
    *known = (struct mailbox_imap){ .uidvalidity = uidvalidity };
}

/* Up to where a position may be, when all up to uid is done. */
static uint32_t reach(const struct mailbox_imap *known, uint32_t uid)
{
    return known->held && known->held <= uid ? known->held - 1 : uid;
}

static const char *position_value(const struct mailbox_imap *known,
                                  uint32_t uid, char out[static VALUE_BYTES])
{
    snprintf(out, VALUE_BYTES, "%" PRIu32 " %" PRIu32, known->uidvalidity, uid);
    return out;
}

static bool is_aside(const struct mailbox_imap *known, uint32_t uid)
{
    for (size_t i = 0; i < known->aside.n; i++)
        if (known->aside.uids[i] == uid)
            return true;
    return false;
}

static int put_aside(struct visit *visit, uint32_t uid, const char *why,
                     struct err *err)
{
    char label[LABEL_BYTES];

    snprintf(label, sizeof(label), "%s/;UID=%" PRIu32, visit->sweep->place,
             uid);
    mailbox_sweep_leave(visit->sweep, label, why);
    return imap_uids_add(&visit->known->aside, uid, err);
}

/* A mail that cannot be had holds up no other; but until the next start nothing
 * is written that would pass it over for ever. */
static int defer(struct visit *visit, uint32_t uid, const char *why,
                 struct err *err)
{
    if (visit->known->held == 0 || uid < visit->known->held)
        visit->known->held = uid;
    return put_aside(visit, uid, why, err);
}

/* ---- What is done afterwards --------------------------------------------- */

static int act_on(const struct visit *visit, const uint32_t *uids, size_t n,
                  struct err *err)
{
    const struct mailbox_options *options = visit->sweep->options;

    switch (options->after) {
    case MAILBOX_FLAG:
        return imap_flag(visit->imap, uids, n,
                         options->keyword ? options->keyword : MAILBOX_KEYWORD,
                         err);
    case MAILBOX_MOVE:
        return imap_move(visit->imap, uids, n, options->folder, err);
    case MAILBOX_DELETE: return imap_delete(visit->imap, uids, n, err);
    case MAILBOX_LEAVE: break;
    }
    return 0;
}

static int write_settled(struct visit *visit, struct err *err)
{
    struct mailbox_sweep *sweep = visit->sweep;
    struct mailbox_imap *known = visit->known;
    uint32_t uid = reach(known, known->passed);
    char value[VALUE_BYTES];

    mailbox_batch_clear(&sweep->batch);
    if (known->is_settling && uid <= known->settled)
        return 0;
    if (mailbox_sweep_place(sweep, "settled", position_value(known, uid, value),
                            err) ||
        mailbox_batch_keep(&sweep->batch, sweep->batch.n, &sweep->sink, err))
        return -1;
    known->settled = uid;
    known->is_settling = true;
    return 0;
}

/*
 * Does to stored reports what is configured. A server that refuses stops no
 * mail from being read: it is asked again at the next visit.
 */
static int act(struct visit *visit, struct err *err)
{
    struct imap_uids *waiting = &visit->known->waiting;
    size_t i = 0;

    if (visit->sweep->options->after == MAILBOX_LEAVE || visit->has_act_failed)
        return 0;
    while (i < waiting->n) {
        size_t n =
            waiting->n - i < NET_IMAP_SET ? waiting->n - i : NET_IMAP_SET;

        if (act_on(visit, waiting->uids + i, n, &visit->act_err)) {
            if (err)
                *err = visit->act_err;
            visit->has_act_failed = true;
            return imap_is_broken(visit->imap) ? -1 : 0;
        }
        i += n;
    }
    waiting->n = 0;
    return write_settled(visit, err);
}

/* ---- Keeping ------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    uint32_t x = (*(struct mailbox_mail *const *)a)->number;
    uint32_t y = (*(struct mailbox_mail *const *)b)->number;

    return (x > y) - (x < y);
}

static int note_reports(struct visit *visit, struct err *err)
{
    const struct mailbox_batch *batch = &visit->sweep->batch;

    if (visit->sweep->options->after == MAILBOX_LEAVE)
        return 0;
    for (size_t i = 0; i < batch->n; i++)
        if (mailbox_mail_has_report(batch->mails[i]) &&
            imap_uids_add(&visit->known->waiting, batch->mails[i]->number, err))
            return -1;
    return 0;
}

/* Stores what was fetched: the last mail, with the position, when all others
 * are committed. */
static int keep(struct visit *visit, struct err *err)
{
    struct mailbox_sweep *sweep = visit->sweep;
    struct mailbox_imap *known = visit->known;
    struct mailbox_batch *batch = &sweep->batch;
    char value[VALUE_BYTES], item[MAILBOX_ITEM_BYTES];
    struct mailbox_mail *last;
    uint32_t uid;

    if (batch->n == 0)
        return 0;
    qsort(batch->mails, batch->n, sizeof(struct mailbox_mail *), by_number);
    last = batch->mails[batch->n - 1];
    uid = reach(known, last->number);
    if (sweep->is_stored && uid > known->stored &&
        mailbox_mail_place(last, mailbox_sweep_item(sweep, "uid", item),
                           position_value(known, uid, value), err))
        return -1;
    if (mailbox_batch_keep(batch, batch->n - 1, &sweep->sink, err) ||
        mailbox_batch_keep(batch, 1, &sweep->sink, err))
        return -1;
    if (uid > known->stored)
        known->stored = uid;
    known->passed = last->number;
    return note_reports(visit, err);
}

/* ---- Fetching ------------------------------------------------------------ */

static int take_mail(void *context, uint32_t uid, struct slice octets,
                     struct err *err)
{
    struct visit *visit = context;
    char label[LABEL_BYTES];
    char *copy;
    size_t i = 0;

    while (visit->uids[i] != uid)
        i++;
    if (visit->is_met[i] || octets.len == 0) {
        visit->is_met[i] = true;
        return 0;
    }
    visit->is_met[i] = true;
    copy = malloc(octets.len);
    if (!copy)
        return err_memory(err);
    memcpy(copy, octets.ptr, octets.len);
    snprintf(label, sizeof(label), "%s/;UID=%" PRIu32, visit->sweep->place,
             uid);
    if (!mailbox_batch_add(&visit->sweep->batch, copy, octets.len, label, uid,
                           &visit->sweep->origin))
        return err_memory(err);
    return 0;
}

/* The connection is lost with a fetch. Which mail it was shows when they are
 * fetched one by one. */
static int note_failure(struct visit *visit, const uint32_t *uids, size_t n,
                        struct err *err)
{
    struct mailbox_imap *known = visit->known;
    struct err later;

    if (imap_is_stopped(visit->imap))
        return -1;
    if (n > 1) {
        known->careful = uids[n - 1];
    } else if (err->kind == ERR_LIMIT) {
        (void)put_aside(visit, uids[0], err->text, &later);
    } else if (known->failed != uids[0]) {
        known->failed = uids[0];
        known->n_failed = 1;
    } else if (++known->n_failed >= SERVICE_MAILBOX_TRIES) {
        (void)defer(visit, uids[0], err->text, &later);
    }
    return -1;
}

/* Mails that were there and did not come: gone meanwhile, or not to be had. */
static int look_for_missing(struct visit *visit, struct err *err)
{
    uint32_t missing[NET_IMAP_SET];
    uint64_t sizes[NET_IMAP_SET];
    size_t n = 0;

    for (size_t i = 0; i < visit->n; i++)
        if (!visit->is_met[i])
            missing[n++] = visit->uids[i];
    if (n == 0)
        return 0;
    if (imap_sizes(visit->imap, missing, n, sizes, err))
        return -1;
    for (size_t i = 0; i < n; i++)
        if (sizes[i] > 0 &&
            defer(visit, missing[i], "the server does not give it", err))
            return -1;
    return 0;
}

/* Returns: 0; 1 with err where the server refused; -1 with err. */
static int fetch(struct visit *visit, const uint32_t *uids, size_t n,
                 struct err *err)
{
    int rc;

    mailbox_batch_clear(&visit->sweep->batch);
    visit->uids = uids;
    visit->n = n;
    memset(visit->is_met, 0, sizeof(visit->is_met));
    rc = imap_fetch(visit->imap, uids, n, take_mail, visit, err);
    if (rc < 0)
        return note_failure(visit, uids, n, err);
    if (rc == 0)
        rc = look_for_missing(visit, err);
    if (rc == 0)
        rc = keep(visit, err);
    return rc ? rc : act(visit, err);
}

/* Fetches a group; where the server refuses it, one by one. */
static int fetch_group(struct visit *visit, const uint32_t *uids, size_t n,
                       struct err *err)
{
    int rc = fetch(visit, uids, n, err);

    for (size_t i = 0; rc == 1 && n > 1 && i < n; i++) {
        int single = fetch(visit, &uids[i], 1, err);

        if (single > 0)
            single = defer(visit, uids[i], err->text, err);
        if (single < 0)
            return -1;
    }
    if (rc == 1 && n == 1)
        return defer(visit, uids[0], err->text, err);
    return rc < 0 ? -1 : 0;
}

/* How many of those mails are fetched at once. */
static size_t group_size(const struct mailbox_imap *known, const uint32_t *uids,
                         const uint64_t *sizes, size_t n)
{
    uint64_t bytes = sizes[0];
    size_t i = 1;

    if (uids[0] <= known->careful)
        return 1;
    while (i < n && (bytes += sizes[i]) <= SERVICE_MAILBOX_BATCH_BYTES)
        i++;
    return i;
}

/* Stores which mails were passed over, before any position beyond them is. */
static int write_large(struct visit *visit, struct err *err)
{
    struct mailbox_sweep *sweep = visit->sweep;
    const struct mailbox_large *large = &visit->known->large;
    char value[MAILBOX_LARGE_BYTES];

    mailbox_batch_clear(&sweep->batch);
    if (mailbox_sweep_place(
            sweep, "large",
            large->uid ? mailbox_large_format(large, value) : NULL, err) ||
        mailbox_batch_keep(&sweep->batch, sweep->batch.n, &sweep->sink, err))
        return -1;
    mailbox_batch_clear(&sweep->batch);
    return 0;
}

static int pass_over(struct visit *visit, uint32_t uid, size_t max_bytes,
                     struct err *err)
{
    struct mailbox_imap *known = visit->known;
    char why[64];

    snprintf(why, sizeof(why), "it has more than %zu octets", max_bytes);
    if (mailbox_large_note(&known->large, known->uidvalidity, uid, max_bytes) &&
        write_large(visit, err))
        return -1;
    return put_aside(visit, uid, why, err);
}

/* Leaves out what is gone or too large. Returns: how many are left, -1 with
 * err. */
static ssize_t choose(struct visit *visit, uint32_t *uids, uint64_t *sizes,
                      size_t n, struct err *err)
{
    size_t max_bytes = mailbox_sweep_max_bytes(visit->sweep);
    size_t left = 0;

    for (size_t i = 0; i < n; i++) {
        if (sizes[i] == 0 || is_aside(visit->known, uids[i]) ||
            mailbox_large_is_known(&visit->known->large, uids[i], sizes[i]))
            continue;
        if (sizes[i] > max_bytes) {
            if (pass_over(visit, uids[i], max_bytes, err))
                return -1;
            continue;
        }
        uids[left] = uids[i];
        sizes[left++] = sizes[i];
    }
    return (ssize_t)left;
}

static int visit_set(struct visit *visit, const uint32_t *set, size_t n,
                     struct err *err)
{
    uint32_t uids[NET_IMAP_SET];
    uint64_t sizes[NET_IMAP_SET];
    ssize_t left;

    memcpy(uids, set, n * sizeof(*uids));
    if (imap_sizes(visit->imap, uids, n, sizes, err))
        return -1;
    left = choose(visit, uids, sizes, n, err);
    for (size_t i = 0; left > 0 && i < (size_t)left;) {
        size_t group =
            group_size(visit->known, uids + i, sizes + i, (size_t)left - i);

        if (fetch_group(visit, uids + i, group, err))
            return -1;
        i += group;
    }
    if (left >= 0)
        visit->known->passed = set[n - 1];
    return left < 0 ? -1 : 0;
}

static int visit_window(struct visit *visit, uint32_t first, uint32_t last,
                        struct err *err)
{
    struct imap_uids uids = { 0 };
    int rc = imap_find(visit->imap, first, last, &uids, err);

    for (size_t i = 0; rc == 0 && i < uids.n; i += NET_IMAP_SET) {
        size_t n = uids.n - i < NET_IMAP_SET ? uids.n - i : NET_IMAP_SET;

        rc = visit_set(visit, uids.uids + i, n, err);
    }
    imap_uids_deinit(&uids);
    if (rc == 0)
        visit->known->passed = last;
    return rc;
}

/* The second look goes on, at the next start too, while one of its mails cannot
 * be had or waits for what is to be done to it: positions are beyond it. */
static int end_second_look(struct visit *visit, struct err *err)
{
    struct mailbox_imap *known = visit->known;

    if ((known->held && known->held <= known->large.until) ||
        known->waiting.n > 0 ||
        !mailbox_large_end(&known->large, known->passed,
                           mailbox_sweep_max_bytes(visit->sweep)))
        return 0;
    return write_large(visit, err);
}

static int visit_folder(struct visit *visit, const struct imap_folder *folder,
                        struct err *err)
{
    struct mailbox_imap *known = visit->known;

    if (known->uidvalidity != folder->uidvalidity)
        begin_again(known, folder->uidvalidity);
    if (act(visit, err))
        return -1;
    while (known->passed < folder->uidnext - 1) {
        uint32_t first = known->passed + 1, last = folder->uidnext - 1;

        if (last - first >= NET_IMAP_WINDOW)
            last = first + NET_IMAP_WINDOW - 1;
        if (visit_window(visit, first, last, err))
            return -1;
    }
    if (end_second_look(visit, err))
        return -1;
    if (!visit->has_act_failed)
        return 0;
    *err = visit->act_err;
    return -1;
}

int mailbox_sweep_imap(struct mailbox_sweep *sweep,
                       const struct mail_link_options *link, struct err *err)
{
    struct visit visit = { .sweep = sweep, .known = &sweep->imap };
    struct imap_folder folder;
    int rc;

    if (imap_open(link, &visit.imap, &sweep->trouble, err))
        return -1;
    sweep->trouble = MAIL_TROUBLE_OTHER;
    rc = imap_select(visit.imap, sweep->url.folder,
                     sweep->options->after == MAILBOX_LEAVE ? IMAP_EXAMINE
                                                            : IMAP_SELECT,
                     &folder, err);
    if (rc == 0)
        rc = visit_folder(&visit, &folder, err);
    if (rc && imap_is_stopped(visit.imap))
        sweep->trouble = MAIL_TROUBLE_STOPPED;
    imap_close(visit.imap);
    return rc;
}
