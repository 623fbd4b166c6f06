/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/drain.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collect/events.h"

enum { PATIENCE_MS = 60000, POLL_MS = 5, MANY = 5000 };

struct fixture {
    struct events_clock hand;
    struct book_rules rules;
    struct book books[2];
    struct counters counters;
    struct exchange exchange;
    struct drain drain;
    int sender;
    struct err err;
    char text[EVENTS_BYTES];
};

/* Of a socket whose queue is so long. */
static int set_up_with(void **state, long queue_length)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    int ends[2];

    if (!fixture || socketpair(AF_UNIX, SOCK_DGRAM, 0, ends))
        return -1;
    fixture->hand.clock.now = events_now;
    fixture->hand.now = (int64_t)(EVENTS_DAY + 1) * UTC_DAY_SECONDS - 10;
    fixture->rules.max_rows = 10;
    for (size_t i = 0; i < 2; i++)
        book_init(&fixture->books[i], &fixture->rules);
    exchange_init(&fixture->exchange, &fixture->books[1]);
    atomic_store(&fixture->counters.closed_day, EVENTS_DAY - 1);
    atomic_store(&fixture->counters.queue_length, queue_length);
    fixture->sender = ends[1];
    fixture->drain.fd = ends[0];
    fixture->drain.clock = &fixture->hand.clock;
    fixture->drain.exchange = &fixture->exchange;
    fixture->drain.counters = &fixture->counters;
    fixture->drain.book = &fixture->books[0];
    *state = fixture;
    return drain_start(&fixture->drain, &fixture->err);
}

/* It does not let datagrams come together. */
static int set_up(void **state)
{
    return set_up_with(state, COLLECT_NAP_QUEUE - 1);
}

/* It does. */
static int set_up_to_nap(void **state)
{
    return set_up_with(state, COLLECT_NAP_QUEUE);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    drain_stop(&fixture->drain);
    close(fixture->drain.fd);
    close(fixture->sender);
    exchange_deinit(&fixture->exchange);
    for (size_t i = 0; i < 2; i++)
        book_deinit(&fixture->books[i]);
    free(fixture);
    return 0;
}

/* The next book that is handed over. */
static struct book *taken(struct fixture *fixture)
{
    struct book *book = NULL;

    for (int ms = 0; !book && ms < PATIENCE_MS; ms += POLL_MS) {
        book = exchange_take(&fixture->exchange);
        if (!book)
            poll(NULL, 0, POLL_MS);
    }
    if (!book)
        fail_msg("no book was handed over");
    return book;
}

static uint64_t count_looks(const struct fixture *fixture)
{
    uint64_t n = 0;

    for (size_t i = 0; i < COUNTERS_PAUSES; i++)
        n += atomic_load(&fixture->counters.pauses[i]);
    return n;
}

/* Waits until the thread has looked several times whether it is time. */
static void let_it_look(const struct fixture *fixture)
{
    const uint64_t first = count_looks(fixture);

    for (int ms = 0; count_looks(fixture) < first + 4; ms += POLL_MS) {
        if (ms >= PATIENCE_MS)
            fail_msg("the thread stands still");
        poll(NULL, 0, POLL_MS);
    }
}

static void what_comes_is_handed_over(void **state)
{
    struct fixture *fixture = *state;
    struct book *book = taken(fixture);

    assert_int_equal(book->day, EVENTS_DAY);
    assert_int_equal(book->n_datagrams, 0);
    exchange_return(&fixture->exchange, book);
    events_success(fixture->text, "a.example");
    assert_true(send(fixture->sender, fixture->text, strlen(fixture->text), 0) >
                0);
    book = taken(fixture);
    assert_int_equal(book->day, EVENTS_DAY);
    assert_int_equal(book->n_datagrams, 1);
    exchange_return(&fixture->exchange, book);
}

/* At midnight the writer still has the other book, and nothing comes. */
static void a_new_day_is_told_though_it_could_not_be_at_once(void **state)
{
    struct fixture *fixture = *state;
    struct book *book = taken(fixture);

    assert_int_equal(book->day, EVENTS_DAY);
    atomic_fetch_add(&fixture->hand.now, 20);
    let_it_look(fixture);
    assert_null(exchange_take(&fixture->exchange));
    book_reset(book);
    exchange_return(&fixture->exchange, book);
    book = taken(fixture);
    assert_int_equal(book->day, EVENTS_DAY + 1);
    exchange_return(&fixture->exchange, book);
}

/* Sends many, and waits for all; the socket's own queue holds senders up. */
static void send_many(struct fixture *fixture)
{
    events_success(fixture->text, "a.example");
    for (int i = 0; i < MANY; i++)
        assert_true(
            send(fixture->sender, fixture->text, strlen(fixture->text), 0) > 0);
    for (int ms = 0; atomic_load(&fixture->counters.summed) < MANY;
         ms += POLL_MS) {
        if (ms >= PATIENCE_MS)
            fail_msg("not all were received");
        poll(NULL, 0, POLL_MS);
    }
}

/* Nothing is lost meanwhile, and behind each batch that was not full there is a
 * nap, however slow the machine: it can only be longer. */
static void what_comes_together_is_taken_together(void **state)
{
    struct fixture *fixture = *state;
    const int64_t begin_us = clock_monotonic_us();
    uint64_t n_naps;

    send_many(fixture);
    assert_int_equal(atomic_load(&fixture->counters.received), MANY);
    n_naps = atomic_load(&fixture->counters.batches) -
             atomic_load(&fixture->counters.fullness[COUNTERS_FULLNESS - 1]);
    /* That of the last batch has not ended yet. */
    assert_true((int64_t)(n_naps - 1) * COLLECT_NAP_US <=
                clock_monotonic_us() - begin_us);
}

/* A short queue is emptied at once, and nothing is lost either. */
static void a_short_queue_is_not_left_to_fill(void **state)
{
    struct fixture *fixture = *state;

    send_many(fixture);
    assert_int_equal(atomic_load(&fixture->counters.received), MANY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_comes_is_handed_over, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            a_new_day_is_told_though_it_could_not_be_at_once, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(what_comes_is_handed_over,
                                        set_up_to_nap, tear_down),
        cmocka_unit_test_setup_teardown(what_comes_together_is_taken_together,
                                        set_up_to_nap, tear_down),
        cmocka_unit_test_setup_teardown(a_short_queue_is_not_left_to_fill,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
