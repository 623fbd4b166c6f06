/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * A mail read for its report parts (RFC 2045, 2046, 2047, 2231, 6522).
 *
 * Every leaf part is looked at, those of enclosed messages too; media types,
 * names and Subject are hints only. Behind this door works gmime; none of its
 * types leave the room, and caps of ours on size, header and parts come first
 * (limits.h), because its library aborts when memory runs out. Workload: 3 to
 * 16 KB a mail, thousands at an import.
 */

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

/*
 * Header fields of the outermost message: decoded, unfolded, valid UTF-8; NULL
 * where absent. Live in the arena. For parts of an enclosed message, TLS-Report
 * fields that are absent outside are taken from there.
 */
struct mail_header {
    const char *subject;
    const char *from;
    const char *tls_report_domain;
    const char *tls_report_submitter;
};

/* What was odd about a mail, or about the way to a part and its encoding. */
enum mail_oddity {
    MAIL_NOT_MULTIPART = 1u << 0,   /* the mail is the report, without parts */
    MAIL_NOT_REPORT = 1u << 1,      /* multipart, but not multipart/report with
                                       report-type tlsrpt (RFC 8460 5.3) */
    MAIL_NO_END_BOUNDARY = 1u << 2, /* a multipart around it has no closing
                                       boundary; known for its last part only */
    MAIL_NO_BOUNDARY = 1u << 3,     /* the boundary was guessed */
    MAIL_MIXED_LINE_ENDS = 1u << 4, /* CR LF and bare LF in one header */
    MAIL_MISSPELT_FIELD = 1u << 5,  /* "ContentType" for "Content-Type" */
    MAIL_ENCLOSED = 1u << 6,        /* it stands in an enclosed message */
    MAIL_ENCODED_NAME = 1u << 7,    /* encoded-word in a parameter, which RFC
                                       2047 section 5 forbids */
    MAIL_BASE64_LONG_LINE = 1u << 8,
    MAIL_BASE64_BLANKS = 1u << 9,      /* blanks or empty lines in base64 */
    MAIL_BASE64_NO_PADDING = 1u << 10, /* "=" missing at the end */
    MAIL_BASE64_FOREIGN = 1u << 11,    /* other octets in or behind base64 */
    MAIL_BASE64_UNMARKED = 1u << 12,   /* base64 that no field announces */
    MAIL_NOT_BASE64 = 1u << 13         /* announced as base64, but raw */
};

/* One leaf part, decoded. */
struct mail_part {
    unsigned number;        /* 1 for the first leaf part of the mail */
    const char *media_type; /* lower case, "" where absent */
    const char *file_name;  /* decoded, valid UTF-8, NULL where absent */
    struct slice content;   /* decoded octets, valid during the call */
    char *writable;         /* the same octets where they are a copy that may
                               be changed during the call, else NULL */
    unsigned oddities;      /* bits of enum mail_oddity */
    bool is_cut;            /* the part went over the cap */
};

/*
 * Called for each leaf part.
 * Returns: 0 to go on, anything else to stop; mail_read returns it.
 */
typedef int mail_part_function(void *context, const struct mail_header *header,
                               const struct mail_part *part, struct err *err);

/*
 * Tells whether octets look like a mail: they begin with a header field line
 * (or an mbox "From " line and such a line).
 */
bool mail_is_message(struct slice octets);

/*
 * Reads a message and calls `function` for each leaf part in order.
 * An mbox "From " line, empty lines and a BOM before the header are skipped.
 * arena: for header fields and names.
 * Returns: 0; what `function` returned; -1 with err.
 * Errors: ERR_LIMIT (size, header, parts, depth), ERR_MEMORY.
 */
int mail_read(struct arena *arena, struct slice message,
              mail_part_function *function, void *context, struct err *err);
