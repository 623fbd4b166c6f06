/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Source: the inputs that files hold, one at a time.
 *
 * A file is one input, an mbox file as many as it has messages. An mbox is read
 * through a window, so that a mailbox of gigabytes takes no more memory than its
 * largest message; everything else is read whole, up to INTAKE_INPUT_MAX_BYTES.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "intake/origin.h"
#include "intake/outcome.h"
#include "intake/walk.h"

/* One input; everything in it is valid during the call. */
struct intake_source_input {
    const char *label;   /* path, PATH#N in an mbox, "-"; text from outside */
    const char *name;    /* file name, for unwrap; NULL where none */
    struct slice octets; /* empty where refused */
    char *writable; /* the same octets, where they may be changed; or NULL */
    const char *refused; /* why it could not be read, or NULL */
    int64_t done_bytes;  /* of the walk's bytes, with this input */

    const struct intake_origin *origin; /* NULL: a file */
    int64_t arrived_at;                 /* utc_time, 0 where it is a file */
    int64_t now;                        /* utc_time, where it is judged again */
    struct intake_outcome *outcome;     /* filled until the commit; or NULL */
    const struct store_pending *again;  /* it is judged again, or NULL */
    const struct store_position *position; /* put behind all that was read of
                                              it; must stay until the commit;
                                              or NULL. Without octets it is all
                                              there is to put */
};

/* Called for each input. Returns: 0 to go on, else intake_source_each does. */
typedef int intake_source_function(void *context,
                                   const struct intake_source_input *input,
                                   struct err *err);

/*
 * Reads all entries of a walk in order and calls `function` for each input.
 * What cannot be read is an input with a refusal.
 * Returns: 0; what `function` returned; -1 with err (ERR_MEMORY).
 */
int intake_source_each(const struct intake_walk *walk,
                       intake_source_function *function, void *context,
                       struct err *err);
