/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/attempt.h"

#include <limits.h>
#include <stddef.h>

/* What a row asks for, before the clock is looked at. */
enum wish {
    DONE,
    RETRY,     /* as long as is right */
    ONCE_MORE, /* it may have been an accident */
    NEVER,
    AT_ONCE /* it was us, and nothing was said */
};

/* The first row that fits decides. */
static const struct {
    enum attempt_kind kind;
    int from, to; /* codes */
    enum wish wish;
} rows[] = {
    { ATTEMPT_SESSION, INT_MIN, INT_MAX, RETRY },

    { ATTEMPT_SMTP, 200, 299, DONE },
    /* Wants a login, or believes ours no more: RFC 4954 section 6. */
    { ATTEMPT_SMTP, 530, 530, RETRY },
    { ATTEMPT_SMTP, 535, 535, RETRY },
    { ATTEMPT_SMTP, 538, 538, RETRY },
    { ATTEMPT_SMTP, 500, 599, NEVER },
    { ATTEMPT_SMTP, INT_MIN, INT_MAX, RETRY },

    { ATTEMPT_HTTP, 200, 299, DONE },
    { ATTEMPT_HTTP, 301, 301, NEVER }, /* moved for good; not followed */
    { ATTEMPT_HTTP, 308, 308, NEVER },
    { ATTEMPT_HTTP, 300, 399, RETRY },
    { ATTEMPT_HTTP, 408, 408, RETRY }, /* slow */
    { ATTEMPT_HTTP, 425, 425, RETRY }, /* too early */
    { ATTEMPT_HTTP, 429, 429, RETRY }, /* too often */
    { ATTEMPT_HTTP, 410, 410, NEVER }, /* gone */
    { ATTEMPT_HTTP, 413, 413, NEVER }, /* too large, and remains so */
    { ATTEMPT_HTTP, 400, 499, ONCE_MORE },
    { ATTEMPT_HTTP, INT_MIN, INT_MAX, RETRY },

    { ATTEMPT_EXIT, 0, 0, DONE },
    { ATTEMPT_EXIT, 65, 65, NEVER }, /* sysexits.h: data */
    { ATTEMPT_EXIT, 67, 68, NEVER }, /* no such user, no such host */
    { ATTEMPT_EXIT, INT_MIN, INT_MAX, RETRY },

    { ATTEMPT_FILE, 0, 0, DONE },
    { ATTEMPT_FILE, INT_MIN, INT_MAX, RETRY },

    { ATTEMPT_ADDRESS, INT_MIN, INT_MAX, NEVER },
    { ATTEMPT_UNUSABLE, INT_MIN, INT_MAX, NEVER },
    { ATTEMPT_STOPPED, INT_MIN, INT_MAX, AT_ONCE },
};

static enum wish wish_of(const struct attempt_outcome *outcome)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (rows[i].kind == outcome->kind && outcome->code >= rows[i].from &&
            outcome->code <= rows[i].to)
            return rows[i].wish;
    }
    return RETRY;
}

int64_t attempt_delay(int64_t tries)
{
    int64_t delay_s = ATTEMPT_FIRST_DELAY_S;

    for (; tries > 1 && delay_s < ATTEMPT_MAX_DELAY_S; tries--)
        delay_s *= 2;
    return delay_s < ATTEMPT_MAX_DELAY_S ? delay_s : ATTEMPT_MAX_DELAY_S;
}

static int64_t with_jitter(int64_t delay_s, uint32_t random)
{
    int64_t pct =
        100 - ATTEMPT_JITTER_PCT + random % (2 * ATTEMPT_JITTER_PCT + 1);

    return delay_s * pct / 100;
}

/* Who asks us to come later than we would at all gets a last try at the end. */
static struct attempt_next try_again(const struct attempt_outcome *outcome,
                                     const struct attempt_history *history)
{
    const int64_t left_s =
        history->first_try_at + history->retry_s - history->now;
    int64_t delay_s =
        with_jitter(attempt_delay(history->tries), history->random);

    if (delay_s > left_s)
        return (struct attempt_next){ .fate = ATTEMPT_GIVEN_UP };
    if (delay_s < outcome->retry_after_s)
        delay_s =
            outcome->retry_after_s < left_s ? outcome->retry_after_s : left_s;
    return (struct attempt_next){ .fate = ATTEMPT_AGAIN,
                                  .at = history->now + delay_s };
}

struct attempt_next attempt_decide(const struct attempt_outcome *outcome,
                                   const struct attempt_history *history)
{
    switch (wish_of(outcome)) {
    case DONE: return (struct attempt_next){ .fate = ATTEMPT_DELIVERED };
    case NEVER: return (struct attempt_next){ .fate = ATTEMPT_REFUSED };
    case AT_ONCE:
        return (struct attempt_next){ .fate = ATTEMPT_AGAIN,
                                      .at = history->now };
    case ONCE_MORE:
        if (history->tries > 1)
            return (struct attempt_next){ .fate = ATTEMPT_REFUSED };
        break;
    case RETRY: break;
    }
    return try_again(outcome, history);
}
