/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/exchange.h"

#include <pthread.h>

#include "base/clock.h"
#include "collect/events.h"

static void books_go_round(void **state)
{
    static struct book a, b;
    struct exchange exchange;

    (void)state;
    assert_int_equal(exchange_init(&exchange, &b), 0);
    assert_null(exchange_take(&exchange));
    assert_ptr_equal(exchange_swap(&exchange, &a), &b);
    /* Neither taken nor given back yet: who fills goes on with what it has. */
    assert_null(exchange_swap(&exchange, &b));
    assert_ptr_equal(exchange_take(&exchange), &a);
    assert_null(exchange_swap(&exchange, &b));
    exchange_return(&exchange, &a);
    assert_ptr_equal(exchange_swap(&exchange, &b), &a);
    assert_ptr_equal(exchange_take(&exchange), &b);
    exchange_deinit(&exchange);
}

static void who_waits_is_woken(void **state)
{
    static struct book a, b;
    struct exchange exchange;
    int64_t begin_ms = clock_monotonic_ms();

    (void)state;
    assert_int_equal(exchange_init(&exchange, &b), 0);
    exchange_swap(&exchange, &a);
    exchange_wait(&exchange, 10000);
    assert_true(clock_monotonic_ms() - begin_ms < 5000);
    exchange_wait(&exchange, 1);
    exchange_deinit(&exchange);
}

enum { ROUNDS = 20000 };

static void *write_all(void *context)
{
    struct exchange *exchange = context;
    uint64_t n = 0;

    while (n < ROUNDS) {
        struct book *book = exchange_take(exchange);

        if (!book) {
            exchange_wait(exchange, 10);
            continue;
        }
        n += book->n_datagrams;
        book->n_datagrams = 0;
        exchange_return(exchange, book);
    }
    return (void *)(uintptr_t)n;
}

static void nothing_is_lost_between_threads(void **state)
{
    static struct book books[2];
    struct book *book = &books[0];
    struct exchange exchange;
    pthread_t thread;
    void *got;

    (void)state;
    assert_int_equal(exchange_init(&exchange, &books[1]), 0);
    assert_int_equal(pthread_create(&thread, NULL, write_all, &exchange), 0);
    for (int i = 0; i < ROUNDS; i++) {
        struct book *next;

        book->n_datagrams++;
        next = exchange_swap(&exchange, book);
        if (next)
            book = next;
    }
    while (book->n_datagrams) {
        struct book *next = exchange_swap(&exchange, book);

        if (next)
            book = next;
    }
    pthread_join(thread, &got);
    assert_int_equal((uintptr_t)got, ROUNDS);
    exchange_deinit(&exchange);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(books_go_round),
        cmocka_unit_test(who_waits_is_woken),
        cmocka_unit_test(nothing_is_lost_between_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
