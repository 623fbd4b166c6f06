/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/explain.h"

#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/list.h"
#include "base/map.h"
#include "insight/insight.h"
#include "policy/result_type.h"

enum {
    KEY_MAX_BYTES = 16 * 1024,
    FOLDED_MAX_BYTES = 64 * 1024 * 1024 + 4096 /* a text's longest string */
};

/* Groups while they are made: the map tells which one a detail belongs to. */
struct grouping {
    struct map map;      /* numbers of the groups */
    struct arena folded; /* scratch: a result type as it is looked up */
    struct buffer key;
    struct list groups; /* struct insight_explain_group */
    struct arena *arena;
};

static void add_part(struct buffer *key, const char *text)
{
    if (text)
        buffer_add_text(key, text);
    buffer_add_char(key, '\0');
}

/* Where a session was to go: the MX, else the address. */
static const char *place_of(const struct report_failure *failure)
{
    return failure->receiving_mx_hostname ? failure->receiving_mx_hostname
                                          : failure->receiving_ip;
}

static void make_key(struct buffer *key, const struct report_failure *failure,
                     const char *result_key)
{
    buffer_reset(key);
    add_part(key, result_key);
    add_part(key, failure->failure_reason_code);
    add_part(key, place_of(failure));
    /* Without a reason the free text is what tells faults apart. */
    if (!failure->failure_reason_code)
        add_part(key, failure->additional_information);
}

static int join_failure(struct grouping *grouping,
                        const struct report_policy *policy, size_t index)
{
    const struct report_failure *failure = &policy->failures[index];
    struct slice type = slice_of(failure->result_type);
    const char *result_key;
    struct insight_explain_group *group;
    size_t number;
    int rc;

    arena_reset(&grouping->folded);
    result_key = result_type_key(&grouping->folded, type, NULL);
    if (!result_key)
        return -1;
    make_key(&grouping->key, failure, result_key);
    rc = map_number(&grouping->map, buffer_slice(&grouping->key), &number);
    if (rc < 0)
        return -1;
    if (rc > 0) {
        group = list_add(&grouping->groups, grouping->arena);
        if (!group)
            return -1;
        group->failure = failure;
        group->result_key = result_type_key(grouping->arena, type, NULL);
        if (!group->result_key)
            return -1;
        group->index = index;
    }
    group =
        (struct insight_explain_group *)(void *)grouping->groups.items + number;
    group->sessions = count_add(group->sessions, failure->sessions);
    group->n_details++;
    return 0;
}

static int compare_groups(const void *a, const void *b)
{
    const struct insight_explain_group *left = a, *right = b;

    if (left->sessions != right->sessions)
        return left->sessions < right->sessions ? 1 : -1;
    return (left->index > right->index) - (left->index < right->index);
}

/* Joins all details and hands the groups to the arena. */
static struct insight_explain_group *join_all(
    struct grouping *grouping, const struct report_policy *policy,
    size_t *out_n)
{
    struct insight_explain_group *groups = NULL;
    int rc = 0;

    map_init(&grouping->map);
    arena_init(&grouping->folded, FOLDED_MAX_BYTES);
    buffer_init(&grouping->key, KEY_MAX_BYTES);
    list_init(&grouping->groups, sizeof(*groups));
    for (size_t i = 0; rc == 0 && i < policy->n_failures; i++)
        rc = join_failure(grouping, policy, i);
    if (rc == 0)
        groups = list_move(&grouping->groups, grouping->arena, out_n);
    list_deinit(&grouping->groups);
    buffer_deinit(&grouping->key);
    arena_deinit(&grouping->folded);
    map_deinit(&grouping->map);
    return groups;
}

int insight_explain_policy(const struct report_policy *policy,
                           struct arena *arena,
                           struct insight_explain_group **out_groups,
                           size_t *out_n, struct err *err)
{
    struct grouping grouping = { .arena = arena };
    struct insight_explain_group *groups;

    *out_n = 0;
    *out_groups = NULL;
    if (policy->n_failures == 0)
        return 0;
    groups = join_all(&grouping, policy, out_n);
    if (!groups)
        return err_memory(err);
    qsort(groups, *out_n, sizeof(*groups), compare_groups);
    for (size_t i = 0; i < *out_n; i++)
        groups[i].advice = advice_find(groups[i].failure->result_type,
                                       groups[i].failure->failure_reason_code);
    *out_groups = groups;
    return 0;
}

/* The value of a field in a policy of MTA-STS as reported, e.g. "mode" (RFC 8461
   section 3.2); NULL where there is none or memory is out. */
static const char *policy_field(const struct report_policy *policy,
                                const char *name, struct arena *arena)
{
    for (size_t i = 0; i < policy->n_strings; i++) {
        struct slice line = slice_of(policy->strings[i]);
        size_t colon = slice_find(line, ':');

        if (colon < line.len &&
            slice_equal_fold(slice_trim(slice_make(line.ptr, colon)),
                             slice_of(name)))
            return arena_copy(arena, slice_trim(slice_skip(line, colon + 1)));
    }
    return NULL;
}

struct advice_failure insight_explain_failure(
    const struct report *report, const struct report_policy *policy,
    const struct insight_explain_group *group, struct arena *arena)
{
    const struct report_failure *failure = group->failure;
    struct advice_failure out = {
        .result_type = failure->result_type,
        .reason = failure->failure_reason_code,
        .policy_type = policy->type_text,
        .domain = *policy->subject_domain ? policy->subject_domain : NULL,
        .mx = report_failure_mx(policy, failure),
        .organization = report->organization_name,
        .sessions = group->sessions,
    };

    if (group->n_details == 1)
        out.mx_address = failure->receiving_ip;
    if (policy->type == POLICY_TYPE_STS)
        out.policy_mode = policy_field(policy, "mode", arena);
    return out;
}

void insight_explain_noise(struct buffer *buffer, int64_t sessions,
                           int64_t failures)
{
    if (insight_judge(sessions, failures).is_noise)
        advice_add_noise(buffer, failures, sessions);
}
