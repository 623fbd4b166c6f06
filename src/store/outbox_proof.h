/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Proofs: what self-test mails have shown of who signs. Part of the outbox.
 *
 * Of each tenant the self-test that was sent last, and the last one that came back
 * with a good signature. Workload: a row a tenant, written a few times a year.
 */

#include "base/arena.h"
#include "store/outbox.h"

struct outbox_proof {
    const char *token; /* in the report-id of the self-test sent last */
    const char *way;   /* how that one left us */
    utc_time sent_at;
    utc_time proven_at;     /* UTC_NONE: none ever came back well */
    const char *proven_way; /* how that one had left us */
    const char *domain;     /* d= of its signature */
    const char *selector;   /* s= of it */
};

/*
 * Notes that a self-test is sent; a proof of earlier ones stays.
 * tenant: "" the default one.
 * Returns: 0, -1 with err.
 */
int outbox_note_self_test(struct outbox *outbox, const char *tenant,
                          const char *token, const char *way, struct err *err);

/*
 * Notes that the self-test of a token came back with a good signature.
 * Returns: 0; 1 where it is not the one that was sent last; -1 with err.
 */
int outbox_note_proof(struct outbox *outbox, const char *tenant,
                      const char *token, const char *domain,
                      const char *selector, struct err *err);

/*
 * Finds what is known of a tenant.
 * Owns: texts live in the arena.
 * Returns: 0, 1 where nothing is, -1 with err.
 */
int outbox_find_proof(struct outbox *outbox, const char *tenant,
                      struct arena *arena, struct outbox_proof *out_proof,
                      struct err *err);
