/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "event/event.h"
#include "event/free_text.h"
#include "event/host_name.h"
#include "event/limits.h"
#include "event/policy_lines.h"
#include "event/reason.h"
#include "event/seen_address.h"

/* Cleans one text by `clean`; what is absent stays so. */
static inline int clean_one(struct arena *arena, const char **text,
                            int (*clean)(struct arena *arena, const char *text,
                                         const char **out))
{
    const char *found;

    if (!*text)
        return 0;
    if (clean(arena, *text, &found))
        return -1;
    *text = found;
    return 0;
}

static int clean_text(struct arena *arena, const char *text, const char **out)
{
    return free_text_clean(arena, slice_of(text), EVENT_TEXT_BYTES, out);
}

/* What was known of it is in the reason, which stays. */
static void refine(struct event_failure *failure)
{
    if (failure->code == EVENT_RESULT_VALIDATION_FAILURE &&
        failure->failure_reason_code)
        failure->code = reason_result(failure->failure_reason_code);
}

static int clean_failure(struct arena *arena, struct event_failure *failure,
                         const struct event_cleaning *options)
{
    if (clean_one(arena, &failure->sending_mta_ip, seen_address_clean) ||
        clean_one(arena, &failure->receiving_ip, seen_address_clean) ||
        clean_one(arena, &failure->receiving_mx_hostname, host_name_clean) ||
        clean_one(arena, &failure->receiving_mx_helo, host_name_of_reply) ||
        clean_one(arena, &failure->additional_information, clean_text) ||
        clean_one(arena, &failure->failure_reason_code, clean_text))
        return -1;
    if (failure->sending_mta_ip)
        failure->sending_mta_ip =
            seen_address_from(failure->sending_mta_ip, options);
    if (!options || !options->is_reason_ignored)
        refine(failure);
    return 0;
}

static int clean_patterns(struct arena *arena, struct event_policy *policy)
{
    size_t n = 0;

    for (size_t i = 0; i < policy->n_mx_hosts; i++) {
        const char *pattern;

        if (host_name_pattern(arena, policy->mx_hosts[i], &pattern))
            return -1;
        if (pattern)
            policy->mx_hosts[n++] = pattern;
    }
    policy->n_mx_hosts = n;
    return 0;
}

/* RFC 8460 section 4.5: strings by type; mx-host is for sts. */
static int clean_strings(struct arena *arena, struct event_policy *policy)
{
    if (policy->type == EVENT_POLICY_NONE)
        policy->n_strings = 0;
    if (policy->type == EVENT_POLICY_NONE || policy->type == EVENT_POLICY_TLSA)
        policy->n_mx_hosts = 0;
    if (policy->type == EVENT_POLICY_TLSA)
        return policy_lines_tlsa(arena, policy);
    if (policy_lines_clean(arena, policy))
        return -1;
    return clean_patterns(arena, policy);
}

static int clean_policy(struct arena *arena, struct event_policy *policy,
                        const char *domain,
                        const struct event_cleaning *options)
{
    if (clean_one(arena, &policy->domain, host_name_clean) ||
        clean_strings(arena, policy))
        return -1;
    if (!policy->domain)
        policy->domain = domain;
    for (size_t i = 0; i < policy->n_failures; i++) {
        if (clean_failure(arena, &policy->failures[i], options))
            return -1;
    }
    return 0;
}

/* A wildcard, or what a program would take for an option, is no domain that
 * mail was sent to. */
static bool is_mail_domain(const char *domain)
{
    return domain && *domain != '-' && !strchr(domain, '*');
}

int event_clean(struct arena *arena, struct event *event,
                const struct event_cleaning *options, struct err *err)
{
    if (clean_one(arena, &event->domain, host_name_clean))
        return arena_error(arena, err);
    if (!is_mail_domain(event->domain))
        return err_set(err, ERR_INPUT, "\"d\" is no domain name");
    for (size_t i = 0; i < event->n_policies; i++) {
        if (clean_policy(arena, &event->policies[i], event->domain, options))
            return arena_error(arena, err);
    }
    return 0;
}
