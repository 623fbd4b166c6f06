/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Keys: what makes two reports the same report.
 *
 * A report-id alone does not do: several reporters use one again for another
 * day. The key is (organisation as reported, report-id, start and end as
 * instants, sorted policy-domains as reported); of a DMARC report also that it is
 * one. Not the subject domains: a copy
 * that came without its mail may be silent about them. A date that is no
 * date-time (a number, odd text) is in the key as it was written, so that a
 * guess about its meaning never sets another report aside.
 *
 * Its first half is the report's name. Reports of several authors that have one
 * name (author.h) stand beside each other, the later ones under keys of their own
 * with the same first half.
 */

#include <stdbool.h>

#include "base/arena.h"
#include "crypt/digest.h"

struct store_report;
struct store_policy;

/*
 * Computes the key: SHA-256 over the parts, each with its length in front, so
 * that no two lists of parts are the same octets. Scratch memory in arena.
 * Returns: 0, -1 when out of memory.
 */
int keys_report(const struct store_report *report, struct arena *arena,
                unsigned char out_key[static DIGEST_BYTES]);

/* Octets of a key that all authors of a name share: half of it makes no two names
 * meet, and the other half no two authors. */
enum { KEYS_NAME_BYTES = DIGEST_BYTES / 2 };

/*
 * Computes the key of an author's report where another author's has the one of
 * its name. out_key may be key.
 * Returns: 0, -1 when out of memory.
 */
int keys_own(const unsigned char key[static DIGEST_BYTES], const char *author,
             unsigned char out_key[static DIGEST_BYTES]);

/* Tells whether two keys are of one name. */
bool keys_is_same_name(const unsigned char a[static DIGEST_BYTES],
                       const unsigned char b[static DIGEST_BYTES]);

/* The keys of one name: from the first to the last that there can be. */
struct keys_range {
    unsigned char first[DIGEST_BYTES];
    unsigned char last[DIGEST_BYTES];
};

/* Tells the range that a key is in. */
struct keys_range keys_range(const unsigned char key[static DIGEST_BYTES]);

/*
 * Computes the name of a policy as reported: its type, text and MX patterns.
 * Returns: 0, -1 when out of memory.
 */
int keys_policy(const struct store_policy *policy, struct arena *arena,
                unsigned char out_key[static DIGEST_BYTES]);
