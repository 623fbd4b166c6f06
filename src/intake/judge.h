/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Judge: what is known of where a report comes from, and whether it counts.
 *
 * Two questions go to DNS: for the keys of signatures, and for the record by
 * which a domain asks for reports. Neither is waited for: what is not known yet
 * is told so, and judged again when it is.
 */

#include "base/arena.h"
#include "base/err.h"
#include "intake/reading.h"

/* What is known of something that DNS tells. */
enum intake_known {
    INTAKE_KNOWN,   /* answered */
    INTAKE_PENDING, /* asked; there will be an answer in seconds */
    INTAKE_FAILING  /* DNS has trouble; asked again much later */
};

struct intake_judges {
    /*
     * Finds what DNS says of a key record. With INTAKE_KNOWN *out_answer is
     * filled, in arena. NULL: keys are never asked for.
     */
    enum intake_known (*find_key)(void *context, const char *query_name,
                                  struct arena *arena,
                                  struct dkim_answer *out_answer);

    /*
     * Tells whether reports about a domain that came by an origin are ours.
     * NULL: all are.
     */
    enum intake_known (*claims)(void *context,
                                const struct intake_origin *origin,
                                const char *domain, bool *out_is_ours);

    /* As claims, for DMARC reports, which another record asks for. NULL: as
     * claims. */
    enum intake_known (*claims_dmarc)(void *context,
                                      const struct intake_origin *origin,
                                      const char *domain, bool *out_is_ours);

    /* Tells whether a domain is ours, and not a tenant's: a secret path of that
     * tenant proves nothing about it. NULL: none is. */
    bool (*is_foreign)(void *context, const char *tenant, const char *domain);
    void *context;
};

/* What of an item is known now. Strings are static or in the arena. */
struct intake_judgement {
    enum store_proof proof;
    enum store_standing standing;
    const char *verdict; /* on DKIM; "" where it was not asked */
    const char *reason;
    const char *signer;
    enum intake_known known; /* the worst of what was asked */
};

/*
 * Judges an item that is a report. judges: NULL members as told there.
 * Returns: 0, -1 with err (ERR_MEMORY, ERR_LIMIT).
 * RFC: 8460 section 3.
 */
int intake_judge(const struct intake_judges *judges,
                 const struct intake_origin *origin,
                 const struct intake_item *item, struct arena *arena,
                 struct intake_judgement *out_judgement, struct err *err);

/* The standing of a report that is ours, by the way it came and what proves it. */
enum store_standing intake_standing(const struct intake_origin *origin,
                                    enum store_proof proof);

/*
 * When something that is not known is judged again.
 * now: utc_time. waited_s: how long it has waited, 0 at first. tries: how often it was
 * judged in vain. Given up after INTAKE_JUDGE_SECONDS, however often it was tried.
 * Returns: utc_time, or 0 for never.
 */
int64_t intake_judge_again(enum intake_known known, int64_t now,
                           int64_t waited_s, int64_t tries);
