/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "policy/result_type.h"

static const char *const registered[RESULT_TYPE_COUNT] = {
    [RESULT_TYPE_OTHER] = "other",
    [RESULT_TYPE_STARTTLS_NOT_SUPPORTED] = "starttls-not-supported",
    [RESULT_TYPE_CERTIFICATE_HOST_MISMATCH] = "certificate-host-mismatch",
    [RESULT_TYPE_CERTIFICATE_EXPIRED] = "certificate-expired",
    [RESULT_TYPE_CERTIFICATE_NOT_TRUSTED] = "certificate-not-trusted",
    [RESULT_TYPE_VALIDATION_FAILURE] = "validation-failure",
    [RESULT_TYPE_TLSA_INVALID] = "tlsa-invalid",
    [RESULT_TYPE_DNSSEC_INVALID] = "dnssec-invalid",
    [RESULT_TYPE_DANE_REQUIRED] = "dane-required",
    [RESULT_TYPE_STS_POLICY_FETCH_ERROR] = "sts-policy-fetch-error",
    [RESULT_TYPE_STS_POLICY_INVALID] = "sts-policy-invalid",
    [RESULT_TYPE_STS_WEBPKI_INVALID] = "sts-webpki-invalid",
};

/* Other spellings met in drafts, vendor pages and reports. */
static const struct {
    const char *spelling; /* folded */
    enum result_type type;
} spellings[] = {
    { "certificate-name-mismatch", RESULT_TYPE_CERTIFICATE_HOST_MISMATCH },
    { "certificate-hostname-mismatch", RESULT_TYPE_CERTIFICATE_HOST_MISMATCH },
    { "expired-certificate", RESULT_TYPE_CERTIFICATE_EXPIRED },
    { "starttls-unsupported", RESULT_TYPE_STARTTLS_NOT_SUPPORTED },
    { "sts-policy-fetch-failure", RESULT_TYPE_STS_POLICY_FETCH_ERROR },
    { "sts-invalid", RESULT_TYPE_STS_POLICY_INVALID },
    { "webpki-invalid", RESULT_TYPE_STS_WEBPKI_INVALID },
};

const char *result_type_name(enum result_type type)
{
    return registered[type];
}

static char fold(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c + ('a' - 'A'));
    return c == '_' || c == ' ' ? '-' : c;
}

static enum result_type find(struct slice folded)
{
    for (int i = 1; i < RESULT_TYPE_COUNT; i++) {
        if (registered[i][0] == folded.ptr[0] &&
            slice_equal(folded, slice_of(registered[i])))
            return (enum result_type)i;
    }
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
        if (slice_equal(folded, slice_of(spellings[i].spelling)))
            return spellings[i].type;
    }
    return RESULT_TYPE_OTHER;
}

enum result_type result_type_parse(struct slice reported)
{
    enum { LONGEST = 64 /* more than any name we know */ };
    struct slice s = slice_trim(reported);
    char folded[LONGEST];
    enum result_type type;

    if (s.len == 0 || s.len > sizeof(folded))
        return RESULT_TYPE_OTHER;
    type = find(s);
    if (type != RESULT_TYPE_OTHER)
        return type;
    for (size_t i = 0; i < s.len; i++)
        folded[i] = fold(s.ptr[i]);
    return find(slice_make(folded, s.len));
}

const char *result_type_key(struct arena *arena, struct slice reported,
                            enum result_type *out_type)
{
    enum result_type type = result_type_parse(reported);
    struct slice s = slice_trim(reported);
    char *folded;

    if (out_type)
        *out_type = type;
    if (type != RESULT_TYPE_OTHER)
        return registered[type];
    if (s.len == 0)
        return "unspecified";
    folded = arena_copy(arena, s);
    for (size_t i = 0; folded && i < s.len; i++)
        folded[i] = fold(folded[i]);
    return folded;
}
