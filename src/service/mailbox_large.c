/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/mailbox_large.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int mailbox_large_parse(const char *value, struct mailbox_large *out_large)
{
    unsigned long long numbers[3];
    const char *rest = value;

    for (size_t i = 0; i < 3; i++) {
        char *end;

        if (*rest < '0' || *rest > '9')
            return -1;
        numbers[i] = strtoull(rest, &end, 10);
        if (*end != (i < 2 ? ' ' : '\0'))
            return -1;
        rest = end + 1;
    }
    if (numbers[0] > UINT32_MAX || numbers[1] > UINT32_MAX || numbers[1] == 0)
        return -1;
    *out_large = (struct mailbox_large){ .uidvalidity = (uint32_t)numbers[0],
                                         .uid = (uint32_t)numbers[1],
                                         .limit = numbers[2] };
    return 0;
}

const char *mailbox_large_format(const struct mailbox_large *large,
                                 char out[static MAILBOX_LARGE_BYTES])
{
    snprintf(out, MAILBOX_LARGE_BYTES, "%" PRIu32 " %" PRIu32 " %" PRIu64,
             large->uidvalidity, large->uid, large->limit);
    return out;
}

uint32_t mailbox_large_begin(struct mailbox_large *large, uint64_t limit,
                             uint32_t uidvalidity, uint32_t passed)
{
    if (large->uid == 0 || large->uidvalidity != uidvalidity ||
        limit <= large->limit || large->uid > passed)
        return passed;
    large->until = passed;
    large->still = 0;
    return large->uid - 1;
}

bool mailbox_large_is_known(const struct mailbox_large *large, uint32_t uid,
                            uint64_t size)
{
    return uid <= large->until && size <= large->limit;
}

bool mailbox_large_note(struct mailbox_large *large, uint32_t uidvalidity,
                        uint32_t uid, uint64_t limit)
{
    /* What is stored must stay until all that it stands for is fetched. */
    if (large->until) {
        if (large->still == 0 || uid < large->still)
            large->still = uid;
        return false;
    }
    if (large->uid && large->uidvalidity == uidvalidity && large->uid <= uid &&
        large->limit <= limit)
        return false;
    if (large->uid == 0 || large->uidvalidity != uidvalidity)
        *large = (struct mailbox_large){ .uidvalidity = uidvalidity,
                                         .uid = uid,
                                         .limit = limit };
    if (uid < large->uid)
        large->uid = uid;
    if (limit < large->limit)
        large->limit = limit;
    return true;
}

bool mailbox_large_end(struct mailbox_large *large, uint32_t passed,
                       uint64_t limit)
{
    if (large->until == 0 || passed < large->until)
        return false;
    large->until = 0;
    large->uid = large->still;
    large->limit = limit;
    return true;
}
