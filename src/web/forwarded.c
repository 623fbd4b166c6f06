/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/forwarded.h"

#include <string.h>

static const struct peer unknown;

/* Where the last element begins: behind the last comma outside of quotes. */
static size_t last_element(struct slice list)
{
    size_t begin = 0;
    bool is_quoted = false;

    for (size_t i = 0; i < list.len; i++) {
        if (is_quoted && list.ptr[i] == '\\')
            i++;
        else if (list.ptr[i] == '"')
            is_quoted = !is_quoted;
        else if (list.ptr[i] == ',' && !is_quoted)
            begin = i + 1;
    }
    return begin;
}

static struct slice unquote(struct slice text)
{
    if (text.len >= 2 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"')
        return slice_make(text.ptr + 1, text.len - 2);
    return text;
}

/* Finds "for" among the pairs of an element. No address has a quoted ';'. */
static struct slice find_for(struct slice element)
{
    while (element.len) {
        struct slice value = slice_cut(&element, ';');
        struct slice name = slice_trim(slice_cut(&value, '='));

        if (slice_equal_fold(name, SLICE("for")))
            return unquote(slice_trim(value));
    }
    return element;
}

static struct peer client_of(struct slice list, bool is_pairs,
                             const struct peer_network *trusted, size_t n)
{
    struct peer client = unknown;

    while (list.len) {
        size_t begin = last_element(list);
        struct slice element = slice_trim(slice_skip(list, begin));

        if (is_pairs)
            element = find_for(element);
        if (peer_parse(element, &client))
            return unknown;
        if (!peer_network_holds(trusted, n, &client))
            return client;
        list.len = begin ? begin - 1 : 0;
    }
    return client;
}

struct peer forwarded_client(const struct forwarded *fields,
                             const struct peer_network *trusted, size_t n,
                             const struct peer *peer)
{
    struct peer by_pairs, by_list;

    if (!fields->forwarded.len && !fields->x_forwarded_for.len)
        return *peer;
    by_pairs = client_of(fields->forwarded, true, trusted, n);
    by_list = client_of(fields->x_forwarded_for, false, trusted, n);
    if (!fields->forwarded.len)
        return by_list;
    if (!fields->x_forwarded_for.len)
        return by_pairs;
    return memcmp(&by_pairs, &by_list, sizeof(by_list)) == 0 ? by_list
                                                             : unknown;
}
