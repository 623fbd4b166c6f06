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

#include "base/err.h"
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
    struct store_sums unproven;  /* beside the sums: who sent it is not known */
    struct store_sums unclaimed; /* about domains of others */
    int32_t first_day;           /* UTC_DAY_NONE where no report has a day */
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
    enum store_standing standing; /* what to list; what counts by default */
};

/* One line of a report list. Strings are valid during the call. */
struct store_listed {
    int64_t id;
    const char *organization;
    const char *report_id;
    const char *const *domains; /* subject domains, in order, the first 20 */
    size_t n_domains;
    bool is_damaged; /* its facts: nobody can say its domains */
    int64_t start, end;
    int32_t day;
    int64_t stored_at;
    enum store_proof proof;
    enum store_standing standing;
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

/* One policy as reporters saw it. Strings are valid during the call. */
struct store_policy_seen {
    const char *type;        /* "sts", "tlsa", "no-policy-found", "other" */
    const char *policy_text; /* its lines */
    const char *mx_hosts;    /* patterns joined with blanks */
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
