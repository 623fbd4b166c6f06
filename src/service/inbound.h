/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Inbound: everything live that brings reports, and the threads it lives in.
 */

#include "base/err.h"
#include "service/folder.h"
#include "service/https_server.h"
#include "service/mailbox.h"
#include "service/receiver.h"

struct inbound;

struct inbound_options {
    struct receiver_options receiver;
    const char *listen_lmtp; /* an address of net/endpoint.h; NULL = none */
    const char *host;        /* by which it greets */
    enum intake_rule rule;   /* for its mails */
    const struct folder_options *folders; /* must stay until inbound_stop */
    size_t n_folders;
    const struct mailbox_options *mailboxes; /* likewise */
    size_t n_mailboxes;
    const struct https_server_options *https; /* NULL = none */
};

/*
 * Starts to receive, in threads of its own (block signals before).
 * Returns: 0, -1 with err.
 */
int inbound_start(const struct inbound_options *options,
                  struct inbound **out_inbound, struct err *err);

/* Where LMTP is spoken, with the port that was chosen; NULL for nowhere. */
const char *inbound_lmtp_address(const struct inbound *inbound);

/* Where reports are taken by HTTPS; NULL for nowhere. */
const char *inbound_https_url(const struct inbound *inbound);

/* Reads certificates again. Returns: 0, -1 with err: the old ones stay. */
int inbound_reload(struct inbound *inbound, struct err *err);

/* Stops: no new session, what was given is committed and answered, then all is
 * closed and freed. NULL is allowed. */
void inbound_stop(struct inbound *inbound);
