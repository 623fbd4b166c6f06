/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Insight: questions to the store and what the answers mean.
 *
 * Noise or trouble, which domain needs its owner, what to say about it. Pages,
 * summary and show take their judgement from here, so that they agree.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/utc.h"
#include "store/store.h"

/* How a domain, MX or report stands. */
enum insight_state {
    INSIGHT_UNKNOWN, /* no sessions to judge by */
    INSIGHT_WELL,    /* no failures, or noise */
    INSIGHT_WATCH,   /* failures that are neither noise nor plain trouble */
    INSIGHT_TROUBLE, /* needs its owner */
    INSIGHT_STATE_COUNT
};

struct insight_verdict {
    enum insight_state state;
    bool is_noise; /* there are failures, but too few to mean anything */
};

/* Judges failures among sessions (failures <= sessions, both >= 0). */
struct insight_verdict insight_judge(int64_t sessions, int64_t failures);

/* "unknown", "well", "watch", "trouble". */
const char *insight_state_name(enum insight_state state);

/*
 * The key organisations are grouped under: an alias table joins the spellings
 * of one reporter (Google Inc. = google.com = Google LLC), letter case and
 * company suffixes aside.
 * Returns: text in the arena, NULL when out of memory.
 */
const char *insight_organization_key(struct arena *arena, const char *name);

/*
 * The key of an organisation whose report a domain signed: of a reporter whose
 * domains are known, and who does not sign by this one, it is the name with the
 * signer behind it. Anybody may call himself Google.
 * key: by insight_organization_key. signer: a domain.
 * Returns: key, or text in the arena; NULL when out of memory.
 */
const char *insight_organization_signed(struct arena *arena, const char *key,
                                        const char *signer);

/* What an overview is asked about. */
struct insight_question {
    struct store_range range;
    const char *domain; /* this one alone, normalised; NULL = all */
    size_t n_detailed;  /* domains that tell days and worsts: the first so many
                           in order of need; SIZE_MAX = all */
};

/* One domain on the overview. Strings live in the arena given. */
struct insight_domain {
    const char *domain;
    const char *unicode;
    struct store_sums sums;         /* over the range */
    struct insight_verdict verdict; /* over the last 7 days of the range */
    int32_t last_day;               /* last day with a report in the range */
    /* Of detailed domains: */
    const char *worst_result_type; /* most failures in the range, or NULL */
    const char *worst_mx;          /* most failures in the range, or NULL */
    struct store_day *days;        /* days with a report, in order, or blocks of
                                      overview.block_days */
    size_t n_days;
};

struct insight_overview {
    struct insight_domain *domains; /* trouble first, then watch, unknown, well;
                                       within: failures falling, then name */
    size_t n_domains;
    size_t n_detailed; /* the first of them */
    size_t n_by_state[INSIGHT_STATE_COUNT];
    int32_t block_days;         /* days that an entry of domains[].days holds */
    struct store_totals totals; /* over the range, of the domain asked for */
    struct store_contents contents; /* of the whole store */
    const char *sentence; /* "2 of 14 domains need you", for the head */
};

enum {
    /* A sparkline is some 100 pixels wide: where reports are of more days, from
     * the first to the last, they are drawn as blocks. */
    INSIGHT_DAILY_MAX = 100,
    /* A screen or two: what a page shows before somebody asks for more. */
    INSIGHT_DETAILED = 60
};

/*
 * Answers the overview. A domain is judged by the last 7 days of the range (of
 * one without end, by its own last 7 days); where it has no sessions in them it
 * is unknown, whatever was before. Several questions: hold a moment (store_hold)
 * where their numbers must agree during an import.
 * Cost: some ms over 500 domains, and 0.1 ms for each detailed one.
 * Returns: 0, -1 with err.
 */
int insight_overview(struct store *store,
                     const struct insight_question *question,
                     struct arena *arena, struct insight_overview *out_overview,
                     struct err *err);
