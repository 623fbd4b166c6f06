/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <stdlib.h>

#include "crypt/base64.h"
#include "crypt/signature.h"
#include "keys.h"
#include "row.h"

static const unsigned char digest[DIGEST_BYTES] =
    "thirty-two octets of a digest..";

/* Decodes base64 into memory of the test's own. */
static struct slice decode(const char *text)
{
    char *out = malloc(base64_room(strlen(text)));
    unsigned oddities;

    assert_non_null(out);
    return slice_make(out, base64_decode(slice_of(text), out, &oddities));
}

static struct signature_key *public_key(enum signature_kind kind,
                                        const char *text)
{
    struct slice octets = decode(text);
    struct signature_key *key = NULL;

    assert_int_equal(signature_key_read(kind, octets, &key, NULL), 0);
    free((void *)octets.ptr);
    return key;
}

static struct signature_key *private_key(const char *pem)
{
    struct signature_key *key = NULL;

    assert_int_equal(signature_key_read_private(slice_of(pem), &key, NULL), 0);
    return key;
}

static const struct pair {
    const char *name, *pem, *text;
    enum signature_kind kind;
    unsigned bits;
} pairs[] = {
    { "1024 bits", KEY_RSA1024_PEM, KEY_RSA1024_PUBLIC, SIGNATURE_RSA, 1024 },
    { "2048 bits", KEY_RSA2048_PEM, KEY_RSA2048_PUBLIC, SIGNATURE_RSA, 2048 },
    { "bare PKCS#1", KEY_RSA2048_PEM, KEY_RSA2048_PKCS1, SIGNATURE_RSA, 2048 },
    { "too short to count", KEY_RSA512_PEM, KEY_RSA512_PUBLIC, SIGNATURE_RSA,
      512 },
    { "ed25519", KEY_ED25519_PEM, KEY_ED25519_PUBLIC, SIGNATURE_ED25519, 256 },
};

/* What one key signs, the other half checks, and no octet may differ. */
static void check_pair(const struct pair *pair)
{
    struct signature_key *key = public_key(pair->kind, pair->text);
    struct signature_key *signer = private_key(pair->pem);
    unsigned char other[DIGEST_BYTES];
    char signature[SIGNATURE_MAX_BYTES];
    size_t len = 0;

    ROW_NUMBER(pair->name, signature_key_kind(key), pair->kind);
    ROW_NUMBER(pair->name, signature_key_kind(signer), pair->kind);
    ROW_NUMBER(pair->name, signature_key_bits(key), pair->bits);
    assert_int_equal(signature_make(signer, digest, signature, &len, NULL), 0);
    ROW_NUMBER(pair->name,
               signature_verify(key, digest, slice_make(signature, len), NULL),
               0);
    ROW_NUMBER(pair->name, len, pair->bits == 256 ? 64 : pair->bits / 8);
    for (size_t n = 0; n < len; n++)
        ROW_NUMBER(
            pair->name,
            signature_verify(key, digest, slice_make(signature, n), NULL), 1);
    for (size_t i = 0; i < len; i += 7) {
        signature[i] ^= 1;
        ROW_NUMBER(
            pair->name,
            signature_verify(key, digest, slice_make(signature, len), NULL), 1);
        signature[i] ^= 1;
    }
    memcpy(other, digest, sizeof(other));
    other[31] ^= 0x80;
    ROW_NUMBER(pair->name,
               signature_verify(key, other, slice_make(signature, len), NULL),
               1);
    ROW_NUMBER(pair->name, ERR_peek_error(), 0);
    signature_key_free(key);
    signature_key_free(signer);
}

static void what_a_key_signs_its_public_half_checks(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(pairs); i++)
        check_pair(&pairs[i]);
}

static void another_key_checks_nothing(void **state)
{
    struct signature_key *key = public_key(SIGNATURE_RSA, KEY_RSA1024_PUBLIC);
    struct signature_key *signer = private_key(KEY_RSA2048_PEM);
    char signature[SIGNATURE_MAX_BYTES];
    size_t len;

    (void)state;
    assert_int_equal(signature_make(signer, digest, signature, &len, NULL), 0);
    assert_int_equal(
        signature_verify(key, digest, slice_make(signature, len), NULL), 1);
    signature_key_free(key);
    signature_key_free(signer);
}

static void a_public_key_is_written_as_dns_holds_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(pairs); i++) {
        struct signature_key *signer = private_key(pairs[i].pem);
        struct slice want = decode(pairs[i].text);
        char out[1000];
        size_t len = 77;

        assert_int_equal(signature_key_write(signer, out, 10, &len, NULL), -1);
        assert_int_equal(len, 77);
        assert_int_equal(
            signature_key_write(signer, out, sizeof(out), &len, NULL), 0);
        if (strcmp(pairs[i].name, "bare PKCS#1") != 0)
            ROW_OCTETS(pairs[i].name, slice_make(out, len), want);
        free((void *)want.ptr);
        signature_key_free(signer);
    }
}

static void check_refused(const char *name, enum signature_kind kind,
                          struct slice octets)
{
    struct signature_key *key = NULL;
    struct err err = { .kind = ERR_NONE };

    ROW_NUMBER(name, signature_key_read(kind, octets, &key, &err), -1);
    ROW_NUMBER(name, err.kind, ERR_INPUT);
    ROW_NUMBER(name, err.text[0] != '\0', 1);
    ROW_NUMBER(name, ERR_peek_error(), 0);
    assert_null(key);
}

static void what_is_no_key_is_refused(void **state)
{
    struct slice rsa = decode(KEY_RSA1024_PUBLIC);
    struct slice pkcs1 = decode(KEY_RSA1024_PKCS1);
    struct slice ed25519 = decode(KEY_ED25519_PUBLIC);
    char longer[400];

    (void)state;
    for (size_t n = 0; n < rsa.len; n++)
        check_refused("cut", SIGNATURE_RSA, slice_make(rsa.ptr, n));
    for (size_t n = 0; n < pkcs1.len; n++)
        check_refused("cut PKCS#1", SIGNATURE_RSA, slice_make(pkcs1.ptr, n));
    for (size_t n = 0; n < ed25519.len; n++)
        check_refused("cut ed25519", SIGNATURE_ED25519,
                      slice_make(ed25519.ptr, n));
    memcpy(longer, rsa.ptr, rsa.len);
    longer[rsa.len] = 0;
    check_refused("text behind", SIGNATURE_RSA,
                  slice_make(longer, rsa.len + 1));
    check_refused("ed25519 for rsa", SIGNATURE_RSA, ed25519);
    check_refused("rsa for ed25519", SIGNATURE_ED25519, rsa);
    check_refused("nothing", SIGNATURE_RSA, slice_make(NULL, 0));
    check_refused("nothing", SIGNATURE_ED25519, slice_make(NULL, 0));
    free((void *)rsa.ptr);
    free((void *)pkcs1.ptr);
    free((void *)ed25519.ptr);
}

/* Appends tag, length in three octets, and content. */
static size_t put_der(char *out, char tag, const char *content, size_t len)
{
    out[0] = tag;
    out[1] = (char)0x82;
    out[2] = (char)(len >> 8);
    out[3] = (char)len;
    memcpy(out + 4, content, len);
    return 4 + len;
}

/* An INTEGER with the highest of so many bits set, and the lowest if asked. */
static size_t put_integer(char *out, int bits, int low)
{
    char number[4000] = { 0 };
    size_t len = (size_t)bits / 8 + 1;

    number[0] = (char)(bits % 8 ? 1 << (bits % 8 - 1) : 0);
    if (bits % 8 == 0)
        number[1] = (char)0x80;
    if (low)
        number[len - 1] |= 1;
    else if (bits == 1)
        number[len - 1] = 0;
    return put_der(out, 2, number, len);
}

/* An RSAPublicKey of the numbers given. */
static struct slice make_rsa(int modulus_bits, int exponent_bits,
                             int exponent_low)
{
    char numbers[6000];
    char *out = malloc(sizeof(numbers) + 4);
    size_t len = put_integer(numbers, modulus_bits, 1);

    assert_non_null(out);
    len += put_integer(numbers + len, exponent_bits, exponent_low);
    return slice_make(out, put_der(out, 0x30, numbers, len));
}

/* Sizes and exponents that make a verification dear, or worth nothing. */
static void keys_beyond_the_limits_are_refused(void **state)
{
    static const struct {
        const char *name;
        int modulus_bits, exponent_bits, exponent_low, is_good;
    } rows[] = {
        { "8192 bits", 8192, 17, 1, 1 },
        { "8193 bits", 8193, 17, 1, 0 },
        { "16384 bits", 16384, 17, 1, 0 },
        { "exponent of 64 bits", 2048, 64, 1, 1 },
        { "exponent of 65 bits", 2048, 65, 1, 0 },
        { "exponent as long as the modulus", 2048, 2047, 1, 0 },
        { "even exponent", 2048, 17, 0, 0 },
        { "exponent 1", 2048, 1, 1, 0 },
        { "exponent 0", 2048, 1, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct slice octets = make_rsa(
            rows[i].modulus_bits, rows[i].exponent_bits, rows[i].exponent_low);
        struct signature_key *key = NULL;

        if (rows[i].is_good)
            ROW_NUMBER(rows[i].name,
                       signature_key_read(SIGNATURE_RSA, octets, &key, NULL),
                       0);
        else
            check_refused(rows[i].name, SIGNATURE_RSA, octets);
        signature_key_free(key);
        free((void *)octets.ptr);
    }
}

static void private_keys_are_read_or_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "no key",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE "
        "KEY-----\n",
        /* Made for another curve. */
        "-----BEGIN EC PRIVATE KEY-----\n"
        "MHcCAQEEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABoAoGCCqGSM49\n"
        "AwEHoUQDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/\n"
        "m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n"
        "-----END EC PRIVATE KEY-----\n",
    };
    static char large[SIGNATURE_MAX_PEM_BYTES + 1];
    struct signature_key *key = NULL;
    struct err err;

    (void)state;
    for (size_t i = 0; i < ROWS(bad); i++) {
        ROW_NUMBER(bad[i],
                   signature_key_read_private(slice_of(bad[i]), &key, &err),
                   -1);
        ROW_NUMBER(bad[i], err.kind, ERR_INPUT);
    }
    assert_int_equal(signature_key_read_private(
                         slice_make(large, sizeof(large)), &key, &err),
                     -1);
    assert_null(key);
}

static void a_public_key_does_not_sign(void **state)
{
    struct signature_key *key = public_key(SIGNATURE_RSA, KEY_RSA1024_PUBLIC);
    struct err err = { .kind = ERR_NONE };
    char out[SIGNATURE_MAX_BYTES];
    size_t len = 77;

    (void)state;
    assert_int_equal(signature_make(key, digest, out, &len, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(len, 77);
    signature_key_free(key);
    signature_key_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_key_signs_its_public_half_checks),
        cmocka_unit_test(another_key_checks_nothing),
        cmocka_unit_test(a_public_key_is_written_as_dns_holds_it),
        cmocka_unit_test(what_is_no_key_is_refused),
        cmocka_unit_test(keys_beyond_the_limits_are_refused),
        cmocka_unit_test(private_keys_are_read_or_refused),
        cmocka_unit_test(a_public_key_does_not_sign),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
