/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdlib.h>

#include "store/dmarc_facts.h"
#include "store/handle.h"

/* A sum that a report adds to, under one kind of roll-up. */
struct part {
    int64_t kind;
    int64_t domain_id;
    int64_t label_id;
    int64_t messages;
    int64_t failed;
};

/* All parts of one report. */
struct parts {
    struct part *items;
    size_t n;
};

static bool has_passed(int64_t fate)
{
    struct store_dmarc_sums sums = { .reports = 0 };

    dmarc_fate_add(&sums, fate, 1);
    return sums.passed > 0;
}

/* Adds messages of a fate under a name, and to the name's whole. */
static void add(struct parts *parts, int64_t kind, int64_t domain_id,
                int64_t name_id, const struct dmarc_fact *row)
{
    int64_t whole = name_id << DMARC_PART_BITS;
    struct part part = { .kind = kind,
                         .domain_id = domain_id,
                         .label_id = whole,
                         .messages = row->messages,
                         .failed = has_passed(row->fate) ? 0 : row->messages };

    parts->items[parts->n++] = part;
    part.label_id = whole | (row->fate + 1);
    parts->items[parts->n++] = part;
}

static void add_row(struct parts *parts, const struct dmarc_facts *facts,
                    const struct dmarc_fact *row)
{
    add(parts, ROLLUP_DMARC, DICTIONARY_ALL, 0, row);
    add(parts, ROLLUP_DMARC, facts->domain_id, 0, row);
    add(parts, ROLLUP_DMARC_DOMAINS, DICTIONARY_ALL, facts->domain_id, row);
    add(parts, ROLLUP_DMARC_ORGANIZATIONS, DICTIONARY_ALL,
        facts->organization_id, row);
    add(parts, ROLLUP_DMARC_SOURCES, facts->domain_id, row->source_id, row);
    add(parts, ROLLUP_DMARC_SENDERS, facts->domain_id, row->sender_id, row);
}

/* Parts that a row has, and that every report has even without any row. */
enum { ROW_PARTS = 12, REPORT_PARTS = 4 };

static void add_whole(struct parts *parts, int64_t kind, int64_t domain_id,
                      int64_t name_id)
{
    parts->items[parts->n++] =
        (struct part){ .kind = kind,
                       .domain_id = domain_id,
                       .label_id = name_id << DMARC_PART_BITS };
}

static int compare(const void *a, const void *b)
{
    const int64_t *left = &((const struct part *)a)->kind;
    const int64_t *right = &((const struct part *)b)->kind;

    for (size_t i = 0; i < 3; i++) {
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    }
    return 0;
}

/* Each sum once, because the report counts once in it. */
static void join(struct parts *parts)
{
    size_t n = 0;

    qsort(parts->items, parts->n, sizeof(*parts->items), compare);
    for (size_t i = 0; i < parts->n; i++) {
        struct part *part = &parts->items[i];

        if (n && compare(&parts->items[n - 1], part) == 0) {
            parts->items[n - 1].messages += part->messages;
            parts->items[n - 1].failed += part->failed;
        } else {
            parts->items[n++] = *part;
        }
    }
    parts->n = n;
}

int dmarc_facts_sum(struct store *store, const struct dmarc_facts *facts,
                    int64_t sign, struct err *err)
{
    struct parts parts = { arena_calloc(&store->scratch,
                                        ROW_PARTS * facts->n + REPORT_PARTS,
                                        sizeof(*parts.items)),
                           0 };

    if (!parts.items)
        return err_memory(err);
    add_whole(&parts, ROLLUP_DMARC, DICTIONARY_ALL, 0);
    add_whole(&parts, ROLLUP_DMARC, facts->domain_id, 0);
    add_whole(&parts, ROLLUP_DMARC_DOMAINS, DICTIONARY_ALL, facts->domain_id);
    add_whole(&parts, ROLLUP_DMARC_ORGANIZATIONS, DICTIONARY_ALL,
              facts->organization_id);
    for (size_t i = 0; i < facts->n; i++)
        add_row(&parts, facts, &facts->rows[i]);
    join(&parts);
    for (size_t i = 0; i < parts.n; i++) {
        const struct part *part = &parts.items[i];
        struct rollup_row row = { .label_id = part->label_id,
                                  .sessions = part->messages,
                                  .failures = part->failed };

        if (rollup_add_sum(store, part->kind, part->domain_id, &row, facts->day,
                           sign, err))
            return -1;
    }
    return 0;
}
