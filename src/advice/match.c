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
#include "advice/match_rows.inc"
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

/* Tells whether the word that ends at `end` is one that a status follows. */
static bool announces_status(const char *start, const char *end)
{
    static const char *const words[] = { "http",     "https", "status",  "code",
                                         "response", "error", "returned" };
    const char *word = end;

    while (word > start && word[-1] != '-')
        word--;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strlen(words[i]) == (size_t)(end - word) &&
            memcmp(words[i], word, strlen(words[i])) == 0)
            return true;
    }
    return false;
}

/*
 * Tells whether a number of len octets at `at` is an HTTP status and no part of
 * an address: it is all there is, has its words behind it, or follows such as
 * "status", "http" or "http-1-1".
 */
static bool is_status(const struct match_text *text, const char *at, size_t len)
{
    const char *start = text->text, *end = at;

    if (at == start)
        return len == text->len || !is_digit(at[len + 1]);
    while (end - start >= 3 && is_digit(end[-2]) && end[-3] == '-')
        end -= 2;
    return announces_status(start, end - 1);
}

static bool fits(const struct match_text *text, const char *words)
{
    const char *start = text->text;
    bool wants_status = words[0] == '%';

    if (words[0] == '=')
        return covers(start, words + 1) == text->len;
    words += wants_status;
    if (!(text->initials & bit(words[0])))
        return false; /* most patterns end here */
    for (const char *at = start; *at; at++) {
        size_t len;

        if (*at != words[0] || (at != start && at[-1] != '-'))
            continue;
        len = covers(at, words);
        if (len > 0 && (!wants_status || is_status(text, at, len)))
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
