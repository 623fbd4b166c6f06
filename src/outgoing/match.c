/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/match.h"

bool outgoing_match_domain(struct slice pattern, struct slice domain)
{
    if (slice_equal(pattern, SLICE("*")))
        return true;
    if (!slice_starts(pattern, SLICE(".")))
        return slice_equal_fold(pattern, domain);
    return slice_ends_fold(domain, pattern) ||
           slice_equal_fold(slice_skip(pattern, 1), domain);
}

/* An address: "local@domain" or "@domain". */
static bool match_address(struct slice pattern, size_t at,
                          const struct outgoing_target *target)
{
    const struct slice local = slice_make(pattern.ptr, at);

    return target->scheme == OUTGOING_MAILTO &&
           slice_equal_fold(slice_skip(pattern, at + 1),
                            slice_of(target->host)) &&
           (at == 0 || slice_equal_fold(local, slice_of(target->local)));
}

bool outgoing_match_target(struct slice pattern,
                           const struct outgoing_target *target)
{
    size_t at = pattern.len;

    if (slice_find(pattern, ':') < pattern.len)
        return slice_equal_fold(pattern, slice_of(target->uri));
    while (at > 0 && pattern.ptr[at - 1] != '@')
        at--;
    if (at > 0)
        return match_address(pattern, at - 1, target);
    return outgoing_match_domain(pattern, slice_of(target->host));
}
