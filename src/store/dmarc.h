/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * DMARC reports: what is put of them, and what is asked.
 *
 * A DMARC report is a report as any other: key, standing, proof, raw octets and
 * findings are the same. What it says is messages instead of sessions, by the
 * address that sent them. Each message is counted once. Questions are answered
 * from sums by day, so each takes some ms over 1 M reports.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/arrival.h"
#include "store/put.h"
#include "store/question.h"

struct store;

/* What the receiver did with a message. Stored: never renumber. */
enum store_disposition {
    STORE_DELIVERED = 0, /* none, pass, or nothing said */
    STORE_QUARANTINED = 1,
    STORE_REJECTED = 2,
    STORE_DISPOSITION_COUNT
};

/* Cases are numbers of the room above, one row has one; below this. */
enum { STORE_DMARC_CASES = 16 };

/* Messages of one source that fared alike. NULL texts stand for "". */
struct store_dmarc_row {
    const char *source; /* address, or text; "" unknown */
    const char *sender; /* domain that the source proved to be; "" none */
    const char *header_from;
    enum store_disposition disposition;
    bool dkim; /* passed and aligned */
    bool spf;
    unsigned fault;   /* case, below STORE_DMARC_CASES */
    int64_t messages; /* above COUNT_PLAUSIBLE_MAX: kept, in no sum */
};

/* What a DMARC report has that others have not; see struct store_report. */
struct store_dmarc {
    const char *domain; /* whose policy it is about; "" unknown */
    const char *policy; /* as published, "p=none; sp=..."; "" unknown */
    const struct store_dmarc_row *rows;
    size_t n_rows;
};

/* Sums; messages but for `reports`. */
struct store_dmarc_sums {
    int64_t reports;
    int64_t messages;
    int64_t passed; /* DKIM or SPF passed and aligned */
    int64_t dkim;
    int64_t spf;
    int64_t quarantined;
    int64_t rejected;
    int64_t by_case[STORE_DMARC_CASES];
    int64_t away_by_case[STORE_DMARC_CASES]; /* quarantined or rejected */
};

struct store_dmarc_totals {
    struct store_dmarc_sums sums;        /* over the reports that count */
    int64_t aside[STORE_STANDING_COUNT]; /* reports of the other standings */
    int32_t first_day; /* UTC_DAY_NONE where no report has a day */
    int32_t last_day;
};

/*
 * Sums over a range, all domains (domain NULL) or one.
 * Returns: 0, -1 with err.
 */
int store_dmarc_totals(struct store *store, const char *domain,
                       struct store_range range,
                       struct store_dmarc_totals *out_totals, struct err *err);

struct store_dmarc_day {
    int32_t day; /* of a block its first in the range */
    struct store_dmarc_sums sums;
};

typedef int store_dmarc_day_function(void *context,
                                     const struct store_dmarc_day *day,
                                     struct err *err);

/*
 * Gives the days of a range in order, those without a report left out.
 * block_days: 1, or STORE_BLOCK_DAYS as store_each_day.
 * Returns: 0; what the function returned; -1 with err.
 */
int store_dmarc_each_day(struct store *store, const char *domain,
                         struct store_range range, int block_days,
                         store_dmarc_day_function *function, void *context,
                         struct err *err);

enum store_dmarc_dimension {
    STORE_DMARC_BY_DOMAIN,
    STORE_DMARC_BY_ORGANIZATION, /* reporters */
    STORE_DMARC_BY_SOURCE,       /* addresses; of one domain only */
    STORE_DMARC_BY_SENDER,       /* who they proved to be; of one domain only */
    STORE_DMARC_DIMENSION_COUNT
};

/* One line of a breakdown. Texts are valid during the call. */
struct store_dmarc_group {
    const char *key;
    const char *label; /* of an organisation one spelling met; else key */
    struct store_dmarc_sums sums; /* cases are 0 of the organisations of one
                                     domain */
    int32_t first_day;
    int32_t last_day;
};

typedef int store_dmarc_group_function(void *context,
                                       const struct store_dmarc_group *group,
                                       struct err *err);

/* What a breakdown is of. */
struct store_dmarc_breakdown {
    enum store_dmarc_dimension dimension;
    const char *domain; /* NULL = all domains */
    struct store_range range;
    size_t limit; /* gives at most so many groups, 0 = all */
};

/*
 * Groups a range, most failing messages first, then most messages.
 * out_n: gets how many groups there are; may be NULL.
 * Returns: 0; what the function returned; -1 with err.
 */
int store_dmarc_each_group(struct store *store,
                           const struct store_dmarc_breakdown *breakdown,
                           store_dmarc_group_function *function, void *context,
                           size_t *out_n, struct err *err);

/* Which reports to list; NULL members do not restrict. */
struct store_dmarc_filter {
    struct store_range range;
    const char *domain;
    const char *organization; /* organization key */
    const char *source;       /* address; with a domain only */
    bool failed_only;         /* with messages that failed */
    enum store_standing standing;
};

/* One line of the list. Strings are valid during the call. */
struct store_dmarc_listed {
    int64_t id;
    const char *organization;
    const char *report_id;
    const char *domain;
    int64_t start, end;
    int32_t day;
    int64_t stored_at;
    enum store_proof proof;
    enum store_standing standing;
    int64_t n_findings;
    int64_t messages; /* under the filter */
    int64_t passed;
};

typedef int store_dmarc_listed_function(void *context,
                                        const struct store_dmarc_listed *listed,
                                        struct err *err);

/*
 * Lists DMARC reports, newest day first, then id falling. Cursor and limit as
 * store_each_report.
 * Returns: 0; what the function returned; -1 with err (ERR_USAGE: a cursor that
 * is no place of this list, a source without a domain).
 */
int store_dmarc_each_report(struct store *store,
                            const struct store_dmarc_filter *filter,
                            const char *cursor, size_t limit,
                            char out_cursor[static STORE_CURSOR_BYTES],
                            store_dmarc_listed_function *function,
                            void *context, struct err *err);

/* Reports, messages and passed under a filter: what the whole list adds up to. */
int store_dmarc_filter_sums(struct store *store,
                            const struct store_dmarc_filter *filter,
                            struct store_dmarc_sums *out_sums, struct err *err);

/* One policy as reporters found it. Strings are valid during the call. */
struct store_dmarc_policy {
    const char *text; /* "p=none; sp=..." */
    int32_t first_day, last_day;
    int64_t reports;
};

typedef int store_dmarc_policy_function(void *context,
                                        const struct store_dmarc_policy *policy,
                                        struct err *err);

/* The distinct policies reported for a domain in a range, newest first. */
int store_dmarc_each_policy(struct store *store, const char *domain,
                            struct store_range range,
                            store_dmarc_policy_function *function,
                            void *context, struct err *err);
