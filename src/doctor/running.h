/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Running: whether collector and reporter do their work.
 *
 * Goes by what they leave: the collector's counters, days in tallies and outbox,
 * deliveries that are due. As permission.h: looking is apart from judging.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "doctor/chart.h"
#include "doctor/deliveries.h"
#include "outgoing/settings.h"

enum {
    /* A day is made into reports so soon after all collectors have closed it, or
     * were waited for as long as is configured. */
    RUNNING_DAY_LATE_S = 3600,
    /* What is due begins within a second, or waits for others at its host. */
    RUNNING_DUE_LATE_S = 30 * 60
};

/*
 * Judges a collector by its counters in Prometheus' text form.
 * text: NULL where it did not answer, then why says so.
 */
void running_judge_collector(struct chart *chart, const char *tally,
                             const char *text, const char *why);

/* How the reporter stands. */
struct running_days {
    utc_day first_open;  /* the first day with sums that is over and not
                           reported; UTC_DAY_NONE none */
    int n_open;          /* how many there are */
    const char *failure; /* why it could not be found out; or NULL */
};

/* The last day that should be reported by now, as patience is configured. */
utc_day running_last_day(const struct outgoing_settings *settings,
                         utc_time now);

/* Looks in tallies and outbox which days of the last ones are not reported. */
void running_look_days(struct chart *chart,
                       const struct outgoing_settings *settings,
                       const struct clock *clock,
                       struct running_days *out_days);

/* Judges it. */
void running_judge_days(struct chart *chart, const char *outbox,
                        const struct running_days *days);

struct running_outbox {
    bool is_absent; /* not made yet */
    int64_t n_waiting;
    int64_t n_given_up;
    utc_time next_due; /* UTC_NONE: nothing waits */
    struct deliveries deliveries;
    const char *failure; /* why it could not be found out; or NULL */
};

/* Looks into an outbox. */
void running_look_outbox(struct chart *chart, const char *url,
                         const struct clock *clock,
                         struct running_outbox *out_outbox);

/* Judges what waits in it, and what becomes of it. relay: who takes the mails,
 * "" nobody. */
void running_judge_outbox(struct chart *chart, const char *outbox,
                          const char *relay, const struct running_outbox *met,
                          utc_time now);
