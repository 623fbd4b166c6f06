/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "mail/dkim.h"
#include "signing.h"

enum { MAIL_BYTES = 1 << 20 };

static char *format_mail(const char *tags, const char *bh, const char *b,
                         const char *header, const char *body)
{
    char *mail = malloc(MAIL_BYTES);

    assert_non_null(mail);
    assert_true(snprintf(mail, MAIL_BYTES,
                         "DKIM-Signature: %s%s%s%s%s\r\n%s\r\n%s", tags,
                         *bh ? ";\r\n bh=" : "", bh, *b ? ";\r\n b=" : "", b,
                         header, body) < MAIL_BYTES);
    return mail;
}

static void encode(const void *octets, size_t len, char *out)
{
    EVP_EncodeBlock((unsigned char *)out, octets, (int)len);
}

static void encode_body_digest(const char *tags, const char *body, char *out)
{
    unsigned char digests[DKIM_CANON_COUNT][DIGEST_BYTES];

    assert_int_equal(dkim_body_digest(slice_of(body), 3, digests), 0);
    encode(digests[strstr(tags, "/relaxed") != NULL], DIGEST_BYTES, out);
}

/* Signs what dkim_read says is covered; b= itself is not. */
static void encode_signature(const char *mail, const char *pem, char *out)
{
    char value[SIGNATURE_MAX_BYTES];
    struct signature_key *key;
    struct arena arena;
    struct dkim dkim;
    size_t len;

    arena_init(&arena, MAIL_BYTES);
    assert_int_equal(dkim_read(&arena, slice_of(mail), UTC_NONE, &dkim, NULL),
                     0);
    assert_int_equal(signature_key_read_private(slice_of(pem), &key, NULL), 0);
    assert_int_equal(
        signature_make(key, dkim.signatures[0].digest, value, &len, NULL), 0);
    encode(value, len, out);
    signature_key_free(key);
    arena_deinit(&arena);
}

char *signing_make(const char *tags, const char *header, const char *body,
                   const char *pem)
{
    char bh[64] = "", b[4 * SIGNATURE_MAX_BYTES / 3 + 8] = "AAAA";
    char *mail;

    if (!strstr(tags, "bh="))
        encode_body_digest(tags, body, bh);
    if (strstr(tags, " b="))
        return format_mail(tags, bh, "", header, body);
    mail = format_mail(tags, bh, b, header, body);
    encode_signature(mail, pem, b);
    free(mail);
    return format_mail(tags, bh, b, header, body);
}

char *signing_edit(char *text, const char *old, const char *new)
{
    char *at = strstr(text, old), *out = malloc(MAIL_BYTES);

    assert_non_null(at);
    assert_non_null(out);
    snprintf(out, MAIL_BYTES, "%.*s%s%s", (int)(at - text), text, new,
             at + strlen(old));
    free(text);
    return out;
}
