/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/nights.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "outgoing/night.h"
#include "store/tally.h"

/* The last day that this collector adds nothing to any more. */
static int find_closed(const struct nights *nights, const char *url,
                       utc_day *out_day, struct err *err)
{
    struct tally *tally;
    int rc;

    if (tally_open(url, STORE_READ, nights->clock, &tally, err) < 0)
        return -1;
    rc = tally_closed_day(tally, out_day, err);
    tally_close(tally);
    return rc;
}

/* The last day that all collectors are done with; UTC_DAY_NONE: none. */
static int find_closed_by_all(const struct nights *nights, utc_day *out_day,
                              struct err *err)
{
    const struct outgoing_settings *settings = nights->settings;
    utc_day last = INT32_MAX;

    for (size_t i = 0; i < settings->n_identities; i++) {
        const struct outgoing_texts *urls = &settings->identities[i].tallies;

        for (size_t j = 0; j < urls->n_items; j++) {
            utc_day day = UTC_DAY_NONE;

            if (find_closed(nights, urls->items[j], &day, err))
                return -1;
            if (day < last)
                last = day;
        }
    }
    *out_day = last == INT32_MAX ? UTC_DAY_NONE : last;
    return 0;
}

static bool has_tallies(const struct outgoing_settings *settings)
{
    for (size_t i = 0; i < settings->n_identities; i++) {
        if (settings->identities[i].tallies.n_items)
            return true;
    }
    return false;
}

static void tell(utc_day day, const struct outgoing_counts *counts)
{
    char text[UTC_DAY_BYTES], made[24], skipped[24], sent[24];

    snprintf(made, sizeof(made), "%" PRId64, counts->n_items[OUTGOING_MADE]);
    snprintf(skipped, sizeof(skipped), "%" PRId64,
             counts->n_items[OUTGOING_SKIPPED]);
    snprintf(sent, sizeof(sent), "%" PRId64, counts->n_deliveries);
    log_line(LOG_LEVEL_NOTICE, "day-composed", "day", utc_day_format(day, text),
             "reports", made, "skipped", skipped, "deliveries", sent, NULL);
}

static int compose_day(const struct nights *nights, utc_day day,
                       size_t *n_reports, struct err *err)
{
    const struct outgoing_night night = {
        .settings = nights->settings,
        .outbox = nights->outbox,
        .clock = nights->clock,
        .day = day,
        .seed = (uint64_t)arc4random() << 32 | arc4random(),
        .should_stop = nights->should_stop,
        .context = nights->context,
    };
    struct outgoing_counts counts = { .n_deliveries = 0 };
    int rc = outgoing_night_run(&night, &counts, err);

    *n_reports += (size_t)counts.n_items[OUTGOING_MADE];
    if (rc == 0)
        tell(day, &counts);
    return rc;
}

/* Whether nobody adds to a day any more, or nobody is waited for any more. */
static bool is_over(utc_day day, utc_day closed, utc_time now)
{
    utc_time end = ((utc_time)day + 1) * UTC_DAY_SECONDS;

    return day <= closed || now >= end + NIGHTS_PATIENCE_S;
}

int nights_compose(const struct nights *nights, size_t *n_reports,
                   struct err *err)
{
    utc_time now = clock_now(nights->clock);
    utc_day yesterday = utc_day_of(now) - 1;
    utc_day day = yesterday - (utc_day)nights->settings->lookback_days;
    utc_day closed;

    if (!has_tallies(nights->settings))
        return 0;
    if (find_closed_by_all(nights, &closed, err))
        return -1;
    for (; day <= yesterday && is_over(day, closed, now); day++) {
        struct outbox_day found;
        int rc = outbox_find_day(nights->outbox, day, &found, err);

        if (rc == 0)
            rc = compose_day(nights, day, n_reports, err);
        else if (rc > 0)
            rc = 0;
        if (rc)
            return rc;
    }
    return 0;
}
