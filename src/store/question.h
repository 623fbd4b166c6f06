/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What is asked of the store.
 *
 * Sums, breakdowns, days and lists, each over a range of days; a number and the
 * list behind it are made of the same rows. Sums are distinct sessions but where
 * a name says evaluations. Each question takes some ms over 1 M reports.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/err.h"
#include "crypt/digest.h"
#include "store/put.h"

struct store;

/* Days from and to, both included; UTC_DAY_NONE on both = all, dated or not. */
struct store_range {
    int32_t from;
    int32_t to;
};

/* Distinct sums. */
struct store_sums {
    int64_t reports;
    int64_t sessions;
    int64_t failures;
};

struct store_totals {
    struct store_sums sums;   /* over all reports that count */
    int64_t success_sessions; /* plain sums: evaluations */
    int64_t failure_sessions;
    int64_t conflicts;
    int32_t first_day; /* UTC_DAY_NONE where no report has a day */
    int32_t last_day;
};

/*
 * Sums over a range, all domains (domain NULL) or one.
 * Returns: 0, -1 with err.
 */
int store_totals(struct store *store, const char *domain,
                 struct store_range range, struct store_totals *out_totals,
                 struct err *err);

/* What a store holds, whatever the range. */
struct store_contents {
    struct store_totals totals; /* over everything, with and without a day */
    int64_t quarantined;
    int64_t domains;     /* that a report counts for */
    int64_t last_stored; /* utc_time of the newest report, UTC_NONE */
};

/* Tells what a store holds. Returns: 0, -1 with err. */
int store_contents(struct store *store, struct store_contents *out_contents,
                   struct err *err);

/* Counts the inputs in quarantine. Returns: 0, -1 with err. */
int store_count_quarantined(struct store *store, int64_t *out_count,
                            struct err *err);

/* One line of a breakdown. */
struct store_group {
    const char *key;        /* domain, organization key, result type, MX, type;
                          valid during the call */
    const char *label;      /* for an organization one spelling met; else key */
    struct store_sums sums; /* sessions is 0 where only failures are known
                               (result type, MX) */
    int32_t first_day;      /* first and last day in the range with a row */
    int32_t last_day;
    int64_t success_evaluations; /* by policy type only */
    int64_t failure_evaluations;
};

typedef int store_group_function(void *context, const struct store_group *group,
                                 struct err *err);

/* What a breakdown groups by. */
enum store_dimension {
    STORE_BY_DOMAIN,
    STORE_BY_ORGANIZATION,
    STORE_BY_RESULT_TYPE,
    STORE_BY_MX,
    STORE_BY_POLICY_TYPE, /* evaluations */
    STORE_DIMENSION_COUNT
};

/*
 * Groups a range by a dimension, most failures first, then most sessions, then
 * key; domain NULL = all domains.
 * Returns: 0; what the function returned; -1 with err.
 */
int store_each_group(struct store *store, enum store_dimension dimension,
                     const char *domain, struct store_range range,
                     store_group_function *function, void *context,
                     struct err *err);

/* One day of a timeline, or a block of days. */
struct store_day {
    int32_t day; /* of a block its first in the range */
    struct store_sums sums;
};

typedef int store_day_function(void *context, const struct store_day *day,
                               struct err *err);

/* Days of a block, see store_each_day. */
enum { STORE_BLOCK_DAYS = 8 };

/*
 * Gives the days of a range in order, those without a report left out; domain
 * NULL = sums over all domains.
 * block_days: 1, or STORE_BLOCK_DAYS for sums over blocks of so many days, each
 * holding only days of the range.
 * Returns: 0; what the function returned; -1 with err.
 */
int store_each_day(struct store *store, const char *domain,
                   struct store_range range, int block_days,
                   store_day_function *function, void *context,
                   struct err *err);

/* Which reports to list; NULL members do not restrict. */
struct store_filter {
    struct store_range range;
    const char *domain;       /* subject domain */
    const char *organization; /* organization key */
    const char *result_type;  /* at most one of result_type, mx, policy_type */
    const char *mx;           /* "" = details without MX */
    const char *policy_type;
    bool failed_only;
    bool conflicts_only; /* lists conflicts instead of what counts */
};

/* One line of a report list. Strings are valid during the call. */
struct store_listed {
    int64_t id;
    const char *organization;
    const char *report_id;
    const char *domains; /* subject domains joined with blanks */
    int64_t start, end;
    int32_t day;
    int64_t stored_at;
    enum store_proof proof;
    bool is_conflict;
    int64_t n_findings;
    struct store_sums sums; /* under the filter: what this report adds to the
                               number that was clicked */
};

typedef int store_listed_function(void *context,
                                  const struct store_listed *listed,
                                  struct err *err);

/*
 * Lists reports, newest day first, then id falling. cursor NULL = from the
 * start; out_cursor (>= STORE_CURSOR_BYTES) gets "" at the end of the list.
 * limit: 1 to 1000.
 */
enum { STORE_CURSOR_BYTES = 64 };
int store_each_report(struct store *store, const struct store_filter *filter,
                      const char *cursor, size_t limit,
                      char out_cursor[static STORE_CURSOR_BYTES],
                      store_listed_function *function, void *context,
                      struct err *err);

/* Sums of all reports under a filter: equals the sum over the whole list. */
int store_filter_sums(struct store *store, const struct store_filter *filter,
                      struct store_sums *out_sums, struct err *err);

/* Where a stored report came from. Strings are in the caller's arena. */
struct store_origin {
    int64_t id;
    const char *input;
    int64_t stored_at;
    enum store_proof proof;
    bool is_conflict;
    int64_t other_id; /* the report it conflicts with, or 0 */
    int reader_version;
    size_t payload, ordinal;
    unsigned char raw_hash[DIGEST_BYTES];
};

/*
 * Finds a report by id.
 * Returns: 0, 1 where there is none, -1 with err.
 */
int store_find_report(struct store *store, int64_t id, struct arena *arena,
                      struct store_origin *out_origin, struct err *err);

typedef int store_finding_function(void *context,
                                   const struct store_finding *finding,
                                   struct err *err);

/* The findings kept with a report, in their order; strings are valid during the
 * call. Returns: 0, what the function returned, -1 with err. */
int store_each_finding(struct store *store, int64_t report_id,
                       store_finding_function *function, void *context,
                       struct err *err);

/*
 * Appends the raw octets of a hash, uncompressed as they came in.
 * Returns: 0, 1 where there are none, -1 with err.
 */
int store_get_raw(struct store *store,
                  const unsigned char raw_hash[static DIGEST_BYTES],
                  struct buffer *out, struct err *err);

/* One quarantined input. Strings are valid during the call. */
struct store_quarantined {
    int64_t id;
    const char *input;
    const char *reason;
    int64_t stored_at;
    int64_t raw_bytes;
    int reader_version;
    unsigned char raw_hash[DIGEST_BYTES];
};

typedef int store_quarantined_function(void *context,
                                       const struct store_quarantined *entry,
                                       struct err *err);

/*
 * Lists the quarantine, newest first; before_id 0 = from the start.
 * limit: 1 to 1000.
 */
int store_each_quarantined(struct store *store, int64_t before_id, size_t limit,
                           store_quarantined_function *function, void *context,
                           struct err *err);

/* The newest policy text that reporters saw for a domain, by policy type. */
struct store_policy_seen {
    const char *type;
    const char *policy_text;
    const char *mx_hosts;
    int32_t first_day, last_day;
    int64_t success_evaluations, failure_evaluations;
};

typedef int store_policy_function(void *context,
                                  const struct store_policy_seen *policy,
                                  struct err *err);

/* The distinct policies reported for a domain in a range, newest first. */
int store_each_policy(struct store *store, const char *domain,
                      struct store_range range, store_policy_function *function,
                      void *context, struct err *err);
