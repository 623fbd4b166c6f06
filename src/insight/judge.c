/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/insight.h"

/* The reasons stand in docs/insight.md. */
const struct insight_judge_rule insight_judge_default = {
    .noise_share = 0.0005,
    .noise_sessions = 1000,
    .trouble_share = 0.01,
    .trouble_failures = 3,
    .outage_share = 0.5,
    .outage_failures = 2,
};

static bool is_noise(int64_t sessions, double share)
{
    return share <= insight_judge_default.noise_share &&
           sessions >= insight_judge_default.noise_sessions;
}

static bool is_trouble(int64_t failures, double share)
{
    const struct insight_judge_rule *rule = &insight_judge_default;

    return (share >= rule->trouble_share &&
            failures >= rule->trouble_failures) ||
           (share >= rule->outage_share && failures >= rule->outage_failures);
}

struct insight_verdict insight_judge(int64_t sessions, int64_t failures)
{
    struct insight_verdict verdict = { .state = INSIGHT_UNKNOWN };

    if (sessions <= 0)
        return verdict;
    verdict.share = (double)failures / (double)sessions;
    verdict.state = INSIGHT_WELL;
    if (failures <= 0)
        return verdict;
    verdict.is_noise = is_noise(sessions, verdict.share);
    if (is_trouble(failures, verdict.share))
        verdict.state = INSIGHT_TROUBLE;
    else if (!verdict.is_noise)
        verdict.state = INSIGHT_WATCH;
    return verdict;
}

const char *insight_state_name(enum insight_state state)
{
    static const char *const names[INSIGHT_STATE_COUNT] = {
        [INSIGHT_UNKNOWN] = "unknown",
        [INSIGHT_WELL] = "well",
        [INSIGHT_WATCH] = "watch",
        [INSIGHT_TROUBLE] = "trouble",
    };

    return names[state];
}
