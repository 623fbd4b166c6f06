/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "advice/match.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"

/* Result types as sets. */
#define T(NAME) (1u << RESULT_TYPE_##NAME)
#define ANY_WORD (T(VALIDATION_FAILURE) | T(OTHER))
#define EXPIRED (T(CERTIFICATE_EXPIRED) | ANY_WORD)
#define TRUST (T(CERTIFICATE_NOT_TRUSTED) | ANY_WORD)
#define NAME (T(CERTIFICATE_HOST_MISMATCH) | TRUST)
#define SESSION (T(STARTTLS_NOT_SUPPORTED) | TRUST)
#define DANE (T(TLSA_INVALID) | NAME)
#define DNS (T(DNSSEC_INVALID) | T(TLSA_INVALID) | T(DANE_REQUIRED))
#define FETCH (T(STS_POLICY_FETCH_ERROR))
#define TEXT (T(STS_POLICY_INVALID) | FETCH)
#define HOST (T(STS_WEBPKI_INVALID) | FETCH)

#define CNT "certificate-not-trusted/"
#define VF "validation-failure/"
#define SPFE "sts-policy-fetch-error/"
#define WEBPKI "sts-webpki-invalid/"
#define NO_ISSUER "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY"

/*
 * The first that fits wins, so the closer word stands before the wider one:
 * Go says "has expired or is not yet valid" and only then which of the two.
 */
static const struct match_pattern patterns[] = {
    /* Certificate of the policy host, also where it is called a fetch error. */
    { HOST, "is-before", WEBPKI "X509_V_ERR_CERT_HAS_EXPIRED" },
    { HOST, "has-expired", WEBPKI "X509_V_ERR_CERT_HAS_EXPIRED" },
    { HOST, "certificate-expired", WEBPKI "X509_V_ERR_CERT_HAS_EXPIRED" },
    { HOST, "expired-certificate", WEBPKI "X509_V_ERR_CERT_HAS_EXPIRED" },
    { HOST, "not-yet-valid", WEBPKI "X509_V_ERR_CERT_HAS_EXPIRED" },
    { T(STS_WEBPKI_INVALID), "=9", WEBPKI "X509_V_ERR_CERT_HAS_EXPIRED" },
    { T(STS_WEBPKI_INVALID), "=10", WEBPKI "X509_V_ERR_CERT_HAS_EXPIRED" },
    { HOST, "hostname-mismatch", WEBPKI "X509_V_ERR_HOSTNAME_MISMATCH" },
    { HOST, "name-mismatch", WEBPKI "X509_V_ERR_HOSTNAME_MISMATCH" },
    { HOST, "certificate-is-valid-for", WEBPKI "X509_V_ERR_HOSTNAME_MISMATCH" },
    { HOST, "not-valid-for-name", WEBPKI "X509_V_ERR_HOSTNAME_MISMATCH" },
    { T(STS_WEBPKI_INVALID), "=62", WEBPKI "X509_V_ERR_HOSTNAME_MISMATCH" },
    { HOST, "unknown-authority", WEBPKI NO_ISSUER },
    { HOST, "unknown-issuer", WEBPKI NO_ISSUER },
    { HOST, "unable-to-get", WEBPKI NO_ISSUER },
    { HOST, "unable-to-verify", WEBPKI NO_ISSUER },
    { HOST, "self-signed", WEBPKI NO_ISSUER },
    { HOST, "untrusted-root", WEBPKI NO_ISSUER },
    { T(STS_WEBPKI_INVALID), "=18", WEBPKI NO_ISSUER },
    { T(STS_WEBPKI_INVALID), "=19", WEBPKI NO_ISSUER },
    { T(STS_WEBPKI_INVALID), "=2#", WEBPKI NO_ISSUER },
    { FETCH, "x509", "sts-webpki-invalid" },
    { FETCH, "webpki", "sts-webpki-invalid" },

    /* Fetch of the policy: names and connections before statuses, because an
     * address may hold a number that looks like one. */
    { FETCH, "no-such-host", SPFE "no such host" },
    { FETCH, "nxdomain", SPFE "no such host" },
    { FETCH, "not-resolve", SPFE "no such host" },
    { FETCH, "name-resolution", SPFE "no such host" },
    { FETCH, "servfail", SPFE "dns-servfail" },
    { FETCH, "server-misbehaving", SPFE "dns-servfail" },
    { FETCH, "dns", SPFE "dns-servfail" },
    { FETCH, "connection-refused", SPFE "connection refused" },
    { FETCH, "unreachable", SPFE "connection refused" },
    { FETCH, "no-route-to-host", SPFE "connection refused" },
    { FETCH, "connect-error", SPFE "connection refused" },
    { FETCH, "timeout", SPFE "timeout" },
    { FETCH, "timed-out", SPFE "timeout" },
    { FETCH, "deadline-exceeded", SPFE "timeout" },
    { FETCH, "tls", SPFE "tls" },
    { FETCH, "ssl", SPFE "tls" },
    { FETCH, "handshake", SPFE "tls" },
    { TEXT, "content-type", SPFE "bad-content-type" },
    { TEXT, "media-type", SPFE "bad-content-type" },
    { TEXT, "too-large", SPFE "policy-too-large" },
    { TEXT, "too-big", SPFE "policy-too-large" },
    { TEXT, "redirect", SPFE "redirect" },
    { TEXT, "redirects", SPFE "redirect" },
    { FETCH, "404", SPFE "404" },
    { FETCH, "410", SPFE "404" },
    { FETCH, "not-found", SPFE "404" },
    { FETCH, "401", SPFE "403" },
    { FETCH, "403", SPFE "403" },
    { FETCH, "429", SPFE "403" },
    { FETCH, "forbidden", SPFE "403" },
    { FETCH, "30#", SPFE "redirect" },
    { FETCH, "5##", SPFE "5xx" },
    { FETCH, "5xx", SPFE "5xx" },
    { FETCH, "bad-gateway", SPFE "5xx" },
    { FETCH, "2##", SPFE "http-status" },
    { FETCH, "4##", SPFE "http-status" },
    { FETCH, "4xx", SPFE "http-status" },
    { FETCH, "http-status", SPFE "http-status" },
    { TEXT, "max-age", "sts-policy-invalid/max_age" },
    { TEXT, "missing-mx", "sts-policy-invalid/missing-mx" },
    { TEXT, "no-mx", "sts-policy-invalid/missing-mx" },
    { T(STS_POLICY_INVALID), "mx", "sts-policy-invalid/missing-mx" },
    { T(STS_POLICY_INVALID), "mode", "sts-policy-invalid/mode" },
    { TEXT, "missing-version", "sts-policy-invalid/version" },
    { T(STS_POLICY_INVALID), "version", "sts-policy-invalid/version" },

    /* An MX outside the policy, by Microsoft's words and others'. */
    { NAME, "mx-hosts-mismatch", VF "sts-mx-mismatch" },
    { NAME, "mx-host-mismatch", VF "sts-mx-mismatch" },
    { NAME, "mx-mismatch", VF "sts-mx-mismatch" },
    { NAME, "not-authorized-by-policy", VF "sts-mx-mismatch" },
    { NAME, "not-listed-in-policy", VF "sts-mx-mismatch" },
    { NAME, "not-in-policy", VF "sts-mx-mismatch" },

    /* DANE and DNSSEC. */
    { DANE, "dane-ta-name", "certificate-host-mismatch/dane-ta-name" },
    { DANE, "dane-no-match", CNT "dane-no-match" },
    { DANE, "no-match", CNT "dane-no-match" },
    { DANE, "no-matching", CNT "dane-no-match" },
    { DANE, "tlsa-mismatch", CNT "dane-no-match" },
    { NAME, "tlsa-invalid", "tlsa-invalid" },
    { DANE, "=65", CNT "dane-no-match" },
    { DANE, "tlsa-records-unusable", "tlsa-invalid/all-TLSA-records-unusable" },
    { DANE, "unusable", "tlsa-invalid/all-TLSA-records-unusable" },
    { DNS | ANY_WORD, "mx-insecure", "dane-required/mx-insecure" },
    { DNS | ANY_WORD, "mx-bogus", VF "mx-bogus" },
    { DNS | ANY_WORD, "bogus", "dnssec-invalid/bogus" },
    { DNS | ANY_WORD, "signature-expired", "dnssec-invalid/bogus" },
    { DNS | ANY_WORD, "rrsig", "dnssec-invalid/bogus" },
    { DNS | ANY_WORD, "rrsigs", "dnssec-invalid/bogus" },
    { DNS | ANY_WORD, "dnskey", "dnssec-invalid/bogus" },
    { DNS | ANY_WORD, "servfail", "dnssec-invalid/SERVFAIL" },
    { DNS | ANY_WORD, "dnssec-invalid", "dnssec-invalid" },
    { DNS | ANY_WORD, "dane-required", "dane-required" },
    { DNS, "timeout", "dnssec-invalid/timeout" },
    { DNS, "timed-out", "dnssec-invalid/timeout" },

    /* Name and dates of the server's certificate. */
    { TRUST, "hostname-mismatch", "certificate-host-mismatch" },
    { TRUST, "certificate-host-mismatch", "certificate-host-mismatch" },
    { TRUST, "certificate-name-mismatch", "certificate-host-mismatch" },
    { TRUST, "name-mismatch", "certificate-host-mismatch" },
    { TRUST, "subjectmismatch", "certificate-host-mismatch" },
    { TRUST, "certificate-is-valid-for", "certificate-host-mismatch" },
    { TRUST, "not-valid-for-name", "certificate-host-mismatch" },
    { TRUST, "does-not-match-the-expected", "certificate-host-mismatch" },
    { TRUST, "ip-address-mismatch", "certificate-host-mismatch" },
    { TRUST, "=62", "certificate-host-mismatch" },
    { TRUST, "=64", "certificate-host-mismatch" },
    { EXPIRED | TRUST, "is-before", CNT "X509_V_ERR_CERT_NOT_YET_VALID" },
    { T(CERTIFICATE_NOT_TRUSTED), "has-expired",
      CNT "X509_V_ERR_CERT_HAS_EXPIRED" },
    { T(CERTIFICATE_NOT_TRUSTED), "uses-expired-certificate",
      CNT "X509_V_ERR_CERT_HAS_EXPIRED" },
    { T(CERTIFICATE_NOT_TRUSTED), "=10", CNT "X509_V_ERR_CERT_HAS_EXPIRED" },
    { ANY_WORD, "has-expired", "certificate-expired" },
    { ANY_WORD, "certificate-expired", "certificate-expired" },
    { ANY_WORD, "expired-certificate", "certificate-expired" },
    { ANY_WORD, "=10", "certificate-expired" },
    { T(CERTIFICATE_EXPIRED), "has-expired", "certificate-expired" },
    { EXPIRED | TRUST, "not-yet-valid", CNT "X509_V_ERR_CERT_NOT_YET_VALID" },
    { EXPIRED | TRUST, "not-yet-activated",
      CNT "X509_V_ERR_CERT_NOT_YET_VALID" },
    { EXPIRED | TRUST, "=9", CNT "X509_V_ERR_CERT_NOT_YET_VALID" },

    /* Trust in its chain: OpenSSL's names, its sentences, its numbers. */
    { TRUST, "self-signed-cert-in-chain",
      CNT "X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN" },
    { TRUST, "self-signed-certificate-in",
      CNT "X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN" },
    { TRUST, "untrusted-root", CNT "X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN" },
    { TRUST, "untrustedroot", CNT "X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN" },
    { TRUST, "=19", CNT "X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN" },
    { TRUST, "self-signed", CNT "X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT" },
    { TRUST, "=18", CNT "X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT" },
    { TRUST, "unable-to-get-crl", CNT "X509_V_ERR_UNABLE_TO_GET_CRL" },
    { TRUST, "unable-to-get-certificate-crl",
      CNT "X509_V_ERR_UNABLE_TO_GET_CRL" },
    { TRUST, "revocationcheckfailure", CNT "X509_V_ERR_UNABLE_TO_GET_CRL" },
    { TRUST, "ocsp", CNT "X509_V_ERR_UNABLE_TO_GET_CRL" },
    { TRUST, "crl", CNT "X509_V_ERR_UNABLE_TO_GET_CRL" },
    { TRUST, "=3", CNT "X509_V_ERR_UNABLE_TO_GET_CRL" },
    { TRUST, "unable-to-get", CNT NO_ISSUER },
    { TRUST, "unable-to-verify", CNT NO_ISSUER },
    { TRUST, "unknown-authority", CNT NO_ISSUER },
    { TRUST, "unknown-issuer", CNT NO_ISSUER },
    { TRUST, "unknown-ca", CNT NO_ISSUER },
    { TRUST, "issuer-is-unknown", CNT NO_ISSUER },
    { TRUST, "partialchain", CNT NO_ISSUER },
    { TRUST, "=2", CNT NO_ISSUER },
    { TRUST, "=20", CNT NO_ISSUER },
    { TRUST, "=21", CNT NO_ISSUER },
    { TRUST, "revoked", CNT "X509_V_ERR_CERT_REVOKED" },
    { TRUST, "=23", CNT "X509_V_ERR_CERT_REVOKED" },
    { TRUST, "chain-too-long", CNT "X509_V_ERR_CERT_CHAIN_TOO_LONG" },
    { TRUST, "=22", CNT "X509_V_ERR_CERT_CHAIN_TOO_LONG" },
    { TRUST, "proxy-path-length", CNT "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED" },
    { TRUST, "=38", CNT "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED" },
    { TRUST, "path-length", CNT "X509_V_ERR_PATH_LENGTH_EXCEEDED" },
    { TRUST, "invalid-ca", CNT "X509_V_ERR_PATH_LENGTH_EXCEEDED" },
    { TRUST, "invalid-non-ca", CNT "X509_V_ERR_PATH_LENGTH_EXCEEDED" },
    { TRUST, "keyusage-no-certsign", CNT "X509_V_ERR_PATH_LENGTH_EXCEEDED" },
    { TRUST, "key-usage", CNT "X509_V_ERR_PATH_LENGTH_EXCEEDED" },
    { TRUST, "=25", CNT "X509_V_ERR_PATH_LENGTH_EXCEEDED" },
    { TRUST, "=32", CNT "X509_V_ERR_PATH_LENGTH_EXCEEDED" },
    { TRUST, "purpose", CNT "X509_V_ERR_INVALID_PURPOSE" },
    { TRUST, "=26", CNT "X509_V_ERR_INVALID_PURPOSE" },
    { TRUST, "permitted", CNT "X509_V_ERR_PERMITTED_VIOLATION" },
    { TRUST, "excluded", CNT "X509_V_ERR_PERMITTED_VIOLATION" },
    { TRUST, "name-constraint", CNT "X509_V_ERR_PERMITTED_VIOLATION" },
    { TRUST, "=47", CNT "X509_V_ERR_PERMITTED_VIOLATION" },
    { TRUST, "=48", CNT "X509_V_ERR_PERMITTED_VIOLATION" },
    { TRUST, "signature-failure", CNT "X509_V_ERR_CERT_SIGNATURE_FAILURE" },
    { TRUST, "cert-signature", CNT "X509_V_ERR_CERT_SIGNATURE_FAILURE" },
    { TRUST, "unable-to-decrypt", CNT "X509_V_ERR_CERT_SIGNATURE_FAILURE" },
    { TRUST, "unable-to-decode", CNT "X509_V_ERR_CERT_SIGNATURE_FAILURE" },
    { TRUST, "error-in-cert", CNT "X509_V_ERR_CERT_SIGNATURE_FAILURE" },
    { TRUST, "akid", CNT "X509_V_ERR_CERT_SIGNATURE_FAILURE" },
    { TRUST, "subject-issuer-mismatch",
      CNT "X509_V_ERR_CERT_SIGNATURE_FAILURE" },
    { TRUST, "=4", CNT "X509_V_ERR_CERT_SIGNATURE_FAILURE" },
    { TRUST, "=6", CNT "X509_V_ERR_CERT_SIGNATURE_FAILURE" },
    { TRUST, "=7", CNT "X509_V_ERR_CERT_SIGNATURE_FAILURE" },
    { TRUST, "too-small", CNT "X509_V_ERR_EE_KEY_TOO_SMALL" },
    { TRUST, "too-weak", CNT "X509_V_ERR_EE_KEY_TOO_SMALL" },
    { TRUST, "insecure-algorithm", CNT "X509_V_ERR_EE_KEY_TOO_SMALL" },
    { TRUST, "=66", CNT "X509_V_ERR_EE_KEY_TOO_SMALL" },
    { TRUST, "=67", CNT "X509_V_ERR_EE_KEY_TOO_SMALL" },
    { TRUST, "=68", CNT "X509_V_ERR_EE_KEY_TOO_SMALL" },
    { TRUST, "critical-extension",
      CNT "X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION" },
    { TRUST, "=34", CNT "X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION" },
    { TRUST, "cert-rejected", CNT "X509_V_ERR_CERT_REJECTED" },
    { TRUST, "certificate-rejected", CNT "X509_V_ERR_CERT_REJECTED" },
    { TRUST, "cert-untrusted", CNT "X509_V_ERR_CERT_REJECTED" },
    { TRUST, "=27", CNT "X509_V_ERR_CERT_REJECTED" },
    { TRUST, "=28", CNT "X509_V_ERR_CERT_REJECTED" },
    { ANY_WORD, "certificate-not-trusted", "certificate-not-trusted" },
    { ANY_WORD, "not-trusted", "certificate-not-trusted" },

    /* The session before and while TLS comes up. */
    { SESSION, "out-of-mem", VF "sender-internal" },
    { SESSION, "out-of-memory", VF "sender-internal" },
    { SESSION, "internal-error", VF "sender-internal" },
    { SESSION, "sender-internal", VF "sender-internal" },
    { SESSION, "=17", VF "sender-internal" },
    { SESSION, "ehlo-refused", "starttls-not-supported/ehlo-refused" },
    { SESSION, "starttls-reply", "starttls-not-supported/starttls-refused" },
    { SESSION, "starttls-refused", "starttls-not-supported/starttls-refused" },
    { SESSION, "starttls-rejected", "starttls-not-supported/starttls-refused" },
    { SESSION, "454", "starttls-not-supported/starttls-refused" },
    { SESSION, "tls-not-available", "starttls-not-supported/starttls-refused" },
    { SESSION, "starttls-not-supported", "starttls-not-supported" },
    { SESSION, "starttls-not-offered", "starttls-not-supported" },
    { SESSION, "starttls-unsupported", "starttls-not-supported" },
    { SESSION, "starttls-unavailable", "starttls-not-supported" },
    { SESSION, "no-starttls", "starttls-not-supported" },
    { SESSION, "plaintext-injection", VF "plaintext-injection" },
    { SESSION, "unrecognized-name", VF "tls-alert-unrecognized_name" },
    { SESSION, "tls-version", VF "tls-version" },
    { SESSION, "protocol-version", VF "tls-version" },
    { SESSION, "unsupported-protocol", VF "tls-version" },
    { SESSION, "unsupported-versions", VF "tls-version" },
    { SESSION, "wrong-version-number", VF "tls-version" },
    { SESSION, "version-too-low", VF "tls-version" },
    { SESSION, "timeout", VF "timeout" },
    { SESSION, "timed-out", VF "timeout" },
    { SESSION, "deadline-exceeded", VF "timeout" },
    { SESSION, "connection-reset", VF "timeout" },
    { SESSION, "connection-closed", VF "timeout" },
    { SESSION, "connection-lost", VF "timeout" },
    { SESSION, "lost-connection", VF "timeout" },
    { SESSION, "eof", VF "timeout" },
    { SESSION, "broken-pipe", VF "timeout" },
    { SESSION, "handshake-failure", VF "tls-handshake-failure" },
    { SESSION, "handshake-failed", VF "tls-handshake-failure" },
    { SESSION, "handshake", VF "tls-handshake-failure" },
    { SESSION, "tls-alert", VF "tls-handshake-failure" },
    { SESSION, "no-shared-cipher", VF "tls-handshake-failure" },
    { SESSION, "=validation-failure", VF "VALIDATION_FAILURE" },
    { SESSION, "4##-#-#", VF "smtp-reply" },
    { SESSION, "4##-#-#-#", VF "smtp-reply" },
    { SESSION, "5##-#-#", VF "smtp-reply" },
    { SESSION, "5##-#-#-#", VF "smtp-reply" },
    { SESSION, "421", VF "smtp-reply" },
    { SESSION, "smtp-reply", VF "smtp-reply" },
};

enum { PATTERN_COUNT = sizeof(patterns) / sizeof(patterns[0]) };

const struct match_pattern *match_patterns(size_t *out_n)
{
    *out_n = PATTERN_COUNT;
    return patterns;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The character in the folded form, 0 for anything that parts words. */
static char fold(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c + ('a' - 'A'));
    return (c >= 'a' && c <= 'z') || is_digit(c) ? c : 0;
}

/* The bit of a folded character. */
static uint64_t bit(char c)
{
    return UINT64_C(1) << (is_digit(c) ? c - '0' : c - 'a' + 10);
}

void match_fold(struct match_text *text, struct slice source)
{
    bool parted = false;

    text->len = 0;
    text->initials = 0;
    for (size_t i = 0; i < source.len; i++) {
        char c = fold(source.ptr[i]);

        if (!c) {
            parted = text->len > 0;
            continue;
        }
        if (text->len + 2 > MATCH_MAX_BYTES)
            break;
        if (parted)
            text->text[text->len++] = '-';
        if (parted || text->len == 0)
            text->initials |= bit(c);
        text->text[text->len++] = c;
        parted = false;
    }
    text->text[text->len] = '\0';
}

/*
 * Holds a pattern against the start of a text.
 * Returns: the octets of text it covers, which end with a word; 0 otherwise.
 */
static size_t covers(const char *text, const char *words)
{
    size_t n = 0;

    for (; words[n]; n++) {
        if (words[n] == '#' ? !is_digit(text[n]) : text[n] != words[n])
            return 0;
    }
    return text[n] == '\0' || text[n] == '-' ? n : 0;
}

static bool fits(const struct match_text *text, const char *words)
{
    const char *start = text->text;

    if (words[0] == '=')
        return covers(start, words + 1) == text->len;
    if (!(text->initials & bit(words[0])))
        return false; /* most patterns end here */
    for (const char *at = start; *at; at++) {
        if (*at == words[0] && (at == start || at[-1] == '-') &&
            covers(at, words) > 0)
            return true;
    }
    return false;
}

const char *match_reason(enum result_type type, const struct match_text *reason)
{
    if (reason->len == 0)
        return NULL;
    for (size_t i = 0; i < PATTERN_COUNT; i++) {
        if ((patterns[i].types & 1u << type) && fits(reason, patterns[i].words))
            return patterns[i].code;
    }
    return NULL;
}

enum result_type match_type(struct slice reported)
{
    enum result_type type = RESULT_TYPE_OTHER;
    struct match_text folded;
    struct arena scratch;

    /* Only a type nobody knows needs memory, and it is OTHER without, too. */
    match_fold(&folded, reported);
    arena_init(&scratch, 4096);
    if (!result_type_key(&scratch, slice_make(folded.text, folded.len), &type))
        type = RESULT_TYPE_OTHER;
    arena_deinit(&scratch);
    return type;
}
