/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The mail that carries a TLS report.
 *
 * multipart/report of two parts: a few lines for people, and the report in base64.
 * Written octet by octet here rather than by a library, because what was composed
 * is signed and kept, and nothing may come out otherwise another time: 7-bit, with
 * CRLF, no line longer than the 998 octets of RFC 5322. RFC: 8460 section 5.3, 6522,
 * 8689.
 */

#include "base/buffer.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/utc.h"

/* What stands in such a mail. All texts are ASCII but for from_name. */
struct compose_report {
    const char *from_address; /* as compose_address writes it */
    const char *from_name;    /* UTF-8, or NULL */
    const char *to_address;
    const char *domain;     /* whom the report is about, A-labels */
    const char *submitter;  /* domain of contact-info, A-labels */
    const char *report_id;  /* left@right */
    const char *message_id; /* left@right, without brackets */
    const char *file_name;  /* RFC 8460 section 5.1 */
    utc_time now;           /* Date */
    utc_time start, end;    /* of the report */
    int64_t successes;      /* sessions */
    int64_t failures;
    struct slice payload; /* gzip, or JSON */
};

/*
 * Appends an address, its local part quoted where it has to be.
 * Returns: 0; -1 with err.
 * Errors: ERR_INPUT: not ASCII (RFC 6531 is not spoken), a control character,
 * longer than RFC 5321 section 4.5.3.1 has it, or empty.
 */
int compose_address(const char *local, const char *domain, struct buffer *out,
                    struct err *err);

/*
 * Appends the mail.
 * Returns: 0; -1 with err.
 * Errors: ERR_INPUT (a text that would not stay where it belongs), ERR_LIMIT (of
 * out), ERR_MEMORY.
 */
int compose_mail(const struct compose_report *report, struct buffer *out,
                 struct err *err);
