/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Facts: what one report says, in numbers; lists and sums are made of it.
 *
 * A subject for each domain, a share for each (domain, result type), (domain,
 * MX) and (domain, policy type); each also for DICTIONARY_ALL, which is how a
 * question over all domains is the same question. They are kept as octets in
 * the report's row (see facts_octets.h). Roll-ups and the lines of lists are
 * made of them and of nothing else, so a number and the list behind it agree.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "store/dictionary.h"

struct store;
struct store_report;

/* One sum of a subject domain: of the domain itself (kind and label 0), or of a
 * result type, MX or policy type. */
struct facts_row {
    int64_t domain_id;
    int64_t label_id;
    int64_t kind;     /* enum dictionary_kind of the label */
    int64_t sessions; /* distinct; evaluations of a policy type, else 0 */
    int64_t failures; /* distinct; of a policy type evaluations */
};

struct facts_rows {
    struct facts_row *rows; /* each domain and label once */
    size_t n;
};

/* A policy as it was reported. */
struct facts_policy {
    int64_t domain_id; /* whom it is about */
    int64_t policy_domain_id;
    int64_t type_id;
    int64_t text_id;          /* of table policy_text */
    int64_t success_sessions; /* evaluations; saturated, may be implausible */
    int64_t failure_sessions;
    int64_t is_implausible; /* 1: in no sum, else 0 */
    struct slice type_text; /* the type where it is spelt unusually, else "" */
};

struct facts {
    int64_t organization_id;
    int64_t day;                /* utc_day, UTC_DAY_NONE */
    struct facts_rows subjects; /* of domains */
    struct facts_rows shares;   /* of their labels */
    struct facts_policy *policies;
    size_t n_policies;
};

/*
 * Finds the number of a report's organisation, giving it the next one where it is
 * new (in a batch).
 * Returns: 0, -1 with err.
 */
int facts_put_organization(struct store *store,
                           const struct store_report *report, int64_t *out_id,
                           struct err *err);

/*
 * Makes the facts of a report to be put: names numbered, what is said twice
 * joined, rows for all domains added. Where any row has more than
 * COUNT_PLAUSIBLE_MAX, all of them are 0 and its policies implausible: what came
 * in can then always be taken out again, because no roll-up comes near its bound.
 * Owns: all lives in the store's scratch arena; texts are the report's.
 * Returns: 0, -1 with err.
 */
int facts_make(struct store *store, const struct store_report *report,
               struct facts *out_facts, struct err *err);

/* What facts_load answers where facts cannot be read, or are of another day or
 * sender than their row. */
enum { FACTS_DAMAGED = 2 };

/*
 * Reads the facts of a stored TLS report.
 * Owns: the store's scratch arena, but for texts of policies, which are gone.
 * Returns: 0, 1 where there is no such report, FACTS_DAMAGED, -1 with err.
 */
int facts_load(struct store *store, int64_t report_id, struct facts *out_facts,
               struct err *err);
