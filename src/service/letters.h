/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Letters: the mails that carry reports, written once and signed.
 *
 * Who reports has a key, or a relay that was seen to sign; without either no mail of
 * theirs goes out, because RFC 8460 section 3 demands a signature, while what goes
 * by HTTPS does. Keys are read at the start.
 */

#include <stdbool.h>

#include "base/buffer.h"
#include "base/err.h"
#include "base/utc.h"
#include "outgoing/self_test.h"
#include "outgoing/settings.h"
#include "outgoing/target.h"
#include "store/outbox.h"

struct letters;
struct signature_key;

/*
 * Reads the keys. settings must outlive it.
 * Returns: 0, also where a key cannot be used (letters_trouble), -1 with err
 * (ERR_MEMORY).
 */
int letters_open(const struct outgoing_settings *settings,
                 struct letters **out_letters, struct err *err);

/* Frees it. NULL is allowed. */
void letters_close(struct letters *letters);

/* Why no mail of an identity (by its number in the settings) goes out; NULL where
 * it does. */
const char *letters_trouble(const struct letters *letters, size_t number);

/*
 * Tells of an identity whose mails the relay signs what the proof of that is worth.
 * One that suffices lets its mails go out from then on; one that does not stops
 * none that may. From any thread.
 */
void letters_prove(struct letters *letters, size_t number,
                   enum self_test_worth worth);

/* Tells whether the key of an identity is of less than 2048 bits. */
bool letters_key_is_weak(const struct letters *letters, size_t number);

/* The domain that signs for an identity: d=. */
const char *letters_signing_domain(const struct outgoing_identity *identity);

/* Signatures that a mail has at most. */
enum { LETTERS_SIGNERS = 2 };

/* What signs for an identity. */
struct letters_signer {
    const char *selector;
    const char *key_file;
};

/*
 * The signers of an identity that signs itself, the first one first; borrowed from
 * it. Returns: how many; 0 where the relay signs, or nobody.
 */
size_t letters_signers(const struct outgoing_identity *identity,
                       struct letters_signer out_signers[LETTERS_SIGNERS]);

/*
 * Reads the key of a signer of an identity and looks whether its signatures would
 * count.
 * Owns: the key is the caller's, for signature_key_free.
 * Returns: 0, -1 with err.
 * Errors: as secret_read_text, signature_key_read_private and dkim_sign_check.
 */
int letters_read_key(const struct outgoing_identity *identity,
                     const struct letters_signer *signer,
                     struct signature_key **out_key, bool *out_is_weak,
                     struct err *err);

/* A mail with its envelope. */
struct letter {
    struct buffer octets;
    struct buffer sender;
    struct buffer recipient;
};

/* Readies a letter. Allocates nothing. */
void letter_init(struct letter *letter);

/* Frees it. */
void letter_deinit(struct letter *letter);

/*
 * Writes the mail of a delivery, and signs it unless the relay does.
 * now: Date, and t= of the signature.
 * Returns: 0, -1 with err.
 * Errors: ERR_USAGE (letters_trouble, or nobody of that name reports), ERR_INPUT
 * (an address that mail cannot be sent to), ERR_LIMIT, ERR_MEMORY.
 */
int letters_write(const struct letters *letters, const struct outbox_load *load,
                  const struct outgoing_target *target, utc_time now,
                  struct letter *out_letter, struct err *err);
