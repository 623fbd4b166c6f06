/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "web/throttle.h"

static const struct throttle_options options = { .connections = 2,
                                                 .requests = 3,
                                                 .per_second = 10,
                                                 .burst = 5,
                                                 .addresses = 8 };

static struct throttle *make(const struct throttle_options *of)
{
    struct throttle *throttle;
    struct err err;

    assert_int_equal(throttle_new(of, &throttle, &err), 0);
    return throttle;
}

static struct peer peer_number(int i)
{
    char text[PEER_TEXT_BYTES];
    struct peer peer;

    snprintf(text, sizeof(text), "198.51.%d.%d", i / 256, i % 256);
    assert_int_equal(peer_parse(slice_of(text), &peer), 0);
    return peer;
}

static void connections_of_one_address_have_a_limit(void **state)
{
    struct throttle *throttle = make(&options);
    const struct peer a = peer_number(1), b = peer_number(2);

    (void)state;
    assert_int_equal(throttle_connect(throttle, &a), 0);
    assert_int_equal(throttle_connect(throttle, &a), 0);
    assert_int_equal(throttle_connect(throttle, &a), 1);
    assert_int_equal(throttle_connect(throttle, &b), 0);
    throttle_disconnect(throttle, &a);
    assert_int_equal(throttle_connect(throttle, &a), 0);
    throttle_free(throttle);
}

static void requests_at_a_time_have_a_limit(void **state)
{
    struct throttle *throttle = make(&options);
    const struct peer a = peer_number(1), b = peer_number(2);

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(throttle_begin(throttle, &a, 1000), 0);
    assert_int_equal(throttle_begin(throttle, &a, 1000), 1);
    assert_int_equal(throttle_begin(throttle, &b, 1000), 0);
    throttle_end(throttle, &a);
    assert_int_equal(throttle_begin(throttle, &a, 1000), 0);
    throttle_free(throttle);
}

static unsigned ask(struct throttle *throttle, const struct peer *peer,
                    int64_t now_ms)
{
    unsigned after_s = throttle_begin(throttle, peer, now_ms);

    if (after_s == 0)
        throttle_end(throttle, peer);
    return after_s;
}

static void a_burst_is_followed_by_the_rate(void **state)
{
    struct throttle *throttle = make(&options);
    const struct peer a = peer_number(1);

    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(ask(throttle, &a, 1000), 0);
    assert_int_equal(ask(throttle, &a, 1000), 1);
    assert_int_equal(ask(throttle, &a, 1099), 1);
    assert_int_equal(ask(throttle, &a, 1100), 0);
    assert_int_equal(ask(throttle, &a, 1100), 1);
    /* After a rest the whole burst is there again, and no more. */
    for (int i = 0; i < 5; i++)
        assert_int_equal(ask(throttle, &a, 60000), 0);
    assert_int_equal(ask(throttle, &a, 60000), 1);
    throttle_free(throttle);
}

static void slow_rates_say_how_long_to_wait(void **state)
{
    const struct throttle_options slow = { .per_second = 1,
                                           .burst = 1,
                                           .addresses = 1 };
    struct throttle *throttle = make(&slow);
    const struct peer a = peer_number(1);

    (void)state;
    assert_int_equal(ask(throttle, &a, 5000), 0);
    assert_int_equal(ask(throttle, &a, 5000), 1);
    assert_int_equal(ask(throttle, &a, 6000), 0);
    throttle_free(throttle);
}

static void without_limits_nothing_is_refused(void **state)
{
    const struct throttle_options any = { .addresses = 1 };
    struct throttle *throttle = make(&any);
    const struct peer a = peer_number(1);

    (void)state;
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(throttle_connect(throttle, &a), 0);
        assert_int_equal(throttle_begin(throttle, &a, 0), 0);
    }
    throttle_free(throttle);
}

static void addresses_of_one_customer_are_one(void **state)
{
    struct throttle *throttle = make(&options);
    struct peer a, b;

    (void)state;
    assert_int_equal(peer_parse(SLICE("2001:db8::1"), &a), 0);
    assert_int_equal(peer_parse(SLICE("2001:db8::2"), &b), 0);
    assert_int_equal(throttle_connect(throttle, &a), 0);
    assert_int_equal(throttle_connect(throttle, &b), 0);
    assert_int_equal(throttle_connect(throttle, &a), 1);
    throttle_free(throttle);
}

/* Whoever has something open is remembered, whatever number of others comes. */
static void a_full_table_forgets_who_has_nothing_open(void **state)
{
    struct throttle *throttle = make(&options);
    const struct peer a = peer_number(0);

    (void)state;
    assert_int_equal(throttle_connect(throttle, &a), 0);
    assert_int_equal(throttle_connect(throttle, &a), 0);
    for (int i = 1; i < 1000; i++) {
        const struct peer other = peer_number(i);

        assert_int_equal(ask(throttle, &other, 1000), 0);
    }
    assert_int_equal(throttle_connect(throttle, &a), 1);
    /* More may be open than the table was made for. */
    for (int i = 1; i < 100; i++) {
        const struct peer other = peer_number(i);

        assert_int_equal(throttle_connect(throttle, &other), 0);
    }
    throttle_free(throttle);
    throttle_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_of_one_address_have_a_limit),
        cmocka_unit_test(requests_at_a_time_have_a_limit),
        cmocka_unit_test(a_burst_is_followed_by_the_rate),
        cmocka_unit_test(slow_rates_say_how_long_to_wait),
        cmocka_unit_test(without_limits_nothing_is_refused),
        cmocka_unit_test(addresses_of_one_customer_are_one),
        cmocka_unit_test(a_full_table_forgets_who_has_nothing_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
