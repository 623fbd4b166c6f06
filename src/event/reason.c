/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "event/reason.h"

#include <stddef.h>

#include "event/event.h"

/* As OpenSSL 1.1 and 3 word and name them, folded. */
static const struct {
    const char *words;
    const char *name;
    int result;
} reasons[] = {
    { "unable-to-get-local-issuer-certificate",
      "unable-to-get-issuer-cert-locally",
      EVENT_RESULT_CERTIFICATE_NOT_TRUSTED },
    { "self-signed-certificate", "depth-zero-self-signed-cert",
      EVENT_RESULT_CERTIFICATE_NOT_TRUSTED },
    { "self-signed-certificate-in-certificate-chain",
      "self-signed-cert-in-chain", EVENT_RESULT_CERTIFICATE_NOT_TRUSTED },
    { "unable-to-get-issuer-certificate", "unable-to-get-issuer-cert",
      EVENT_RESULT_CERTIFICATE_NOT_TRUSTED },
    { "unable-to-verify-the-first-certificate",
      "unable-to-verify-leaf-signature", EVENT_RESULT_CERTIFICATE_NOT_TRUSTED },
    { "certificate-not-trusted", "cert-untrusted",
      EVENT_RESULT_CERTIFICATE_NOT_TRUSTED },
    { "certificate-rejected", "cert-rejected",
      EVENT_RESULT_CERTIFICATE_NOT_TRUSTED },
    { "invalid-ca-certificate", "invalid-ca",
      EVENT_RESULT_CERTIFICATE_NOT_TRUSTED },
    { "certificate-chain-too-long", "cert-chain-too-long",
      EVENT_RESULT_CERTIFICATE_NOT_TRUSTED },
    { "certificate-has-expired", "cert-has-expired",
      EVENT_RESULT_CERTIFICATE_EXPIRED },
};

static char fold(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c + ('a' - 'A'));
    return c == '_' || c == ' ' ? '-' : c;
}

/* Goes behind a prefix, else nowhere. */
static const char *skip_prefix(const char *text, const char *prefix)
{
    const char *at = text;

    for (; *prefix; prefix++, at++) {
        if (fold(*at) != *prefix)
            return text;
    }
    return at;
}

static int is_same(const char *text, const char *folded)
{
    const char *end = skip_prefix(text, folded);

    return end != text && *end == '\0';
}

int reason_result(const char *reason)
{
    reason = skip_prefix(reason, "x509-v-err-");
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (is_same(reason, reasons[i].words) ||
            is_same(reason, reasons[i].name))
            return reasons[i].result;
    }
    return EVENT_RESULT_VALIDATION_FAILURE;
}
