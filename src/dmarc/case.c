/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "dmarc/case.h"

#include <string.h>

static bool says(const char *text, const char *word)
{
    return text && strcmp(text, word) == 0;
}

static bool is_within(struct slice name, struct slice domain)
{
    return slice_ends_fold(name, domain) &&
           (name.len == domain.len ||
            name.ptr[name.len - domain.len - 1] == '.');
}

static bool is_relative(const char *a, const char *b)
{
    return a && b && *a && *b &&
           (is_within(slice_of(a), slice_of(b)) ||
            is_within(slice_of(b), slice_of(a)));
}

/* Without a list of public suffixes: what lies within the domain of the policy
 * or in From, or around it, belongs to it. */
static bool is_own(const struct dmarc_report *report,
                   const struct dmarc_record *record, const char *domain)
{
    return is_relative(domain, report->policy.domain) ||
           is_relative(domain, record->header_from);
}

/* What the results under auth_results add up to. */
struct evidence {
    bool own_pass;   /* something of the domain passed, and did not align */
    bool other_pass; /* something of another domain passed */
    bool own_broken; /* a signature of the domain failed */
    bool dns_error;
    bool has_any;
};

static void weigh(struct evidence *evidence, bool is_own_domain,
                  const char *result)
{
    evidence->has_any = true;
    if (dmarc_is_pass(result))
        *(is_own_domain ? &evidence->own_pass : &evidence->other_pass) = true;
    if (says(result, "temperror") || says(result, "permerror"))
        evidence->dns_error = true;
}

static struct evidence gather(const struct dmarc_report *report,
                              const struct dmarc_record *record)
{
    struct evidence evidence = { .has_any = false };

    for (size_t i = 0; i < record->n_dkims; i++) {
        const struct dmarc_dkim *dkim = &record->dkims[i];
        bool own = is_own(report, record, dkim->domain);

        weigh(&evidence, own, dkim->result);
        if (own &&
            (says(dkim->result, "fail") || says(dkim->result, "permerror") ||
             says(dkim->result, "neutral")))
            evidence.own_broken = true;
    }
    for (size_t i = 0; i < record->n_spfs; i++)
        weigh(&evidence, is_own(report, record, record->spfs[i].domain),
              record->spfs[i].result);
    return evidence;
}

static bool is_excused(const struct dmarc_record *record)
{
    for (size_t i = 0; i < record->n_reasons; i++) {
        const char *type = record->reasons[i].type;

        if (says(type, "forwarded") || says(type, "trusted_forwarder") ||
            says(type, "mailing_list"))
            return true;
    }
    return false;
}

enum dmarc_case dmarc_case_of(const struct dmarc_report *report,
                              const struct dmarc_record *record)
{
    struct evidence evidence;

    if (dmarc_record_passes(record))
        return !dmarc_is_pass(record->dkim)  ? DMARC_CASE_NO_DKIM
               : !dmarc_is_pass(record->spf) ? DMARC_CASE_NO_SPF
                                             : DMARC_CASE_WELL;
    if (is_excused(record))
        return DMARC_CASE_FORWARDED;
    evidence = gather(report, record);
    return evidence.own_pass     ? DMARC_CASE_STRICT
           : evidence.own_broken ? DMARC_CASE_BROKEN
           : evidence.other_pass ? DMARC_CASE_OTHER
           : evidence.dns_error  ? DMARC_CASE_DNS
           : evidence.has_any    ? DMARC_CASE_UNKNOWN
                                 : DMARC_CASE_SILENT;
}

const char *dmarc_case_name(enum dmarc_case which)
{
    static const char *const names[DMARC_CASE_COUNT] = {
        [DMARC_CASE_UNKNOWN] = "unknown",
        [DMARC_CASE_BROKEN] = "broken",
        [DMARC_CASE_OTHER] = "other",
        [DMARC_CASE_STRICT] = "strict",
        [DMARC_CASE_DNS] = "dns",
        [DMARC_CASE_SILENT] = "silent",
        [DMARC_CASE_FORWARDED] = "forwarded",
        [DMARC_CASE_NO_DKIM] = "no-dkim",
        [DMARC_CASE_NO_SPF] = "no-spf",
        [DMARC_CASE_WELL] = "well",
    };

    return which < DMARC_CASE_COUNT ? names[which] : "unknown";
}

bool dmarc_case_is_trouble(enum dmarc_case which)
{
    return which < DMARC_CASE_FORWARDED;
}

/* Returns: 2 for another domain that passed, 1 for an own one, 0 for none. */
static int weight_of(const struct dmarc_report *report,
                     const struct dmarc_record *record, const char *domain,
                     const char *result)
{
    if (!domain || !*domain || !dmarc_is_pass(result))
        return 0;
    return is_own(report, record, domain) ? 1 : 2;
}

const char *dmarc_case_sender(const struct dmarc_report *report,
                              const struct dmarc_record *record)
{
    bool is_own_met = dmarc_record_passes(record);

    for (size_t i = 0; i < record->n_dkims; i++) {
        const struct dmarc_dkim *dkim = &record->dkims[i];
        int weight = weight_of(report, record, dkim->domain, dkim->result);

        if (weight == 2)
            return dkim->domain;
        is_own_met = is_own_met || weight == 1;
    }
    for (size_t i = 0; i < record->n_spfs; i++) {
        const struct dmarc_spf *spf = &record->spfs[i];
        int weight = weight_of(report, record, spf->domain, spf->result);

        if (weight == 2)
            return spf->domain;
        is_own_met = is_own_met || weight == 1;
    }
    if (!is_own_met)
        return "";
    return report->policy.domain ? report->policy.domain
           : record->header_from ? record->header_from
                                 : "";
}
