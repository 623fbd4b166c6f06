/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "doctor/permission_acl.h"

enum { VERSION = 2, HEAD_BYTES = 4, ENTRY_BYTES = 8 };

/* A number, its least octet first. */
static unsigned number(const char *octets, size_t n)
{
    unsigned value = 0;

    for (size_t i = n; i > 0; i--)
        value = value << 8 | (unsigned char)octets[i - 1];
    return value;
}

bool permission_acl_parse(struct slice octets, struct permission_acl *out_acl)
{
    struct permission_acl acl = { .n = 0 };

    if (octets.len < HEAD_BYTES || number(octets.ptr, HEAD_BYTES) != VERSION ||
        (octets.len - HEAD_BYTES) % ENTRY_BYTES != 0 ||
        (octets.len - HEAD_BYTES) / ENTRY_BYTES > PERMISSION_ACL_ENTRIES)
        return false;
    for (size_t at = HEAD_BYTES; at < octets.len; at += ENTRY_BYTES) {
        acl.entries[acl.n].tag = number(octets.ptr + at, 2);
        acl.entries[acl.n].bits = number(octets.ptr + at + 2, 2);
        acl.entries[acl.n++].id = number(octets.ptr + at + 4, 4);
    }
    *out_acl = acl;
    return true;
}
