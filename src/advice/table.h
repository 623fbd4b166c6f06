/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The shared parts of the table: what the rows_*.inc files are made from.
 *
 * Each rows_*.inc holds rows of the one table in advice.c, in the order of
 * `tlsrpt explain`. Sentences that many rows need stand here once.
 */

/* Encryption came about, but the host was not proven. */
#define HARM_CERTIFICATE                                                       \
    "Under MTA-STS in mode enforce this sender does not deliver: mail waits "  \
    "there and comes back after days. In mode testing it delivers and only "   \
    "reports. Under DANE it holds the mail and tries again. With no policy "   \
    "it delivers, encrypted to a host it did not verify."

/* There was no encryption. */
#define HARM_CLEAR                                                             \
    "Under MTA-STS in mode enforce this sender does not deliver: mail waits "  \
    "there and comes back after days. In mode testing it delivers and only "   \
    "reports. Under DANE it holds the mail and tries again. With no policy "   \
    "it delivers in clear, for everybody on the way to read."

/* DANE leaves no way round. */
#define HARM_DEFERRED                                                          \
    "Senders that use DANE hold the mail for this MX and try again; after "    \
    "days it comes back. Senders without DANE do not notice."

/* The policy could not be used. */
#define HARM_POLICY                                                            \
    "A sender that holds an earlier policy of yours goes on with it. One "     \
    "that holds none delivers as if you had no policy: encrypted where it "    \
    "can be, open to whoever sits in between."

/* The session as a sender sees it. */
#define LOOK_HANDSHAKE                                                         \
    "openssl s_client -starttls smtp -connect MX:25 -servername MX </dev/null"

/* The same with chain and name checked. */
#define LOOK_CERTIFICATE                                                       \
    "openssl s_client -starttls smtp -connect MX:25 -servername MX "           \
    "-verify_hostname MX -showcerts </dev/null"

/* What the certificate says. */
#define LOOK_DATES                                                             \
    "openssl s_client -starttls smtp -connect MX:25 -servername MX </dev/null" \
    " | openssl x509 -noout -dates -subject -issuer -ext subjectAltName"

/* What the certificate may be used for. */
#define LOOK_PURPOSE                                                           \
    "openssl s_client -starttls smtp -connect MX:25 -servername MX </dev/null" \
    " | openssl x509 -noout -subject "                                         \
    "-ext basicConstraints,keyUsage,extendedKeyUsage"

/* The same session, with the authority's list of what it revoked. */
#define LOOK_REVOKED                                                           \
    "openssl s_client -starttls smtp -connect MX:25 -servername MX "           \
    "-crl_check -crl_download </dev/null"

/* The TLSA records, and the digest they should hold. */
#define LOOK_TLSA                                                              \
    "dig +dnssec _25._tcp.MX tlsa; openssl s_client -starttls smtp "           \
    "-connect MX:25 -servername MX </dev/null | openssl x509 -noout -pubkey "  \
    "| openssl pkey -pubin -outform DER | openssl dgst -sha256"

#define LOOK_POLICY "curl -i https://mta-sts.DOMAIN/.well-known/mta-sts.txt"

#define LOOK_POLICY_HOST                                                       \
    "openssl s_client -connect mta-sts.DOMAIN:443 "                            \
    "-servername mta-sts.DOMAIN -verify_hostname mta-sts.DOMAIN </dev/null"
