/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Roll-ups: sums by day, and by blocks of 8 and 64 days.
 *
 * A batch sums what it adds in memory and keeps it in the tail (see tail.h), or
 * writes each sum once before its COMMIT. A range of days is read as at most
 * five runs of blocks: days at both ends, blocks of 8 inside them, blocks of 64
 * in the middle; so a year of a domain is some 20 rows instead of 365. Reports
 * without a day stand on UTC_DAY_NONE, which only the range of everything
 * includes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "store/dictionary.h"
#include "store/facts.h"

struct store;
struct store_range;

/* Levels: a block of level n holds 8^n days. */
enum { ROLLUP_LEVELS = 3, ROLLUP_SHIFT = 3, ROLLUP_RUNS_MAX = 5 };

/* Kinds of sums: those of a label are enum dictionary_kind, where
 * DICTIONARY_DOMAIN with label 0 is the domain itself. Under this one domains
 * are labels of all domains: the same sums once more, day by day instead of
 * domain by domain, for breakdowns without a seek for each. */
enum { ROLLUP_DOMAINS = 6 };

/* Sums of DMARC reports: messages for sessions, those that failed for failures.
 * Labels have parts, see dmarc_facts.h. Sources and senders stand under their
 * domain alone, the two in the middle under all domains alone. */
enum {
    ROLLUP_DMARC = 16,
    ROLLUP_DMARC_DOMAINS = 17,
    ROLLUP_DMARC_ORGANIZATIONS = 18,
    ROLLUP_DMARC_SOURCES = 19,
    ROLLUP_DMARC_SENDERS = 20
};

/* Where a stored sum stops. Reports of COUNT_PLAUSIBLE_MAX each reach it by
 * millions; short of it, what was added can be taken out again to the last
 * session. What is told stops earlier, see rollup_told. */
#define ROLLUP_SUM_MAX (INT64_C(1) << 61)

/* One sum. The label is 0 for the sums of a subject domain itself. */
struct rollup_row {
    int64_t label_id;
    int64_t reports;
    int64_t sessions;
    int64_t failures;
    int64_t failed_reports;  /* reports with failures, and their sessions; */
    int64_t failed_sessions; /* of subjects and organisations */
    int64_t first_day;       /* INT32_MAX where only undated ones are in it */
    int64_t last_day;        /* INT32_MIN there */
};

/* What names a sum; compared as octets in the map, by member for the order in
 * the tree. */
struct rollup_key {
    int64_t kind;
    int64_t domain_id;
    int64_t level;
    int64_t block;
    int64_t label_id;
};

/* What is added to a sum. */
struct rollup_delta {
    struct rollup_key key;
    struct rollup_row row;
    int64_t less_from; /* days of what was taken out: extents may be others; */
    int64_t less_to;   /* the first is above the second where nothing was */
};

/* What a batch adds to the sums of days; see rollup_add. */
struct rollup {
    struct map places; /* key octets to place in deltas */
    struct rollup_delta *deltas;
    size_t n_deltas;
    size_t capacity;
    bool has_less; /* something was taken out */
};

/* A run of blocks of one level, both ends included. */
struct rollup_run {
    int64_t level;
    int64_t from;
    int64_t to;
};

/* Readies an empty one. Allocates nothing. */
void rollup_init(struct rollup *rollup);

/* Frees it. */
void rollup_deinit(struct rollup *rollup);

/* Forgets what a batch wanted to add. */
void rollup_clear(struct rollup *rollup);

/*
 * Adds a report's facts to what the batch adds (sign 1) or takes them out (-1).
 * Returns: 0, -1 with err.
 */
int rollup_add(struct store *store, const struct facts *facts, int64_t sign,
               struct err *err);

/*
 * Adds one report (sign 1) to a single sum of a day, or takes it out (-1).
 * Returns: 0, -1 with err.
 */
int rollup_add_sum(struct store *store, int64_t kind, int64_t domain_id,
                   const struct rollup_row *row, int64_t day, int64_t sign,
                   struct err *err);

/* What is added to a sum; NULL where nothing is. */
const struct rollup_delta *rollup_delta(const struct rollup *rollup,
                                        const struct rollup_key *key);

/* Adds a delta to those of its sum. Returns: 0, -1 when out of memory. */
int rollup_join_delta(struct rollup *rollup, const struct rollup_delta *delta);

/* Adds all that another has. Returns: 0, -1 when out of memory. */
int rollup_join_all(struct rollup *rollup, const struct rollup *other);

/* Tells the order of two deltas in the tree, as qsort wants it. */
int rollup_compare(const struct rollup_delta *left,
                   const struct rollup_delta *right);

/* Writes what was added to the tables, and the tail (see tail.h) with it.
 * Returns: 0, -1 with err. */
int rollup_flush(struct store *store, struct err *err);

/* Cuts a range into runs. Returns: their number. */
size_t rollup_runs(struct store_range range,
                   struct rollup_run out_runs[static ROLLUP_RUNS_MAX]);

/* Called for each row. Returns: 0 to go on, else rollup_each returns it. */
typedef int rollup_function(void *context, const struct rollup_row *row,
                            struct err *err);

/*
 * Reads the sums of a kind for one domain (DICTIONARY_ALL: all) in a range; a
 * label comes several times, to be added up. DICTIONARY_DOMAIN as kind gives
 * the sums of the domain itself. Members failed_* are 0: tens of thousands of
 * rows are read here, and nobody asks for them.
 * Returns: 0, what the function returned, -1 with err.
 */
int rollup_each(struct store *store, int kind, int64_t domain_id,
                struct store_range range, rollup_function *function,
                void *context, struct err *err);

/*
 * Adds up the sums of one label (0: of the domain itself) in a range; extents
 * are INT32_MAX and INT32_MIN where there is no dated report.
 * Returns: 0, -1 with err.
 */
int rollup_find(struct store *store, int kind, int64_t domain_id,
                int64_t label_id, struct store_range range,
                struct rollup_row *out_sum, struct err *err);

/* A rollup_function: adds one row's sums and extents to another's, the context,
 * whose label stays; sums stop at STORE_SUM_MAX. Returns: 0. */
int rollup_join(void *sum, const struct rollup_row *row, struct err *err);

/* A stored sum as it is told: at most STORE_SUM_MAX. */
int64_t rollup_told(int64_t sum);
