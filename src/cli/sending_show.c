/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/sending.h"
#include "cli/sending_place.h"
#include "store/url.h"

static bool has_tally(const struct settings_names *names, const char *url)
{
    for (size_t i = 0; i < names->n_items; i++) {
        if (url_is_same(names->items[i], url))
            return true;
    }
    return false;
}

/* Room for names that are all told of: given ones, or those of identities. */
static int make_room(struct settings *settings, const char *const *given,
                     struct err *err)
{
    const struct outgoing_settings *report = &settings->report.options;
    size_t n = 1 + report->n_sources;

    while (given && *given) {
        given++;
        n++;
    }
    for (size_t i = 0; i < report->n_identities; i++)
        n += report->identities[i].tallies.n_items;
    settings->sending.tallies.n_items = 0;
    settings->sending.tallies.items = arena_calloc(
        &settings->arena, n + 1, sizeof(*settings->sending.tallies.items));
    return settings->sending.tallies.items ? 0
                                           : arena_error(&settings->arena, err);
}

/* Adds a tally that is not there yet. url NULL: its making failed. */
static int show_tally(struct settings *settings, const char *url)
{
    struct settings_names *names = &settings->sending.tallies;

    if (!url)
        return -1;
    if (!has_tally(names, url))
        names->items[names->n_items++] = url;
    return 0;
}

/* Adds those of all identities, and of the hosts that are fetched from. */
static int show_reported(struct settings *settings, struct err *err)
{
    const struct outgoing_settings *report = &settings->report.options;

    for (size_t i = 0; i < report->n_identities; i++) {
        const struct outgoing_texts *urls = &report->identities[i].tallies;

        for (size_t j = 0; j < urls->n_items; j++)
            (void)show_tally(settings, urls->items[j]);
    }
    for (size_t i = 0; i < report->n_sources; i++) {
        if (show_tally(settings, sending_place_source(
                                     &settings->arena, settings->store_url,
                                     &report->sources[i], err)))
            return -1;
    }
    return 0;
}

/* Adds that of this machine's collector, which is guessed where none is named;
 * where all is fetched from others there may be none. */
static int show_own(struct settings *settings, struct err *err)
{
    const char *url =
        settings->collect.tally_url
            ? settings->collect.tally_url
            : sending_place_beside(&settings->arena, settings->store_url,
                                   "tally.db", err);

    if (url && settings->report.options.n_sources && !url_is_there(url))
        return 0;
    return show_tally(settings, url);
}

static bool is_named(const struct outgoing_settings *report)
{
    for (size_t i = 0; i < report->n_identities; i++) {
        if (report->identities[i].tallies.n_items)
            return true;
    }
    return false;
}

static int show_tallies(struct settings *settings, const char *const *given,
                        struct err *err)
{
    const bool is_given = given && *given;

    if (make_room(settings, given, err))
        return -1;
    for (; given && *given; given++) {
        if (show_tally(settings,
                       sending_place_of(&settings->arena, *given, err)))
            return -1;
    }
    if (is_given)
        return 0;
    if (!is_named(&settings->report.options) && show_own(settings, err))
        return -1;
    return show_reported(settings, err);
}

int sending_show(struct settings *settings,
                 const struct sending_options *options, struct err *err)
{
    const struct outgoing_settings *report = &settings->report.options;
    struct settings_sending *sending = &settings->sending;

    sending->retry_s =
        report->n_identities ? report->retry_s : OUTGOING_RETRY_S;
    sending->outbox_url = report->outbox_url;
    if (options->outbox)
        sending->outbox_url =
            sending_place_of(&settings->arena, options->outbox, err);
    else if (!sending->outbox_url)
        sending->outbox_url = sending_place_beside(
            &settings->arena, settings->store_url, "outbox.db", err);
    return sending->outbox_url &&
                   show_tallies(settings, options->tallies, err) == 0
               ? 0
               : -1;
}
