/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Lookup: TXT records by name, for threads that must not wait.
 *
 * The answers that are kept, and a resolver on the loop that finds the others.
 * While DNS does not answer at all, one name is asked for again and again, so
 * that somebody notices when it does.
 */

#include "net/loop.h"
#include "net/resolver.h"
#include "service/answers.h"

struct lookup;

struct lookup_options {
    struct resolver_options resolver;

    /* Called in the loop's thread when an answer has come. is_recovered: DNS did
     * not answer before, and now does; all that failed may be asked again. May
     * be NULL. */
    void (*answered)(void *context, bool is_recovered);
    void *context;
};

/*
 * Begins. loop: not running yet, or this is its thread; it must outlive what
 * lookup_close ends.
 * Returns: 0, -1 with err, as resolver_open.
 */
int lookup_open(struct loop *loop, const struct lookup_options *options,
                struct lookup **out_lookup, struct err *err);

/*
 * Finds the TXT records of a name, as answers_find. From any thread, from before
 * lookup_close to before lookup_free.
 */
struct answers_answer lookup_find(struct lookup *lookup, const char *name,
                                  struct arena *arena);

/* Tells whether answers are validated. */
bool lookup_validates(const struct lookup *lookup);

/* Ends asking, when the loop does not run any more and before it is freed. NULL
 * is allowed. */
void lookup_close(struct lookup *lookup);

/* Frees it, after the loop. NULL is allowed. */
void lookup_free(struct lookup *lookup);
