/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/dmarc_facts.h"
#include "store/rollup.h"

enum { CASE_BITS = 4, SPF_BIT = 4, DKIM_BIT = 5, DISPOSITION_BIT = 6 };

_Static_assert(STORE_DMARC_CASES == 1 << CASE_BITS, "a case has its bits");
_Static_assert(1 << DMARC_PART_BITS > STORE_DISPOSITION_COUNT
                                          << DISPOSITION_BIT,
               "a part holds every fate and the whole");

int64_t dmarc_fate(enum store_disposition disposition, bool dkim, bool spf,
                   unsigned fault)
{
    return (int64_t)disposition << DISPOSITION_BIT | (int64_t)dkim << DKIM_BIT |
           (int64_t)spf << SPF_BIT | (int64_t)(fault & (STORE_DMARC_CASES - 1));
}

static void add(int64_t *sum, int64_t messages)
{
    *sum = rollup_told(*sum + messages);
}

void dmarc_fate_add(struct store_dmarc_sums *sums, int64_t fate,
                    int64_t messages)
{
    int64_t disposition = fate >> DISPOSITION_BIT;
    bool dkim = fate >> DKIM_BIT & 1;
    bool spf = fate >> SPF_BIT & 1;

    add(&sums->messages, messages);
    if (dkim || spf)
        add(&sums->passed, messages);
    if (dkim)
        add(&sums->dkim, messages);
    if (spf)
        add(&sums->spf, messages);
    if (disposition == STORE_QUARANTINED)
        add(&sums->quarantined, messages);
    if (disposition == STORE_REJECTED)
        add(&sums->rejected, messages);
    add(&sums->by_case[fate & (STORE_DMARC_CASES - 1)], messages);
    if (disposition != STORE_DELIVERED)
        add(&sums->away_by_case[fate & (STORE_DMARC_CASES - 1)], messages);
}

void dmarc_part_add(struct store_dmarc_sums *sums, int64_t part,
                    int64_t reports, int64_t messages)
{
    if (part == 0)
        add(&sums->reports, reports);
    else
        dmarc_fate_add(sums, part - 1, messages);
}
