/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * A session of LMTP: however its octets are cut, the replies and the messages
 * are the same, it ends, and each recipient of a message is answered once.
 */

#include <stdint.h>
#include <stdlib.h>

#include "intake/lmtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct lmtp_options options = { .host = "h",
                                             .max_bytes = 1000,
                                             .max_recipients = 5 };

static void check(int is_right)
{
    if (!is_right)
        abort();
}

static void answer(struct lmtp *lmtp, struct buffer *seen)
{
    size_t n = lmtp->envelope.n_recipients;

    check(n > 0 && n <= options.max_recipients);
    buffer_add(seen, lmtp->message.ptr, lmtp->message.len);
    while (n--)
        check(lmtp_answer(lmtp, "250 2.0.0", "kept") ==
              (n ? LMTP_DELIVERY : LMTP_INPUT));
}

static void play(struct slice all, size_t step, struct buffer *seen)
{
    enum lmtp_need need = LMTP_INPUT;
    struct lmtp lmtp;

    lmtp_init(&lmtp, &options);
    while (all.len && need != LMTP_CLOSE) {
        struct slice part = { all.ptr, all.len < step ? all.len : step };

        need = lmtp_feed(&lmtp, &part);
        check(need != LMTP_INPUT || part.len == 0);
        all = slice_skip(all, (size_t)(part.ptr - all.ptr));
        if (need == LMTP_DELIVERY)
            answer(&lmtp, seen);
    }
    buffer_add(seen, lmtp.replies.ptr, lmtp.replies.len);
    lmtp_deinit(&lmtp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer whole, pieces;

    buffer_init(&whole, 64 << 20);
    buffer_init(&pieces, 64 << 20);
    play(slice_make(data, size), size + 1, &whole);
    play(slice_make(data, size), 3, &pieces);
    check(slice_equal(buffer_slice(&whole), buffer_slice(&pieces)));
    buffer_deinit(&whole);
    buffer_deinit(&pieces);
    return 0;
}
