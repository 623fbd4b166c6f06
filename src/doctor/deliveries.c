/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "doctor/deliveries.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void deliveries_init(struct deliveries *deliveries, utc_time now)
{
    *deliveries = (struct deliveries){ .now = now };
    for (size_t i = 0; i < DELIVERIES_WAY_COUNT; i++)
        deliveries->ways[i].first_at = deliveries->ways[i].last_at = UTC_NONE;
}

/* ---- Adding -------------------------------------------------------------- */

static enum deliveries_way way_of(const struct outbox_delivery *delivery)
{
    if (slice_starts_fold(delivery->uri, SLICE("mailto:")))
        return DELIVERIES_MAIL;
    return slice_starts_fold(delivery->uri, SLICE("https:"))
               ? DELIVERIES_HTTPS
               : DELIVERIES_FOLDER;
}

static bool is_in_vain(const struct outbox_delivery *delivery, utc_time now)
{
    switch (delivery->state) {
    case OUTBOX_WAITING:
        return delivery->first_try_at != UTC_NONE &&
               delivery->first_try_at <= now - DELIVERIES_VAIN_S;
    case OUTBOX_REFUSED:
    case OUTBOX_GIVEN_UP:
        return delivery->last_try_at >= now - DELIVERIES_RECENT_S;
    default: return false;
    }
}

static void put(char *to, size_t bytes, struct slice text)
{
    snprintf(to, bytes, "%.*s", (int)text.len, text.ptr ? text.ptr : "");
}

static void add_vain(struct deliveries_share *share,
                     const struct outbox_delivery *delivery)
{
    if (share->n_in_vain++ &&
        !slice_equal(delivery->host, slice_of(share->host)))
        share->is_of_hosts = true;
    if (delivery->first_try_at != UTC_NONE &&
        (share->first_at == UTC_NONE ||
         delivery->first_try_at < share->first_at))
        share->first_at = delivery->first_try_at;
    if (share->last_at != UTC_NONE && delivery->last_try_at < share->last_at)
        return;
    share->last_at = delivery->last_try_at;
    put(share->host, sizeof(share->host), delivery->host);
    put(share->answer, sizeof(share->answer), delivery->answer);
}

void deliveries_add(struct deliveries *deliveries,
                    const struct outbox_delivery *delivery)
{
    struct deliveries_share *share = &deliveries->ways[way_of(delivery)];

    if (is_in_vain(delivery, deliveries->now))
        add_vain(share, delivery);
    else if (delivery->state == OUTBOX_DELIVERED &&
             delivery->last_try_at >= deliveries->now - DELIVERIES_RECENT_S)
        share->n_taken++;
}

/* ---- Judging ------------------------------------------------------------- */

/* One endpoint that fails is another's trouble; a relay is ours. */
static enum chart_severity severity_of(enum deliveries_way way,
                                       const struct deliveries_share *share)
{
    const bool is_ours = way != DELIVERIES_HTTPS || share->is_of_hosts;

    if (share->n_in_vain == 0 || share->n_in_vain <= share->n_taken)
        return CHART_GOOD;
    if (!is_ours)
        return CHART_NOTE;
    return share->n_taken == 0 ? CHART_ERROR : CHART_WARNING;
}

/* Whose the answer is. */
static const char *speaker_of(struct chart *chart, enum deliveries_way way,
                              const struct deliveries_share *share,
                              const char *relay)
{
    if (way == DELIVERIES_MAIL)
        return chart_text(chart, "%s, about a mail to %s", relay, share->host);
    return way == DELIVERIES_HTTPS ? share->host : "the system";
}

static void tell(struct chart *chart, enum deliveries_way way,
                 const struct deliveries_share *share, const char *outbox,
                 const char *relay)
{
    static const struct {
        const char *by, *next;
    } ways[DELIVERIES_WAY_COUNT] = {
        [DELIVERIES_MAIL] = { "by mail",
                              "mend the relay, or name another, then tlsrpt"
                              " outbox retry" },
        [DELIVERIES_HTTPS] = { "by HTTPS",
                               "look at the network and at who answers: tlsrpt"
                               " outbox list" },
        [DELIVERIES_FOLDER] = { "into folders",
                                "see that the folder can be written to, then"
                                " tlsrpt outbox retry" },
    };
    char since[UTC_TIME_BYTES], last[UTC_TIME_BYTES];

    if (share->first_at == UTC_NONE)
        snprintf(since, sizeof(since), "an unknown time");
    else
        utc_format(share->first_at, since);
    chart_add(
        chart, CHART_OUTBOX, severity_of(way, share), outbox, ways[way].next,
        "%s: %" PRId64 " tried in vain since %s, %" PRId64
        " taken in the last 24 hours; the last answer, at %s, is of %s: %s",
        ways[way].by, share->n_in_vain, since, share->n_taken,
        share->last_at == UTC_NONE ? "an unknown time"
                                   : utc_format(share->last_at, last),
        speaker_of(chart, way, share, relay),
        *share->answer ? share->answer : "nothing");
}

bool deliveries_judge(struct chart *chart, const char *outbox,
                      const char *relay, const struct deliveries *deliveries)
{
    bool is_any = false;

    for (enum deliveries_way way = 0; way < DELIVERIES_WAY_COUNT; way++) {
        const struct deliveries_share *share = &deliveries->ways[way];

        if (severity_of(way, share) == CHART_GOOD)
            continue;
        tell(chart, way, share, outbox, relay);
        is_any = true;
    }
    return is_any;
}
