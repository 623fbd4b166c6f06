/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Signatures over a SHA-256 digest: rsa-sha256 and ed25519-sha256.
 *
 * What DKIM needs, and nothing of SHA-1. Public keys are read from the octets
 * that DNS holds, private ones from PEM. A public key is made by a stranger, so
 * its size is bounded before it is used. Workload: one verification a mail, some
 * ten microseconds each. RFC: 8017 section 8.2, 8032, 8463 section 3.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"
#include "crypt/digest.h"

enum signature_kind {
    SIGNATURE_RSA,     /* RSASSA-PKCS1-v1_5 with SHA-256 */
    SIGNATURE_ED25519, /* PureEdDSA over the digest */
    SIGNATURE_KIND_COUNT
};

enum {
    /* RFC 8301 section 3.2 asks verifiers for 1024 to 4096 bits. Beyond that a
     * verification only costs more; this is room for a generous signer. */
    SIGNATURE_MAX_RSA_BITS = 8192,
    /* All exponents in use have 2 to 17 bits. A long one would make a
     * verification as dear as a signature. */
    SIGNATURE_MAX_EXPONENT_BITS = 64,
    /* A signature of the largest RSA key. */
    SIGNATURE_MAX_BYTES = SIGNATURE_MAX_RSA_BITS / 8,
    /* PEM of the largest private key is 6.5 KB; text may stand around it. */
    SIGNATURE_MAX_PEM_BYTES = 64 * 1024
};

struct signature_key;

/*
 * Reads a public key as DNS holds it: for RSA a SubjectPublicKeyInfo or a bare
 * RSAPublicKey (PKCS#1), for Ed25519 the 32 octets.
 * Owns: the key is the caller's, for signature_key_free.
 * Returns: 0; -1 with err.
 * Errors: ERR_INPUT where the octets are no such key or one beyond the limits,
 * ERR_MEMORY.
 * RFC: 6376 section 3.6.1 with erratum 3017, 8463 section 4.
 */
int signature_key_read(enum signature_kind kind, struct slice octets,
                       struct signature_key **out_key, struct err *err);

/*
 * Reads a private key from PEM (PKCS#8, or PKCS#1 for RSA), never encrypted.
 * Owns: the key is the caller's, for signature_key_free.
 * Returns: 0; -1 with err.
 * Errors: ERR_INPUT where it is no RSA or Ed25519 key, or beyond the limits,
 * ERR_MEMORY.
 */
int signature_key_read_private(struct slice pem, struct signature_key **out_key,
                               struct err *err);

/* Frees a key. NULL is allowed. */
void signature_key_free(struct signature_key *key);

/* What signatures the key makes or checks. */
enum signature_kind signature_key_kind(const struct signature_key *key);

/* Size of the key: bits of the modulus for RSA, 256 for Ed25519. */
unsigned signature_key_bits(const struct signature_key *key);

/*
 * Writes the public half of a key as DNS holds it: a SubjectPublicKeyInfo for
 * RSA, 32 octets for Ed25519.
 * out: room for max_bytes octets.
 * Returns: 0; -1 with err.
 * Errors: ERR_LIMIT where it does not fit, ERR_MEMORY.
 */
int signature_key_write(const struct signature_key *key, char *out,
                        size_t max_bytes, size_t *out_bytes, struct err *err);

/*
 * Checks a signature over a digest.
 * Returns: 0 where it is the key's, 1 where it is not; -1 with err.
 * Errors: ERR_MEMORY.
 */
int signature_verify(const struct signature_key *key,
                     const unsigned char digest[static DIGEST_BYTES],
                     struct slice signature, struct err *err);

/*
 * Signs a digest with a private key. out has room for SIGNATURE_MAX_BYTES.
 * Returns: 0; -1 with err.
 * Errors: ERR_USAGE where the key is a public one, ERR_MEMORY.
 */
int signature_make(const struct signature_key *key,
                   const unsigned char digest[static DIGEST_BYTES], char *out,
                   size_t *out_bytes, struct err *err);
