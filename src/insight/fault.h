/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Faults: the result types of one domain, and what there is to say of each.
 *
 * Since when it is seen, whether it still is, who reports it, at which MX to
 * look. Usually one to five of them; but a result type is free text, so
 * questions of its own are asked for the INSIGHT_FAULTS_ASKED worst only.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "advice/advice.h"
#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

enum { INSIGHT_FAULTS_ASKED = 50 };

/* One result type. Strings live in the arena given. */
struct insight_fault {
    const char *key;
    const struct advice *advice; /* never NULL */
    int64_t failures;            /* in the range */
    int32_t first_day;           /* in the range */
    int32_t last_day;
    const char *since; /* of everything stored up to today; NULL without day */
    bool is_open;      /* one of the domain's last two days shows it */
    const char *who;   /* who reports it and who does not, or NULL */
    const char *look;  /* command to look: the domain, and the MX where it fails
                          most, filled in */
};

/*
 * Finds the faults of a domain in a range, most failures first.
 * Cost: a question to the store for each reporter and one for the MX, for the
 * first INSIGHT_FAULTS_ASKED; the others have no `who` and keep MX as
 * placeholder.
 * Returns: 0, -1 with err.
 */
int insight_faults_find(struct store *store, const char *domain,
                        struct store_range range, struct arena *arena,
                        struct insight_fault **out_faults, size_t *out_n,
                        struct err *err);

/*
 * Makes the command to look for a fault. mx: NULL leaves the placeholder.
 * Owns: *out_look lives in the arena.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int insight_fault_look(const struct advice *advice, const char *domain,
                       const char *mx, struct arena *arena,
                       const char **out_look, struct err *err);
