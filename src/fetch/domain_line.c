/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "fetch/domain_line.h"

#include "base/domain.h"

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool domain_line_is_sound(struct slice domain)
{
    if (domain.len == 0 || domain.len > DOMAIN_MAX_BYTES ||
        !(is_letter_or_digit(*domain.ptr) || *domain.ptr == '_'))
        return false;
    for (size_t i = 0; i < domain.len; i++) {
        const char c = domain.ptr[i];

        if (!is_letter_or_digit(c) && c != '-' && c != '_' && c != '.')
            return false;
    }
    return true;
}
