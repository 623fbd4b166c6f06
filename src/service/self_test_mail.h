/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The self-test mail: composed, signed where we sign, and handed to the relay.
 */

#include "base/clock.h"
#include "base/err.h"
#include "outgoing/self_test.h"
#include "service/courier.h"

/* What became of it. */
struct self_test_mail {
    char token[SELF_TEST_TOKEN_BYTES];
    bool is_taken;                     /* the relay or the command took it */
    char answer[COURIER_ANSWER_BYTES]; /* one line for people */
};

/*
 * Sends one to an address, and notes in the outbox that it was sent.
 * number: of the identity in the settings.
 * Returns: 0 with *out_mail, -1 with err.
 * Errors: ERR_USAGE (the address; no key that can be used), ERR_STORE,
 * ERR_MEMORY.
 */
int self_test_mail_send(const struct outgoing_settings *settings, size_t number,
                        const char *address, struct outbox *outbox,
                        const struct clock *clock,
                        struct self_test_mail *out_mail, struct err *err);
