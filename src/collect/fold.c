/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/fold.h"

#include "event/event.h"

int64_t fold_limit(enum fold_level level, int64_t max_rows)
{
    return level < FOLD_RECORD ? ((int64_t)level + 1) * max_rows : 0;
}

/* The policy that stands for all of its type. Types that nobody knows are as many
 * as there are numbers, and become one. */
static void add_policy(const struct fold_key *key, struct buffer *text)
{
    struct event_policy policy = { .type = key->type };

    if (!event_policy_name(policy.type))
        policy.type = EVENT_POLICY_NONE;
    event_policy_key(&policy, text);
}

/* The detail that stands for all of its result type, likewise. */
static void add_detail(const struct fold_key *key, struct buffer *text)
{
    struct event_failure failure = {
        .code = key->code,
        .failure_reason_code = FOLD_REASON,
    };

    if (!event_result_name(failure.code))
        failure.code = EVENT_RESULT_VALIDATION_FAILURE;
    event_detail_key(&failure, text);
}

int fold_key_at(const struct fold_key *key, enum fold_level level,
                struct buffer *text, struct fold_key *out_key)
{
    size_t policy_len;

    *out_key = *key;
    if (level == FOLD_NONE)
        return 0;
    buffer_reset(text);
    if (level >= FOLD_POLICY)
        add_policy(key, text);
    policy_len = text->len;
    if (key->detail.len)
        add_detail(key, text);
    if (text->failed)
        return -1;
    if (level >= FOLD_POLICY)
        out_key->policy = slice_make(text->ptr, policy_len);
    if (key->detail.len)
        out_key->detail =
            slice_make(text->ptr + policy_len, text->len - policy_len);
    if (level >= FOLD_RECORD)
        out_key->record = slice_make("", 0);
    if (level >= FOLD_DOMAIN)
        out_key->domain = slice_make("", 0);
    return 0;
}
