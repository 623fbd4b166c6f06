/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "record/dmarc_rua.h"

#include "record/tag_list.h"

/* Finds the rua of a record. Returns: its value; NULL ptr where it is no DMARC
 * record, or has none. */
static struct slice rua_of(struct slice text, bool *out_is_dmarc)
{
    struct tag_list list;
    const struct tag *version, *rua;

    *out_is_dmarc = false;
    /* What stands before a fault holds. */
    if (tag_list_parse(text, &list, NULL) == TAG_LIST_EMPTY)
        return slice_make(NULL, 0);
    version = tag_list_find(&list, SLICE("v"));
    if (!version || version != &list.tags[0] ||
        !slice_equal(version->value, SLICE("DMARC1")))
        return slice_make(NULL, 0);
    *out_is_dmarc = true;
    rua = tag_list_find(&list, SLICE("rua"));
    return rua ? rua->value : slice_make(NULL, 0);
}

/* A URI without blanks around and without its size limit. */
static struct slice uri_of(struct slice item)
{
    struct slice uri = slice_trim(item);
    size_t len = 0;

    while (len < uri.len && uri.ptr[len] != '!')
        len++;
    return slice_make(uri.ptr, len);
}

static int is_one_of(struct arena *arena, struct slice rua,
                     const struct tlsrpt_destination *destination,
                     bool *out_is_named, struct err *err)
{
    while (rua.len > 0 && !*out_is_named) {
        struct slice item = slice_cut(&rua, ',');
        struct tlsrpt_destination place;
        size_t fault;
        int status =
            tlsrpt_destination_read(arena, uri_of(item), &place, &fault, err);

        if (status < 0)
            return -1;
        *out_is_named =
            status == 0 && tlsrpt_destination_equal(&place, destination);
    }
    return 0;
}

int dmarc_rua_names(struct arena *arena, const struct slice *texts, size_t n,
                    const struct tlsrpt_destination *destination,
                    bool *out_is_named, struct err *err)
{
    struct slice found = slice_make(NULL, 0);
    size_t n_records = 0;

    *out_is_named = false;
    for (size_t i = 0; i < n; i++) {
        bool is_dmarc;
        struct slice rua = rua_of(texts[i], &is_dmarc);

        if (!is_dmarc)
            continue;
        n_records++;
        found = rua;
    }
    return n_records == 1
               ? is_one_of(arena, found, destination, out_is_named, err)
               : 0;
}
