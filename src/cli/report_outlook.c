/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/report_outlook.h"

#include <string.h>

#include "base/clock.h"
#include "cli/options.h"
#include "service/letters.h"
#include "service/proving.h"
#include "store/tally.h"
#include "store/url.h"

/* ---- Sources ------------------------------------------------------------- */

/* Whether the day of a tally is whole. One that cannot be read is told of when its
 * sums are. */
static bool is_fetched(const char *url, utc_day day)
{
    struct tally *tally = NULL;
    utc_day closed = UTC_DAY_NONE;
    struct err err;
    const bool is_read =
        tally_open(url, STORE_READ, &clock_system, &tally, &err) >= 0 &&
        tally_closed_day(tally, &closed, &err) == 0;

    tally_close(tally);
    return !is_read || (closed != UTC_DAY_NONE && closed >= day);
}

/* Takes a tally out of those of all identities. The lists are sending's own. */
static void leave_out(struct sending *sending, const char *url)
{
    for (size_t i = 0; i < sending->settings.n_identities; i++) {
        struct outgoing_texts *urls = &sending->identities[i].tallies;
        size_t n = 0;

        for (size_t j = 0; j < urls->n_items; j++) {
            if (urls->items[j] != url)
                urls->items[n++] = urls->items[j];
        }
        urls->n_items = n;
    }
}

static int look_at_sources(struct report_outlook *outlook,
                           struct sending *sending, utc_day day,
                           struct err *err)
{
    const struct outgoing_settings *settings = &sending->settings;

    outlook->absent = arena_calloc(&sending->arena, settings->n_sources + 1,
                                   sizeof(*outlook->absent));
    if (!outlook->absent)
        return arena_error(&sending->arena, err);
    for (size_t i = 0; i < settings->n_sources; i++) {
        const struct outgoing_source *source = &settings->sources[i];

        if (url_is_there(source->tally) && is_fetched(source->tally, day))
            continue;
        outlook->absent[outlook->n_absent++] = source->name;
        if (!url_is_there(source->tally))
            leave_out(sending, source->tally);
    }
    return 0;
}

/* ---- Mail ---------------------------------------------------------------- */

static int look_at_letters(struct report_outlook *outlook,
                           struct sending *sending, struct outbox *outbox,
                           struct err *err)
{
    const struct outgoing_settings *settings = &sending->settings;

    outlook->troubles = arena_calloc(&sending->arena, settings->n_identities,
                                     sizeof(*outlook->troubles));
    if (!outlook->troubles)
        return arena_error(&sending->arena, err);
    /* The stand-in of a dry run without a configuration has no way at all. */
    if (!sending->is_configured)
        return 0;
    if (letters_open(settings, &outlook->letters, err))
        return -1;
    if (outbox) {
        struct proving proving = { .settings = settings,
                                   .outbox = outbox,
                                   .letters = outlook->letters,
                                   .clock = &clock_system };

        proving_look(&proving);
    }
    for (size_t i = 0; i < settings->n_identities; i++)
        outlook->troubles[i] = letters_trouble(outlook->letters, i);
    return 0;
}

const char *report_outlook_trouble(const struct report_outlook *outlook,
                                   const struct outgoing_identity *identity,
                                   const struct outgoing_line *line)
{
    const size_t number = (size_t)(identity - outlook->settings->identities);

    if (!outlook->troubles || line->fate != OUTGOING_SENT ||
        line->target.scheme != OUTGOING_MAILTO)
        return NULL;
    return outlook->troubles[number];
}

/* ---- The whole ----------------------------------------------------------- */

int report_outlook_init(struct report_outlook *outlook, struct sending *sending,
                        struct outbox *outbox, utc_day day, struct err *err)
{
    return look_at_sources(outlook, sending, day, err) ||
                   look_at_letters(outlook, sending, outbox, err)
               ? -1
               : 0;
}

void report_outlook_print(const struct report_outlook *outlook)
{
    struct printer *printer = outlook->printer;

    if (printer->format == COMMAND_FORMAT_JSON || arg_quiet)
        return;
    for (size_t i = 0; i < outlook->n_absent; i++) {
        printer_outside(printer, outlook->absent[i]);
        printer_say_style(printer, PRINTER_WARNING,
                          ": not fetched yet, its sessions are missing here\n");
    }
}

void report_outlook_deinit(struct report_outlook *outlook)
{
    letters_close(outlook->letters);
}
