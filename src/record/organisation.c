/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "record/organisation.h"

#include <libpsl.h>

#include "base/address.h"
#include "base/domain.h"

/* Gives the name as A-labels; NULL where it is an address or no name. */
static int normalise(struct arena *arena, struct slice name,
                     const char **out_name, struct err *err)
{
    unsigned changes = 0;
    const char *address, *text = domain_normalise(arena, name, &changes);
    int form = text ? address_normalise(arena, name, &address) : -1;

    if (form < 0)
        return arena_error(arena, err);
    /* "192.0.2.1" has the form of a name and the parts of none. */
    if ((changes & DOMAIN_BAD) || form != ADDRESS_NO_ADDRESS || !*text ||
        strchr(text, '*'))
        text = NULL;
    *out_name = text;
    return 0;
}

/* Without the list, which a libpsl can be built without, nothing is shared. */
static const char *registrable(const char *name)
{
    const psl_ctx_t *list = psl_builtin();

    return list && name ? psl_registrable_domain(list, name) : NULL;
}

int organisation_find(struct arena *arena, struct slice name,
                      const char **out_domain, struct err *err)
{
    const char *text = NULL;

    if (normalise(arena, name, &text, err))
        return -1;
    *out_domain = registrable(text);
    return 0;
}

int organisation_compare(struct arena *arena, struct slice a, struct slice b,
                         enum organisation_alignment *out_alignment,
                         struct err *err)
{
    const char *left = NULL, *right = NULL, *a_domain, *b_domain;

    if (normalise(arena, a, &left, err) || normalise(arena, b, &right, err))
        return -1;
    *out_alignment = ORGANISATION_APART;
    if (!left || !right)
        return 0;
    a_domain = registrable(left);
    b_domain = registrable(right);
    if (strcmp(left, right) == 0)
        *out_alignment = ORGANISATION_SAME;
    else if (a_domain && b_domain && strcmp(a_domain, b_domain) == 0)
        *out_alignment = ORGANISATION_RELAXED;
    return 0;
}
