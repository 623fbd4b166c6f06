/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Authentication: what DMARC reports say of one domain, and what to do first.
 *
 * Stands beside transport on a domain's page. A message that fails is no trouble
 * where a forger sent it and receivers turned it away; it is where the owner's
 * own mail is turned away.
 */

#include "base/arena.h"
#include "base/err.h"
#include "insight/insight.h"
#include "insight/mailer.h"
#include "store/store.h"

/* One who sends in the domain's name. Strings live in the arena given, or are
 * static. */
struct insight_mailer {
    const char *sender; /* domain it proved to be, "" nobody */
    const char *name;   /* of a known service, or NULL */
    enum insight_mailer_kind kind;
    enum dmarc_case which; /* what is the matter with most of it */
    struct store_dmarc_sums sums;
    int64_t failing; /* messages without an excuse */
    int32_t first_day;
    int32_t last_day;
};

/* One thing to do, in the order to do them. */
struct insight_step {
    const char *title;
    const char *text;
    const char *sender; /* whom it is about, NULL: the policy */
    int64_t messages;   /* that it is about */
};

enum {
    /* Mailers that a page shows; forgers without number have one line. */
    INSIGHT_MAILERS_MAX = 100,
    INSIGHT_STEPS_MAX = 5
};

struct insight_authentication {
    const char *domain;
    const char *unicode;
    int64_t reports_ever;             /* DMARC reports, whatever the range */
    int64_t tls_reports_ever;         /* TLS reports, likewise */
    struct store_dmarc_totals totals; /* over the range */
    int64_t failing;                  /* messages without an excuse */
    struct insight_verdict verdict;
    const char *sentence;
    const char *policy; /* as reported last in the range, "" where none */
    struct insight_mailer *mailers; /* most failing first */
    size_t n_mailers;
    size_t n_mailers_all; /* with those beyond INSIGHT_MAILERS_MAX */
    struct insight_step steps[INSIGHT_STEPS_MAX];
    size_t n_steps;
};

/*
 * How many reports of each kind were ever about a domain, of everything stored.
 * Returns: 0, -1 with err.
 */
int insight_authentication_ever(struct store *store, const char *domain,
                                int64_t *out_dmarc, int64_t *out_tls,
                                struct err *err);

/*
 * Answers how a domain's mail is authenticated over a range.
 * Returns: 0, 1 where no report of either kind was ever about it, -1 with err.
 */
int insight_authentication_find(struct store *store, const char *domain,
                                struct store_range range, struct arena *arena,
                                struct insight_authentication *out,
                                struct err *err);

/* One domain of all. Strings live in the arena given. */
struct insight_authentication_row {
    const char *domain;
    const char *unicode;
    struct store_dmarc_sums sums;
    struct insight_verdict verdict;
    int32_t last_day;
};

/*
 * Gives the domains that DMARC reports of a range are about, in order of their
 * failing messages.
 * domain: this one alone, normalised; NULL = all.
 * Owns: rows live in arena.
 * Returns: 0, -1 with err.
 */
int insight_authentication_rows(struct store *store, const char *domain,
                                struct store_range range, struct arena *arena,
                                struct insight_authentication_row **out_rows,
                                size_t *out_n, struct err *err);

/* Judges the sums of a domain: trouble where own mail is turned away, watch where
 * much fails, well where next to nothing does. */
struct insight_verdict insight_authentication_judge(
    const struct store_dmarc_sums *sums);
