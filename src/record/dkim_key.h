/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * DKIM key: one TXT record of selector._domainkey.domain, as a value.
 *
 * What is wrong with it are findings, each with the octet where it is; a critical
 * one means that the record is no usable key. What it allows to
 * whom (hashes, services, flags) is told and left to the caller. Workload: one
 * or two a mail. RFC: 6376 section 3.6.1, 8301, 8463 section 4, 8460 section 3.
 */

#include <stdbool.h>

#include "base/err.h"
#include "base/finding.h"
#include "base/slice.h"

struct signature_key;

enum dkim_key_type {
    DKIM_KEY_UNKNOWN, /* k= is something else */
    DKIM_KEY_RSA,
    DKIM_KEY_ED25519,
    DKIM_KEY_TYPE_COUNT
};

/* h=: what the key may be used with; all of them where there is no h=. */
enum dkim_key_hash {
    DKIM_KEY_SHA256 = 1u << 0,
    DKIM_KEY_SHA1 = 1u << 1,
    DKIM_KEY_OTHER_HASH = 1u << 2
};

/* s=: what the key is for; DKIM_KEY_ANY where there is no s=. */
enum dkim_key_service {
    DKIM_KEY_ANY = 1u << 0, /* "*", or no s= */
    DKIM_KEY_EMAIL = 1u << 1,
    DKIM_KEY_TLSRPT = 1u << 2,
    DKIM_KEY_OTHER_SERVICE = 1u << 3
};

/*
 * Which keys may prove a report. Signers that sign all their mail with one key
 * mostly say nothing, so the strict rule loses most reports.
 */
enum dkim_key_rule {
    DKIM_KEY_ACCEPT, /* for any service, for mail, or for reports */
    DKIM_KEY_KNOWN,  /* for any service, or for reports */
    DKIM_KEY_STRICT, /* says tlsrpt */
    DKIM_KEY_RULE_COUNT
};

struct dkim_key {
    enum dkim_key_type type;
    unsigned hashes;   /* bits of enum dkim_key_hash */
    unsigned services; /* bits of enum dkim_key_service */
    bool has_services; /* there is an s= */
    bool is_testing;   /* t=y */
    bool is_strict;    /* t=s: i= is of the very domain of d= */
    bool is_revoked;   /* p= is there and empty */
    unsigned bits;     /* size of the public key; 0 where there is none */
    struct signature_key *public_key; /* NULL where there is none */
    const struct finding_kind *fault; /* why it cannot be used, or NULL */
    struct finding_list findings;     /* the fault among them */
};

/*
 * Reads one record, the strings of the TXT record joined.
 * Owns: the findings live in the arena; the public key is freed by
 * dkim_key_deinit.
 * Returns: 0, whatever the record is; -1 with err.
 * Errors: ERR_MEMORY, ERR_LIMIT (of the arena).
 */
int dkim_key_read(struct arena *arena, struct slice record,
                  struct dkim_key *out_key, struct err *err);

/* Frees the public key. NULL is allowed. */
void dkim_key_deinit(struct dkim_key *key);

/* Tells whether a key may prove a report under a rule. */
bool dkim_key_may_sign_reports(const struct dkim_key *key,
                               enum dkim_key_rule rule);
