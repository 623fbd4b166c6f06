/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * DMARC aggregate report (RFC 7489 appendix C, RFC 9990) as a value.
 *
 * What a report says, after lenient reading: domains normalised, dates as
 * instants, counts as saturating 64-bit integers, words in lower case; each
 * leniency is a finding, and what no RFC knows is kept beside it. Strings are
 * valid UTF-8, NUL-terminated, live in the arena, and are NULL where the report
 * has none. Workload: 2 KB with three records (usual), some MB from the largest
 * receivers.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/count.h"
#include "base/err.h"
#include "base/finding.h"
#include "base/utc.h"

/* Why a receiver did not do as the policy says. */
struct dmarc_reason {
    const char *type;    /* local_policy, mailing_list, ... or what was said */
    const char *comment; /* free text of the reporter */
};

/* One DKIM signature as it was verified, aligned or not. */
struct dmarc_dkim {
    const char *domain; /* d=, normalised */
    const char *selector;
    const char *result; /* pass, fail, ... or what was said */
    const char *human_result;
};

/* SPF as it was checked, aligned or not. */
struct dmarc_spf {
    const char *domain; /* normalised */
    const char *scope;  /* mfrom or helo */
    const char *result;
    const char *human_result;
};

/* One record: messages of one source that fared alike. */
struct dmarc_record {
    const char *source_ip; /* normalised address, or text */
    int64_t count;         /* messages */
    /* policy_evaluated: what the receiver did, and what passed and aligned. */
    const char *disposition; /* none, quarantine, reject, pass, or as said */
    const char *dkim;        /* pass, fail, or as said */
    const char *spf;
    struct dmarc_reason *reasons;
    size_t n_reasons;
    const char *header_from; /* domain in From */
    const char *envelope_from;
    const char *envelope_to;
    struct dmarc_dkim *dkims;
    size_t n_dkims;
    struct dmarc_spf *spfs;
    size_t n_spfs;
};

/* policy_published: what the reporter found in the DNS. */
struct dmarc_policy {
    const char *domain;
    const char *adkim; /* r or s */
    const char *aspf;
    const char *p; /* none, quarantine, reject, or as said */
    const char *sp;
    const char *np;
    const char *fo;
    const char *testing;          /* y or n */
    const char *discovery_method; /* psl or treewalk */
    int64_t pct;                  /* 0 to 100; DMARC_PCT_NONE where absent */
};

#define DMARC_PCT_NONE INT64_C(-1)

/* Something in the report that no RFC knows, or that stood there twice. */
struct dmarc_other {
    const char *where; /* place, as in findings */
    const char *value;
};

struct dmarc_report {
    const char *version;
    const char *name_space; /* of <feedback>, NULL where it has none */
    const char *organization_name;
    const char *email;
    const char *extra_contact_info;
    const char *report_id;
    const char *start_text; /* begin as reported, NULL where absent */
    const char *end_text;
    utc_time start; /* UTC_NONE where absent or unreadable; start <= end */
    utc_time end;
    const char **errors; /* what the reporter says went wrong */
    size_t n_errors;
    const char *generator;
    struct dmarc_policy policy;
    struct dmarc_record *records;
    size_t n_records;
    struct dmarc_other *others;
    size_t n_others;
    size_t n_others_dropped; /* beyond DMARC_MAX_OTHERS */
    struct finding_list findings;
};

/* Sums of a report; they saturate. */
struct dmarc_totals {
    int64_t messages;
    int64_t dkim_pass; /* aligned, as the reporter evaluated it */
    int64_t spf_pass;
    int64_t dmarc_pass; /* either of them */
};

struct dmarc_list {
    struct dmarc_report *reports; /* in the arena */
    size_t n_reports;
};

/* What the text was before it came here. */
struct dmarc_origin {
    bool was_utf16; /* it was converted, so that a declaration of UTF-16 is
                       right */
};

/*
 * Reads every report in a text: one document, or several one after the other.
 *
 * text: len octets, not changed. BOM, blanks and other text before the first
 * tag are passed over; octets that are not UTF-8 are converted where an 8-bit
 * encoding is declared, else replaced. origin: may be NULL. arena: its maximum
 * bounds memory.
 * Owns: out_list and all in it live in arena.
 * Returns: 0 with at least one report; -1 where there is none.
 * Errors: ERR_INPUT (XML that is not well formed, or no DMARC report; err.text
 * says which, err.offset where), ERR_LIMIT (DTD, depth, size, too much for the
 * arena), ERR_MEMORY.
 * RFC: 7489 appendix C; 9990 section 3; deviations as docs/findings.md lists
 * them.
 */
int dmarc_read(struct arena *arena, struct slice text,
               const struct dmarc_origin *origin, struct dmarc_list *out_list,
               struct err *err);

/* Tells whether a word of a report says pass; NULL does not. */
bool dmarc_is_pass(const char *word);

/* Tells whether DKIM or SPF passed and aligned. RFC: 7489 section 3.1. */
bool dmarc_record_passes(const struct dmarc_record *record);

/* Tells whether the count of a record is above COUNT_PLAUSIBLE_MAX. */
bool dmarc_record_is_implausible(const struct dmarc_record *record);

/* Adds up the records. */
struct dmarc_totals dmarc_totals_compute(const struct dmarc_report *report);

/*
 * The day a report belongs to: the UTC day of the middle of its range.
 * Returns: the day; UTC_DAY_NONE without a range.
 */
utc_day dmarc_day(const struct dmarc_report *report);

/* The table of findings that reading yields; *out_n gets its rows. */
const struct finding_kind *dmarc_finding_kinds(size_t *out_n);
