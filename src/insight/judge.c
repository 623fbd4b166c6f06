/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/insight.h"

/* Thresholds, in one place; docs/insight.md gives the reasons. */
static const struct {
    double noise_share;       /* at or under it: noise (5 in 10,000) */
    double trouble_share;     /* at or over it: trouble */
    int64_t trouble_failures; /* failures needed for trouble */
    double outage_share;      /* at or over it so few are trouble: */
    int64_t outage_failures;
} rule = {
    .noise_share = 0.0005,
    .trouble_share = 0.01,
    .trouble_failures = 3,
    .outage_share = 0.5,
    .outage_failures = 2,
};

static bool is_trouble(int64_t failures, double share)
{
    return (share >= rule.trouble_share && failures >= rule.trouble_failures) ||
           (share >= rule.outage_share && failures >= rule.outage_failures);
}

struct insight_verdict insight_judge(int64_t sessions, int64_t failures)
{
    struct insight_verdict verdict = { .state = INSIGHT_UNKNOWN };
    double share;

    if (sessions <= 0)
        return verdict;
    share = (double)failures / (double)sessions;
    verdict.state = INSIGHT_WELL;
    if (failures <= 0)
        return verdict;
    verdict.is_noise = share <= rule.noise_share;
    if (is_trouble(failures, share))
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
