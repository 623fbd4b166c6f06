/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Facts: the rows of one report that lists and sums are made of.
 *
 * A subject row for each domain, a share row for each (domain, result type),
 * (domain, MX) and (domain, policy type); each also for DICTIONARY_ALL, which is
 * how a question over all domains is the same question. Roll-ups are made of
 * these rows and of nothing else, so a number and the list behind it agree.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
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

struct facts {
    int64_t organization_id;
    int64_t day;                /* utc_day, UTC_DAY_NONE */
    struct facts_rows subjects; /* of domains */
    struct facts_rows shares;   /* of their labels */
    bool is_implausible;        /* its counts are in no sum, see facts_make */
};

/*
 * Makes the facts of a report to be put: names numbered, what is said twice
 * joined, rows for all domains added. Where any row has more than
 * COUNT_PLAUSIBLE_MAX, all of them are 0: what came in can then always be taken
 * out again, because no roll-up comes near its bound.
 * Owns: the rows live in the store's scratch arena.
 * Returns: 0, -1 with err.
 */
int facts_make(struct store *store, const struct store_report *report,
               struct facts *out_facts, struct err *err);

/* Reads the facts of a stored report. Owns: as facts_make.
 * Returns: 0, -1 with err. */
int facts_load(struct store *store, int64_t report_id, struct facts *out_facts,
               struct err *err);

/* Writes them for a report; standing: 0 counts, 1 stands beside.
 * Returns: 0, -1 with err. */
int facts_put(struct store *store, const struct facts *facts, int64_t report_id,
              int64_t standing, struct err *err);

/* Lets all rows of a report count (0) or stand beside (1).
 * Returns: 0, -1 with err. */
int facts_stand(struct store *store, int64_t report_id, int64_t standing,
                struct err *err);
