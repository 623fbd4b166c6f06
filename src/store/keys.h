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
 */

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

/*
 * Computes the name of a policy as reported: its type, text and MX patterns.
 * Returns: 0, -1 when out of memory.
 */
int keys_policy(const struct store_policy *policy, struct arena *arena,
                unsigned char out_key[static DIGEST_BYTES]);
