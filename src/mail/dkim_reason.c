/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/dkim_reason.h"

/* clang-format off */
static const struct dkim_reason reasons[DKIM_REASON_COUNT] = {
    [DKIM_REASON_PASS] = { "pass",
        DKIM_PASS, "RFC 6376 section 6.1.3",
        "the signature is good" },
    [DKIM_REASON_UNSIGNED] = { "unsigned",
        DKIM_NONE, "RFC 8460 section 3",
        "the mail has no DKIM signature" },
    [DKIM_REASON_NOT_ALIGNED] = { "not-aligned",
        DKIM_NONE, "RFC 8460 section 3",
        "no signature is by the domain that sends the report" },
    [DKIM_REASON_KEY_TESTING] = { "key-testing",
        DKIM_NONE, "RFC 6376 section 3.6.1",
        "the key says t=y, which makes the mail count as unsigned" },
    [DKIM_REASON_HEADER_MALFORMED] = { "header-malformed",
        DKIM_FAIL, "RFC 5322 section 2.2",
        "the header holds a line that is no field, so it cannot be told what was signed" },
    [DKIM_REASON_SYNTAX] = { "syntax",
        DKIM_FAIL, "RFC 6376 section 3.2",
        "the signature field cannot be read" },
    [DKIM_REASON_TAG_TWICE] = { "tag-twice",
        DKIM_FAIL, "RFC 6376 section 3.2",
        "the signature field has a tag twice" },
    [DKIM_REASON_TAG_MISSING] = { "tag-missing",
        DKIM_FAIL, "RFC 6376 section 6.1.1",
        "the signature field lacks one of v=, a=, b=, bh=, d=, h=, s=" },
    [DKIM_REASON_VERSION] = { "version",
        DKIM_FAIL, "RFC 6376 section 6.1.1",
        "the signature is of another version than 1" },
    [DKIM_REASON_ALGORITHM] = { "algorithm",
        DKIM_FAIL, "RFC 6376 section 3.3",
        "the signature is of an unknown algorithm" },
    [DKIM_REASON_ALGORITHM_SHA1] = { "algorithm-sha1",
        DKIM_FAIL, "RFC 8301 section 3.1",
        "the signature is by rsa-sha1, which proves nothing" },
    [DKIM_REASON_CANONICALIZATION] = { "canonicalization",
        DKIM_FAIL, "RFC 6376 section 3.4",
        "the signature is of an unknown canonicalization" },
    [DKIM_REASON_QUERY] = { "query-method",
        DKIM_FAIL, "RFC 6376 section 3.5",
        "the key is not to be had by dns/txt" },
    [DKIM_REASON_DOMAIN] = { "domain",
        DKIM_FAIL, "RFC 6376 section 3.5",
        "d= or s= is no domain name" },
    [DKIM_REASON_IDENTITY] = { "identity",
        DKIM_FAIL, "RFC 6376 section 6.1.1",
        "i= is not within the domain of d=" },
    [DKIM_REASON_BASE64] = { "base64",
        DKIM_FAIL, "RFC 6376 section 3.5",
        "b= or bh= holds no signature or no digest" },
    [DKIM_REASON_FIELD_LIST] = { "field-list",
        DKIM_FAIL, "RFC 6376 section 3.5",
        "h= is no list of header fields" },
    [DKIM_REASON_FROM_UNSIGNED] = { "from-unsigned",
        DKIM_FAIL, "RFC 6376 section 6.1.1",
        "the signature does not cover From" },
    [DKIM_REASON_BODY_LENGTH] = { "body-length",
        DKIM_FAIL, "RFC 8460 section 3",
        "the signature covers a part of the body only (l=), which reports must not have" },
    [DKIM_REASON_TIME] = { "time",
        DKIM_FAIL, "RFC 6376 section 3.5",
        "t= or x= is no time, or x= is not after t=" },
    [DKIM_REASON_EXPIRED] = { "expired",
        DKIM_FAIL, "RFC 6376 section 3.5",
        "the signature had expired when the mail came" },
    [DKIM_REASON_FIELD_ADDED] = { "field-added",
        DKIM_FAIL, "RFC 6376 section 8.15",
        "a header field that is signed stands there once more, unsigned" },
    [DKIM_REASON_BODY_CHANGED] = { "body-changed",
        DKIM_FAIL, "RFC 6376 section 6.1.3",
        "the body was changed after it was signed" },
    [DKIM_REASON_KEY_TYPE] = { "key-type",
        DKIM_FAIL, "RFC 6376 section 6.1.2",
        "the key is for another algorithm" },
    [DKIM_REASON_KEY_HASH] = { "key-hash",
        DKIM_FAIL, "RFC 6376 section 6.1.2",
        "the key is not to be used with SHA-256" },
    [DKIM_REASON_KEY_SERVICE] = { "key-service",
        DKIM_FAIL, "RFC 8460 section 3",
        "the key is not for signing reports" },
    [DKIM_REASON_KEY_IDENTITY] = { "key-identity",
        DKIM_FAIL, "RFC 6376 section 3.6.1",
        "the key says t=s, and i= is of a subdomain of d=" },
    [DKIM_REASON_KEY_SHORT] = { "key-short",
        DKIM_FAIL, "RFC 8301 section 3.2",
        "an RSA key of less than 1024 bits proves nothing" },
    [DKIM_REASON_SIGNATURE_WRONG] = { "signature-wrong",
        DKIM_FAIL, "RFC 6376 section 6.1.3",
        "a signed header field was changed, or the key is another one" },
    [DKIM_REASON_KEY_ABSENT] = { "key-absent",
        DKIM_UNVERIFIABLE, "RFC 6376 section 6.1.2",
        "there is no key in DNS" },
    [DKIM_REASON_KEY_REVOKED] = { "key-revoked",
        DKIM_UNVERIFIABLE, "RFC 6376 section 6.1.2",
        "the key was revoked" },
    [DKIM_REASON_KEY_UNREADABLE] = { "key-unreadable",
        DKIM_UNVERIFIABLE, "RFC 6376 section 6.1.2",
        "the key record cannot be read" },
    [DKIM_REASON_KEY_TEMPORARY] = { "key-temporary",
        DKIM_TEMPORARY, "RFC 6376 section 6.1.2",
        "DNS did not say whether there is a key" },
};
/* clang-format on */

const struct dkim_reason *dkim_reason(enum dkim_reason_number number)
{
    return &reasons[number];
}

const struct dkim_reason *dkim_reason_find(struct slice code)
{
    for (size_t i = 0; i < DKIM_REASON_COUNT; i++) {
        if (slice_equal(slice_of(reasons[i].code), code))
            return &reasons[i];
    }
    return NULL;
}

const char *dkim_reason_verdict_name(enum dkim_verdict verdict)
{
    static const char *const names[DKIM_VERDICT_COUNT] = {
        [DKIM_NONE] = "none",           [DKIM_PASS] = "pass",
        [DKIM_FAIL] = "fail",           [DKIM_UNVERIFIABLE] = "unverifiable",
        [DKIM_TEMPORARY] = "temporary",
    };

    return names[verdict];
}
