/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Self-test: a mail like those with reports, sent to ourselves.
 *
 * Where the relay is said to sign, such a mail that comes back proves it. Its report
 * is about our own domain and counts no session; a token in its report-id tells it
 * from others. A proof is good for the way that the mail took.
 */

#include "base/arena.h"
#include "base/buffer.h"
#include "base/utc.h"
#include "outgoing/settings.h"
#include "store/outbox.h"
#include "store/outbox_proof.h"

enum {
    SELF_TEST_TOKEN_BYTES = 17, /* with its NUL */
    /* Keys are exchanged twice a year or so: look again within three months. */
    SELF_TEST_FRESH_DAYS = 90,
    /* After a year and a month nobody knows whether anything is as it was. */
    SELF_TEST_GOOD_DAYS = 400
};

/* What a proof is worth. */
enum self_test_worth {
    SELF_TEST_FRESH,
    SELF_TEST_OLD,     /* good, but to be renewed */
    SELF_TEST_EXPIRED, /* nothing to begin by */
    SELF_TEST_OTHER,   /* of another relay or sender */
    SELF_TEST_NONE,
    SELF_TEST_WORTH_COUNT
};

/*
 * How mails of an identity leave: relay or command, and sender.
 * Returns: a text in the arena, NULL where memory is wanting.
 */
const char *self_test_way(struct arena *arena,
                          const struct outgoing_settings *settings,
                          const struct outgoing_identity *identity);

/* Judges a proof; NULL is none. way: as mails leave now. */
enum self_test_worth self_test_judge(const struct outbox_proof *proof,
                                     const char *way, utc_time now);

/* Tells whether mails may go out by it: fresh or old. */
static inline bool self_test_suffices(enum self_test_worth worth)
{
    return worth == SELF_TEST_FRESH || worth == SELF_TEST_OLD;
}

/* A sentence about it for people, without stop. */
const char *self_test_sentence(enum self_test_worth worth);

/*
 * Makes the report of a self-test, as the outbox would load it.
 * octets: gets its gzip. Owns: all else lives in the arena.
 * Returns: 0, -1 with err (ERR_MEMORY, ERR_LIMIT).
 */
int self_test_compose(struct arena *arena,
                      const struct outgoing_identity *identity,
                      const char *token, utc_time now, struct buffer *octets,
                      struct outbox_load *out_load, struct err *err);
