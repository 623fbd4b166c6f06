/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/preamble.h"

struct slice preamble_skip(struct slice s)
{
    if (slice_starts(s, SLICE("\xef\xbb\xbf")))
        s = slice_skip(s, 3);
    while (s.len && (*s.ptr == '\r' || *s.ptr == '\n'))
        s = slice_skip(s, 1);
    if (slice_starts(s, SLICE("From ")) || slice_starts(s, SLICE(">From ")))
        s = slice_skip(s, slice_line(s).len);
    return s;
}
