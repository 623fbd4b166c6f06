/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/rdata.h"

/* Each string has its length, one octet, before it; there is at least one. */
static bool is_text(struct slice rdata)
{
    size_t at = 0;

    while (at < rdata.len)
        at += 1 + (size_t)(unsigned char)rdata.ptr[at];
    return at > 0 && at == rdata.len;
}

int rdata_join_text(struct slice rdata, char *out, size_t *out_len)
{
    size_t len = 0;

    if (!is_text(rdata))
        return -1;
    while (rdata.len) {
        size_t n = (unsigned char)*rdata.ptr;

        memcpy(out + len, rdata.ptr + 1, n);
        len += n;
        rdata = slice_skip(rdata, n + 1);
    }
    *out_len = len;
    return 0;
}
