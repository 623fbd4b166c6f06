/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Known: what can be said at once about who sent a report and whose it is.
 *
 * The two questions of intake/judge.h, answered by the domains that the
 * operator named and by what is kept of DNS. Nothing here waits.
 */

#include <stdbool.h>
#include <stddef.h>

#include "intake/judge.h"
#include "intake/origin.h"
#include "service/answers.h"

struct known {
    /* Finds the TXT records of a name, as lookup_find. */
    struct answers_answer (*find)(void *context, const char *name,
                                  struct arena *arena);

    /* Tells whether the operator named a domain as ours, as
     * settings_has_domain. */
    bool (*has_domain)(void *context, const char *domain);

    /* Tells whether the operator named any: else what an import brought is ours,
     * whatever it is about. NULL: some are. */
    bool (*has_domains)(void *context);

    /* Tells whether a domain is ours and not a tenant's, as
     * settings_is_foreign; NULL: none is. */
    bool (*is_foreign)(void *context, const char *tenant, const char *domain);

    void *context; /* of all */
};

/* The judges that ask known, which must outlive them. */
struct intake_judges known_judges(struct known *known);

/* An intake_judges.is_foreign whose context is a struct known. */
bool known_is_foreign(void *context, const char *tenant, const char *domain);

/* An intake_judges.find_key whose context is a struct known. */
enum intake_known known_find_key(void *context, const char *query_name,
                                 struct arena *arena,
                                 struct dkim_answer *out_answer);

/*
 * An intake_judges.claims whose context is a struct known: a domain of the list
 * is ours, any other where its own TLSRPT record names the destination that the
 * report came in by. Without a destination the list alone decides. What an import
 * brought is asked nothing about, and without any list all of it is ours.
 * RFC: 8460 section 3.
 */
enum intake_known known_claims(void *context,
                               const struct intake_origin *origin,
                               const char *domain, bool *out_is_ours);

/* As known_claims, of DMARC reports: by the rua of the domain's DMARC record.
 * RFC: 7489 section 6.2. */
enum intake_known known_claims_dmarc(void *context,
                                     const struct intake_origin *origin,
                                     const char *domain, bool *out_is_ours);
