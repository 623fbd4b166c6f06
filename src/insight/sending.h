/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Sending: what the tallies say of one domain that we send to.
 *
 * Its days, since when it fails, for which reason and whose fault that is, and
 * who is told about it next. The terms are those of what others report about us:
 * distinct sessions, failures, verdicts by the last 7 days. Workload: 50 domains
 * for a page of the list, or one with all about it; a domain's day is one look
 * into each tally.
 */

#include "advice/advice.h"
#include "insight/ledger.h"

/* One reason for which sessions failed. Strings live in the arena given. */
struct insight_sending_reason {
    const char *result_type;
    const char *reason; /* failure-reason-code, "" for none */
    const char *mx;     /* where most of it was seen, "" for none told */
    const struct advice *advice; /* never NULL */
    const char *side;            /* whose fault: "theirs", "ours" or "either" */
    const char *look;            /* command to look */
    int64_t failures; /* a session may have failed for several reasons */
    utc_day first_day, last_day;
};

/* What the record of a domain says about its next report. */
struct insight_sending_next {
    utc_day day; /* that it is about; UTC_DAY_NONE: no session of today yet */
    utc_time after; /* it is made after this moment */
    const char *record;
    const char **destinations; /* URIs as they were written */
    size_t n_destinations;
};

/* A policy that its sessions of the last day were held against. */
struct insight_sending_policy {
    const char *type, *domain, *text;
    int64_t successes, failures; /* evaluations */
};

struct insight_sending_domain {
    const char *domain, *unicode;
    struct insight_verdict verdict;  /* of the last 7 days, today so far too */
    struct insight_ledger_day *days; /* of the range, with sessions, in order */
    size_t n_days;
    struct insight_ledger_day sum;    /* of them; day: the first */
    struct insight_ledger_day so_far; /* today */
    uint64_t seen, failed;            /* of all days known; bit 0 today */
    utc_day first_day, last_day;      /* with sessions, of all known; or none */
    utc_day since;                    /* it fails; UTC_DAY_NONE: it does not */
    bool is_since_first;              /* no good day before it is known */
    bool is_open; /* one of its last two days with sessions failed */
    struct insight_sending_reason *reasons; /* most failures first */
    size_t n_reasons;
    struct insight_sending_next next;
    struct insight_sending_policy *policies;
    size_t n_policies;
    const char *sentence;
};

/* How much is told. */
enum insight_sending_depth {
    INSIGHT_SENDING_ROW, /* the reason of the last bad day of the range alone */
    INSIGHT_SENDING_WHOLE /* all of the above */
};

enum {
    INSIGHT_SENDING_REASONS = 50, /* a reason is free text */
    INSIGHT_SENDING_POLICIES = 10
};

struct insight_sending_question {
    const char *domain; /* A-labels */
    struct store_range range;
    utc_day today;
    enum insight_sending_depth depth;
};

/*
 * Tells about a domain. A tally that fails by now is closed, its file says why, and
 * the others are told of.
 * Returns: 0, 1 where no tally has a session with it, -1 with err.
 */
int insight_sending_find(struct insight_tallies *tallies,
                         const struct insight_sending_question *question,
                         struct arena *arena,
                         struct insight_sending_domain *out_domain,
                         struct err *err);

/* One sentence on how all domains fare. Returns: text in the arena or NULL. */
const char *insight_sending_sentence(const struct insight_ledger_answer *answer,
                                     struct arena *arena);

/*
 * A note where so many domains fail at once that the cause is likely our own.
 * Returns: text in the arena; NULL where there is nothing to say.
 */
const char *insight_sending_note(const struct insight_ledger_answer *answer,
                                 struct arena *arena);
