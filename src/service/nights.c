/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/nights.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "outgoing/night.h"
#include "store/tally.h"

/* What the tallies say of a day. */
struct survey {
    bool is_open; /* in one of them, or one cannot be read */
    bool has_rows;
    utc_day last; /* the last day that any of them closed */
};

/* Whether a day may be true: the clock that says so is not far off. */
static bool is_near(utc_day day, utc_day closed)
{
    return closed != UTC_DAY_NONE && day <= closed + NIGHTS_NEAR_DAYS;
}

static void look_at(const struct nights *nights, const char *url, utc_day day,
                    struct survey *survey)
{
    utc_day closed = UTC_DAY_NONE, next = UTC_DAY_NONE;
    struct tally *tally;
    struct err err;
    int rc;

    survey->is_open = true;
    if (tally_open(url, STORE_READ, nights->clock, &tally, &err) < 0)
        return;
    rc = tally_closed_day(tally, &closed, &err);
    if (rc == 0)
        rc = tally_next_day(tally, day - 1, &next, &err);
    tally_close(tally);
    if (rc)
        return;
    survey->is_open = closed < day;
    survey->has_rows |= next == day;
    if (closed > survey->last)
        survey->last = closed;
}

/* Whether a tally is of a source that does not owe a day: it never closes it. */
static bool is_exempt(const struct outgoing_settings *settings, const char *url,
                      utc_day day)
{
    for (size_t i = 0; i < settings->n_sources; i++) {
        const struct outgoing_source *source = &settings->sources[i];

        if (day < source->first && strcmp(source->tally, url) == 0)
            return true;
    }
    return false;
}

enum nights_state nights_look(const struct nights *nights, utc_day day)
{
    const struct outgoing_settings *settings = nights->settings;
    const utc_time end = ((utc_time)day + 1) * UTC_DAY_SECONDS;
    const utc_time now = clock_now(nights->clock);
    const bool is_late = now >= end + settings->patience_s;
    struct survey all = { .last = UTC_DAY_NONE };
    bool is_open = false;

    if (now < end)
        return NIGHTS_WAITS;
    for (size_t i = 0; i < settings->n_identities; i++) {
        const struct outgoing_texts *urls = &settings->identities[i].tallies;

        for (size_t j = 0; j < urls->n_items; j++) {
            if (is_exempt(settings, urls->items[j], day))
                continue;
            look_at(nights, urls->items[j], day, &all);
            is_open |= all.is_open;
        }
    }
    if (is_open && !is_late)
        return NIGHTS_WAITS;
    return all.has_rows || is_near(day, all.last) ? NIGHTS_DUE : NIGHTS_DOUBTED;
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
    char text[UTC_DAY_BYTES], made[24], skipped[24], sent[24], nameless[24];

    snprintf(made, sizeof(made), "%" PRId64, counts->n_items[OUTGOING_MADE]);
    snprintf(skipped, sizeof(skipped), "%" PRId64,
             counts->n_items[OUTGOING_SKIPPED]);
    snprintf(sent, sizeof(sent), "%" PRId64, counts->n_deliveries);
    snprintf(nameless, sizeof(nameless), "%" PRId64, counts->n_unnamed);
    log_line(LOG_LEVEL_NOTICE, "day-composed", "day", utc_day_format(day, text),
             "reports", made, "skipped", skipped, "deliveries", sent,
             counts->n_unnamed ? "sessions_without_domain" : NULL, nameless,
             NULL);
}

static int compose_day(const struct nights *nights, utc_day day,
                       size_t *n_reports, int64_t *n_failed, struct err *err)
{
    const struct outgoing_night night = {
        .settings = nights->settings,
        .outbox = nights->outbox,
        .clock = nights->clock,
        .day = day,
        .closes_tallies = true,
        .seed = (uint64_t)arc4random() << 32 | arc4random(),
        .should_stop = nights->should_stop,
        .context = nights->context,
    };
    struct outgoing_counts counts = { .n_deliveries = 0 };
    int rc = outgoing_night_run(&night, &counts, err);

    *n_reports += (size_t)counts.n_items[OUTGOING_MADE];
    *n_failed = counts.n_failed;
    if (rc == 0)
        tell(day, &counts);
    return rc;
}

/* Composes a day that is not yet. A tally that cannot be read or closed keeps the
 * day open and no other day or identity from its reports. */
static int compose_open_day(const struct nights *nights, utc_day day,
                            size_t *n_reports, struct err *err)
{
    int64_t n_failed = 0;
    int rc = compose_day(nights, day, n_reports, &n_failed, err);

    return rc < 0 && n_failed ? 0 : rc;
}

int nights_compose(const struct nights *nights, size_t *n_reports,
                   struct err *err)
{
    utc_day yesterday = utc_day_of(clock_now(nights->clock)) - 1;
    utc_day day = yesterday - (utc_day)nights->settings->lookback_days;
    enum nights_state state = NIGHTS_DUE;

    if (!has_tallies(nights->settings))
        return 0;
    for (; day <= yesterday && state != NIGHTS_WAITS; day++) {
        struct outbox_day found;
        int rc = outbox_find_day(nights->outbox, day, &found, err);

        if (rc < 0)
            return -1;
        if (rc > 0)
            continue;
        state = nights_look(nights, day);
        if (state == NIGHTS_DUE)
            rc = compose_open_day(nights, day, n_reports, err);
        if (rc)
            return rc;
    }
    return 0;
}
