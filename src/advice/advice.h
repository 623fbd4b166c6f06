/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Advice: the one knowledge table.
 *
 * Per result type and known reason code: what it means for mail, causes in the
 * order of likelihood, a command to look, the fix, the RFC section. Used by
 * show, explain, the dashboard and, later, alerts and checks, so that all say
 * the same. The rows stand in rows_*.inc, the words senders use for a reason in
 * match.c, the sentences made from a row in sentence.c.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

enum { ADVICE_MAX_CAUSES = 6 };

/* What the fault does to mail. */
enum advice_harm {
    ADVICE_HARM_SESSION,  /* the session broke the policy in force */
    ADVICE_HARM_DEFERRED, /* DANE: the sender holds the mail */
    ADVICE_HARM_POLICY,   /* the policy could not be used; mail goes on */
    ADVICE_HARM_ALIKE,    /* the session failed, and the policy makes no
                             difference: as the row says */
    ADVICE_HARM_COUNT
};

struct advice {
    const char *code;  /* result type, or "result-type/REASON" */
    const char *title; /* five words for a table, e.g. "Certificate expired" */
    const char *meaning;     /* one or two sentences, what the sender saw */
    const char *consequence; /* what it means for mail, by policy */
    const char *side;        /* "yours", "theirs" or "either": who must act */
    const char *causes[ADVICE_MAX_CAUSES]; /* most likely first, NULL-ended */
    const char *look;    /* command to look, with MX, DOMAIN as placeholders */
    const char *fix;     /* what to do */
    const char *rfc;     /* "RFC 8460 section 4.3.1" */
    const char *because; /* clause behind "because", no stop: "the certificate
                            had expired" */
    enum advice_harm harm;
};

/* What is known of one failure, to explain it. Members may be NULL. */
struct advice_failure {
    const char *result_type; /* as reported */
    const char *reason;      /* failure-reason-code */
    const char *policy_type; /* "sts", "tlsa", ... */
    const char *domain;      /* whom the report is about */
    const char *mx;          /* receiving-mx-hostname */
    const char *mx_address;
    const char *organization; /* who says it */
    int64_t sessions;
    const char *policy_mode; /* MTA-STS: "enforce", "testing", "none" */
};

/*
 * Finds the row that explains a failure best: by result type and reason code
 * (patterns such as OpenSSL's X509_V_ERR_ names, HTTP statuses, Microsoft's and
 * Google's words), else by result type, else the row for unknown types. Letter
 * case, '_' for '-' and known other spellings of a type do not matter.
 * Returns: never NULL.
 */
const struct advice *advice_find(const char *result_type, const char *reason);

/*
 * Finds a row by its code, for `explain CODE`: a result type, a code of the
 * table, the reason part alone, or the words of a sender ("certificate has
 * expired"). Letter case and '_' for '-' do not matter.
 * Returns: the row, or NULL.
 */
const struct advice *advice_find_code(struct slice code);

/* The whole table; *out_n gets its rows. */
const struct advice *advice_table(size_t *out_n);

/*
 * Appends the failure as one sentence for people, e.g. "Google Inc. reports: 3
 * sessions with mx1.example.com (198.51.100.25) failed because the certificate
 * had expired.". The text holds outside strings as they are (each cut at 200
 * octets): escape it for where it goes.
 */
void advice_add_sentence(struct buffer *buffer,
                         const struct advice_failure *failure);

/*
 * Appends what the failure did to mail under the policy named in it; without a
 * policy type it is the row's `consequence`.
 */
void advice_add_consequence(struct buffer *buffer, const struct advice *advice,
                            const struct advice_failure *failure);

/*
 * Appends a shell-safe command to look, with placeholders filled in from the
 * failure (unknown or unsafe values stay placeholders).
 */
void advice_add_look(struct buffer *buffer, const struct advice *advice,
                     const struct advice_failure *failure);

/*
 * Appends the honest note on a handful of failures in thousands of sessions.
 * That it is noise has been judged by the caller (insight/insight.h); nothing
 * is appended without failures.
 */
void advice_add_noise(struct buffer *buffer, int64_t failures,
                      int64_t sessions);
