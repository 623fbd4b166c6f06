/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "event/policy_lines.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/text.h"
#include "event/event.h"
#include "event/free_text.h"
#include "event/limits.h"

/* ---- MTA-STS ------------------------------------------------------------- */

static size_t count_lines(const struct event_policy *policy)
{
    size_t n = policy->n_strings;

    for (size_t i = 0; i < policy->n_strings; i++) {
        for (const char *p = policy->strings[i]; (p = strchr(p, '\n')); p++)
            n++;
    }
    return n;
}

/* Appends the lines of one string; what is empty is left out. */
static int add_lines(struct arena *arena, struct event_policy *policy,
                     size_t max, const char *string)
{
    struct slice rest = slice_of(string);

    do {
        const char *text;

        if (free_text_clean(arena, slice_cut(&rest, '\n'), EVENT_LINE_BYTES,
                            &text))
            return -1;
        if (text && policy->n_strings < max)
            policy->strings[policy->n_strings++] = text;
    } while (rest.len);
    return 0;
}

int policy_lines_clean(struct arena *arena, struct event_policy *policy)
{
    const char **strings = policy->strings;
    size_t n = policy->n_strings, max = count_lines(policy);

    if (max > n) {
        policy->strings = arena_alloc(arena, max * sizeof(*strings));
        if (!policy->strings)
            return -1;
    }
    /* Where there is no line end inside, what is kept moves down in its place. */
    policy->n_strings = 0;
    for (size_t i = 0; i < n; i++) {
        if (add_lines(arena, policy,
                      max < EVENT_MAX_STRINGS ? max : EVENT_MAX_STRINGS,
                      strings[i]))
            return -1;
    }
    return 0;
}

/* ---- TLSA ---------------------------------------------------------------- */

enum {
    N_NUMBERS = 3 /* usage, selector, matching type: RFC 6698 section 2.1 */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Tells whether a record is as it should be, as those of Postfix are. */
static bool is_record(const char *p)
{
    for (int i = 0; i < N_NUMBERS; i++) {
        const char *digits = p;

        while (is_digit(*p))
            p++;
        if (p == digits || *p++ != ' ')
            return false;
    }
    if (!*p)
        return false;
    while (is_digit(*p) || (*p >= 'A' && *p <= 'F'))
        p++;
    return *p == '\0';
}

/* Writes a record without what is too much. Returns: its octets, less than the
 * text has, or 0 where the text is none. */
static size_t put_record(char *out, const char *p)
{
    size_t len = 0;

    for (int i = 0; i < N_NUMBERS; i++) {
        size_t before = len;

        while (*p == ' ')
            p++;
        while (is_digit(*p))
            out[len++] = *p++;
        if (len == before || *p != ' ')
            return 0;
        out[len++] = ' ';
    }
    for (; *p; p++) {
        if (*p == ' ')
            continue;
        if (text_hex_value(*p) < 0)
            return 0;
        out[len++] = *p >= 'a' ? (char)(*p - 'a' + 'A') : *p;
    }
    return len;
}

static int clean_record(struct arena *arena, const char *text, const char **out)
{
    struct slice s = slice_of(text);
    char *record;
    size_t len;

    *out = text;
    if (is_record(text))
        return 0;
    if (free_text_clean(arena, s, EVENT_LINE_BYTES, out))
        return -1;
    if (!*out)
        return 0;
    record = arena_alloc(arena, strlen(*out) + 1);
    if (!record)
        return -1;
    len = put_record(record, *out);
    record[len] = '\0';
    if (len)
        *out = record;
    return 0;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts and drops what is there twice. */
static void make_set(struct event_policy *policy)
{
    size_t n = 0;

    if (policy->n_strings < 2)
        return;
    qsort(policy->strings, policy->n_strings, sizeof(*policy->strings),
          compare);
    for (size_t i = 0; i < policy->n_strings; i++) {
        if (i == 0 || strcmp(policy->strings[i], policy->strings[n - 1]) != 0)
            policy->strings[n++] = policy->strings[i];
    }
    policy->n_strings = n;
}

int policy_lines_tlsa(struct arena *arena, struct event_policy *policy)
{
    size_t n = 0;

    for (size_t i = 0; i < policy->n_strings; i++) {
        const char *text;

        if (clean_record(arena, policy->strings[i], &text))
            return -1;
        if (text)
            policy->strings[n++] = text;
    }
    policy->n_strings = n;
    make_set(policy);
    return 0;
}
