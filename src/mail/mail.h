/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * A mail read for its report parts (RFC 2045, 2046, 2047, 2231, 6522).
 *
 * Every leaf part is looked at, those of enclosed messages too; media types,
 * names and Subject are hints only. Behind this door works gmime; none of its
 * types leave the room, and caps of ours on size, header, parts and depth come
 * first (limits.h), because its library aborts when memory runs out. Workload:
 * 3 to 16 KB a mail, thousands at an import.
 */

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

/* Header fields of the outermost message, decoded; NULL where absent. */
struct mail_header {
    const char *subject;
    const char *from;
    const char *message_id;
    const char *date;
    const char *tls_report_domain;
    const char *tls_report_submitter;
};

/* One leaf part, decoded. */
struct mail_part {
    const char *media_type;  /* lower case, "" where absent */
    const char *file_name;   /* decoded, NULL where absent */
    struct slice content;    /* decoded octets, valid during the call */
    const char *quirk;       /* what was odd about its encoding, or NULL */
    bool is_cut;             /* the part went over the cap */
};

/*
 * Called for each leaf part.
 * Returns: 0 to go on, anything else to stop; mail_read returns it.
 */
typedef int mail_part_function(void *context, const struct mail_header *header,
                               const struct mail_part *part, struct err *err);

/*
 * Tells whether octets look like a mail: they begin with a header field line
 * (or an mbox "From " line and such a line).
 */
bool mail_is_message(struct slice octets);

/*
 * Reads a message and calls `function` for each leaf part in order.
 * arena: for header fields and names.
 * Returns: 0; what `function` returned; -1 with err.
 * Errors: ERR_LIMIT (size, parts, depth), ERR_INPUT, ERR_MEMORY.
 */
int mail_read(struct arena *arena, struct slice message,
              mail_part_function *function, void *context, struct err *err);
