/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * What an IMAP server says: replies are measured the same however much of them
 * is there, and everything taken out of one lies within it.
 */

#include <stdint.h>
#include <stdlib.h>

#include "net/imap_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int is_right)
{
    if (!is_right)
        abort();
}

static void check_within(struct slice part, struct slice whole)
{
    check(part.len == 0 || (part.ptr >= whole.ptr &&
                            part.ptr + part.len <= whole.ptr + whole.len));
}

static void take_apart(struct slice whole)
{
    struct imap_reply reply;
    struct imap_mail mail;
    struct slice rest;
    uint32_t number;

    if (imap_reply_parse(whole, &reply))
        return;
    check_within(reply.tag, whole);
    check_within(reply.code, whole);
    check_within(reply.text, whole);
    check_within(reply.rest, whole);
    if (imap_reply_mail(reply.rest, &mail) == 0)
        check_within(mail.body, whole);
    (void)imap_reply_code(reply.code, "UIDVALIDITY", &number);
    (void)imap_reply_has_word(reply.rest, "MOVE");
    rest = reply.rest;
    while (imap_reply_number(&rest, &number) == 0)
        check(number > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice all = slice_make(data, size);
    size_t bytes, again;

    while (imap_reply_measure(all, 1000, &bytes) == IMAP_WHOLE) {
        check(bytes > 0 && bytes <= all.len);
        check(imap_reply_measure(slice_make(all.ptr, bytes), 1000, &again) ==
                  IMAP_WHOLE &&
              again == bytes);
        check(imap_reply_measure(slice_make(all.ptr, bytes - 1), 1000,
                                 &again) == IMAP_PART);
        take_apart(slice_make(all.ptr, bytes));
        all = slice_skip(all, bytes);
    }
    return 0;
}
