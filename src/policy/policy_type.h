/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Policy types: tlsa, sts, no-policy-found, and whatever else is reported.
 *
 * An open list: the three of RFC 8460 section 4.4 are known by number, any other
 * value keeps its text and counts as "other".
 */

#include "base/slice.h"

enum policy_type {
    POLICY_TYPE_OTHER, /* not one of the three, or absent */
    POLICY_TYPE_TLSA,
    POLICY_TYPE_STS,
    POLICY_TYPE_NONE, /* no-policy-found */
    POLICY_TYPE_COUNT
};

/* The type a reported value means, letter case and blanks aside. */
enum policy_type policy_type_parse(struct slice text);

/* "tlsa", "sts", "no-policy-found", "other". */
const char *policy_type_name(enum policy_type type);
