/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "crypt/signature.h"

#include <limits.h>
#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>

enum { ED25519_KEY_BYTES = 32, ED25519_BYTES = 64 };

struct signature_key {
    EVP_PKEY *pkey;
    enum signature_kind kind;
    unsigned bits;
    bool is_private;
};

/*
 * What the library answered no to: lack of memory, or something about the
 * input. Its queue of errors is emptied, so that no later caller meets them.
 */
static int refuse(struct err *err, enum err_kind kind, const char *text)
{
    unsigned long code = ERR_peek_error();

    ERR_clear_error();
    if (code && ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
        return err_memory(err);
    return err_set(err, kind, "%s", text);
}

/*
 * Goes into the next object of DER, which must have this tag and end within
 * *at and end. Returns: its end, or NULL.
 */
static const unsigned char *enter(const unsigned char **at,
                                  const unsigned char *end, int tag)
{
    long len = 0;
    int found = -1, class = 0;
    int form = ASN1_get_object(at, &len, &found, &class, end - *at);

    /* 0x80 is an error, 1 the indefinite length that DER does not have. */
    if ((form & 0x81) || found != tag || class != V_ASN1_UNIVERSAL)
        return NULL;
    return *at + len;
}

/*
 * Takes the RSAPublicKey out of a SubjectPublicKeyInfo. The library would read
 * it, too, but takes twenty times as long to find out what key it is.
 * Returns: the octets inside, or those given where they are no such thing.
 */
static struct slice unwrap_rsa(struct slice octets)
{
    /* rsaEncryption, 1.2.840.113549.1.1.1: RFC 3279 section 2.3.1. */
    static const struct slice algorithm = {
        "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", 11
    };
    const unsigned char *at = (const unsigned char *)octets.ptr;
    const unsigned char *end = at + octets.len, *inner;

    if (enter(&at, end, V_ASN1_SEQUENCE) != end)
        return octets;
    inner = enter(&at, end, V_ASN1_SEQUENCE);
    if (!inner ||
        !slice_starts(slice_make(at, (size_t)(inner - at)), algorithm))
        return octets;
    at = inner;
    if (enter(&at, end, V_ASN1_BIT_STRING) != end || at == end || *at != 0)
        return octets;
    return slice_make(at + 1, (size_t)(end - at - 1));
}

/* All of the octets must be the key: what follows would be hidden in it. */
static EVP_PKEY *read_rsa(struct slice octets)
{
    struct slice inner;
    const unsigned char *at;
    EVP_PKEY *pkey;

    if (octets.len == 0 || octets.len > LONG_MAX)
        return NULL;
    inner = unwrap_rsa(octets);
    at = (const unsigned char *)inner.ptr;
    pkey = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)inner.len);
    if (pkey && at == (const unsigned char *)inner.ptr + inner.len)
        return pkey;
    EVP_PKEY_free(pkey);
    return NULL;
}

static EVP_PKEY *read_ed25519(struct slice octets)
{
    if (octets.len != ED25519_KEY_BYTES)
        return NULL;
    return EVP_PKEY_new_raw_public_key(
        EVP_PKEY_ED25519, NULL, (const unsigned char *)octets.ptr, octets.len);
}

/* Returns: why an RSA key is not used, or NULL. */
static const char *rsa_fault(const EVP_PKEY *pkey)
{
    BIGNUM *exponent = NULL;
    const char *fault = NULL;

    if (EVP_PKEY_get_bits(pkey) > SIGNATURE_MAX_RSA_BITS)
        fault = "the RSA key has more than 8192 bits";
    else if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1)
        fault = "the RSA key has no public exponent";
    else if (BN_num_bits(exponent) > SIGNATURE_MAX_EXPONENT_BITS)
        fault = "the public exponent of the RSA key has more than 64 bits";
    else if (!BN_is_odd(exponent) || BN_is_one(exponent))
        fault = "the public exponent of the RSA key is even or 1";
    BN_free(exponent);
    return fault;
}

/* Takes pkey over, whatever comes of it. */
static int keep(EVP_PKEY *pkey, bool is_private, struct signature_key **out_key,
                struct err *err)
{
    bool is_rsa = EVP_PKEY_get_base_id(pkey) == EVP_PKEY_RSA;
    const char *fault = is_rsa ? rsa_fault(pkey) : NULL;
    struct signature_key *key = NULL;

    if (!is_rsa && EVP_PKEY_get_base_id(pkey) != EVP_PKEY_ED25519)
        fault = "the key is neither RSA nor Ed25519";
    if (!fault)
        key = malloc(sizeof(*key));
    if (!key) {
        EVP_PKEY_free(pkey);
        return fault ? refuse(err, ERR_INPUT, fault) : err_memory(err);
    }
    key->pkey = pkey;
    key->kind = is_rsa ? SIGNATURE_RSA : SIGNATURE_ED25519;
    key->bits = is_rsa ? (unsigned)EVP_PKEY_get_bits(pkey) : 256;
    key->is_private = is_private;
    *out_key = key;
    return 0;
}

int signature_key_read(enum signature_kind kind, struct slice octets,
                       struct signature_key **out_key, struct err *err)
{
    EVP_PKEY *pkey =
        kind == SIGNATURE_RSA ? read_rsa(octets) : read_ed25519(octets);

    if (!pkey)
        return refuse(err, ERR_INPUT,
                      kind == SIGNATURE_RSA ? "not an RSA public key"
                                            : "not the 32 octets of an "
                                              "Ed25519 public key");
    return keep(pkey, false, out_key, err);
}

/* The library would ask on the terminal for a password. */
static int no_password(char *text, int bytes, int is_new, void *context)
{
    (void)text;
    (void)bytes;
    (void)is_new;
    (void)context;
    return -1;
}

int signature_key_read_private(struct slice pem, struct signature_key **out_key,
                               struct err *err)
{
    EVP_PKEY *pkey = NULL;
    BIO *bio;

    if (pem.len > SIGNATURE_MAX_PEM_BYTES)
        return err_set(err, ERR_INPUT, "the key file is larger than 64 KiB");
    bio = BIO_new_mem_buf(pem.len ? pem.ptr : "", (int)pem.len);
    if (bio)
        pkey = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
    BIO_free(bio);
    if (!pkey)
        return refuse(err, ERR_INPUT,
                      "not a private key in PEM without password");
    return keep(pkey, true, out_key, err);
}

void signature_key_free(struct signature_key *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->pkey);
    free(key);
}

enum signature_kind signature_key_kind(const struct signature_key *key)
{
    return key->kind;
}

unsigned signature_key_bits(const struct signature_key *key)
{
    return key->bits;
}

int signature_key_write(const struct signature_key *key, char *out,
                        size_t max_bytes, size_t *out_bytes, struct err *err)
{
    size_t bytes = ED25519_KEY_BYTES;
    unsigned char *der = NULL;
    int der_bytes, rc = 0;

    if (key->kind == SIGNATURE_ED25519) {
        if (max_bytes < bytes)
            return err_set(err, ERR_LIMIT, "no room for the public key");
        if (EVP_PKEY_get_raw_public_key(key->pkey, (unsigned char *)out,
                                        &bytes) != 1)
            return refuse(err, ERR_MEMORY, "cannot write the public key");
        *out_bytes = bytes;
        return 0;
    }
    der_bytes = i2d_PUBKEY(key->pkey, &der);
    if (der_bytes <= 0)
        return refuse(err, ERR_MEMORY, "cannot write the public key");
    if ((size_t)der_bytes > max_bytes) {
        rc = err_set(err, ERR_LIMIT, "no room for the public key");
    } else {
        memcpy(out, der, (size_t)der_bytes);
        *out_bytes = (size_t)der_bytes;
    }
    OPENSSL_free(der);
    return rc;
}

static int use_pkcs1(EVP_PKEY_CTX *context)
{
    if (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) != 1)
        return -1;
    return EVP_PKEY_CTX_set_signature_md(context, EVP_sha256());
}

static int verify_rsa(const struct signature_key *key,
                      const unsigned char *digest, struct slice signature)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key->pkey, NULL);
    int answer = -1;

    if (context && EVP_PKEY_verify_init(context) == 1 &&
        use_pkcs1(context) == 1)
        answer = EVP_PKEY_verify(context, (const unsigned char *)signature.ptr,
                                 signature.len, digest, DIGEST_BYTES);
    EVP_PKEY_CTX_free(context);
    return answer;
}

/* What is signed is the digest as a message: RFC 8463 section 3. */
static int verify_ed25519(const struct signature_key *key,
                          const unsigned char *digest, struct slice signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int answer = -1;

    if (context &&
        EVP_DigestVerifyInit(context, NULL, NULL, NULL, key->pkey) == 1)
        answer = EVP_DigestVerify(context, (const unsigned char *)signature.ptr,
                                  signature.len, digest, DIGEST_BYTES);
    EVP_MD_CTX_free(context);
    return answer;
}

int signature_verify(const struct signature_key *key,
                     const unsigned char digest[static DIGEST_BYTES],
                     struct slice signature, struct err *err)
{
    struct err met = { .kind = ERR_NONE };
    int answer = key->kind == SIGNATURE_RSA
                     ? verify_rsa(key, digest, signature)
                     : verify_ed25519(key, digest, signature);

    if (answer == 1)
        return 0;
    /* A wrong signature fills the queue of errors as lack of memory does. */
    refuse(&met, ERR_INPUT, "");
    return met.kind == ERR_MEMORY ? err_memory(err) : 1;
}

static int make_rsa(const struct signature_key *key,
                    const unsigned char *digest, char *out, size_t *bytes)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key->pkey, NULL);
    int answer = -1;

    if (context && EVP_PKEY_sign_init(context) == 1 && use_pkcs1(context) == 1)
        answer = EVP_PKEY_sign(context, (unsigned char *)out, bytes, digest,
                               DIGEST_BYTES);
    EVP_PKEY_CTX_free(context);
    return answer;
}

static int make_ed25519(const struct signature_key *key,
                        const unsigned char *digest, char *out, size_t *bytes)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int answer = -1;

    if (context &&
        EVP_DigestSignInit(context, NULL, NULL, NULL, key->pkey) == 1)
        answer = EVP_DigestSign(context, (unsigned char *)out, bytes, digest,
                                DIGEST_BYTES);
    EVP_MD_CTX_free(context);
    return answer;
}

int signature_make(const struct signature_key *key,
                   const unsigned char digest[static DIGEST_BYTES], char *out,
                   size_t *out_bytes, struct err *err)
{
    size_t bytes = SIGNATURE_MAX_BYTES;
    int answer;

    if (!key->is_private)
        return err_set(err, ERR_USAGE, "a public key makes no signature");
    answer = key->kind == SIGNATURE_RSA
                 ? make_rsa(key, digest, out, &bytes)
                 : make_ed25519(key, digest, out, &bytes);
    if (answer != 1)
        return refuse(err, ERR_MEMORY, "cannot sign");
    *out_bytes = bytes;
    return 0;
}
