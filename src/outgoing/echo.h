/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Echo: whether the sessions with a domain were those of our own report mails.
 *
 * A report goes out by mail, the mail makes a session, and the session would be
 * reported the next day, for ever. So a domain whose sessions of a day are no
 * more than our mails to its addresses that day can have made gets no report. A
 * session stands under the record of its moment, so those of all its records are
 * held against the mails.
 */

#include <stdbool.h>
#include <stdint.h>

#include "outgoing/settings.h"
#include "store/outbox.h"
#include "store/tally.h"

struct outgoing_echo {
    const struct outgoing_settings *settings;
    const struct outgoing_identity *identity;
    struct outbox *outbox; /* that knows the mails; NULL: there were none */
    const struct clock *clock;
    utc_day day;
    struct tally **tallies; /* opened when they are first asked */
};

/* Begins with the tallies of an identity; settings, outbox, clock and day are
 * set. Frees those of the one before. */
void outgoing_echo_begin(struct outgoing_echo *echo,
                         const struct outgoing_identity *identity);

/* Frees it. */
void outgoing_echo_deinit(struct outgoing_echo *echo);

/*
 * Judges a domain.
 * sessions: those under one of its records; the others are asked for where these
 *   are too few.
 * Returns: 0 with *out_is_echo, -1 with err.
 */
int outgoing_echo_judge(struct outgoing_echo *echo, const char *domain,
                        int64_t sessions, bool *out_is_echo, struct err *err);
