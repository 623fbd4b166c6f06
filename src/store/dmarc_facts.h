/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Facts of a DMARC report: the rows that lists and sums are made of.
 *
 * One row of the report itself in table `dmarc`, and one for each way in which
 * messages of a source fared. Roll-ups are made of these rows and of nothing
 * else, so a number and the list behind it agree. For this room alone.
 */

#include "store/dmarc.h"

/* Messages of one source that fared alike; names are numbers. */
struct dmarc_fact {
    int64_t source_id;
    int64_t sender_id;
    int64_t from_id;
    int64_t fate; /* see dmarc_fate */
    int64_t messages;
};

struct dmarc_facts {
    int64_t organization_id;
    int64_t domain_id;
    int64_t policy_id;
    int64_t day;
    struct dmarc_fact *rows; /* each combination once */
    size_t n;
    size_t capacity;
    bool is_implausible; /* some count is in no sum */
    struct store_dmarc_sums sums;
};

/* Disposition, DKIM, SPF and case in 8 bits. Stored: never change. */
int64_t dmarc_fate(enum store_disposition disposition, bool dkim, bool spf,
                   unsigned fault);

/* Adds messages of one fate to sums, which stop at STORE_SUM_MAX. */
void dmarc_fate_add(struct store_dmarc_sums *sums, int64_t fate,
                    int64_t messages);

/* A label of roll-ups: a name's number, and what of it: 0 the whole, else a fate
 * and 1. The whole alone knows how many reports there are. */
enum { DMARC_PART_BITS = 9 };

/* Adds a roll-up's sum of such a part to sums. */
void dmarc_part_add(struct store_dmarc_sums *sums, int64_t part,
                    int64_t reports, int64_t messages);

/*
 * Makes the facts of a report to be put: names numbered, what is said twice
 * joined. Where the rows together have more than COUNT_PLAUSIBLE_MAX, all of
 * them are 0, so what came in can always be taken out again.
 * Owns: the rows live in the store's scratch arena.
 * Returns: 0, -1 with err.
 */
int dmarc_facts_make(struct store *store, const struct store_report *report,
                     struct dmarc_facts *out_facts, struct err *err);

/*
 * Reads the facts of a stored report. Owns: as dmarc_facts_make.
 * Returns: 0, 1 where it is no DMARC report, -1 with err.
 */
int dmarc_facts_load(struct store *store, int64_t report_id,
                     struct dmarc_facts *out_facts, struct err *err);

/* Writes them for a report under a standing. Returns: 0, -1 with err. */
int dmarc_facts_put(struct store *store, const struct dmarc_facts *facts,
                    int64_t report_id, int64_t standing, struct err *err);

/* Changes the standing of all rows of a report. Returns: 0, -1 with err. */
int dmarc_facts_stand(struct store *store, int64_t report_id, int64_t standing,
                      struct err *err);

/*
 * Adds the facts to what the batch adds to the roll-ups (sign 1) or takes them
 * out (-1).
 * Returns: 0, -1 with err.
 */
int dmarc_facts_sum(struct store *store, const struct dmarc_facts *facts,
                    int64_t sign, struct err *err);
