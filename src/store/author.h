/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Author: whose report it is that stands under a name.
 *
 * For this room alone. Organisation and report-id are words that anybody may
 * write, and report-ids of large senders can be foreseen. So what two authors
 * call the same are two reports: neither displaces the other nor hides it. The
 * author is the organisational domain of the signature that proved the report,
 * else of its contact-info, else nobody; of two that nobody signed nothing tells
 * that they have two. Where the key is held by another author
 * a report stands under keys_own. The same content is the same report whoever
 * sent it, under whichever key it stands.
 */

#include "store/standing.h"

/*
 * Finds what stands where a report is to stand. A copy of it that conflicts with
 * another author's report, and whose own is proven now, comes along.
 * key: by keys_report; gets the one that the report stands under.
 * Returns: 0, -1 with err.
 */
int author_find_standing(struct store *store, const struct store_report *report,
                         unsigned char key[static DIGEST_BYTES],
                         struct standing *out_standing, struct err *err);

/*
 * Finds the key for a stored report that is read anew: the one that it has, where
 * its name is the same.
 * old_key: that. report: with the verdict and signer that are stored.
 * key: by keys_report; gets the one that the report is to stand under.
 * Returns: 0, -1 with err.
 */
int author_find_key(struct store *store, const struct store_report *report,
                    const unsigned char old_key[static DIGEST_BYTES],
                    unsigned char key[static DIGEST_BYTES], struct err *err);

/*
 * Finds the newest other report that stands under the same name.
 * *out_id gets 0 where there is none.
 * Returns: 0, -1 with err.
 */
int author_find_beside(struct store *store, int64_t id,
                       const unsigned char key[static DIGEST_BYTES],
                       int64_t *out_id, struct err *err);
