/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * What a POP3 server says: a body is the same however its octets are cut, and
 * never longer than they are; lists and status lines are read to their end.
 */

#include <stdint.h>
#include <stdlib.h>

#include "net/pop3_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int is_right)
{
    if (!is_right)
        abort();
}

/* Returns: what is left behind the end; -1 without one. */
static long long play(struct slice all, size_t step, struct buffer *out)
{
    struct pop3_body body = POP3_BODY_BEGIN;

    while (all.len) {
        struct slice piece = { all.ptr, all.len < step ? all.len : step };
        int rc = pop3_body_feed(&body, &piece, out);

        check(rc || piece.len == 0);
        all = slice_skip(all, (size_t)(piece.ptr - all.ptr));
        if (rc)
            return (long long)all.len;
    }
    return -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice all = slice_make(data, size), list, text, word;
    struct buffer whole, pieces;
    uint32_t number;
    uint64_t bytes;

    buffer_init(&whole, size + 1);
    buffer_init(&pieces, size + 1);
    check(play(all, size + 1, &whole) == play(all, 1, &pieces));
    check(slice_equal(buffer_slice(&whole), buffer_slice(&pieces)));
    check(whole.len <= size);
    (void)pop3_reply_status(all, &text);
    list = buffer_slice(&whole);
    while (pop3_reply_item(&list, &number, &word) == 0) {
        check(number > 0 && word.len > 0);
        (void)pop3_reply_size(word, &bytes);
    }
    buffer_deinit(&whole);
    buffer_deinit(&pieces);
    return 0;
}
