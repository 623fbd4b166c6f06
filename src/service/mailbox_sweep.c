/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/mailbox_sweep.h"

#include <stdio.h>
#include <stdlib.h>

#include "net/imap_text.h"
#include "os/program.h"
#include "os/secret.h"
#include "record/tlsrpt_destination.h"
#include "service/limits.h"

static int check_after(const struct mailbox_options *options,
                       const struct mail_url *url, struct err *err)
{
    bool is_pop3 = url->protocol == MAIL_POP3;

    switch (options->after) {
    case MAILBOX_LEAVE:
    case MAILBOX_DELETE: return 0;
    case MAILBOX_FLAG:
        if (is_pop3)
            return err_set(err, ERR_USAGE, "POP3 knows no flags");
        if (options->keyword && !imap_text_is_keyword(options->keyword))
            return err_set(err, ERR_USAGE, "\"%.100s\" is no keyword",
                           options->keyword);
        return 0;
    case MAILBOX_MOVE:
        if (is_pop3)
            return err_set(err, ERR_USAGE, "POP3 knows no folders");
        if (!options->folder || !options->folder[0])
            return err_set(err, ERR_USAGE, "no folder to move to is named");
        if (strlen(options->folder) >= MAIL_URL_FOLDER_BYTES ||
            strpbrk(options->folder, "\r\n"))
            return err_set(err, ERR_USAGE, "\"%.100s\" is no folder",
                           options->folder);
        if (strcmp(options->folder, url->folder) == 0)
            return err_set(err, ERR_USAGE,
                           "the folder to move to is the one that is read");
        return 0;
    }
    return err_set(err, ERR_USAGE, "unknown thing to do afterwards");
}

static int check_options(const struct mailbox_options *options,
                         struct mail_url *out_url, struct err *err)
{
    if (mail_url_parse(options->url, out_url, err))
        return -1;
    if (!options->password_file == !options->token_command.n_items)
        return err_set(err, ERR_USAGE,
                       "a mailbox needs a password file or a token command");
    if (options->is_plain && out_url->is_tls)
        return err_set(err, ERR_USAGE,
                       "without TLS the URL begins imap: or "
                       "pop3:");
    if (options->is_plain && !mail_url_is_loopback(out_url))
        return err_set(err, ERR_USAGE,
                       "without TLS only a server of this machine is asked");
    return check_after(options, out_url, err);
}

int mailbox_check(const struct mailbox_options *options, struct err *err)
{
    struct mail_url url;

    return check_options(options, &url, err);
}

int mailbox_sweep_init(struct mailbox_sweep *sweep,
                       const struct mailbox_options *options, struct err *err)
{
    *sweep = (struct mailbox_sweep){ .options = options, .stop_fd = -1 };
    map_init(&sweep->pop3.uidls);
    if (check_options(options, &sweep->url, err))
        return -1;
    mail_url_format(&sweep->url, sweep->place);
    tlsrpt_destination_format_mailto(sweep->url.user, sweep->destination,
                                     sizeof(sweep->destination));
    sweep->origin = (struct intake_origin){
        .source = options->name,
        .tenant = options->tenant ? options->tenant : "",
        .destination =
            options->destination ? options->destination : sweep->destination,
        .way = INTAKE_WAY_MAIL,
        .rule = options->rule,
        .is_live = true,
    };
    return 0;
}

void mailbox_sweep_deinit(struct mailbox_sweep *sweep)
{
    imap_uids_deinit(&sweep->imap.aside);
    imap_uids_deinit(&sweep->imap.waiting);
    map_deinit(&sweep->pop3.uidls);
    free(sweep->pop3.failed);
    mailbox_batch_deinit(&sweep->batch);
}

static int load_item(void *context, const char *item, const char *value,
                     struct err *err)
{
    struct mailbox_sweep *sweep = context;
    size_t n = strlen(sweep->place);

    /* Items of another place are of a mailbox that had this name before. */
    if (strncmp(item, sweep->place, n) != 0 || item[n] != ' ')
        return 0;
    if (sweep->url.protocol == MAIL_IMAP)
        return mailbox_imap_load(&sweep->imap, item + n + 1, value, err);
    return mailbox_pop3_load(&sweep->pop3, item + n + 1, value, err);
}

int mailbox_sweep_load(struct mailbox_sweep *sweep, struct store *store,
                       struct err *err)
{
    int rc =
        store_each_position(store, sweep->options->name, load_item, sweep, err);
    struct mailbox_imap *imap = &sweep->imap;

    if (rc)
        return -1;
    sweep->is_stored = true;
    imap->passed = imap->stored;
    /* What was stored, but not moved or deleted before the end, is read again:
       then it is known whether it holds a report. */
    if (sweep->options->after != MAILBOX_LEAVE && imap->is_settling &&
        imap->settled < imap->stored)
        imap->passed = imap->settled;
    imap->passed =
        mailbox_large_begin(&imap->large, mailbox_sweep_max_bytes(sweep),
                            imap->uidvalidity, imap->passed);
    return 0;
}

/* Returns: 0, 1 stopped, -1 with err. */
static int get_secret(const struct mailbox_sweep *sweep, struct buffer *secret,
                      struct err *err)
{
    const struct mailbox_options *options = sweep->options;
    const struct program_limits limits = { .time_ms = SERVICE_TOKEN_MS,
                                           .stop_fd = sweep->stop_fd };
    int rc;

    if (options->password_file)
        return secret_read(options->password_file, secret, err);
    rc = program_run((const char *const *)options->token_command.items, &limits,
                     secret, err);
    return rc ? rc : secret_trim(secret, options->token_command.items[0], err);
}

static int visit(struct mailbox_sweep *sweep, struct slice secret,
                 struct err *err)
{
    const struct mail_link_options link = {
        .url = &sweep->url,
        .secret = secret,
        .is_token = sweep->options->token_command.n_items > 0,
        .is_plain = sweep->options->is_plain,
        .ca_file = sweep->options->ca_file,
        .max_bytes = mailbox_sweep_max_bytes(sweep),
        .stop_fd = sweep->stop_fd,
    };

    return sweep->url.protocol == MAIL_IMAP
               ? mailbox_sweep_imap(sweep, &link, err)
               : mailbox_sweep_pop3(sweep, &link, err);
}

int mailbox_sweep_run(struct mailbox_sweep *sweep, struct err *err)
{
    struct buffer secret;
    int rc;

    sweep->trouble = MAIL_TROUBLE_OTHER;
    buffer_init(&secret, SECRET_MAX_BYTES);
    rc = get_secret(sweep, &secret, err);
    if (rc > 0) {
        sweep->trouble = MAIL_TROUBLE_STOPPED;
        rc = err_set(err, ERR_SYSTEM, "stopped");
    } else if (rc == 0) {
        rc = visit(sweep, buffer_slice(&secret), err);
    }
    secret_forget(&secret);
    mailbox_batch_clear(&sweep->batch);
    if (rc == 0)
        sweep->trouble = MAIL_TROUBLE_NONE;
    return rc;
}

const char *mailbox_sweep_item(const struct mailbox_sweep *sweep,
                               const char *item,
                               char out[static MAILBOX_ITEM_BYTES])
{
    snprintf(out, MAILBOX_ITEM_BYTES, "%s %s", sweep->place, item);
    return out;
}

int mailbox_sweep_place(struct mailbox_sweep *sweep, const char *item,
                        const char *value, struct err *err)
{
    char full[MAILBOX_ITEM_BYTES];
    struct mailbox_mail *mail;

    if (!sweep->is_stored)
        return 0;
    mail = mailbox_batch_add(&sweep->batch, NULL, 0, sweep->place, 0,
                             &sweep->origin);
    if (!mail)
        return err_memory(err);
    return mailbox_mail_place(mail, mailbox_sweep_item(sweep, item, full),
                              value, err);
}

void mailbox_sweep_leave(const struct mailbox_sweep *sweep, const char *label,
                         const char *why)
{
    if (sweep->left)
        sweep->left(sweep->context, label, why);
}

size_t mailbox_sweep_max_bytes(const struct mailbox_sweep *sweep)
{
    return sweep->options->max_bytes ? (size_t)sweep->options->max_bytes
                                     : SERVICE_MAILBOX_MAIL_BYTES;
}
