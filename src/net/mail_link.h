/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Link: a connection to a mail server, logged in; then octets both ways.
 *
 * libcurl finds the host, speaks TLS and logs in; what is said afterwards is
 * ours (net/imap.h, net/pop3.h), because a reader of our own knows where each
 * literal ends and changes no flag of a mail. Blocking, for a thread of its own;
 * every wait ends when the thread is to stop.
 */

#include <stdbool.h>

#include "base/err.h"
#include "base/slice.h"
#include "net/mail_url.h"

struct mail_link;

struct mail_link_options {
    const struct mail_url *url;
    struct slice secret; /* password, or token */
    bool is_token;       /* XOAUTH2 (or OAUTHBEARER) instead of a password */
    bool is_plain;       /* without TLS at all: to loopback only */
    const char *ca_file; /* NULL: the machine's authorities */
    size_t max_bytes;    /* of one reply, a mail in it included */
    int stop_fd;         /* when this becomes readable nothing is waited for;
                            -1 for none */
};

/* Why a link failed, beside err. */
enum mail_trouble {
    MAIL_TROUBLE_NONE,
    MAIL_TROUBLE_STOPPED, /* stop_fd */
    MAIL_TROUBLE_LOGIN,   /* user or secret was refused */
    MAIL_TROUBLE_OTHER
};

/*
 * Connects and logs in. The certificate must be that of the host and of an
 * authority; without TLS from the first octet STARTTLS is required.
 * out_trouble is set on failure.
 * Owns: *out_link is the caller's; what options points to may go.
 * Returns: 0, -1 with err.
 */
int mail_link_open(const struct mail_link_options *options,
                   struct mail_link **out_link, enum mail_trouble *out_trouble,
                   struct err *err);

/* Sends octets. Returns: 0, -1 with err (ERR_SYSTEM). */
int mail_link_send(struct mail_link *link, struct slice octets,
                   struct err *err);

/* What came and was not taken yet; until the next call for this link. */
struct slice mail_link_input(const struct mail_link *link);

/* Takes octets off the front of it. */
void mail_link_take(struct mail_link *link, size_t bytes);

/*
 * Waits for more than what mail_link_input gives.
 * Returns: 0, -1 with err: ERR_LIMIT beyond max_bytes, ERR_SYSTEM when the
 * server ended it, was silent too long, or stop_fd is readable.
 */
int mail_link_wait(struct mail_link *link, struct err *err);

/* Tells whether it was stop_fd that ended a wait. */
bool mail_link_is_stopped(const struct mail_link *link);

/* Closes without a word. NULL is allowed. */
void mail_link_close(struct mail_link *link);
