/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "web/connection.h"

/* Two ends of a stream: what the server watches, and the client's. */
struct pair {
    int server;
    int client;
};

static struct pair open_pair(void)
{
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    return (struct pair){ fds[0], fds[1] };
}

static void close_pair(const struct pair *pair)
{
    close(pair->server);
    close(pair->client);
}

static bool is_ended(const struct pair *pair, int wait_ms)
{
    struct pollfd poll_fd = { .fd = pair->client, .events = POLLIN };
    char octet;
    return poll(&poll_fd, 1, wait_ms) == 1 &&
           recv(pair->client, &octet, 1, MSG_DONTWAIT) == 0;
}

/* Far ahead, so that the thread of the list has nothing to do. */
enum { LATER_MS = 3600 * 1000 };

static void late_connections_are_shut_down(void **state)
{
    struct connection_list list;
    struct err err;
    (void)state;
    assert_int_equal(connection_list_init(&list, &err), 0);
    int64_t now_ms = clock_monotonic_ms() + LATER_MS;
    struct pair early = open_pair(), late = open_pair();
    struct connection *a = connection_add(&list, early.server, now_ms + 1);
    struct connection *b = connection_add(&list, late.server, now_ms);
    assert_int_equal(connection_list_sweep(&list, now_ms), 1);
    assert_false(is_ended(&early, 0));
    assert_true(is_ended(&late, 0));
    assert_int_equal(connection_list_sweep(&list, now_ms), 0);
    connection_remove(&list, b);
    connection_remove(&list, a);
    connection_list_deinit(&list);
    close_pair(&early);
    close_pair(&late);
}

static void a_deadline_can_be_put_off(void **state)
{
    struct connection_list list;
    struct err err;
    (void)state;
    assert_int_equal(connection_list_init(&list, &err), 0);
    int64_t now_ms = clock_monotonic_ms() + LATER_MS;
    struct pair pair = open_pair();
    struct connection *a = connection_add(&list, pair.server, now_ms);
    connection_extend(&list, a, now_ms + 1000);
    assert_int_equal(connection_list_sweep(&list, now_ms), 0);
    assert_int_equal(connection_list_sweep(&list, now_ms + 1000), 1);
    connection_remove(&list, a);
    connection_list_deinit(&list);
    close_pair(&pair);
}

static void what_is_removed_is_left_alone(void **state)
{
    struct connection_list list;
    struct connection *c[3];
    struct pair pairs[3];
    struct err err;
    (void)state;
    assert_int_equal(connection_list_init(&list, &err), 0);
    int64_t now_ms = clock_monotonic_ms() + LATER_MS;
    for (size_t i = 0; i < 3; i++) {
        pairs[i] = open_pair();
        c[i] = connection_add(&list, pairs[i].server, now_ms);
    }
    connection_remove(&list, c[1]);
    assert_int_equal(connection_list_sweep(&list, now_ms), 2);
    assert_true(is_ended(&pairs[0], 0));
    assert_false(is_ended(&pairs[1], 0));
    assert_true(is_ended(&pairs[2], 0));
    connection_remove(&list, c[2]);
    connection_remove(&list, c[0]);
    assert_null(list.first);
    connection_remove(&list, NULL);
    connection_extend(&list, NULL, now_ms);
    connection_list_deinit(&list);
    for (size_t i = 0; i < 3; i++)
        close_pair(&pairs[i]);
}

static void the_thread_sweeps_by_itself(void **state)
{
    struct connection_list list;
    struct err err;
    (void)state;
    assert_int_equal(connection_list_init(&list, &err), 0);
    struct pair pair = open_pair();
    struct connection *a =
        connection_add(&list, pair.server, clock_monotonic_ms());
    assert_true(is_ended(&pair, 5000));
    connection_remove(&list, a);
    connection_list_deinit(&list);
    close_pair(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(late_connections_are_shut_down),
        cmocka_unit_test(a_deadline_can_be_put_off),
        cmocka_unit_test(what_is_removed_is_left_alone),
        cmocka_unit_test(the_thread_sweeps_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
