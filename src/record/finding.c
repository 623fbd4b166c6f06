/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "record/finding.h"

/* clang-format off */
static const struct finding_kind kinds[RECORD_FINDING_COUNT] = {
    [RECORD_DKIM_SYNTAX] = { "dkim-key-syntax",
        FINDING_CRITICAL, "RFC 6376 section 3.2",
        "the key record is no list of tags",
        "write name=value pairs with semicolons between" },
    [RECORD_DKIM_TAG_TWICE] = { "dkim-key-tag-twice",
        FINDING_CRITICAL, "RFC 6376 section 3.2",
        "a tag comes twice, which makes the whole key record invalid",
        "keep one of them" },
    [RECORD_DKIM_TOO_LARGE] = { "dkim-key-too-large",
        FINDING_CRITICAL, "",
        "the key record is larger than 8 KiB and was not read",
        "publish the key and short notes only" },
    [RECORD_DKIM_VERSION] = { "dkim-key-version",
        FINDING_CRITICAL, "RFC 6376 section 3.6.1",
        "the record is of another version than DKIM1",
        "begin the record with v=DKIM1" },
    [RECORD_DKIM_KEY_MISSING] = { "dkim-key-missing",
        FINDING_CRITICAL, "RFC 6376 section 3.6.1",
        "the key record has no p=",
        "publish the public key as p=" },
    [RECORD_DKIM_KEY_BASE64] = { "dkim-key-base64",
        FINDING_CRITICAL, "RFC 6376 section 3.6.1",
        "the public key is not base64",
        "look for quotes, backslashes or a lost + in p=" },
    [RECORD_DKIM_KEY_UNREADABLE] = { "dkim-key-unreadable",
        FINDING_CRITICAL, "RFC 6376 section 3.6.1",
        "p= does not hold a public key of the type that k= says",
        "publish the whole key again; long strings are joined without blanks" },
    [RECORD_DKIM_TYPE_UNKNOWN] = { "dkim-key-type-unknown",
        FINDING_CRITICAL, "RFC 6376 section 3.6.1",
        "the key is of an unknown type",
        "use k=rsa or k=ed25519" },
    [RECORD_DKIM_KEY_REVOKED] = { "dkim-key-revoked",
        FINDING_WARNING, "RFC 6376 section 3.6.1",
        "the key is revoked: p= is empty",
        "" },
    [RECORD_DKIM_KEY_SHORT] = { "dkim-key-short",
        FINDING_ERROR, "RFC 8301 section 3.2",
        "an RSA key of less than 1024 bits proves nothing",
        "sign with a key of 2048 bits" },
    [RECORD_DKIM_KEY_WEAK] = { "dkim-key-weak",
        FINDING_WARNING, "RFC 8301 section 3.2",
        "the RSA key has less than 2048 bits",
        "sign with a key of 2048 bits" },
    [RECORD_DKIM_KEY_LONG] = { "dkim-key-long",
        FINDING_WARNING, "RFC 8301 section 3.2",
        "the RSA key has more than 4096 bits, which verifiers need not take",
        "sign with a key of 2048 bits" },
    [RECORD_DKIM_HASH_NONE] = { "dkim-key-hash",
        FINDING_ERROR, "RFC 6376 section 3.6.1",
        "h= allows no hash that is in use",
        "leave h= out, or say h=sha256" },
    [RECORD_DKIM_HASH_SHA1] = { "dkim-key-hash-sha1",
        FINDING_ERROR, "RFC 8301 section 3.1",
        "h= allows SHA-1 alone, which must not be used",
        "leave h= out, or say h=sha256" },
    [RECORD_DKIM_SERVICE_NONE] = { "dkim-key-service",
        FINDING_ERROR, "RFC 6376 section 3.6.1",
        "s= names neither mail nor TLS reports",
        "use s=email:tlsrpt, or leave s= out" },
    [RECORD_DKIM_SERVICE_TLSRPT_ONLY] = { "dkim-key-service-tlsrpt-only",
        FINDING_WARNING, "RFC 8460 section 3",
        "s=tlsrpt alone makes ordinary mail servers ignore the key",
        "use s=email:tlsrpt, or leave s= out" },
    [RECORD_DKIM_SERVICE_NO_TLSRPT] = { "dkim-key-service-no-tlsrpt",
        FINDING_INFO, "RFC 8460 section 3",
        "s= does not name tlsrpt, so receivers may refuse reports under the key",
        "use s=email:tlsrpt, or leave s= out" },
    [RECORD_DKIM_TESTING] = { "dkim-key-testing",
        FINDING_WARNING, "RFC 6376 section 3.6.1",
        "t=y says that the domain only tests: mail counts as unsigned",
        "take y out of t= when the tests are over" },
    [RECORD_DKIM_VERSION_PLACE] = { "dkim-key-version-place",
        FINDING_ERROR, "RFC 6376 section 3.6.1",
        "v= is not the first tag",
        "begin the record with v=DKIM1" },
    [RECORD_DKIM_TAG_OBSOLETE] = { "dkim-key-granularity",
        FINDING_INFO, "RFC 6376 appendix D",
        "g= is no longer in use and was ignored",
        "leave g= out" },
};
/* clang-format on */

const struct finding_kind *record_finding_kind(enum record_finding finding)
{
    return &kinds[finding];
}

const struct finding_kind *record_finding_kinds(size_t *out_n)
{
    *out_n = RECORD_FINDING_COUNT;
    return kinds;
}
