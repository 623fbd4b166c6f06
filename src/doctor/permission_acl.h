/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Access lists of files, as the kernel keeps them beside the mode.
 *
 * The service manager gives a unit its credentials in this way (LoadCredential=),
 * and administrators let a service read a key so. Part of permission.h.
 * Not standardised beyond POSIX.1e draft 17; the layout is Linux' own.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum { PERMISSION_ACL_ENTRIES = 32 };

/* The attribute they are kept in. */
#define PERMISSION_ACL_ATTRIBUTE "system.posix_acl_access"

enum permission_acl_tag {
    PERMISSION_ACL_OWNER = 0x01,
    PERMISSION_ACL_USER = 0x02,
    PERMISSION_ACL_OWNER_GROUP = 0x04,
    PERMISSION_ACL_GROUP = 0x08,
    PERMISSION_ACL_MASK = 0x10,
    PERMISSION_ACL_OTHERS = 0x20
};

struct permission_acl {
    struct {
        unsigned tag;  /* enum permission_acl_tag */
        unsigned bits; /* as enum permission_wish */
        unsigned id;   /* of a user or group that is named */
    } entries[PERMISSION_ACL_ENTRIES];
    size_t n; /* 0: there is none, the mode says all */
};

/*
 * Reads the octets of the attribute.
 * Returns: whether they are such a list, of no more entries than fit.
 */
bool permission_acl_parse(struct slice octets, struct permission_acl *out_acl);
