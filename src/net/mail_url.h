/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The URL of a mailbox: imaps://user@host[:port]/Folder, pop3s://user@host.
 *
 * imap:// and pop3:// are the same over STARTTLS. What is no letter, digit or
 * ".-_~" may be written as %XX; an '@' in the user's name may stand as it is. No
 * password stands in a URL: it would be seen in lists of processes.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum mail_protocol { MAIL_IMAP, MAIL_POP3 };

enum {
    MAIL_URL_USER_BYTES = 256,
    MAIL_URL_HOST_BYTES = 256,
    MAIL_URL_FOLDER_BYTES = 512,
    /* All of it, as mail_url_format writes it: each octet as %XX. */
    MAIL_URL_BYTES =
        3 * (MAIL_URL_USER_BYTES + MAIL_URL_FOLDER_BYTES) + 256 + 32
};

struct mail_url {
    enum mail_protocol protocol;
    bool is_tls;   /* from the first octet; else STARTTLS */
    uint16_t port; /* the protocol's where none is given */
    char user[MAIL_URL_USER_BYTES];
    char host[MAIL_URL_HOST_BYTES];     /* name or address, without brackets */
    char folder[MAIL_URL_FOLDER_BYTES]; /* UTF-8; "INBOX" where none; POP3 "" */
};

/* Tells whether a text begins as such a URL, right or wrong. */
bool mail_url_is(const char *text);

/* Reads a URL. Returns: 0, -1 with err (ERR_USAGE). RFC: 5092, 2384 in part. */
int mail_url_parse(const char *text, struct mail_url *out_url, struct err *err);

/* Writes it in its one canonical form. Returns: out. */
const char *mail_url_format(const struct mail_url *url,
                            char out[static MAIL_URL_BYTES]);

/* Tells whether the host is this machine by its very name: 127.0.0.0/8, ::1 or
 * localhost. */
bool mail_url_is_loopback(const struct mail_url *url);
