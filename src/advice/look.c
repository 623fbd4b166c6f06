/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdbool.h>

#include "advice/advice.h"
#include "base/domain.h"

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

/*
 * Tells whether a value may stand in a command to copy: a host or domain name
 * of letters, digits, dots, hyphens and underscores that no option parser takes
 * for an option.
 */
static bool is_safe(const char *value)
{
    size_t n = 0;

    if (!value || value[0] == '-' || value[0] == '.')
        return false;
    for (; value[n]; n++) {
        if (!is_word(value[n]) && !strchr(".-_", value[n]))
            return false;
    }
    return n > 0 && n <= DOMAIN_MAX_BYTES;
}

/* The value for the placeholder at the start of s, NULL where none is there. */
static const char *placeholder(struct slice s,
                               const struct advice_failure *failure,
                               size_t *out_bytes)
{
    if (slice_starts(s, SLICE("MX"))) {
        *out_bytes = strlen("MX");
        return failure->mx;
    }
    if (slice_starts(s, SLICE("DOMAIN"))) {
        *out_bytes = strlen("DOMAIN");
        return failure->domain;
    }
    return NULL;
}

void advice_add_look(struct buffer *buffer, const struct advice *advice,
                     const struct advice_failure *failure)
{
    const char *look = advice->look;

    /* In the table MX and DOMAIN in capitals are placeholders, always. */
    while (*look) {
        size_t bytes = 1;
        const char *value = placeholder(slice_of(look), failure, &bytes);

        if (is_safe(value))
            buffer_add_text(buffer, value);
        else
            buffer_add(buffer, look, bytes);
        look += bytes;
    }
}
