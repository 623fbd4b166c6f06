/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Certificate: what a TLS server shows of itself, exchangeable while it serves.
 *
 * Both files are read whole, checked to belong together, and only then take the
 * place of the old ones. Each handshake gets a copy, so that a reload never
 * takes away what one is using. Workload: some handshakes a second.
 */

#include "base/err.h"
#include "base/utc.h"

struct certificate;

/* GnuTLS's, of <gnutls/abstract.h>. */
struct gnutls_pcert_st;
struct gnutls_privkey_st;

/*
 * Reads a chain and its key, both PEM.
 * Returns: 0, -1 with err (ERR_SYSTEM: a file cannot be read; ERR_USAGE: it
 * holds no certificate or key, or they do not belong together).
 */
int certificate_open(const char *chain_file, const char *key_file,
                     struct certificate **out_certificate, struct err *err);

/*
 * Reads the same files again, or others; from now on handshakes get what they
 * hold.
 * Returns: 0, -1 with err as certificate_open: then the old ones stay.
 */
int certificate_use(struct certificate *certificate, const char *chain_file,
                    const char *key_file, struct err *err);

/*
 * Copies chain and key for one handshake.
 * Owns: GnuTLS's, which frees them (GNUTLS_CERT_RETR_DEINIT_ALL).
 * Returns: 0, -1 when out of memory.
 */
int certificate_give(struct certificate *certificate,
                     struct gnutls_pcert_st **out_chain, unsigned *out_n,
                     struct gnutls_privkey_st **out_key);

/* From when to when the first certificate of the chain is good. */
struct certificate_life {
    utc_time begins_at, ends_at; /* UTC_NONE where it does not say */
};

/* Tells it. */
struct certificate_life certificate_life(struct certificate *certificate);

/* Frees. NULL is allowed. */
void certificate_close(struct certificate *certificate);
