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

/* ---- MTA-STS that is switched off ----------------------------------------- */

/* Tells whether a policy is of MTA-STS in mode "none", by its cleaned lines. */
static bool is_switched_off(const struct event_policy *policy)
{
    for (size_t i = 0;
         policy->type == EVENT_POLICY_STS && i < policy->n_strings; i++) {
        const struct slice line = slice_of(policy->strings[i]);
        const size_t colon = slice_find(line, ':');

        if (colon < line.len &&
            slice_equal(slice_trim(slice_make(line.ptr, colon)), SLICE("mode")))
            return slice_equal(slice_trim(slice_skip(line, colon + 1)),
                               SLICE("none"));
    }
    return false;
}

/* What went wrong with a policy that is not in force is not told. */
static void drop_sts_failures(struct event_policy *policy)
{
    const size_t n_all = policy->n_failures;
    size_t n = 0;

    for (size_t i = 0; i < n_all; i++) {
        const int code = policy->failures[i].code;

        if (code != EVENT_RESULT_STS_POLICY_FETCH_ERROR &&
            code != EVENT_RESULT_STS_POLICY_INVALID &&
            code != EVENT_RESULT_STS_WEBPKI_INVALID)
            policy->failures[n++] = policy->failures[i];
    }
    policy->n_failures = n;
    if (n_all && n == 0)
        policy->is_failure = false;
}

/* RFC 8461 section 5: as if there were no active policy. That is no-policy-found
 * where nothing else was found, and nothing beside a policy that was. */
static void take_switched_off(struct event *event)
{
    size_t n = 0;

    for (size_t i = 0; i < event->n_policies; i++) {
        struct event_policy policy = event->policies[i];

        if (is_switched_off(&policy)) {
            if (n > 0 || i + 1 < event->n_policies)
                continue;
            policy.type = EVENT_POLICY_NONE;
            policy.n_strings = policy.n_mx_hosts = 0;
            drop_sts_failures(&policy);
        }
        event->policies[n++] = policy;
    }
    event->n_policies = n;
}

/* ---- All of it ------------------------------------------------------------ */

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
    take_switched_off(event);
    return 0;
}
