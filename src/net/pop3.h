/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * POP3: mails by the unique names (UIDL) that the server gives them.
 *
 * One session: the list, mails one by one, and deletions, which the server makes
 * true when pop3_quit is answered. Blocking; after a failure nothing more can be
 * asked of a connection.
 * RFC: 1939, 2595 (STLS).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/err.h"
#include "net/mail_link.h"

struct pop3;

/*
 * Connects and logs in. max_bytes of the options is that of one mail.
 * Returns: 0, -1 with err.
 */
int pop3_open(const struct mail_link_options *options, struct pop3 **out_pop3,
              enum mail_trouble *out_trouble, struct err *err);

struct pop3_mail {
    uint32_t number; /* of this session */
    const char *uidl;
    uint64_t size; /* 0 where the server does not say */
};

/* Mails in the order of their numbers. Begins as { 0 }. */
struct pop3_list {
    struct pop3_mail *mails;
    size_t n;
    char *text; /* where the names stand */
};
void pop3_list_deinit(struct pop3_list *list);

/* Asks what there is. Returns: 0, -1 with err. */
int pop3_list(struct pop3 *pop3, struct pop3_list *out_list, struct err *err);

/*
 * Appends a mail to out.
 * Returns: 0; 1 with err where the server does not give it; -1 with err:
 * ERR_LIMIT where it is larger than out may get.
 */
int pop3_fetch(struct pop3 *pop3, uint32_t number, struct buffer *out,
               struct err *err);

/* Marks a mail to be deleted by pop3_quit. Returns: 0, -1 with err. */
int pop3_delete(struct pop3 *pop3, uint32_t number, struct err *err);

/* Ends the session; what is marked is deleted. Returns: 0, -1 with err. */
int pop3_quit(struct pop3 *pop3, struct err *err);

/* Tells whether it was the stop descriptor that ended it. */
bool pop3_is_stopped(const struct pop3 *pop3);

/* Closes; without pop3_quit before, what is marked shall stay, but some servers
 * delete it. NULL is allowed. */
void pop3_close(struct pop3 *pop3);
