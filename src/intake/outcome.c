/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/outcome.h"

#include <stddef.h>

unsigned intake_outcome_count(const struct intake_outcome *outcome)
{
    unsigned n = 0;

    for (size_t i = 0; i < STORE_OUTCOME_COUNT; i++)
        n += outcome->n_reports[i];
    return n;
}
