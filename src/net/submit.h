/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Submit: one mail handed to a relay by SMTP, and what that said.
 *
 * To a relay of one's own or to a submission service, never to the MX of a
 * stranger: where mail goes from there is the MTA's affair. The octets are sent as
 * they are, dots doubled. Blocking, for a thread of its own. RFC: 5321, 3207, 4954,
 * 6409.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "net/submit_talk.h"

enum { SUBMIT_HOST_BYTES = 256 };

/* The URL of a relay: smtp://host[:port], smtps://host[:port]. */
struct submit_url {
    bool is_tls; /* from the first octet */
    uint16_t port;
    char host[SUBMIT_HOST_BYTES]; /* name or address, without brackets */
};

/*
 * Reads it. Ports that are not given: 25, with has_login 587, of smtps 465.
 * Returns: 0, -1 with err (ERR_USAGE).
 */
int submit_url_parse(const char *text, bool has_login,
                     struct submit_url *out_url, struct err *err);

struct submit_options {
    const struct submit_url *url;
    const char *helo;    /* our name */
    const char *user;    /* NULL: no login */
    struct slice secret; /* its password */
    const char *ca_file; /* NULL: the machine's authorities */
    /* Without TLS. Else with a login, or by smtps, TLS and a valid certificate are
       required; with neither STARTTLS is used where it is offered, whatever the
       certificate, and given up where it fails. */
    bool is_plain;
    int total_s; /* at most; 0: NET_SUBMIT_TOTAL_S */
    int stop_fd; /* when this becomes readable nobody waits; -1 for none */
};

struct submit_mail {
    const char *sender;            /* of the envelope; "" for none */
    const char *const *recipients; /* SUBMIT_MAX_RECIPIENTS at most */
    size_t n_recipients;
    struct slice octets; /* CRLF */
};

/* How it ended. */
enum submit_end {
    SUBMIT_ANSWERED, /* there is a reply */
    SUBMIT_NAME,     /* the relay was not found */
    SUBMIT_CONNECT,  /* no connection, or one that ended early */
    SUBMIT_NO_TLS,   /* no TLS, or no valid certificate, where required */
    SUBMIT_TIME,     /* no answer in time */
    SUBMIT_STOPPED,  /* stop_fd */
    SUBMIT_END_COUNT
};

struct submit_answer {
    enum submit_end end;
    struct submit_reply reply; /* of SUBMIT_ANSWERED */
    bool may_have_it;          /* the relay took the mail, or had all of it */
    char note[SUBMIT_REPLY_BYTES + 40]; /* for people: one line */
};

/*
 * Hands a mail over. answers: one for each recipient.
 * Returns: 0 with answers, -1 with err.
 * Errors: ERR_MEMORY, ERR_USAGE (too many recipients).
 */
int submit_send(const struct submit_options *options,
                const struct submit_mail *mail, struct submit_answer *answers,
                struct err *err);
