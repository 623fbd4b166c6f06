/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "crypt/digest.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdlib.h>

struct digest {
    EVP_MD_CTX *context;
};

struct digest *digest_new(void)
{
    struct digest *digest = malloc(sizeof(*digest));

    if (!digest)
        return NULL;
    digest->context = EVP_MD_CTX_new();
    if (!digest->context ||
        EVP_DigestInit_ex2(digest->context, EVP_sha256(), NULL) != 1) {
        digest_free(digest);
        return NULL;
    }
    return digest;
}

void digest_free(struct digest *digest)
{
    if (!digest)
        return;
    EVP_MD_CTX_free(digest->context);
    free(digest);
}

void digest_add(struct digest *digest, struct slice octets)
{
    /* SHA-256 works in the state that digest_new made: nothing can be lacking
     * here, and a wrong digest would be a wrong name in the store. */
    int ok = EVP_DigestUpdate(digest->context, octets.ptr, octets.len);

    assert(ok == 1);
    (void)ok;
}

void digest_finish(struct digest *digest,
                   unsigned char out[static DIGEST_BYTES])
{
    int ok = EVP_DigestFinal_ex(digest->context, out, NULL);

    assert(ok == 1);
    /* Without a new algorithm the state is only reset, not made again. */
    ok = EVP_DigestInit_ex2(digest->context, NULL, NULL);
    assert(ok == 1);
    (void)ok;
}

/* The algorithm, looked up once for the process: each look-up costs as much as
 * the digest of some hundred octets. NULL where there is no memory. */
static const EVP_MD *sha256(void)
{
    static _Atomic(EVP_MD *) kept;
    EVP_MD *known = atomic_load(&kept);
    EVP_MD *fresh = known ? NULL : EVP_MD_fetch(NULL, "SHA256", NULL);

    if (!fresh)
        return known;
    if (atomic_compare_exchange_strong(&kept, &known, fresh))
        return fresh;
    EVP_MD_free(fresh);
    return known;
}

int digest_compute(struct slice octets, unsigned char out[static DIGEST_BYTES])
{
    const EVP_MD *algorithm = sha256();

    return algorithm && EVP_Digest(octets.ptr, octets.len, out, NULL, algorithm,
                                   NULL) == 1
               ? 0
               : -1;
}

const char *digest_format(const unsigned char digest[static DIGEST_BYTES],
                          char text[static DIGEST_HEX_BYTES])
{
    static const char hex[] = "0123456789abcdef";

    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        text[2 * i] = hex[digest[i] >> 4];
        text[2 * i + 1] = hex[digest[i] & 15];
    }
    text[DIGEST_HEX_BYTES - 1] = '\0';
    return text;
}
