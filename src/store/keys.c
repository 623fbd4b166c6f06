/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/keys.h"

#include <stdlib.h>

#include "store/dmarc.h"
#include "store/store.h"

/* Octets of a key before they are hashed. */
struct parts {
    char *octets;
    size_t len;
};

static size_t part_bytes(const char *text)
{
    return sizeof(uint64_t) + (text ? strlen(text) : 0);
}

static void add_integer(struct parts *parts, int64_t value)
{
    uint64_t bits = (uint64_t)value;

    for (int shift = 56; shift >= 0; shift -= 8)
        parts->octets[parts->len++] = (char)(bits >> shift & 0xff);
}

static void add_text(struct parts *parts, const char *text)
{
    size_t len = text ? strlen(text) : 0;

    add_integer(parts, (int64_t)len);
    if (len)
        memcpy(parts->octets + parts->len, text, len);
    parts->len += len;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The policy-domains in order, *out_bytes what they take as parts. */
static const char **sorted_domains(const struct store_report *report,
                                   struct arena *arena, size_t *out_bytes)
{
    const char **domains =
        arena_calloc(arena, report->n_policies + 1, sizeof(*domains));

    if (!domains)
        return NULL;
    for (size_t i = 0; i < report->n_policies; i++) {
        domains[i] = report->policies[i].policy_domain;
        *out_bytes += part_bytes(domains[i]);
    }
    if (report->n_policies)
        qsort(domains, report->n_policies, sizeof(*domains), compare);
    return domains;
}

/* A DMARC report is never the same as a TLS report. */
static const char dmarc_mark[] = "dmarc";

static size_t dmarc_bytes(const struct store_report *report)
{
    return report->dmarc
               ? part_bytes(dmarc_mark) + part_bytes(report->dmarc->domain)
               : 0;
}

int keys_report(const struct store_report *report, struct arena *arena,
                unsigned char out_key[static DIGEST_BYTES])
{
    size_t bytes = part_bytes(report->organization) +
                   part_bytes(report->report_id) +
                   part_bytes(report->start_odd) + part_bytes(report->end_odd) +
                   2 * sizeof(int64_t) + dmarc_bytes(report);
    const char **domains = sorted_domains(report, arena, &bytes);
    struct parts parts = { domains ? arena_alloc(arena, bytes) : NULL, 0 };

    if (!parts.octets)
        return -1;
    add_text(&parts, report->organization);
    add_text(&parts, report->report_id);
    add_integer(&parts, report->start);
    add_integer(&parts, report->end);
    add_text(&parts, report->start_odd);
    add_text(&parts, report->end_odd);
    for (size_t i = 0; i < report->n_policies; i++) {
        if (i == 0 || strcmp(domains[i], domains[i - 1]) != 0)
            add_text(&parts, domains[i]);
    }
    if (report->dmarc) {
        add_text(&parts, dmarc_mark);
        add_text(&parts, report->dmarc->domain);
    }
    return digest_compute(slice_make(parts.octets, parts.len), out_key);
}

int keys_own(const unsigned char key[static DIGEST_BYTES], const char *author,
             unsigned char out_key[static DIGEST_BYTES])
{
    unsigned char own[DIGEST_BYTES];

    if (digest_compute(slice_of(author), own))
        return -1;
    memmove(out_key, key, KEYS_NAME_BYTES);
    memcpy(out_key + KEYS_NAME_BYTES, own, DIGEST_BYTES - KEYS_NAME_BYTES);
    return 0;
}

bool keys_is_same_name(const unsigned char a[static DIGEST_BYTES],
                       const unsigned char b[static DIGEST_BYTES])
{
    return memcmp(a, b, KEYS_NAME_BYTES) == 0;
}

struct keys_range keys_range(const unsigned char key[static DIGEST_BYTES])
{
    struct keys_range range;

    memset(range.first, 0, DIGEST_BYTES);
    memset(range.last, 0xff, DIGEST_BYTES);
    memcpy(range.first, key, KEYS_NAME_BYTES);
    memcpy(range.last, key, KEYS_NAME_BYTES);
    return range;
}

int keys_policy(const struct store_policy *policy, struct arena *arena,
                unsigned char out_key[static DIGEST_BYTES])
{
    size_t bytes = part_bytes(policy->type) + part_bytes(policy->policy_text) +
                   part_bytes(policy->mx_hosts);
    struct parts parts = { arena_alloc(arena, bytes), 0 };

    if (!parts.octets)
        return -1;
    add_text(&parts, policy->type);
    add_text(&parts, policy->policy_text);
    add_text(&parts, policy->mx_hosts);
    return digest_compute(slice_make(parts.octets, parts.len), out_key);
}
