/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What a try of a delivery leads to.
 *
 * One table, read by nobody but attempt_next: what the other side said, or what
 * went wrong on the way, to delivered, tried again and when, or ended. Retries are
 * 5 minutes apart at first, twice as long each time, 4 hours at most, until 24
 * hours after the first. docs/sending.md prints the table. RFC: 8460 section 5.5.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/utc.h"

enum {
    ATTEMPT_FIRST_DELAY_S = 300,
    ATTEMPT_MAX_DELAY_S = 4 * 3600,
    ATTEMPT_JITTER_PCT = 20 /* either way, so that what failed at the same
                               moment does not come back at the same moment */
};

/* What the code of an outcome is. */
enum attempt_kind {
    ATTEMPT_SESSION,  /* SMTP reply before a recipient was named: about us */
    ATTEMPT_SMTP,     /* SMTP reply to the recipient or the mail */
    ATTEMPT_HTTP,     /* status */
    ATTEMPT_EXIT,     /* status of a sendmail command; -1: killed */
    ATTEMPT_FILE,     /* 0 written, else errno */
    ATTEMPT_NAME,     /* host not found; of these no code */
    ATTEMPT_CONNECT,  /* no connection, or one that broke */
    ATTEMPT_TLS,      /* no TLS, or no valid certificate, where required */
    ATTEMPT_TIME,     /* no answer in time */
    ATTEMPT_ADDRESS,  /* no public address of another machine */
    ATTEMPT_UNUSABLE, /* a destination that nothing can be sent to */
    ATTEMPT_OURS,     /* our own settings: no key, no password */
    ATTEMPT_STOPPED,  /* we had to end */
    ATTEMPT_KIND_COUNT
};

struct attempt_outcome {
    enum attempt_kind kind;
    int code;
    int64_t retry_after_s; /* the other side asked for; 0: none */
};

/* What was before. */
struct attempt_history {
    utc_time now;
    utc_time first_try_at;
    int64_t tries;   /* this one included: 1 or more */
    int64_t retry_s; /* tried for so long after the first; 0: once */
    uint32_t random; /* any number, for the jitter */
};

enum attempt_fate {
    ATTEMPT_DELIVERED,
    ATTEMPT_AGAIN,
    ATTEMPT_REFUSED, /* by the other side, for good */
    ATTEMPT_GIVEN_UP,
    ATTEMPT_FATE_COUNT
};

struct attempt_next {
    enum attempt_fate fate;
    utc_time at; /* of ATTEMPT_AGAIN */
};

/* Decides what a try leads to. */
struct attempt_next attempt_decide(const struct attempt_outcome *outcome,
                                   const struct attempt_history *history);

/* Seconds until the try after so many (1 or more), without jitter. */
int64_t attempt_delay(int64_t tries);
