/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "advice/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "advice/advice.h"

static void folding_keeps_words_only(void **state)
{
    static const struct {
        const char *source;
        const char *folded;
    } table[] = {
        { "X509_V_ERR_CERT_HAS_EXPIRED", "x509-v-err-cert-has-expired" },
        { " bad https response code: 404 ", "bad-https-response-code-404" },
        { "--", "" },
        { "", "" },
        { "t\xc3\xbc", "t" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct match_text text;

        match_fold(&text, slice_of(table[i].source));
        assert_string_equal(text.text, table[i].folded);
        assert_int_equal(text.len, strlen(table[i].folded));
    }
}

static void a_reason_of_any_length_is_folded_within_bounds(void **state)
{
    char source[600];

    (void)state;
    for (size_t len = 0; len <= sizeof(source); len++) {
        struct match_text text;

        for (size_t i = 0; i < len; i++)
            source[i] = i % 3 ? 'A' : ' ';
        match_fold(&text, slice_make(source, len));
        assert_true(text.len <= MATCH_MAX_BYTES);
        assert_int_equal(strlen(text.text), text.len);
    }
}

/* What senders write, and the row it must lead to. */
static const struct {
    const char *type;
    const char *reason;
    const char *code;
} reasons[] = {
    /* OpenSSL: names, sentences, numbers. */
    { "certificate-not-trusted", "X509_V_ERR_CERT_NOT_YET_VALID",
      "certificate-not-trusted/X509_V_ERR_CERT_NOT_YET_VALID" },
    { "certificate-not-trusted", "X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT",
      "certificate-not-trusted/X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT" },
    { "certificate-not-trusted", "X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN",
      "certificate-not-trusted/X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN" },
    { "certificate-not-trusted", "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT",
      "certificate-not-trusted/X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY" },
    { "certificate-not-trusted", "X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "certificate-not-trusted/X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY" },
    { "certificate-not-trusted", "X509_V_ERR_CERT_HAS_EXPIRED",
      "certificate-not-trusted/X509_V_ERR_CERT_HAS_EXPIRED" },
    { "certificate-expired", "X509_V_ERR_CERT_HAS_EXPIRED",
      "certificate-expired" },
    { "certificate-host-mismatch", "X509_V_ERR_HOSTNAME_MISMATCH",
      "certificate-host-mismatch" },
    { "certificate-not-trusted", "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED",
      "certificate-not-trusted/X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED" },
    { "certificate-not-trusted", "X509_V_ERR_PATH_LENGTH_EXCEEDED",
      "certificate-not-trusted/X509_V_ERR_PATH_LENGTH_EXCEEDED" },
    { "certificate-not-trusted", "X509_V_ERR_UNABLE_TO_GET_CRL",
      "certificate-not-trusted/X509_V_ERR_UNABLE_TO_GET_CRL" },
    { "certificate-not-trusted", "X509_V_ERR_CA_MD_TOO_WEAK",
      "certificate-not-trusted/X509_V_ERR_EE_KEY_TOO_SMALL" },
    { "certificate-not-trusted", "X509_V_ERR_AKID_SKID_MISMATCH",
      "certificate-not-trusted/X509_V_ERR_CERT_SIGNATURE_FAILURE" },
    { "certificate-not-trusted", "X509_V_ERR_INVALID_PURPOSE",
      "certificate-not-trusted/X509_V_ERR_INVALID_PURPOSE" },
    { "certificate-not-trusted", "permitted subtree violation",
      "certificate-not-trusted/X509_V_ERR_PERMITTED_VIOLATION" },
    { "certificate-not-trusted", "unhandled critical extension",
      "certificate-not-trusted/X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION" },
    { "certificate-not-trusted", "certificate chain too long",
      "certificate-not-trusted/X509_V_ERR_CERT_CHAIN_TOO_LONG" },
    { "certificate-not-trusted", "certificate rejected",
      "certificate-not-trusted/X509_V_ERR_CERT_REJECTED" },
    { "certificate-not-trusted", "certificate revoked",
      "certificate-not-trusted/X509_V_ERR_CERT_REVOKED" },
    { "certificate-not-trusted", "20",
      "certificate-not-trusted/X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY" },
    { "certificate-not-trusted", "18",
      "certificate-not-trusted/X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT" },
    { "validation-failure",
      "verify error:num=20:unable to get local issuer "
      "certificate",
      "certificate-not-trusted/X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY" },
    { "certificate-not-trusted", "code 10", "certificate-not-trusted" },
    /* Postfix. */
    { "validation-failure", "certificate_is_not_yet_valid",
      "certificate-not-trusted/X509_V_ERR_CERT_NOT_YET_VALID" },
    { "validation-failure", "unable_to_get_local_issuer_certificate",
      "certificate-not-trusted/X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY" },
    { "validation-failure", "self-signed_certificate",
      "certificate-not-trusted/X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT" },
    { "validation-failure", "self-signed_certificate_in_certificate_chain",
      "certificate-not-trusted/X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN" },
    { "validation-failure", "tls-handshake-failure",
      "validation-failure/tls-handshake-failure" },
    { "tlsa-invalid", "all-TLSA-records-unusable",
      "tlsa-invalid/all-TLSA-records-unusable" },
    /* Microsoft. */
    { "validation-failure", "MX_HOSTS_MISMATCH",
      "validation-failure/sts-mx-mismatch" },
    { "validation-failure", "VALIDATION_FAILURE",
      "validation-failure/VALIDATION_FAILURE" },
    { "validation-failure", "CERTIFICATE_EXPIRED", "certificate-expired" },
    { "validation-failure", "CERTIFICATE_HOST_MISMATCH",
      "certificate-host-mismatch" },
    { "validation-failure", "CERTIFICATE_NOT_TRUSTED",
      "certificate-not-trusted" },
    { "validation-failure", "STARTTLS_NOT_SUPPORTED",
      "starttls-not-supported" },
    { "validation-failure", "SubjectMismatch", "certificate-host-mismatch" },
    /* Go, as at Mail.ru, and HTTP statuses. */
    { "sts-policy-fetch-error", "bad https response code: 404",
      "sts-policy-fetch-error/404" },
    { "sts-policy-fetch-error", "bad https response code: 500",
      "sts-policy-fetch-error/5xx" },
    { "sts-policy-fetch-error", "http-302", "sts-policy-fetch-error/redirect" },
    { "sts-policy-fetch-error", "403 Forbidden", "sts-policy-fetch-error/403" },
    { "sts-policy-fetch-error", "http-418",
      "sts-policy-fetch-error/http-status" },
    { "sts-policy-fetch-error",
      "dial tcp: lookup mta-sts.example.com on 192.0.2.53:53: no such host",
      "sts-policy-fetch-error/no such host" },
    { "sts-policy-fetch-error",
      "dial tcp 192.0.2.80:443: connect: connection refused",
      "sts-policy-fetch-error/connection refused" },
    { "sts-policy-fetch-error", "context deadline exceeded",
      "sts-policy-fetch-error/timeout" },
    { "sts-policy-fetch-error", "dial tcp 192.0.2.80:443: i/o timeout",
      "sts-policy-fetch-error/timeout" },
    { "sts-policy-fetch-error", "remote error: tls: handshake failure",
      "sts-policy-fetch-error/tls" },
    { "sts-policy-fetch-error", "dns-servfail+cached",
      "sts-policy-fetch-error/dns-servfail" },
    { "sts-policy-fetch-error",
      "x509: certificate is valid for www.example.com, not "
      "mta-sts.example.com",
      "sts-webpki-invalid/X509_V_ERR_HOSTNAME_MISMATCH" },
    { "sts-policy-fetch-error", "x509: certificate signed by unknown authority",
      "sts-webpki-invalid/"
      "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY" },
    { "sts-policy-fetch-error", "x509: unhandled critical extension",
      "sts-webpki-invalid" },
    { "sts-policy-fetch-error",
      "Get \"https://mta-sts.example.com/\": read tcp 10.0.0.1:55404->"
      "192.0.2.5:443: read: connection reset by peer",
      "sts-policy-fetch-error/connection lost" },
    { "sts-policy-fetch-error", "unexpected EOF",
      "sts-policy-fetch-error/connection lost" },
    { "sts-policy-fetch-error", "write to 203.0.113.7:443 failed",
      "sts-policy-fetch-error" },
    { "sts-policy-fetch-error", "203.0.113.7: no answer",
      "sts-policy-fetch-error" },
    { "sts-policy-fetch-error", "404", "sts-policy-fetch-error/404" },
    { "sts-policy-fetch-error", "404 Not Found", "sts-policy-fetch-error/404" },
    { "sts-policy-fetch-error", "HTTP/1.1 404 Not Found",
      "sts-policy-fetch-error/404" },
    { "sts-policy-fetch-error",
      "unexpected HTTP status 503 Service Unavailable",
      "sts-policy-fetch-error/5xx" },
    { "sts-policy-fetch-error", "host not found",
      "sts-policy-fetch-error/no such host" },
    { "sts-policy-fetch-error", "TXT record not found",
      "sts-policy-fetch-error" },
    { "sts-policy-fetch-error", "not found", "sts-policy-fetch-error/404" },
    { "sts-webpki-invalid", "2",
      "sts-webpki-invalid/X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY" },
    { "sts-webpki-invalid", "21",
      "sts-webpki-invalid/X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY" },
    { "sts-webpki-invalid", "23", "sts-webpki-invalid" },
    { "sts-webpki-invalid", "26", "sts-webpki-invalid" },
    { "sts-webpki-invalid", "X509_V_ERR_CERT_HAS_EXPIRED",
      "sts-webpki-invalid/X509_V_ERR_CERT_HAS_EXPIRED" },
    { "sts-webpki-invalid", "62",
      "sts-webpki-invalid/X509_V_ERR_HOSTNAME_MISMATCH" },
    { "sts-policy-fetch-error", "bad-content-type",
      "sts-policy-fetch-error/bad-content-type" },
    { "sts-policy-fetch-error", "policy-too-large",
      "sts-policy-fetch-error/policy-too-large" },
    { "sts-policy-invalid", "missing-mx", "sts-policy-invalid/missing-mx" },
    { "sts-policy-invalid", "bad mode", "sts-policy-invalid/mode" },
    { "sts-policy-invalid", "max_age missing", "sts-policy-invalid/max_age" },
    { "sts-policy-invalid", "missing version", "sts-policy-invalid/version" },
    { "certificate-not-trusted",
      "x509: certificate has expired or is not yet valid: current time "
      "2026-01-01T00:00:00Z is before 2026-01-02T00:00:00Z",
      "certificate-not-trusted/X509_V_ERR_CERT_NOT_YET_VALID" },
    { "validation-failure",
      "x509: certificate has expired or is not yet valid: current time "
      "2026-01-03T00:00:00Z is after 2026-01-02T00:00:00Z",
      "certificate-expired" },
    /* DANE and DNSSEC. */
    { "certificate-not-trusted", "dane-no-match",
      "certificate-not-trusted/dane-no-match" },
    { "validation-failure", "dane-no-match",
      "certificate-not-trusted/dane-no-match" },
    { "tlsa-invalid", "no-match", "certificate-not-trusted/dane-no-match" },
    { "certificate-not-trusted", "X509_V_ERR_DANE_NO_MATCH",
      "certificate-not-trusted/dane-no-match" },
    { "certificate-host-mismatch", "dane-ta-name",
      "certificate-host-mismatch/dane-ta-name" },
    { "certificate-host-mismatch", "no matching subjectAltName",
      "certificate-host-mismatch" },
    { "validation-failure", "no matching subjectAltName",
      "certificate-host-mismatch" },
    { "validation-failure", "no matching cipher suite",
      "validation-failure/tls-handshake-failure" },
    { "validation-failure", "no matching TLSA record",
      "certificate-not-trusted/dane-no-match" },
    { "tlsa-invalid", "no matching record",
      "certificate-not-trusted/dane-no-match" },
    { "validation-failure", "connect: operation not permitted",
      "validation-failure/sender-internal" },
    { "validation-failure", "sender excluded by rule", "validation-failure" },
    { "validation-failure", "for the purpose of tests", "validation-failure" },
    { "certificate-not-trusted", "unsupported certificate purpose",
      "certificate-not-trusted/X509_V_ERR_INVALID_PURPOSE" },
    { "certificate-not-trusted",
      "x509: a root or intermediate certificate is not authorized to sign for "
      "this name: DNS name \"mx.example.com\" is not permitted by any "
      "constraint",
      "certificate-not-trusted/X509_V_ERR_PERMITTED_VIOLATION" },
    { "certificate-not-trusted", "X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER",
      "certificate-not-trusted/X509_V_ERR_UNABLE_TO_GET_CRL" },
    { "validation-failure", "451 4.7.10 try later",
      "validation-failure/smtp-reply" },
    { "dnssec-invalid", "SERVFAIL", "dnssec-invalid/SERVFAIL" },
    { "dnssec-invalid", "6 (DNSSEC Bogus)", "dnssec-invalid/bogus" },
    { "dnssec-invalid", "i/o timeout", "dnssec-invalid/timeout" },
    { "dane-required", "mx-insecure", "dane-required/mx-insecure" },
    { "validation-failure", "mx-bogus", "validation-failure/mx-bogus" },
    /* The session. */
    { "validation-failure", "tls-alert-handshake_failure",
      "validation-failure/tls-handshake-failure" },
    { "validation-failure", "tls-alert-protocol_version",
      "validation-failure/tls-version" },
    { "validation-failure", "tls-alert-unrecognized_name",
      "validation-failure/tls-alert-unrecognized_name" },
    { "validation-failure", "tls-handshake-timeout",
      "validation-failure/timeout" },
    { "validation-failure", "EOF", "validation-failure/timeout" },
    { "validation-failure", "plaintext-injection",
      "validation-failure/plaintext-injection" },
    { "validation-failure", "421 4.7.0", "validation-failure/smtp-reply" },
    { "validation-failure", "451 4.7.0 try later",
      "validation-failure/smtp-reply" },
    { "validation-failure", "sts-mx-mismatch",
      "validation-failure/sts-mx-mismatch" },
    { "validation-failure", "X509_V_ERR_OUT_OF_MEM",
      "validation-failure/sender-internal" },
    { "starttls-not-supported", "starttls-reply-454",
      "starttls-not-supported/starttls-refused" },
    { "starttls-not-supported", "454 4.7.0 TLS not available",
      "starttls-not-supported/starttls-refused" },
    { "starttls-not-supported", "ehlo-refused",
      "starttls-not-supported/ehlo-refused" },
    /* A type nobody knows is explained by its reason. */
    { "tls-trouble", "certificate has expired", "certificate-expired" },
    /* A number belongs to OpenSSL only under a certificate's type. */
    { "tlsa-invalid", "20", "tlsa-invalid" },
    { "sts-policy-fetch-error", "20", "sts-policy-fetch-error" },
    /* Words inside words do not count. */
    { "sts-policy-fetch-error", "4040 errors", "sts-policy-fetch-error" },
    { "validation-failure", "unrevoked", "validation-failure" },
};

static void the_words_of_senders_lead_to_their_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        const char *code =
            advice_find(reasons[i].type, reasons[i].reason)->code;

        if (strcmp(code, reasons[i].code) != 0)
            fail_msg("%s, %s: expected %s, got %s", reasons[i].type,
                     reasons[i].reason, reasons[i].code, code);
    }
}

static void every_pattern_is_folded_and_leads_to_a_row(void **state)
{
    size_t n_patterns;
    size_t n_rows;
    const struct match_pattern *patterns = match_patterns(&n_patterns);
    const struct advice *rows = advice_table(&n_rows);

    (void)state;
    for (size_t i = 0; i < n_patterns; i++) {
        bool found = false;

        for (size_t r = 0; r < n_rows && !found; r++)
            found = strcmp(rows[r].code, patterns[i].code) == 0;
        if (!found)
            fail_msg("%s leads to no row", patterns[i].code);
        assert_int_equal(strspn(patterns[i].words,
                                "=%#-abcdefghijklmnopqrstuvwxyz0123456789"),
                         strlen(patterns[i].words));
    }
}

/* Makes a reason of a pattern: any digit where it says '#'. */
static void make_reason(struct match_text *out, const char *words)
{
    char reason[MATCH_MAX_BYTES + 1] = "";

    for (size_t i = 0; words[i]; i++)
        reason[i] = words[i] == '#' ? '7' : words[i];
    match_fold(out, slice_of(reason));
}

/* A pattern that others always catch first would be dead. */
static void every_pattern_wins_for_its_own_words(void **state)
{
    size_t n;
    const struct match_pattern *patterns = match_patterns(&n);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        struct match_text reason;
        bool wins = false;

        make_reason(&reason, patterns[i].words);
        for (int t = 0; t < RESULT_TYPE_COUNT && !wins; t++) {
            const char *code = match_reason((enum result_type)t, &reason);

            wins = (patterns[i].types & 1u << t) && code &&
                   strcmp(code, patterns[i].code) == 0;
        }
        if (!wins)
            fail_msg("%s never leads to %s", patterns[i].words,
                     patterns[i].code);
    }
}

static void every_reason_row_can_be_reached(void **state)
{
    size_t n_patterns;
    size_t n_rows;
    const struct match_pattern *patterns = match_patterns(&n_patterns);
    const struct advice *rows = advice_table(&n_rows);

    (void)state;
    for (size_t r = 0; r < n_rows; r++) {
        bool found = !strchr(rows[r].code, '/');

        for (size_t i = 0; i < n_patterns && !found; i++)
            found = strcmp(rows[r].code, patterns[i].code) == 0;
        if (!found)
            fail_msg("no words lead to %s", rows[r].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folding_keeps_words_only),
        cmocka_unit_test(a_reason_of_any_length_is_folded_within_bounds),
        cmocka_unit_test(the_words_of_senders_lead_to_their_row),
        cmocka_unit_test(every_pattern_is_folded_and_leads_to_a_row),
        cmocka_unit_test(every_pattern_wins_for_its_own_words),
        cmocka_unit_test(every_reason_row_can_be_reached),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
