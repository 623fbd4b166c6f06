/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Session event: what a mail server says about one finished TLS session.
 *
 * A mail server tells it to the collector as one datagram, a JSON object of 150
 * to 550 octets as libtlsrpt writes it (docs/event.md). Reading is lenient where
 * that costs nothing: members and numbers that nobody knows yet are taken, octets
 * that are not UTF-8 are replaced, and each leniency is a bit of
 * enum event_oddity. Cleaning then makes of it what a report may say (RFC 8460
 * section 4), and keys are canonical text to sum equal things under. Workload:
 * 100,000 datagrams a second, so reading works in place, takes what arrays it
 * needs from the arena and allocates nothing else.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/err.h"
#include "base/slice.h"

struct json_writer;

/* Policy types as the wire numbers them; others are kept as they came. */
enum event_policy_number {
    EVENT_POLICY_TLSA = 1,
    EVENT_POLICY_STS = 2,
    EVENT_POLICY_NONE = 9 /* no-policy-found */
};

/* Result types as the wire numbers them; others are kept as they came. */
enum event_result_number {
    EVENT_RESULT_STARTTLS_NOT_SUPPORTED = 201,
    EVENT_RESULT_CERTIFICATE_HOST_MISMATCH = 202,
    EVENT_RESULT_CERTIFICATE_NOT_TRUSTED = 203,
    EVENT_RESULT_CERTIFICATE_EXPIRED = 204,
    EVENT_RESULT_VALIDATION_FAILURE = 205,
    EVENT_RESULT_STS_POLICY_FETCH_ERROR = 301,
    EVENT_RESULT_STS_POLICY_INVALID = 302,
    EVENT_RESULT_STS_WEBPKI_INVALID = 303,
    EVENT_RESULT_TLSA_INVALID = 304,
    EVENT_RESULT_DNSSEC_INVALID = 305,
    EVENT_RESULT_DANE_REQUIRED = 306
};

/* One reason for which the session failed. Texts are NULL where absent. */
struct event_failure {
    int code; /* "c": enum event_result_number or any other number */
    const char *sending_mta_ip;         /* "s" */
    const char *receiving_mx_hostname;  /* "n" */
    const char *receiving_mx_helo;      /* "h": from Postfix the whole reply to
                                           EHLO, with codes and line ends */
    const char *receiving_ip;           /* "r" */
    const char *additional_information; /* "a" */
    const char *failure_reason_code;    /* "f" of a failure */
};

/* One policy that the session was held against. */
struct event_policy {
    int type;             /* enum event_policy_number or any other number */
    bool is_failure;      /* "f" of a policy: the session does not satisfy it */
    const char *domain;   /* policy-domain, NULL where absent */
    const char **strings; /* policy-string: lines, or TLSA records */
    size_t n_strings;
    const char **mx_hosts; /* mx-host: patterns */
    size_t n_mx_hosts;
    struct event_failure *failures; /* failure-details */
    size_t n_failures;
};

/* What was odd about a datagram that was taken all the same; bits. */
enum event_oddity {
    EVENT_ODD_VERSION = 1u << 0, /* "dpv" is there and is not "1" */
    EVENT_ODD_MEMBER = 1u << 1,  /* a member that nobody knows, or one twice */
    EVENT_ODD_TYPE = 1u << 2,    /* a policy type that nobody knows */
    EVENT_ODD_RESULT = 1u << 3,  /* a result type that nobody knows */
    EVENT_ODD_UTF8 = 1u << 4,    /* octets replaced by U+FFFD */
    EVENT_ODD_COUNT = 1u << 5,   /* "t" is not the number of failure-details */
    EVENT_ODD_VERDICT = 1u << 6  /* "f" is missing (taken from the details), 0
                                    with details or 1 without */
};

/* One datagram. */
struct event {
    const char *version; /* "dpv", NULL where absent, "" where no text */
    const char *domain;  /* "d": recipient domain; letter case as it came */
    const char *record;  /* "pr": its TLSRPT record as published */
    struct event_policy *policies; /* at least one */
    size_t n_policies;
    unsigned oddities; /* enum event_oddity */
};

/* ---- The wire ------------------------------------------------------------ */

/*
 * Reads a datagram. text: writable, len octets, changed while reading;
 * text[len] need not exist. arena: give it EVENT_ARENA_BYTES (event/limits.h) at
 * most, and arena_reset between events.
 * Owns: what *out holds lives in text and arena.
 * Returns: 0; -1 with err, *out is then not to be used.
 * Errors: ERR_INPUT for what is no session event, naming member and place;
 * ERR_LIMIT beyond a limit of event/limits.h; ERR_MEMORY.
 */
int event_read(struct arena *arena, char *text, size_t len, struct event *out,
               struct err *err);

/*
 * Writes the datagram of an event, with "dpv" of version 1 and without what is
 * absent or empty. event_read makes the same event of it.
 */
void event_write(const struct event *event, struct json_writer *writer);

/*
 * Reads one policy or one failure, an object as it stands in a datagram, for
 * whoever keeps them apart. text: as of event_read.
 * Returns: 0; -1 with err.
 * Errors: as event_read.
 */
int event_policy_read(struct arena *arena, char *text, size_t len,
                      struct event_policy *out, struct err *err);
int event_failure_read(struct arena *arena, char *text, size_t len,
                       struct event_failure *out, struct err *err);

/* ---- Cleaning ------------------------------------------------------------ */

/* An address that is another one as seen by the receiving side. */
struct event_address {
    const char *local; /* address; NULL: any that is not public and of the
                                   same family as public_address */
    const char *public_address; /* what stands in the report for it */
};

/* How events are cleaned. All zero is the default. */
struct event_cleaning {
    const struct event_address *addresses; /* the first that fits is taken */
    size_t n_addresses;
    bool is_reason_ignored; /* validation-failure stays one, whatever its reason
                               says */
};

/*
 * Makes of an event what a report may say:
 * - domain, policy-domain, mx-host and receiving-mx-hostname in lower case, as
 *   A-labels, without root dot; a policy-domain that is absent is the recipient
 *   domain; mx-host is left out of tlsa and no-policy-found, policy-string of
 *   the latter;
 * - an sts policy in mode "none", which is none in force (RFC 8461 section 5),
 *   becomes no-policy-found without failures of MTA-STS, or goes where there is
 *   another policy;
 * - policy-string of sts a line each, of tlsa "3 1 1 HEX" in upper case, sorted,
 *   none twice;
 * - receiving-mx-helo is the host name of the reply alone;
 * - addresses are RFC 5952 or left out; sending-mta-ip, where it is not public, is
 *   mapped as `options` says or left out;
 * - validation-failure for a reason that says who issued the certificate is not
 *   known becomes certificate-not-trusted, for one that says it has expired
 *   certificate-expired; the reason is kept;
 * - free text is one line without control characters, cut at a limit; what is ""
 *   is absent.
 * Cleaning twice is cleaning once. options: NULL for the default. event must come
 * from event_read or have arrays that may be changed.
 * Returns: 0; -1 with err.
 * Errors: ERR_INPUT where the recipient domain is none; ERR_LIMIT where the arena
 * is full; ERR_MEMORY.
 * RFC: 8460 sections 4.3 to 4.5; R-REP-20 to R-REP-26 of docs/conformance.md.
 */
int event_clean(struct arena *arena, struct event *event,
                const struct event_cleaning *options, struct err *err);

/* ---- Keys ---------------------------------------------------------------- */

/*
 * Appends the canonical text of a policy without verdict and details: the object
 * that RFC 8460 section 4.4 calls "policy", compact, with the members
 * policy-type, policy-string, policy-domain and mx-host in this order, absent
 * ones left out. A policy type without a name is written as its number. Equal
 * policies of cleaned events have equal octets.
 */
void event_policy_key(const struct event_policy *policy, struct buffer *out);

/*
 * Appends the canonical text of a failure: an entry of failure-details without
 * its count, compact, with the members result-type, sending-mta-ip,
 * receiving-mx-hostname, receiving-mx-helo, receiving-ip,
 * additional-information and failure-reason-code in this order, absent ones left
 * out. A result type without a name is written as its number.
 */
void event_detail_key(const struct event_failure *failure, struct buffer *out);

/* ---- Names and numbers --------------------------------------------------- */

/* "tlsa", "sts", "no-policy-found"; NULL for any other number. */
const char *event_policy_name(int type);

/* The registered name of a result type; NULL for any other number. */
const char *event_result_name(int code);

/*
 * The number of a policy type or a result type given by name (letter case and
 * "_" for "-" aside) or as a number.
 * Returns: the number; -1 for anything else.
 */
int event_policy_number(struct slice text);
int event_result_number(struct slice text);
