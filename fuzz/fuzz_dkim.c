/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * Reads octets as a mail with DKIM signatures, and as a key record with which
 * these are judged. Each signature has a fault or a query name; what has changed
 * nothing that counts, other line ends, leads to the same.
 */

#include <stdint.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "mail/dkim.h"
#include "mail/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char key[] =
    "k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

static void check(int is_right)
{
    if (!is_right)
        abort();
}

static void judge(const struct dkim_signature *signature, struct slice octets)
{
    const struct slice records[] = { octets, slice_of(key) };
    const struct dkim_answer answer = { DKIM_LOOKUP_FOUND, records, 2 };
    struct dkim_result result;

    check(!signature->fault == !!signature->query_name);
    check(signature->fault || (signature->domain && signature->selector &&
                               signature->identity && signature->value.len));
    for (int rule = 0; rule < DKIM_KEY_RULE_COUNT; rule++) {
        check(dkim_judge(signature, &answer, (enum dkim_key_rule)rule, &result,
                         NULL) == 0);
        check(result.reason->verdict == result.verdict);
        check(!signature->fault || result.reason == signature->fault);
    }
}

static void choose(struct arena *arena, const struct dkim *dkim)
{
    const struct dkim_senders senders = { NULL, NULL, dkim->from_domain };
    struct dkim_result results[DKIM_MAX_SIGNATURES];
    const struct dkim_answer none = { DKIM_LOOKUP_TEMPORARY, NULL, 0 };
    struct dkim_choice choice;

    for (size_t i = 0; i < dkim->n_signatures; i++)
        check(dkim_judge(&dkim->signatures[i], &none, DKIM_KEY_ACCEPT,
                         &results[i], NULL) == 0);
    check(dkim_choose(arena, dkim, results, &senders, &choice, NULL) == 0);
    check(!choice.signature == (dkim->n_signatures == 0));
}

/* With CRLF for each line end: RFC 5322 section 2.1. */
static void compare(struct arena *arena, const struct dkim *dkim,
                    struct slice message)
{
    struct buffer mailed;
    struct dkim other;

    buffer_init(&mailed, MAIL_MAX_MESSAGE_BYTES);
    for (size_t i = 0; i < message.len; i++) {
        if (message.ptr[i] == '\n' && (i == 0 || message.ptr[i - 1] != '\r'))
            buffer_add_char(&mailed, '\r');
        buffer_add_char(&mailed, message.ptr[i]);
    }
    /* The header may have grown over its limit. */
    if (dkim_read(arena, buffer_slice(&mailed), 0, &other, NULL) == 0) {
        check(other.n_signatures == dkim->n_signatures);
        for (size_t i = 0; i < dkim->n_signatures; i++) {
            check(other.signatures[i].fault == dkim->signatures[i].fault);
            check(memcmp(other.signatures[i].digest, dkim->signatures[i].digest,
                         DIGEST_BYTES) == 0);
        }
    }
    buffer_deinit(&mailed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice octets = slice_make(data, size);
    struct err err = { .kind = ERR_NONE };
    struct arena arena;
    struct dkim dkim;

    arena_init(&arena, (size_t)1 << 26);
    if (dkim_read(&arena, octets, 0, &dkim, &err) == 0) {
        check(dkim.n_signatures <= DKIM_MAX_SIGNATURES);
        for (size_t i = 0; i < dkim.n_signatures; i++)
            judge(&dkim.signatures[i], octets);
        choose(&arena, &dkim);
        compare(&arena, &dkim, octets);
    } else {
        check(err.kind == ERR_LIMIT);
    }
    arena_deinit(&arena);
    return 0;
}
