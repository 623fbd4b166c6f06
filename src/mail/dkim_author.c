/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/dkim_author.h"

/* A walk over the octets that are neither quoted nor comment. */
struct walk {
    struct slice rest;
    unsigned depth; /* of comments, one in the other */
    bool is_quoted;
};

/* Returns: the next octet that counts; NUL at the end. */
static char step(struct walk *w, const char **where)
{
    while (w->rest.len) {
        char c = *w->rest.ptr;

        *where = w->rest.ptr;
        w->rest = slice_skip(w->rest, 1);
        if (c == '\\' && (w->is_quoted || w->depth))
            w->rest = slice_skip(w->rest, 1);
        else if (w->is_quoted)
            w->is_quoted = c != '"';
        else if (c == '(')
            w->depth++;
        else if (w->depth)
            w->depth -= c == ')';
        else if (c == '"')
            w->is_quoted = true;
        else if (c)
            return c;
    }
    return '\0';
}

/* Gives what follows an "@" up to where a domain can only end. */
static struct slice domain_at(struct slice value, const char *at)
{
    struct slice s = slice_make(at, value.len - (size_t)(at - value.ptr));
    size_t n = 0;

    s = slice_trim(slice_skip(s, 1));
    while (n < s.len && !memchr(" \t\r\n<>()\",;:@", s.ptr[n], 12))
        n++;
    return slice_make(s.ptr, n);
}

struct slice dkim_author_domain(struct slice value)
{
    struct walk w = { .rest = value };
    const char *at = NULL, *where = NULL;
    unsigned n_at = 0, n_open = 0, n_close = 0;
    bool is_clear = true;
    char c;

    while ((c = step(&w, &where))) {
        if (c == '@') {
            at = where;
            n_at++;
            /* An "@" before the "<" is a display name that looks like one. */
            is_clear &= n_close == 0;
        } else if (c == '<') {
            n_open++;
            n_at = 0;
        } else if (c == '>') {
            n_close++;
        } else if (c == ',' || c == ';') {
            is_clear = false;
        }
    }
    if (!is_clear || n_at != 1 || n_open != n_close || n_open > 1 ||
        w.is_quoted || w.depth)
        return slice_make(NULL, 0);
    return domain_at(value, at);
}
