/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Answers: what DNS said about TXT records, kept for who must not wait.
 *
 * A name that is not known is asked for once, and is pending until somebody
 * tells; what is known is kept for its time to live, within bounds, what DNS
 * could not say for a short while. Of any thread. Workload: a mail asks for a
 * key or two and for a domain's record; of millions of mails most ask for the
 * same thousand names.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

struct answers;

enum answers_status {
    ANSWERS_FOUND,
    ANSWERS_ABSENT,
    ANSWERS_TEMPORARY, /* DNS could not say */
    ANSWERS_PENDING,   /* is being asked */
    ANSWERS_STATUS_COUNT
};

struct answers_answer {
    enum answers_status status;
    const struct slice *records; /* of ANSWERS_FOUND, in the arena */
    size_t n_records;
};

/* Has a name asked for; answers_tell must come, or it is pending for ever. */
typedef void answers_ask_function(void *context, const char *name);

/*
 * Makes an empty store of answers. ask: called in the thread that looks up.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int answers_new(answers_ask_function *ask, void *context,
                struct answers **out_answers, struct err *err);

/* Frees it. NULL is allowed. */
void answers_free(struct answers *answers);

/*
 * Finds what is known about a name, and has it asked for where it is not.
 * name: in lower case without root dot. now_ms: of a clock that never steps.
 * Owns: the records are copied to the arena. Out of memory counts as
 * ANSWERS_TEMPORARY, and so does a name beyond what can be kept.
 */
struct answers_answer answers_find(struct answers *answers, int64_t now_ms,
                                   const char *name, struct arena *arena);

/*
 * Tells what DNS said about a name that was asked for.
 * status: not ANSWERS_PENDING; ttl_s: how long DNS lets it be kept.
 */
void answers_tell(struct answers *answers, int64_t now_ms, const char *name,
                  const struct answers_answer *answer, unsigned ttl_s);

/* Has all that DNS could not say asked for again when it is looked up next. */
void answers_forget_failures(struct answers *answers);
