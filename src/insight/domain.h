/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * One domain: how it stands, and who says so.
 *
 * The domain's page asks here. The verdict is that of the overview: the last
 * INSIGHT_RECENT_DAYS of the range decide, because what was mended a month ago
 * needs nobody.
 */

#include "base/arena.h"
#include "base/err.h"
#include "insight/insight.h"
#include "insight/recent.h"
#include "store/store.h"

/* How one domain stands. Strings live in the arena given. */
struct insight_domain_facts {
    const char *domain;
    const char *unicode;
    struct store_totals totals;     /* over the range */
    struct insight_verdict verdict; /* over its last days */
    const char *sentence;           /* what the verdict rests on */
};

/*
 * Answers how a domain stands.
 * Returns: 0, 1 where no report was ever about it, -1 with err.
 */
int insight_domain_facts(struct store *store, const char *domain,
                         struct store_range range, struct arena *arena,
                         struct insight_domain_facts *out_facts,
                         struct err *err);

/* Who reports failures of a domain, to be asked result type by result type. */
struct insight_domain_who {
    struct store *store;
    struct arena *arena;
    const char *domain;
    struct store_range range;
    struct insight_domain_reporter *reporters; /* those with failures */
    size_t n_failing;
    size_t n_reporters; /* all that saw sessions */
    int64_t sessions;   /* of all reporters */
};

/*
 * Readies the question; store and arena must outlive it.
 * Returns: 0, -1 with err.
 */
int insight_domain_who_init(struct insight_domain_who *who, struct store *store,
                            const char *domain, struct store_range range,
                            struct arena *arena, struct err *err);

/*
 * Says who reports a result type and who does not: "Only Google reports this; 3
 * other reporters with 812 sessions do not." One reporter's word may be one
 * reporter's fault.
 * Cost: a question to the store for each reporter with failures; with more than
 * INSIGHT_DOMAIN_MAX_REPORTERS of them nothing is said.
 * Returns: 0 with text in the arena, or NULL where there is nothing to say; -1
 * with err.
 */
int insight_domain_who_format(struct insight_domain_who *who,
                              const char *result_type, const char **out_text,
                              struct err *err);

enum { INSIGHT_DOMAIN_MAX_REPORTERS = 12 };
