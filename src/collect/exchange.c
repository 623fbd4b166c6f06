/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/exchange.h"

#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int exchange_init(struct exchange *exchange, struct book *spare)
{
    atomic_init(&exchange->full, NULL);
    atomic_init(&exchange->spare, spare);
    exchange->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return exchange->wake_fd < 0 ? -1 : 0;
}

void exchange_deinit(struct exchange *exchange)
{
    if (exchange->wake_fd >= 0)
        close(exchange->wake_fd);
    exchange->wake_fd = -1;
}

struct book *exchange_swap(struct exchange *exchange, struct book *full)
{
    struct book *spare;

    if (atomic_load_explicit(&exchange->full, memory_order_acquire))
        return NULL;
    spare =
        atomic_exchange_explicit(&exchange->spare, NULL, memory_order_acquire);
    if (!spare)
        return NULL;
    atomic_store_explicit(&exchange->full, full, memory_order_release);
    exchange_wake(exchange);
    return spare;
}

struct book *exchange_take(struct exchange *exchange)
{
    return atomic_exchange_explicit(&exchange->full, NULL,
                                    memory_order_acquire);
}

void exchange_return(struct exchange *exchange, struct book *empty)
{
    atomic_store_explicit(&exchange->spare, empty, memory_order_release);
}

void exchange_wake(struct exchange *exchange)
{
    const uint64_t one = 1;
    ssize_t n = write(exchange->wake_fd, &one, sizeof(one));

    /* Full means that it is awake already. */
    (void)n;
}

void exchange_wait(struct exchange *exchange, int ms)
{
    struct pollfd wait = { .fd = exchange->wake_fd, .events = POLLIN };
    uint64_t n;

    if (poll(&wait, 1, ms) > 0 &&
        read(exchange->wake_fd, &n, sizeof(n)) < (ssize_t)sizeof(n))
        return;
}
