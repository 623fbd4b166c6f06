/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#ifndef TLSRPT_EVENT_H
#define TLSRPT_EVENT_H

/*
 * Session events for mail servers: one function that tells the collector
 * (`tlsrpt collect`, or any other that speaks libtlsrpt's protocol) how a TLS
 * session with a receiving mail server ended.
 *
 * Call tlsrpt_event_send once for each finished TLS session of an SMTP
 * connection to a domain that publishes a TLSRPT record; what counts as one is
 * told in docs/event.md. It needs nothing but libc: link with -ltlsrpt_event
 * (pkg-config tlsrpt_event), or compile lib/tlsrpt_event.c into your program.
 * It keeps no state, may be called from any thread, starts none, raises no
 * signal, and by default never waits: a lost event is a number in a report, a
 * waiting mail server is late mail.
 *
 * Structures are to be zeroed first, so that members of later versions are
 * absent:
 *
 *     struct tlsrpt_event_policy policy = { .type = TLSRPT_EVENT_STS,
 *                                           .domain = "example.com" };
 *     struct tlsrpt_event event = { .domain = "example.com",
 *                                   .record = "v=TLSRPTv1; rua=mailto:...",
 *                                   .policies = &policy,
 *                                   .n_policies = 1 };
 *     int rc = tlsrpt_event_send("/run/tlsrpt/tlsrpt.sock", &event, 0);
 *
 *     if (rc)
 *         log("TLSRPT: %s", tlsrpt_event_problem(rc));
 */

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Policy types; RFC 8460 section 4.4. */
enum {
    TLSRPT_EVENT_TLSA = 1,
    TLSRPT_EVENT_STS = 2,
    TLSRPT_EVENT_NO_POLICY_FOUND = 9
};

/* Result types; RFC 8460 section 4.3. */
enum {
    TLSRPT_EVENT_STARTTLS_NOT_SUPPORTED = 201,
    TLSRPT_EVENT_CERTIFICATE_HOST_MISMATCH = 202,
    TLSRPT_EVENT_CERTIFICATE_NOT_TRUSTED = 203,
    TLSRPT_EVENT_CERTIFICATE_EXPIRED = 204,
    TLSRPT_EVENT_VALIDATION_FAILURE = 205,
    TLSRPT_EVENT_STS_POLICY_FETCH_ERROR = 301,
    TLSRPT_EVENT_STS_POLICY_INVALID = 302,
    TLSRPT_EVENT_STS_WEBPKI_INVALID = 303,
    TLSRPT_EVENT_TLSA_INVALID = 304,
    TLSRPT_EVENT_DNSSEC_INVALID = 305,
    TLSRPT_EVENT_DANE_REQUIRED = 306
};

/* One reason for which a session failed. A text that is NULL is left out. */
struct tlsrpt_event_failure {
    int result;                        /* one of the result types */
    const char *sending_mta_ip;        /* our address in this session */
    const char *receiving_mx_hostname; /* the MX host as DNS names it */
    const char *receiving_mx_helo; /* what it calls itself, or its whole reply
                                          to EHLO */
    const char *receiving_ip;      /* its address in this session */
    const char *additional_information; /* a URI */
    const char *failure_reason_code;    /* the TLS library's word for it */
};

/* One policy that the session was held against. */
struct tlsrpt_event_policy {
    int type;           /* one of the policy types */
    int is_failure;     /* 0: the session satisfied it; else it did not */
    const char *domain; /* whose policy: the recipient domain, for TLSA the MX
                           host; NULL leaves it out */
    const char *const
        *strings; /* lines of the MTA-STS policy, or TLSA records as
                                   "3 1 1 HEX" */
    size_t n_strings;
    const char *const *mx_hosts; /* the mx patterns of the MTA-STS policy */
    size_t n_mx_hosts;
    const struct tlsrpt_event_failure *failures;
    size_t n_failures;
};

/* One finished TLS session. */
struct tlsrpt_event {
    const char *domain; /* recipient domain, an A-label */
    const char *record; /* its TLSRPT record: strings joined, as published */
    const struct tlsrpt_event_policy *policies; /* at least one */
    size_t n_policies;
};

/* What tlsrpt_event_send returns for an event that could not be sent; other
 * numbers below zero are -errno of the system call that failed. */
enum {
    TLSRPT_EVENT_OK = 0,
    TLSRPT_EVENT_INCOMPLETE = -10001, /* no domain, no record or no policy */
    TLSRPT_EVENT_PATH = -10002        /* the path is empty or over 107 octets */
};

/*
 * Hands one event to the collector.
 *
 * path: of its socket. wait_ms: how long to wait for a full queue; 0 not at all
 * (recommended), -1 for as long as it takes.
 * Returns: 0 once the event is in the collector's queue; else a number below
 * zero: TLSRPT_EVENT_INCOMPLETE, TLSRPT_EVENT_PATH, or -errno, of which are
 * usual -ENOENT (no socket), -ECONNREFUSED (no collector), -EAGAIN (the queue is
 * full), -EACCES (no permission), -EMSGSIZE (too large), -ENOMEM. Nothing is kept
 * for another try.
 */
int tlsrpt_event_send(const char *path, const struct tlsrpt_event *event,
                      int wait_ms);

/*
 * Writes the datagram of an event, as JSON with a NUL behind it, for those who
 * send it by themselves. Octets that are not UTF-8 become U+FFFD.
 *
 * text: gets at most size - 1 octets; may be NULL where size is 0.
 * Returns: the octets of the whole datagram without the NUL, whether or not they
 * fit.
 */
size_t tlsrpt_event_format(const struct tlsrpt_event *event, char *text,
                           size_t size);

/*
 * Says in English what a number that tlsrpt_event_send returned means.
 * Returns: text that need not be freed and is valid for good.
 */
const char *tlsrpt_event_problem(int rc);

#ifdef __cplusplus
}
#endif

#endif
