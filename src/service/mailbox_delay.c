/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/mailbox_delay.h"

#include <sys/random.h>

#include "service/limits.h"

void mailbox_delay_init(struct mailbox_delay *delay, int64_t interval_s)
{
    *delay = (struct mailbox_delay){
        .interval_ms =
            INT64_C(1000) *
            (interval_s > 0 ? interval_s : SERVICE_MAILBOX_INTERVAL_S),
    };
}

static int64_t with_chance(int64_t ms)
{
    uint32_t chance;

    if (getrandom(&chance, sizeof(chance), GRND_NONBLOCK) != sizeof(chance))
        return ms;
    return ms - ms / 10 + (int64_t)(chance % (uint64_t)(ms / 5 + 1));
}

int64_t mailbox_delay_next(struct mailbox_delay *delay,
                           enum mail_trouble trouble)
{
    bool is_login = trouble == MAIL_TROUBLE_LOGIN;
    int64_t max_ms = is_login ? SERVICE_MAILBOX_LOGIN_RETRY_MAX_MS
                              : SERVICE_MAILBOX_RETRY_MAX_MS;

    if (trouble == MAIL_TROUBLE_NONE) {
        delay->retry_ms = 0;
        delay->trouble = trouble;
        return with_chance(delay->interval_ms);
    }
    if (delay->retry_ms == 0 || delay->trouble != trouble)
        delay->retry_ms = is_login ? SERVICE_MAILBOX_LOGIN_RETRY_MS
                                   : SERVICE_MAILBOX_RETRY_MS;
    else
        delay->retry_ms *= 2;
    if (delay->retry_ms > max_ms)
        delay->retry_ms = max_ms;
    delay->trouble = trouble;
    return with_chance(delay->retry_ms);
}
