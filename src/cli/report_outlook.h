/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Outlook: what stands in the way of the reports that a dry run tells of.
 *
 * Mail that cannot leave as things are, for the reasons that the reporter gives at
 * its start; and sources whose sums of the day were not fetched yet.
 */

#include "cli/printer.h"
#include "cli/sending.h"
#include "outgoing/plan.h"
#include "store/outbox.h"

struct report_outlook {
    struct printer *printer;
    const struct outgoing_settings *settings;
    const char **troubles; /* of each identity: why no mail leaves; or NULL */
    const char **absent;   /* names of sources */
    size_t n_absent;
    int64_t n_held; /* deliveries that were told of and cannot leave */
    struct letters *letters;
};

/*
 * Looks. Of a source that was never fetched the tally is taken out of sending: there
 * is none to be read. outbox: where proofs of relays stand, or NULL.
 * Owns: the caller, report_outlook_deinit, after -1 too.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int report_outlook_init(struct report_outlook *outlook, struct sending *sending,
                        struct outbox *outbox, utc_day day, struct err *err);

/* Says for people which sources are missing; JSON has them in the total. */
void report_outlook_print(const struct report_outlook *outlook);

/* Why what goes to a line of the plan of an identity does not leave as things
 * are. Returns: a sentence, NULL where it does. */
const char *report_outlook_trouble(const struct report_outlook *outlook,
                                   const struct outgoing_identity *identity,
                                   const struct outgoing_line *line);

/* Frees it. */
void report_outlook_deinit(struct report_outlook *outlook);
