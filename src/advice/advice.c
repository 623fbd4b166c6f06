/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "advice/advice.h"

#include "advice/match.h"
#include "advice/table.h"

static const struct advice rows[] = {
#include "advice/rows_certificate.inc"
#include "advice/rows_chain.inc"
#include "advice/rows_dane.inc"
#include "advice/rows_session.inc"
#include "advice/rows_sts.inc"
#include "advice/rows_webpki.inc"
};

enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

const struct advice *advice_table(size_t *out_n)
{
    *out_n = ROW_COUNT;
    return rows;
}

/* Finds the row whose code is exactly this one. */
static const struct advice *find_exact(const char *code)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (strcmp(rows[i].code, code) == 0)
            return &rows[i];
    return NULL;
}

static const struct advice *find_type(enum result_type type)
{
    if (type == RESULT_TYPE_OTHER)
        return find_exact("unknown");
    return find_exact(result_type_name(type));
}

const struct advice *advice_find(const char *result_type, const char *reason)
{
    enum result_type type = match_type(slice_of(result_type));
    struct match_text folded;
    const char *code;

    match_fold(&folded, slice_of(reason));
    code = match_reason(type, &folded);
    return code ? find_exact(code) : find_type(type);
}

/* Tells whether a part of a row's code is what was asked for. */
static bool is_asked(const char *part, const struct match_text *asked)
{
    struct match_text folded;

    match_fold(&folded, slice_of(part));
    return strcmp(folded.text, asked->text) == 0;
}

/* Finds the first row whose code, or the reason part of it, is `asked`. */
static const struct advice *find_folded(const struct match_text *asked)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (is_asked(rows[i].code, asked))
            return &rows[i];
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const char *slash = strchr(rows[i].code, '/');

        if (slash && is_asked(slash + 1, asked))
            return &rows[i];
    }
    return NULL;
}

const struct advice *advice_find_code(struct slice code)
{
    struct slice trimmed = slice_trim(code);
    size_t slash = slice_find(trimmed, '/');
    enum result_type type = match_type(slice_make(trimmed.ptr, slash));
    const struct advice *found;
    struct match_text asked;
    const char *matched;

    match_fold(&asked, trimmed);
    if (asked.len == 0)
        return NULL;
    found = find_folded(&asked);
    if (found)
        return found;

    /* Not a code: "type/words of a sender", a type in another spelling, or the
     * words alone. */
    if (type != RESULT_TYPE_OTHER && slash < trimmed.len)
        match_fold(&asked, slice_skip(trimmed, slash + 1));
    else if (type != RESULT_TYPE_OTHER)
        return find_type(type);
    matched = match_reason(type, &asked);
    return matched ? find_exact(matched) : NULL;
}
