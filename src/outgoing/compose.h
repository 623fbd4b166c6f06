/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Compose: from a draft to the octets that are sent.
 *
 * I-JSON of RFC 8460 section 4 for the full UTC day, gzip, report-id and file
 * name. A draft that is too large for one report becomes several, cut between
 * policies, each a report of its own (R-SND-44). The same draft gives the same
 * octets.
 */

#include "base/buffer.h"
#include "outgoing/draft.h"
#include "outgoing/settings.h"
#include "store/outbox.h"

/* What composing uses again from report to report. */
struct outgoing_composer {
    struct buffer json;
    struct buffer gzip;
    struct arena arena; /* texts of the part at hand */
    struct digest *digest;
};

/* Readies a composer. Returns: 0, -1 with err. */
int outgoing_composer_init(struct outgoing_composer *composer, struct err *err);

/* Frees it. */
void outgoing_composer_deinit(struct outgoing_composer *composer);

/* Takes one part; its texts and octets are valid until it returns. */
typedef int outgoing_part_function(void *context,
                                   const struct outbox_report *report,
                                   struct err *err);

/*
 * Composes a draft that has ended, and gives its parts from 0 on. After the
 * last, composer->json holds the JSON of it.
 * Returns: 0, -1 with err (ERR_LIMIT: too large even in parts), what the
 * function returned.
 */
int outgoing_compose(struct outgoing_composer *composer,
                     const struct outgoing_identity *identity,
                     struct outgoing_draft *draft,
                     outgoing_part_function *function, void *context,
                     struct err *err);
