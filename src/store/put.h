/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What is put into the store, inside a batch.
 *
 * Reports with their rows, raw octets and what could not be read. Facts are
 * idempotent by key: any batch may be put twice.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "crypt/digest.h"
#include "store/arrival.h"

struct store;
struct store_dmarc;

/* How well a report's origin is proven; the larger counts under one key. */
enum store_proof {
    STORE_PROOF_NONE = 0,        /* mail that had to be signed, and is not */
    STORE_PROOF_HTTPS = 1,       /* unproven HTTPS */
    STORE_PROOF_FILE = 2,        /* marked mail or file */
    STORE_PROOF_SECRET_PATH = 3, /* secret intake path */
    STORE_PROOF_DKIM = 4         /* DKIM pass */
};

/* What became of a report that was put. */
enum store_outcome {
    STORE_NEW,
    STORE_DUPLICATE, /* same key, same content: nothing was stored */
    STORE_CONFLICT,  /* same key, other content: kept beside, in no sum */
    STORE_TAKEOVER,  /* same key, better proven: stands in place of the old */
    STORE_OUTCOME_COUNT
};

/* A policy row as kept: evaluations, not distinct sessions. */
struct store_policy {
    const char *type_text;      /* as reported */
    const char *type;           /* "sts", "tlsa", "no-policy-found", "other" */
    const char *policy_domain;  /* as reported, normalised; "" */
    const char *subject_domain; /* "" where unknown */
    const char *policy_text;    /* policy-string joined with \n; "" */
    const char *mx_hosts;       /* patterns joined with blanks, which no
                                 pattern holds; "" */
    int64_t success_sessions;   /* saturated, may be implausible */
    int64_t failure_sessions;
    bool is_implausible; /* in no sum */
};

/* Distinct sums of one subject domain of the report. */
struct store_subject {
    const char *domain;
    int64_t sessions;
    int64_t failures;
};

/* Distinct failed sessions of one subject under one result type or MX. */
struct store_share {
    const char *domain;
    const char *key; /* result type key, or MX host name ("" unknown) */
    int64_t failures;
};

struct store_finding {
    const char *code;
    const char *where;
    const char *value; /* or NULL */
};

struct store_report {
    unsigned char content_hash[DIGEST_BYTES]; /* over report_write's text */
    unsigned char raw_hash[DIGEST_BYTES];     /* of the raw put before */
    size_t payload;                           /* which text in the raw */
    size_t ordinal;                           /* which report in it */
    const char *input;              /* where it came from, for people */
    const char *organization;       /* as reported, "" */
    const char *organization_key;   /* for grouping, see insight alias table */
    const char *organization_label; /* to show for it; NULL: organization */
    const char *contact_info;       /* "" */
    const char *report_id;          /* "" */
    int64_t start;                  /* utc_time or UTC_NONE */
    int64_t end;
    const char *start_odd; /* a date as written that is no date-time, or NULL */
    const char *end_odd;
    int32_t day; /* utc_day or UTC_DAY_NONE */
    enum store_proof proof;
    enum store_standing standing; /* which it shall have; never conflicting */
    struct store_arrival arrival;
    int reader_version;
    int64_t success_sessions; /* plain sums over plausible policies */
    int64_t failure_sessions;
    const struct store_dmarc *dmarc; /* what a DMARC report says, see dmarc.h;
                                        NULL, or the members below are empty */
    const struct store_policy *policies;
    size_t n_policies;
    const struct store_subject *subjects; /* one per subject domain, >= 1 where
                                             there is a policy */
    size_t n_subjects;
    const struct store_share *results;
    size_t n_results;
    const struct store_share *mxs;
    size_t n_mxs;
    const struct store_finding *findings;
    size_t n_findings;
};

/*
 * Keeps raw octets, compressed, once per content hash; again is no error.
 * out_hash gets their SHA-256.
 * Returns: 0 kept, 1 was there already, -1 with err.
 */
int store_put_raw(struct store *store, struct slice octets,
                  unsigned char out_hash[static DIGEST_BYTES], struct err *err);

/*
 * Forgets a raw that was put and that nothing needs: what it holds was stored
 * before, and no arrival of it waits to be judged. In a batch.
 * Returns: 0, also where it is needed; -1 with err.
 */
int store_drop_raw(struct store *store,
                   const unsigned char raw_hash[static DIGEST_BYTES],
                   struct err *err);

/*
 * Puts a report: rows, roll-ups, dictionaries. The key is (kind, organization,
 * report_id, start, end, sorted policy-domains); see keys.h. Where the arrival
 * has judge_at it is listed to be judged again, also that of a duplicate, which
 * may prove better than what is stored; where it has `judges` this is that
 * judgement.
 * Returns: 0 with the outcome, -1 with err.
 */
int store_put_report(struct store *store, const struct store_report *report,
                     enum store_outcome *out_outcome, struct err *err);

/* An input that could not be read. */
struct store_refusal {
    const unsigned char *raw_hash; /* DIGEST_BYTES, of a raw put before */
    const char *input;             /* where it came from, for people */
    const char *reason;
    const struct store_finding *findings;
    size_t n_findings;
    int reader_version;
    struct store_arrival arrival; /* all zero for an import */
};

/*
 * Keeps a refused input. The same raw with the same reason is kept once for each
 * source, tenant and destination that it came by.
 * Returns: 0 kept, 1 was there already, -1 with err.
 */
int store_put_quarantine(struct store *store,
                         const struct store_refusal *refusal, struct err *err);
