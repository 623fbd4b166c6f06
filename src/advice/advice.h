/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Advice: the one knowledge table.
 *
 * Per result type and known reason code: what it means for mail, causes in the
 * order of likelihood, a command to look, the fix, the RFC section. Used by
 * show, explain, the dashboard and, later, alerts and checks, so that all say
 * the same.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

enum { ADVICE_MAX_CAUSES = 6 };

struct advice {
    const char *code;    /* result type, or "result-type/REASON" */
    const char *title;   /* five words for a table, e.g. "Certificate expired" */
    const char *meaning; /* one or two sentences, what the sender saw */
    const char *consequence; /* what it means for mail, by policy */
    const char *side;    /* "yours", "theirs" or "either": who must act */
    const char *causes[ADVICE_MAX_CAUSES]; /* most likely first, NULL-ended */
    const char *look;    /* command to look, with MX, DOMAIN as placeholders */
    const char *fix;     /* what to do */
    const char *rfc;     /* "RFC 8460 section 4.3.1" */
};

/* What is known of one failure, to explain it. Members may be NULL. */
struct advice_failure {
    const char *result_type; /* as reported */
    const char *reason;      /* failure-reason-code */
    const char *information; /* additional-information */
    const char *policy_type; /* "sts", "tlsa", ... */
    const char *domain;      /* whom the report is about */
    const char *mx;          /* receiving-mx-hostname */
    const char *mx_address;
    const char *sender_address;
    const char *organization; /* who says it */
    int64_t sessions;
};

/*
 * Finds the row that explains a failure best: by result type and reason code
 * (patterns such as OpenSSL's X509_V_ERR_ names, HTTP statuses, Microsoft's and
 * Google's words), else by result type, else the row for unknown types.
 * Returns: never NULL.
 */
const struct advice *advice_find(const char *result_type, const char *reason);

/*
 * Finds a row by its code, for `explain CODE`; letter case and '_' for '-' do
 * not matter. Returns: the row, or NULL.
 */
const struct advice *advice_find_code(struct slice code);

/* The whole table; *out_n gets its rows. */
const struct advice *advice_table(size_t *out_n);

/*
 * Appends the failure as one sentence for people, e.g. "Google Inc. could not
 * verify 3 sessions with mx1.example.com: the certificate had expired.". The
 * text holds outside strings as they are: escape it for where it goes.
 */
void advice_add_sentence(struct buffer *buffer,
                         const struct advice_failure *failure);

/*
 * Appends a shell-safe command to look, with placeholders filled in from the
 * failure (unknown or unsafe values stay placeholders).
 */
void advice_add_look(struct buffer *buffer, const struct advice *advice,
                     const struct advice_failure *failure);
