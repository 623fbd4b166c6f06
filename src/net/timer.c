/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/timer.h"

#include <stdlib.h>

#include <event2/event.h>

struct timer {
    struct event *event;
    loop_function *function;
    void *context;
};

static void call(evutil_socket_t fd, short what, void *context)
{
    struct timer *timer = context;

    (void)fd;
    (void)what;
    timer->function(timer->context); /* may cancel it */
}

int timer_start(struct loop *loop, int ms, loop_function *function,
                void *context, struct timer **out_timer, struct err *err)
{
    const struct timeval after = { .tv_sec = ms / 1000,
                                   .tv_usec = ms % 1000 * 1000 };
    struct timer *timer = calloc(1, sizeof(*timer));

    if (timer)
        timer->event = event_new(loop_base(loop), -1, 0, call, timer);
    if (!timer || !timer->event || event_add(timer->event, &after)) {
        timer_cancel(timer);
        return err_memory(err);
    }
    timer->function = function;
    timer->context = context;
    *out_timer = timer;
    return 0;
}

void timer_cancel(struct timer *timer)
{
    if (!timer)
        return;
    if (timer->event)
        event_free(timer->event);
    free(timer);
}
