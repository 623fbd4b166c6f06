/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/pattern.h"

#include <string.h>

#include "base/domain.h"
#include "outgoing/target.h"

enum { SHOWN_BYTES = 100 };

/* What can be written, by enum outgoing_pattern_kind. */
static const char *const possible[] = {
    "write example.com, .example.com for it and all below, or *",
    "write a@example.com, @example.com for all its addresses, example.com,"
    " .example.com for it and all below, a whole URI, or *"
};

static int refuse(struct slice text, const char *what, const char *instead,
                  struct err *err)
{
    const size_t shown = text.len < SHOWN_BYTES ? text.len : SHOWN_BYTES;

    return err_set(err, ERR_USAGE, "\"%.*s\" %s; %s", (int)shown, text.ptr,
                   what, instead);
}

/* Puts a domain behind what stands before it. */
static int put(struct arena *arena, struct slice before, struct slice name,
               const char **out, struct err *err)
{
    unsigned changes;
    const char *domain = domain_normalise(arena, name, &changes);

    if (!domain)
        return arena_error(arena, err);
    if (*domain == '\0' || changes & (DOMAIN_BAD | DOMAIN_BLANKS) ||
        strchr(domain, '*'))
        return 1;
    *out = arena_printf(arena, "%.*s%s", (int)before.len, before.ptr, domain);
    return *out ? 0 : arena_error(arena, err);
}

/* A domain, or one with a dot before it. Returns: 0; 1 for none; -1 with err. */
static int read_domain(struct arena *arena, struct slice text, const char **out,
                       struct err *err)
{
    const size_t dot = slice_starts(text, SLICE(".")) ? 1 : 0;

    return put(arena, slice_make(text.ptr, dot), slice_skip(text, dot), out,
               err);
}

/* Whether text may stand before the "@"; nothing stands for all. */
static bool is_local_part(struct slice text)
{
    const bool is_quoted =
        text.len >= 2 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"';

    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];

        if (c < ' ' || c == 0x7f ||
            (!is_quoted && (c == ' ' || strchr("@\"<>(),;[]\\", c))))
            return false;
    }
    return !slice_equal(text, SLICE("*"));
}

/* An address, or all of a domain. Returns: as read_domain. */
static int read_address(struct arena *arena, struct slice text, size_t at,
                        const char **out, struct err *err)
{
    if (!is_local_part(slice_make(text.ptr, at)))
        return 1;
    return put(arena, slice_make(text.ptr, at + 1), slice_skip(text, at + 1),
               out, err);
}

/* A whole URI, which is compared as it stands. Returns: as read_domain. */
static int read_uri(struct arena *arena, struct slice text, const char **out,
                    struct err *err)
{
    struct outgoing_target target;

    if (outgoing_target_read(arena, text, &target, err))
        return err->kind == ERR_USAGE ? 1 : -1;
    *out = target.uri;
    return 0;
}

static int read_target(struct arena *arena, struct slice text, const char **out,
                       struct err *err)
{
    size_t at = text.len;

    if (slice_find(text, ':') < text.len)
        return read_uri(arena, text, out, err);
    while (at > 0 && text.ptr[at - 1] != '@')
        at--;
    return at > 0 ? read_address(arena, text, at - 1, out, err)
                  : read_domain(arena, text, out, err);
}

int outgoing_pattern_read(struct arena *arena, struct slice text,
                          enum outgoing_pattern_kind kind,
                          const char **out_pattern, struct err *err)
{
    int status;

    if (slice_equal(text, SLICE("*"))) {
        *out_pattern = "*";
        return 0;
    }
    if (slice_starts(text, SLICE("*.")))
        return refuse(text, "would match nothing",
                      "write a dot before the domain for it and all below, as"
                      " .example.com",
                      err);
    status = kind == OUTGOING_PATTERN_TARGET
                 ? read_target(arena, text, out_pattern, err)
                 : read_domain(arena, text, out_pattern, err);
    return status > 0 ? refuse(text, "would match nothing", possible[kind], err)
                      : status;
}
