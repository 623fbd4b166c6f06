/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "event/host_name.h"

#include <stdbool.h>

#include "base/domain.h"
#include "event/free_text.h"
#include "event/limits.h"

/* Returns: 0; 1 where it is no name, *out is then text in lower case; -1. */
static int normalise(struct arena *arena, struct slice name, const char **out)
{
    unsigned changes;

    *out = domain_normalise(arena, name, &changes);
    if (!*out)
        return -1;
    return **out == '\0' || changes & DOMAIN_BAD;
}

int host_name_clean(struct arena *arena, const char *name, const char **out)
{
    struct slice s = slice_of(name);
    int rc = 0;

    if (s.len && domain_is_plain(s))
        *out = name;
    else
        rc = normalise(arena, s, out);
    if (rc > 0)
        *out = NULL;
    return rc < 0 ? -1 : 0;
}

/* As a name where it is one, else as it stands. Cutting and cleaning come first,
 * so that what they leave is judged, and judged the same once more. */
static int name_or_text(struct arena *arena, struct slice text,
                        const char **out)
{
    const char *name;
    int rc;

    if (free_text_clean(arena, text, text.len, out))
        return -1;
    if (!*out)
        return 0;
    rc = normalise(arena, slice_of(*out), &name);
    if (rc == 0)
        *out = name;
    return rc < 0 ? -1 : 0;
}

int host_name_pattern(struct arena *arena, const char *name, const char **out)
{
    struct slice s = slice_of(name);
    const char *text;

    if (s.len && domain_is_plain(s)) {
        *out = name;
        return 0;
    }
    if (free_text_clean(arena, s, EVENT_TEXT_BYTES, &text))
        return -1;
    return name_or_text(arena, slice_of(text), out);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/*
 * Takes "250 " or "250-" off the first line. The latter says that another line
 * follows: where none does it is part of a name.
 */
static struct slice skip_code(struct slice line, bool has_more_lines)
{
    if (line.len > 3 && is_digit(line.ptr[0]) && is_digit(line.ptr[1]) &&
        is_digit(line.ptr[2]) &&
        (line.ptr[3] == ' ' || (line.ptr[3] == '-' && has_more_lines)))
        return slice_skip(line, 4);
    return line;
}

static struct slice first_line(struct slice reply, bool *has_more)
{
    struct slice line = slice_make(reply.ptr, slice_find(reply, '\n'));

    *has_more = line.len < reply.len;
    return line;
}

int host_name_of_reply(struct arena *arena, const char *reply, const char **out)
{
    struct slice s = slice_of(reply);
    const char *line;
    bool has_more;

    if (s.len == 0 || domain_is_plain(s)) {
        *out = s.len ? reply : NULL;
        return 0;
    }
    s = first_line(s, &has_more);
    if (free_text_clean(arena, skip_code(s, has_more), EVENT_NAME_BYTES, &line))
        return -1;
    return name_or_text(arena, slice_make(line, line ? strcspn(line, " ") : 0),
                        out);
}
