/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/cursor.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/range.h"

struct cursor cursor_first(struct store_range range)
{
    return (struct cursor){ range_of(range).to + 1, INT64_MIN };
}

int cursor_parse(const char *text, struct store_range range,
                 struct cursor *out_cursor, struct err *err)
{
    char *end;

    *out_cursor = cursor_first(range);
    if (!text || !*text)
        return 0;
    errno = 0;
    out_cursor->day = strtoll(text, &end, 10);
    if (errno == 0 && end != text && *end == '.') {
        text = end + 1;
        out_cursor->id = strtoll(text, &end, 10);
        if (errno == 0 && end != text && *end == '\0' &&
            out_cursor->day >= INT32_MIN &&
            out_cursor->day <= range_of(range).to)
            return 0;
    }
    return err_set(err, ERR_USAGE, "no place of this list");
}

void cursor_format(int64_t day, int64_t id,
                   char out_text[static STORE_CURSOR_BYTES])
{
    snprintf(out_text, STORE_CURSOR_BYTES, "%" PRId64 ".%" PRId64, day, id);
}
