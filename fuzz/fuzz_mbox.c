/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * Takes octets apart as an mbox: messages are disjoint, none is larger than
 * what the file holds, and it ends.
 */

#include <stdint.h>
#include <stdlib.h>

#include "mail/mbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int is_right)
{
    if (!is_right)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice octets = slice_make(data, size);
    struct slice message;
    struct mbox mbox;
    size_t total = 0;
    unsigned n = 0;

    mbox_init(&mbox, octets);
    while (mbox_next(&mbox, &message, NULL) == 0) {
        total += message.len;
        n++;
    }
    check(total <= size);
    check(mbox.rest.len == 0);
    check(n > 0 || !mbox_is_mbox(octets));
    mbox_deinit(&mbox);
    for (size_t at = 0; (at = mbox_find_separator(octets, at)) < size; at++)
        check(slice_starts(slice_skip(octets, at), SLICE("From ")));
    return 0;
}
