/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * One input read: from the octets of a file or mail to reports.
 *
 * Joins unwrap, report and dmarc. What `show` prints and what `import` stores is
 * the same reading; only this file knows how the rooms fit together.
 */

#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/err.h"
#include "base/finding.h"
#include "base/slice.h"
#include "dmarc/dmarc.h"
#include "mail/mail.h"
#include "report/report.h"

/* What one reading yields: a report, or a refusal. */
struct intake_result {
    /* One of the three is set. The findings of a report begin with those of the
     * containers. */
    const struct report *report;
    const struct dmarc_report *dmarc;
    const char *refused;   /* the reason */
    const char *submitter; /* TLS-Report-Submitter of its mail, or NULL */
    const struct finding_list *findings; /* the report's, or the refusal's */
    size_t room_bytes; /* of the memory for reading, what is left */
    size_t payload;    /* 0-based number of the candidate text */
    size_t ordinal;    /* 0-based number of the report in it */
};

/* Called for each result. Returns: 0 to go on, else intake_read returns it. */
typedef int intake_function(void *context, const struct intake_result *result,
                            struct err *err);

/*
 * Reads one input (one file, one mail of an mbox) and calls `function` for each
 * report and each refusal; at least once. A candidate without any report is one
 * refusal. name: file name or NULL.
 * Returns: 0; what `function` returned; -1 with err (ERR_MEMORY).
 */
int intake_read(struct slice octets, const char *name,
                intake_function *function, void *context, struct err *err);

/*
 * As intake_read, for octets that the caller lets go of: they are changed, and
 * a large text needs no second copy.
 */
int intake_read_in_place(char *octets, size_t len, const char *name,
                         intake_function *function, void *context,
                         struct err *err);

/* Kinds of reports that a reading may give; bits. */
enum intake_kind {
    INTAKE_KIND_TLS = 1u << 0,
    INTAKE_KIND_DMARC = 1u << 1,
    INTAKE_KIND_ALL = INTAKE_KIND_TLS | INTAKE_KIND_DMARC
};

/*
 * As intake_read, for reports of some kinds; one of another kind is a refusal.
 * kinds: bits of enum intake_kind; the two above read INTAKE_KIND_TLS.
 * writable: the same octets where the caller lets go of them, or NULL.
 */
int intake_read_kinds(struct slice octets, char *writable, const char *name,
                      unsigned kinds, intake_function *function, void *context,
                      struct err *err);

/*
 * As intake_read, but gives the unwrapped text of candidate number `payload`
 * into out instead of reading it, for showing the raw JSON of a stored report.
 * Returns: 0, 1 where there is no such candidate, -1 with err.
 */
int intake_payload(struct slice octets, const char *name, size_t payload,
                   struct buffer *out, struct err *err);

/* Version of the reading rules; grows when the same octets read differently.
 * 2: DMARC reports are stored. */
enum { INTAKE_READER_VERSION = 2 };
