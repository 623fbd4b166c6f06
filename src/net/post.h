/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Post: one report handed to an HTTPS endpoint, and what that said.
 *
 * Where to is said by a record of a stranger, so: no redirect is followed, no
 * cookie or password sent, nothing but HTTPS spoken, and the very address that is
 * connected to must be a public one of another machine. Blocking, for a thread of
 * its own. RFC: 8460 section 3, 5.4.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

enum { POST_NOTE_BYTES = 240 };

struct post_request {
    const char *url; /* a fragment is left out, the rest is asked as it is */
    const char *media_type;
    struct slice octets;
    const char *ca_file;       /* NULL: the machine's authorities */
    bool allows_private;       /* an address need not be public */
    bool requires_certificate; /* a valid one; else any will do, see below */
    int total_s; /* for each of the two tries at most; 0: NET_POST_TOTAL_S */
    int stop_fd; /* when this becomes readable nobody waits; -1 for none */
};

/* How it ended. */
enum post_end {
    POST_ANSWERED, /* with a status */
    POST_URL,      /* not a URL that is posted to */
    POST_NAME,     /* the host was not found */
    POST_ADDRESS,  /* it has no address that may be connected to */
    POST_CONNECT,  /* no connection, or one that ended early */
    POST_TLS,      /* no TLS, or no valid certificate where one is required */
    POST_TIME,     /* no answer in time */
    POST_STOPPED,  /* stop_fd */
    POST_END_COUNT
};

struct post_answer {
    enum post_end end;
    int status;                 /* of POST_ANSWERED */
    int64_t retry_after_s;      /* that it asked for; 0: none */
    bool is_unproven;           /* the certificate was not valid */
    char note[POST_NOTE_BYTES]; /* what happened, for people: one line */
};

/*
 * Posts. The certificate is held against the authorities and the host first; if
 * it fails there, and unless a valid one is required, a second try goes without,
 * and note says what was wrong: RFC 8460 section 3 wants reports delivered whatever
 * is wrong with TLS.
 * Returns: 0 with *out_answer, -1 with err.
 * Errors: ERR_MEMORY.
 */
int post_send(const struct post_request *request,
              struct post_answer *out_answer, struct err *err);
