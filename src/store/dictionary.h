/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Dictionary: names to small numbers and back.
 *
 * Domains, organisations, result types, MX hosts and policy types stand once in
 * table `name`; facts and roll-ups carry the number. A name is never changed or
 * dropped, so what a handle remembers of it stays true.
 */

#include <stdint.h>

#include "base/err.h"

struct store;
struct store_policy;

/* What a name is of. Stored: never renumber. */
enum dictionary_kind {
    DICTIONARY_DOMAIN = 1,       /* subject and policy domains, "" unknown */
    DICTIONARY_ORGANIZATION = 2, /* grouping key, with a spelling as label */
    DICTIONARY_RESULT_TYPE = 3,
    DICTIONARY_MX = 4, /* "" unknown */
    DICTIONARY_POLICY_TYPE = 5,
    DICTIONARY_SOURCE = 6, /* address that sent mail, "" unknown */
    DICTIONARY_SENDER = 7, /* domain that a source proved to be, "" none */
    DICTIONARY_DMARC_POLICY = 8
};

/* Stands for all domains where a domain's number is asked for. */
enum { DICTIONARY_ALL = 0 };

/*
 * Finds a name's number.
 * Returns: 0, 1 where the name was never met, -1 with err.
 */
int dictionary_find(struct store *store, enum dictionary_kind kind,
                    const char *text, int64_t *out_id, struct err *err);

/* As dictionary_find, for a name that a question may leave open: NULL gives 0,
 * which for a domain is DICTIONARY_ALL. */
int dictionary_find_asked(struct store *store, enum dictionary_kind kind,
                          const char *text, int64_t *out_id, struct err *err);

/* Readies the store for a question about a domain and finds its number, as
 * store_ready and dictionary_find_asked. */
int dictionary_ask_domain(struct store *store, const char *domain,
                          int64_t *out_id, struct err *err);

/*
 * Finds a name's number, giving it the next one where it is new (in a batch).
 * label: what to show for it, kept from the first time; "" where it is the name.
 * Returns: 0, -1 with err.
 */
int dictionary_put(struct store *store, enum dictionary_kind kind,
                   const char *text, const char *label, int64_t *out_id,
                   struct err *err);

/*
 * Finds the number of a policy as reported (type, text, MX patterns; type_id is
 * its type's), giving it the next one where it is new (in a batch).
 * Returns: 0, -1 with err.
 */
int dictionary_put_policy(struct store *store,
                          const struct store_policy *policy, int64_t type_id,
                          int64_t *out_id, struct err *err);

/*
 * The name of a number; "" for a number that does not exist.
 * Owns: the store keeps it, until dictionary_trim or dictionary_forget.
 * Returns: 0, -1 with err.
 */
int dictionary_text(struct store *store, int64_t id, const char **out_text,
                    struct err *err);

/* As dictionary_text, for the label; the name where it has none. Valid until
 * the next call. */
int dictionary_label(struct store *store, int64_t id, const char **out_label,
                     struct err *err);

/* Forgets remembered names when they have become too many; call where no text
 * of the dictionary is held. */
void dictionary_trim(struct store *store);

/* Forgets all that is remembered, after a rollback. */
void dictionary_forget(struct store *store);
