/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "doctor/running.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The value of a counter; 0 where there is none. */
static int64_t counter(const char *text, const char *name)
{
    const size_t len = strlen(name);

    for (const char *line = text; line && *line;) {
        if (strncmp(line, name, len) == 0 && line[len] == ' ')
            return strtoll(line + len, NULL, 10);
        line = strchr(line, '\n');
        if (line)
            line++;
    }
    return 0;
}

void running_judge_collector(struct chart *chart, const char *tally,
                             const char *text, const char *why)
{
    int64_t received, malformed, truncated, lost;

    if (!text) {
        chart_add(chart, CHART_COLLECTOR, CHART_ERROR, tally,
                  "start tlsrpt collect", "it does not answer: %s", why);
        return;
    }
    received = counter(text, "tlsrpt_collect_received_total");
    malformed = counter(text, "tlsrpt_collect_malformed_total");
    truncated = counter(text, "tlsrpt_collect_truncated_total");
    lost = counter(text, "tlsrpt_collect_lost_total");
    if (lost)
        chart_add(chart, CHART_COLLECTOR, CHART_ERROR, tally,
                  "give it more memory, or its disk more room",
                  "it runs; of %" PRId64 " received %" PRId64
                  " were lost for want of memory",
                  received, lost);
    else if (malformed || truncated)
        chart_add(chart, CHART_COLLECTOR, CHART_WARNING, tally,
                  "look at what was kept by --samples, and at who else writes"
                  " to the socket",
                  "it runs; of %" PRId64 " received %" PRId64
                  " were malformed and %" PRId64 " too long",
                  received, malformed, truncated);
    else
        chart_add(chart, CHART_COLLECTOR, CHART_GOOD, tally, "",
                  "it runs; %" PRId64 " received", received);
}

utc_day running_last_day(const struct outgoing_settings *settings, utc_time now)
{
    return utc_day_of(now - settings->patience_s - RUNNING_DAY_LATE_S) - 1;
}

void running_judge_days(struct chart *chart, const char *outbox,
                        const struct running_days *days)
{
    char text[UTC_DAY_BYTES];

    if (days->failure)
        chart_add(chart, CHART_REPORTER, CHART_UNKNOWN, outbox, "", "%s",
                  days->failure);
    else if (days->n_open)
        chart_add(chart, CHART_REPORTER, CHART_ERROR, outbox,
                  "start tlsrpt report, or its timer, and look at its log",
                  "%d day%s not reported, the first of them %s", days->n_open,
                  days->n_open == 1 ? " is" : "s are",
                  utc_day_format(days->first_open, text));
    else
        chart_add(chart, CHART_REPORTER, CHART_GOOD, outbox, "",
                  "all days that are over are reported");
}

static bool is_overdue(const struct running_outbox *met, utc_time now)
{
    return !met->failure && met->next_due != UTC_NONE &&
           met->next_due < now - RUNNING_DUE_LATE_S;
}

void running_judge_outbox(struct chart *chart, const char *outbox,
                          const char *relay, const struct running_outbox *met,
                          utc_time now)
{
    char text[UTC_TIME_BYTES];
    bool is_refused = !met->failure && !met->is_absent &&
                      deliveries_judge(chart, outbox, relay, &met->deliveries);

    if (met->failure)
        chart_add(chart, CHART_OUTBOX, CHART_UNKNOWN, outbox, "", "%s",
                  met->failure);
    else if (met->is_absent)
        chart_add(chart, CHART_OUTBOX, CHART_NOTE, outbox, "",
                  "no report was made yet");
    else if (is_overdue(met, now))
        chart_add(chart, CHART_OUTBOX, CHART_ERROR, outbox,
                  "start tlsrpt report, or its timer, and look at its log",
                  "%" PRId64 " wait, the first was due at %s", met->n_waiting,
                  utc_format(met->next_due, text));
    else if (is_refused)
        return;
    else if (met->n_given_up)
        chart_add(chart, CHART_OUTBOX, CHART_WARNING, outbox,
                  "see tlsrpt outbox list --state given-up",
                  "%" PRId64 " wait, %" PRId64 " were given up", met->n_waiting,
                  met->n_given_up);
    else
        chart_add(chart, CHART_OUTBOX, CHART_GOOD, outbox, "",
                  "%" PRId64 " wait", met->n_waiting);
}
