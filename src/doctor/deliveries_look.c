/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "doctor/deliveries.h"
#include "store/outbox_list.h"

static int add(void *context, const struct outbox_delivery *delivery,
               struct err *err)
{
    (void)err;
    deliveries_add(context, delivery);
    return 0;
}

static int add_listed(void *context, const struct outbox_listed *listed,
                      struct err *err)
{
    return add(context, &listed->delivery, err);
}

int deliveries_look(struct outbox *outbox, const struct clock *clock,
                    struct deliveries *out_deliveries, struct err *err)
{
    /* What waits longest comes first; of what has ended the latest. */
    const struct outbox_filter waiting = { .day = UTC_DAY_NONE,
                                           .states = 1u << OUTBOX_WAITING,
                                           .limit = DELIVERIES_MAX };
    static const enum outbox_state ended[] = { OUTBOX_DELIVERED, OUTBOX_REFUSED,
                                               OUTBOX_GIVEN_UP };

    deliveries_init(out_deliveries, clock_now(clock));
    if (outbox_each_delivery(outbox, &waiting, add, out_deliveries, err))
        return -1;
    for (size_t i = 0; i < sizeof(ended) / sizeof(*ended); i++) {
        const struct outbox_listing listing = { .state = ended[i],
                                                .limit = DELIVERIES_MAX };

        if (outbox_each_listed(outbox, &listing, add_listed, out_deliveries,
                               err))
            return -1;
    }
    return 0;
}
