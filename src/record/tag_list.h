/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Tag list: "name=value; name=value", as DKIM writes keys and signatures.
 *
 * Read strictly, since what two programs read differently can be forged: a tag
 * that comes twice makes the whole list invalid. Blanks and folds around names
 * and values do not count; values keep the blanks within. Non-ASCII octets are
 * taken where they are UTF-8. Nothing is copied. RFC: 6376 section 3.2, 8616
 * section 5.
 */

#include <stdbool.h>

#include "base/slice.h"
#include "record/limits.h"

struct tag {
    struct slice name;  /* case matters */
    struct slice value; /* without blanks around; may be empty */
    struct slice whole; /* the value with the blanks around */
};

struct tag_list {
    struct slice text; /* what was parsed; tags point into it */
    struct tag tags[RECORD_MAX_TAGS];
    size_t n_tags; /* at least one after success */
};

enum tag_list_fault {
    TAG_LIST_FINE,
    TAG_LIST_EMPTY,     /* no tag at all */
    TAG_LIST_NO_NAME,   /* a tag without a name, or with one that is none */
    TAG_LIST_NO_EQUALS, /* a tag without "=" */
    TAG_LIST_OCTET,     /* an octet that no value may hold */
    TAG_LIST_TWICE,     /* a tag that was there already */
    TAG_LIST_TOO_MANY,  /* more than RECORD_MAX_TAGS */
    TAG_LIST_FAULT_COUNT
};

/*
 * Parses a list. On a fault out_list holds the tags before it, and *out_offset
 * (may be NULL) is the octet where it is, from 0.
 * Returns: TAG_LIST_FINE, or the first fault.
 * Cost: linear, but for the comparison of names of RECORD_MAX_TAGS tags.
 */
enum tag_list_fault tag_list_parse(struct slice text, struct tag_list *out_list,
                                   size_t *out_offset);

/* Finds a tag. Returns: it, or NULL. */
const struct tag *tag_list_find(const struct tag_list *list, struct slice name);

/* Where something that points into the list stands, in octets from 0. */
size_t tag_list_offset(const struct tag_list *list, struct slice part);

/*
 * Takes the first item of a list of values with colons between, blanks and
 * folds around it left out, and moves *rest behind it. *rest with a NULL ptr is
 * the end; an empty value holds one empty item.
 * Returns: whether there was one.
 */
bool tag_list_take_item(struct slice *rest, struct slice *out_item);
