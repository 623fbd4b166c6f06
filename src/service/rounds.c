/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/rounds.h"

#include "base/log.h"
#include "collect/limits.h"
#include "service/limits.h"
#include "service/nights.h"
#include "store/outbox_list.h"
#include "store/tally.h"

static int take_day(void *context, const struct outbox_day *day,
                    struct err *err)
{
    utc_day *out_day = context;

    (void)err;
    *out_day = day->day;
    return 0;
}

static int64_t steady_s(void)
{
    return clock_monotonic_ms() / 1000;
}

int rounds_init(struct rounds *rounds, struct err *err)
{
    const utc_time now = clock_now(rounds->clock);
    utc_day last = UTC_DAY_NONE;

    if (outbox_each_day(rounds->outbox, 1, take_day, &last, err))
        return -1;
    rounds->is_long_away =
        last != UTC_DAY_NONE && utc_day_of(now) - last > COLLECT_AWAY_DAYS;
    day_watch_init(&rounds->watch, now, steady_s(),
                   rounds->is_once ? UTC_DAY_NONE : last);
    rounds->gather_until_ms =
        clock_monotonic_ms() + gatherer_wait_ms(rounds->settings);
    return 0;
}

void rounds_renew(struct rounds *rounds,
                  const struct outgoing_settings *settings)
{
    rounds->settings = settings;
    rounds->composed_at = 0;
    rounds->awaits_from_ms = 0;
}

void rounds_refuse(struct rounds *rounds)
{
    rounds->is_outdated = false;
    rounds->awaits_from_ms = clock_monotonic_ms() + SERVICE_REFUSED_MS;
}

/* A line a change. */
static bool is_trusted(struct rounds *rounds, utc_time now)
{
    const bool is_trusted = day_watch_trusts(&rounds->watch, now, steady_s());
    char text[UTC_TIME_BYTES];

    if (is_trusted == rounds->is_in_doubt) {
        rounds->is_in_doubt = !is_trusted;
        utc_format(now, text);
        log_line(is_trusted ? LOG_LEVEL_NOTICE : LOG_LEVEL_WARNING,
                 is_trusted ? "clock-believed" : "clock-doubted", "time", text,
                 NULL);
    }
    return is_trusted;
}

/*
 * A day that is late is not made before its sources had the time to give it, but
 * they have that once, after the start: one that hangs keeps nobody waiting later.
 */
static bool waits_for_sources(struct rounds *rounds)
{
    if (rounds->gather_until_ms == 0)
        return false;
    if (!gatherer_has_looked(rounds->gatherer)) {
        if (clock_monotonic_ms() < rounds->gather_until_ms)
            return true;
        gatherer_tell_slow(rounds->gatherer);
    }
    rounds->gather_until_ms = 0;
    return false;
}

/* Whether there is a tally that was not there when settings were read. */
static bool has_come(const struct rounds *rounds)
{
    const char *url = rounds->settings->awaited_tally;
    struct tally *tally;
    struct err err;

    if (!url || clock_monotonic_ms() < rounds->awaits_from_ms ||
        tally_open(url, STORE_READ, rounds->clock, &tally, &err) < 0)
        return false;
    tally_close(tally);
    return true;
}

int rounds_compose(struct rounds *rounds, struct err *err)
{
    const struct nights nights = { .settings = rounds->settings,
                                   .outbox = rounds->outbox,
                                   .clock = rounds->clock,
                                   .should_stop = rounds->should_stop,
                                   .context = rounds->context };
    const utc_time now = clock_now(rounds->clock);

    rounds->is_outdated = has_come(rounds);
    if (rounds->is_outdated || !is_trusted(rounds, now) ||
        now / 60 == rounds->composed_at / 60 || waits_for_sources(rounds))
        return 0;
    if (nights_compose(&nights, &rounds->n_reports, err) < 0)
        return -1;
    if (!rounds->should_stop || !rounds->should_stop(rounds->context))
        rounds->composed_at = now;
    return 0;
}

int rounds_prune(struct rounds *rounds, struct err *err)
{
    const struct outgoing_settings *settings = rounds->settings;
    const utc_time now = clock_now(rounds->clock);
    utc_day before, looked_at;
    int status;

    if (settings->keep_s == INT64_MAX || now / 3600 == rounds->pruned_at / 3600)
        return 0;
    if (!is_trusted(rounds, now) || (rounds->is_once && rounds->is_long_away))
        return 0;
    before = utc_day_of(now - settings->keep_s);
    /* Days that are still made up must be known for that. */
    looked_at = utc_day_of(now) - 1 - (utc_day)settings->lookback_days;
    status =
        outbox_prune(rounds->outbox, before < looked_at ? before : looked_at,
                     SERVICE_REPORTER_PRUNE, err);
    if (status == 0)
        rounds->pruned_at = now;
    rounds->is_pruning = status > 0;
    return status < 0 ? -1 : 0;
}
