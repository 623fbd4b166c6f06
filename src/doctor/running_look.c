/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <string.h>

#include "doctor/running.h"
#include "store/outbox.h"
#include "store/tally.h"
#include "store/url.h"

/* The first and last day that can be late. */
struct span {
    utc_day first, last;
};

static struct span span_of(const struct outgoing_settings *settings,
                           utc_time now)
{
    const utc_day last = running_last_day(settings, now);

    return (struct span){ last - (utc_day)settings->lookback_days, last };
}

static void note_day(struct running_days *days, utc_day day)
{
    if (days->n_open++ == 0 || day < days->first_open)
        days->first_open = day;
}

/* Days of one tally that have sums; those that are composed are left out. */
static int look_at_tally(struct tally *tally, struct outbox *outbox,
                         struct span span, struct running_days *days,
                         struct err *err)
{
    utc_day day = span.first - 1;

    for (;;) {
        struct outbox_day composed;
        int status;

        if (tally_next_day(tally, day, &day, err))
            return -1;
        if (day == UTC_DAY_NONE || day > span.last)
            return 0;
        status = outbox ? outbox_find_day(outbox, day, &composed, err) : 0;
        if (status < 0)
            return -1;
        if (status == 0)
            note_day(days, day);
    }
}

static int look_at(const char *url, struct outbox *outbox, struct span span,
                   const struct clock *clock, struct running_days *days,
                   struct err *err)
{
    struct running_days met = { .first_open = UTC_DAY_NONE };
    struct tally *tally;
    int rc;

    if (!url_is_there(url))
        return 0;
    if (tally_open(url, STORE_READ, clock, &tally, err))
        return -1;
    rc = look_at_tally(tally, outbox, span, &met, err);
    tally_close(tally);
    /* The days of several collectors are mostly the same ones. */
    if (met.n_open > days->n_open)
        days->n_open = met.n_open;
    if (met.n_open &&
        (days->first_open == UTC_DAY_NONE || met.first_open < days->first_open))
        days->first_open = met.first_open;
    return rc;
}

void running_look_days(struct chart *chart,
                       const struct outgoing_settings *settings,
                       const struct clock *clock, struct running_days *out_days)
{
    const struct span span = span_of(settings, clock_now(clock));
    struct running_days days = { .first_open = UTC_DAY_NONE };
    struct outbox *outbox = NULL;
    struct err err;
    int rc = 0;

    if (url_is_there(settings->outbox_url))
        rc =
            outbox_open(settings->outbox_url, STORE_READ, clock, &outbox, &err);

    for (size_t i = 0; rc == 0 && i < settings->n_identities; i++) {
        const struct outgoing_texts *urls = &settings->identities[i].tallies;

        for (size_t j = 0; rc == 0 && j < urls->n_items; j++)
            rc = look_at(urls->items[j], outbox, span, clock, &days, &err);
    }
    if (rc)
        days.failure = chart_text(chart, "%s", err.text);
    outbox_close(outbox);
    *out_days = days;
}

void running_look_outbox(struct chart *chart, const char *url,
                         const struct clock *clock,
                         struct running_outbox *out_outbox)
{
    struct running_outbox met = { .next_due = UTC_NONE };
    int64_t n[OUTBOX_STATE_COUNT];
    struct outbox *outbox = NULL;
    struct err err;

    if (!url_is_there(url)) {
        met.is_absent = true;
    } else if (outbox_open(url, STORE_READ, clock, &outbox, &err) ||
               outbox_count(outbox, n, &err) ||
               outbox_next_due(outbox, &met.next_due, &err) ||
               deliveries_look(outbox, clock, &met.deliveries, &err)) {
        met.failure = chart_text(chart, "%s", err.text);
    } else {
        met.n_waiting = n[OUTBOX_WAITING];
        met.n_given_up = n[OUTBOX_GIVEN_UP];
    }
    outbox_close(outbox);
    *out_outbox = met;
}
