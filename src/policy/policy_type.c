/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "policy/policy_type.h"

static const struct {
    struct slice name;
    enum policy_type type;
} names[] = {
    { { "tlsa", 4 }, POLICY_TYPE_TLSA },
    { { "sts", 3 }, POLICY_TYPE_STS },
    { { "no-policy-found", 15 }, POLICY_TYPE_NONE },
};

enum policy_type policy_type_parse(struct slice text)
{
    struct slice s = slice_trim(text);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (slice_equal_fold(s, names[i].name))
            return names[i].type;
    }
    return POLICY_TYPE_OTHER;
}

const char *policy_type_name(enum policy_type type)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].type == type)
            return names[i].name.ptr;
    }
    return "other";
}
