/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/collect.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collect/events.h"
#include "event/limits.h"

struct fixture {
    char folder[40];
    char url[64];
    struct events_clock hand;
    int sockets[2]; /* ours, the collector's */
    struct collect *collect;
    struct err err;
    char text[EVENTS_BYTES];
};

static void start(struct fixture *fixture)
{
    const struct collect_options options = { .fd = fixture->sockets[1],
                                             .url = fixture->url,
                                             .clock = &fixture->hand.clock,
                                             .queue_length = 512 };

    if (collect_start(&options, &fixture->collect, &fixture->err))
        fail_msg("%s", fixture->err.text);
}

static void stop(struct fixture *fixture)
{
    if (collect_stop(fixture->collect, &fixture->err))
        fail_msg("%s", fixture->err.text);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    if (!fixture)
        return -1;
    snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/collect-XXXXXX");
    if (!mkdtemp(fixture->folder) ||
        socketpair(AF_UNIX, SOCK_DGRAM, 0, fixture->sockets))
        return -1;
    snprintf(fixture->url, sizeof(fixture->url), "sqlite:%s/y.db",
             fixture->folder);
    fixture->hand.clock.now = events_now;
    fixture->hand.now = (int64_t)EVENTS_DAY * UTC_DAY_SECONDS;
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    char command[80];

    snprintf(command, sizeof(command), "rm -rf %s", fixture->folder);
    close(fixture->sockets[0]);
    close(fixture->sockets[1]);
    free(fixture);
    return system(command);
}

static void send_text(struct fixture *fixture, const char *text)
{
    size_t len = strlen(text);

    assert_int_equal(send(fixture->sockets[0], text, len, 0), len);
}

static void what_was_sent_is_in_the_tally(void **state)
{
    struct fixture *fixture = *state;
    char domain[32];

    start(fixture);
    for (int i = 0; i < 20000; i++) {
        snprintf(domain, sizeof(domain), "d%d.example", i % 100);
        send_text(fixture,
                  i % 10 ? events_success(fixture->text, domain)
                         : events_failure(fixture->text, domain, 202, "r"));
    }
    /* What waits in the socket is taken before the end. */
    stop(fixture);
    assert_int_equal(events_sessions(fixture->url, EVENTS_DAY), 20000);
}

static void a_restart_keeps_sums(void **state)
{
    struct fixture *fixture = *state;
    char *got;

    for (int i = 0; i < 3; i++) {
        start(fixture);
        send_text(fixture, events_success(fixture->text, "a.example"));
        stop(fixture);
    }
    got = events_dump_tally(fixture->url, EVENTS_DAY);
    assert_string_equal(got, "20700 a.example R sts - - 3/0\n");
    free(got);
}

static void the_counters_add_up(void **state)
{
    struct fixture *fixture = *state;
    const struct counters *counters;
    int64_t begin_ms = clock_monotonic_ms();
    int size = 1 << 20;
    bool is_longer;
    uint64_t n = 300;
    char *big = calloc(1, EVENTS_BYTES * 100);

    assert_non_null(big);
    memset(big, 'x', EVENTS_BYTES * 100);
    is_longer = setsockopt(fixture->sockets[0], SOL_SOCKET, SO_SNDBUFFORCE,
                           &size, sizeof(size)) == 0;
    start(fixture);
    counters = collect_counters(fixture->collect);
    for (int i = 0; i < 100; i++) {
        send_text(fixture, events_success(fixture->text, "a.example"));
        send_text(fixture, "nonsense");
        fixture->text[9] = '7';
        send_text(fixture, fixture->text);
    }
    /* Only root may have such a buffer, and send what is too long. */
    if (is_longer) {
        assert_int_equal(send(fixture->sockets[0], big, EVENT_MAX_BYTES + 1, 0),
                         EVENT_MAX_BYTES + 1);
        n++;
    }
    while (counters->received < n || counters->committed < 200) {
        assert_true(clock_monotonic_ms() - begin_ms < 20000);
        usleep(1000);
    }
    assert_int_equal(counters->received, n);
    assert_int_equal(counters->summed, 200);
    assert_int_equal(counters->odd, 100);
    assert_int_equal(counters->malformed, 100);
    assert_int_equal(counters->truncated, is_longer);
    assert_int_equal(counters->lost, 0);
    assert_int_equal(counters->committed, 200);
    assert_int_equal(counters->queue_length, 512);
    stop(fixture);
    free(big);
}

static void send_and_wait(struct fixture *fixture, uint64_t n)
{
    int64_t begin_ms = clock_monotonic_ms();

    send_text(fixture, events_success(fixture->text, "a.example"));
    while (collect_counters(fixture->collect)->summed < n) {
        assert_true(clock_monotonic_ms() - begin_ms < 20000);
        usleep(1000);
    }
}

static void a_clock_that_leaps_takes_no_session_along(void **state)
{
    struct fixture *fixture = *state;

    start(fixture);
    send_and_wait(fixture, 1);
    fixture->hand.now += 40 * UTC_DAY_SECONDS;
    send_and_wait(fixture, 2);
    fixture->hand.now -= 40 * UTC_DAY_SECONDS;
    send_and_wait(fixture, 3);
    stop(fixture);
    assert_int_equal(events_sessions(fixture->url, EVENTS_DAY), 3);
}

static void a_socket_that_does_not_wait_is_no_trouble(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(fcntl(fixture->sockets[1], F_SETFL, O_NONBLOCK), 0);
    start(fixture);
    usleep(300000);
    /* It would have come back with nothing some 100,000 times. */
    assert_true(collect_counters(fixture->collect)->pauses[0] < 100);
    stop(fixture);
}

static void without_a_tally_it_does_not_start(void **state)
{
    struct fixture *fixture = *state;
    struct collect_options options = { .fd = fixture->sockets[1],
                                       .url = "sqlite:/proc/no/such/y.db",
                                       .clock = &fixture->hand.clock };

    assert_int_equal(collect_start(&options, &fixture->collect, &fixture->err),
                     -1);
    options.fd = -1;
    options.url = fixture->url;
    assert_int_equal(collect_start(&options, &fixture->collect, &fixture->err),
                     -1);
    assert_int_equal(collect_stop(NULL, NULL), 0);
}

#define WITH_SOCKET(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SOCKET(what_was_sent_is_in_the_tally),
        WITH_SOCKET(a_restart_keeps_sums),
        WITH_SOCKET(the_counters_add_up),
        WITH_SOCKET(a_clock_that_leaps_takes_no_session_along),
        WITH_SOCKET(a_socket_that_does_not_wait_is_no_trouble),
        WITH_SOCKET(without_a_tally_it_does_not_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
