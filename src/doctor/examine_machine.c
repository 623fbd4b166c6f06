/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <errno.h>

#include "doctor/elsewhere.h"
#include "doctor/examine.h"
#include "doctor/machine.h"
#include "doctor/mta.h"
#include "doctor/running.h"
#include "net/datagram.h"
#include "service/collector.h"

enum { STATUS_BYTES = 65536 };

/* What the mail server on this machine runs as. */
static const char *const senders[] = { "postfix", "Debian-exim" };

static void look_at_socket(const struct examine *examine)
{
    const struct collector_settings *collect =
        &examine->options->settings->collect;
    struct chart *chart = examine->chart;
    struct permission_wanted wanted;
    struct permission_who sender;
    struct permission_file file;
    bool has_sender = false;
    struct err err;

    for (size_t i = 0; !has_sender && i < sizeof(senders) / sizeof(*senders);
         i++)
        has_sender = permission_find_name(chart, senders[i], &sender);
    permission_look(chart, collect->socket, has_sender ? &sender : NULL, &file);
    if (permission_find_wanted(collect->user, collect->group, collect->mode,
                               &wanted, &err))
        chart_add(chart, CHART_SOCKET, CHART_ERROR, collect->socket,
                  "name a user and a group of this system", "%s", err.text);
    else
        permission_judge_socket(chart, &file, &wanted,
                                has_sender ? &sender : NULL);
}

static void look_at_collector(const struct examine *examine)
{
    const struct settings *settings = examine->options->settings;
    const char *tally = examine->options->tally_url;
    struct buffer text;
    struct err err;

    if (settings && settings->collect.socket)
        look_at_socket(examine);
    machine_judge_queue(examine->chart, datagram_queue_length(-1));
    buffer_init(&text, STATUS_BYTES);
    if (collector_ask(tally, &text, &err) == 0)
        running_judge_collector(examine->chart, tally, buffer_text(&text), "");
    else if (err.system_errno == EACCES)
        chart_add(examine->chart, CHART_COLLECTOR, CHART_UNKNOWN, tally,
                  PERMISSION_HIDDEN, "it may not be asked: %s", err.text);
    else
        running_judge_collector(examine->chart, tally, NULL, err.text);
    buffer_deinit(&text);
}

static void look_at_clock(const struct examine *examine)
{
    struct machine_clock clock;

    machine_look_clock(&clock);
    machine_judge_clock(
        examine->chart, &clock, clock_now(examine->options->clock),
        (utc_time)utc_day_from_civil(2026, 11, 1) * UTC_DAY_SECONDS);
}

/* Whether sessions of our report mails are taken to be in the tallies. */
static bool has_echoes(const struct doctor_options *options)
{
    for (size_t i = 0;
         options->is_sending && i < options->sending->n_identities; i++) {
        if (!options->sending->identities[i].has_mails_elsewhere)
            return true;
    }
    return false;
}

void examine_machine(const struct examine *examine)
{
    const struct settings *settings = examine->options->settings;
    struct mta_words words;

    look_at_clock(examine);
    if (examine->is_collecting)
        look_at_collector(examine);
    elsewhere_look(examine->chart, examine->options->tally_url,
                   examine->options->sending);
    if (!examine->is_collecting && !examine->options->is_sending)
        return;
    mta_look(examine->chart, &words);
    mta_judge(examine->chart, &words,
              settings ? settings->collect.socket : NULL,
              has_echoes(examine->options));
}
