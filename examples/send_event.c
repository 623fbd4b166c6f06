/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * How a mail server tells the collector of a TLS session, in C.
 *
 *     cc send_event.c -ltlsrpt_event -o send_event
 *     ./send_event /run/tlsrpt/tlsrpt.sock example.com \
 *         'v=TLSRPTv1; rua=mailto:tls@example.com' mx.example.com ok
 *     ./send_event /run/tlsrpt/tlsrpt.sock example.com \
 *         'v=TLSRPTv1; rua=mailto:tls@example.com' mx.example.com expired
 *
 * The policy is made up: a mail server has that of the domain at hand.
 */

#include <stdio.h>
#include <string.h>

#include <tlsrpt_event.h>

int main(int argc, char **argv)
{
    const char *strings[] = { "version: STSv1", "mode: enforce",
                              "mx: *.example.com", "max_age: 604800" };
    const char *patterns[] = { "*.example.com" };
    struct tlsrpt_event_failure failure = {
        .result = TLSRPT_EVENT_CERTIFICATE_EXPIRED,
        .sending_mta_ip = "192.0.2.25",
        .receiving_ip = "198.51.100.10",
        .failure_reason_code = "X509_V_ERR_CERT_HAS_EXPIRED",
    };
    struct tlsrpt_event_policy policy = {
        .type = TLSRPT_EVENT_STS,
        .strings = strings,
        .n_strings = 4,
        .mx_hosts = patterns,
        .n_mx_hosts = 1,
    };
    struct tlsrpt_event event = { .policies = &policy, .n_policies = 1 };
    int rc;

    if (argc != 6) {
        fprintf(stderr, "usage: send_event SOCKET DOMAIN RECORD MX "
                        "ok|expired\n");
        return 2;
    }
    event.domain = policy.domain = argv[2];
    event.record = argv[3];
    if (strcmp(argv[5], "ok") != 0) {
        failure.receiving_mx_hostname = argv[4];
        policy.failures = &failure;
        policy.n_failures = 1;
        policy.is_failure = 1;
    }
    /* Never waits: mail goes out whether or not somebody listens. */
    rc = tlsrpt_event_send(argv[1], &event, 0);
    if (rc) {
        fprintf(stderr, "send_event: %s\n", tlsrpt_event_problem(rc));
        return 1;
    }
    return 0;
}
