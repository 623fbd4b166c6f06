/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * Reads octets as a DKIM key record: what cannot be used says why, places are
 * within the record, and a public key is one that can be used.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "crypt/signature.h"
#include "record/dkim_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int is_right)
{
    if (!is_right)
        abort();
}

static void check_finding(const struct finding *finding, size_t size)
{
    size_t offset = SIZE_MAX;

    check(sscanf(finding->where, "octet %zu", &offset) == 1);
    check(offset <= size);
    check(!finding->value ||
          text_utf8_prefix(slice_of(finding->value)) == strlen(finding->value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char digest[DIGEST_BYTES];
    struct dkim_key key;
    struct arena arena;

    arena_init(&arena, (size_t)1 << 24);
    check(dkim_key_read(&arena, slice_make(data, size), &key, NULL) == 0);
    for (size_t i = 0; i < key.findings.n_items; i++)
        check_finding(&key.findings.items[i], size);
    check(key.fault || key.is_revoked || key.public_key);
    if (key.public_key) {
        check(key.bits == signature_key_bits(key.public_key));
        check(signature_verify(key.public_key, digest, SLICE("xyz"), NULL) ==
              1);
    }
    dkim_key_deinit(&key);
    arena_deinit(&arena);
    return 0;
}
