/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "service/inquiry.h"

/* A name server that says nothing, or that there is no such name. */
struct server {
    int fd;
    char address[32];
    pthread_t thread;
};

static void open_server(struct server *server)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t len = sizeof(at);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_true(server->fd >= 0);
    assert_int_equal(bind(server->fd, (struct sockaddr *)&at, len), 0);
    assert_int_equal(getsockname(server->fd, (struct sockaddr *)&at, &len), 0);
    snprintf(server->address, sizeof(server->address), "127.0.0.1@%u",
             (unsigned)ntohs(at.sin_port));
}

/* Until an empty datagram says that it is over. */
static void *deny(void *context)
{
    const struct server *server = context;
    struct sockaddr_in from;
    unsigned char question[2048];

    for (;;) {
        socklen_t len = sizeof(from);
        ssize_t n = recvfrom(server->fd, question, sizeof(question), 0,
                             (struct sockaddr *)&from, &len);

        if (n <= 0)
            return NULL;
        question[2] |= 0x80;
        question[3] = 0x83; /* recursion is there; NXDOMAIN */
        (void)sendto(server->fd, question, (size_t)n, 0,
                     (struct sockaddr *)&from, len);
    }
}

static void end_server(struct server *server)
{
    struct sockaddr_in at;
    socklen_t len = sizeof(at);

    assert_int_equal(getsockname(server->fd, (struct sockaddr *)&at, &len), 0);
    assert_int_equal(sendto(server->fd, "", 0, 0, (struct sockaddr *)&at, len),
                     0);
    pthread_join(server->thread, NULL);
}

static struct inquiry *start(const struct server *server)
{
    const char *forwards[] = { server->address };
    const struct resolver_options options = { .forwards = forwards,
                                              .n_forwards = 1 };
    struct inquiry *inquiry;
    struct err err;

    assert_int_equal(inquiry_start(&options, &inquiry, &err), 0);
    return inquiry;
}

static enum answers_status ask(struct inquiry *inquiry, int64_t wait_ms)
{
    struct answers_answer answer;
    struct arena arena;

    arena_init(&arena, 4096);
    answer =
        inquiry_find(inquiry, "s._domainkey.sender.example", wait_ms, &arena);
    arena_deinit(&arena);
    return answer.status;
}

static void silence_is_waited_for_so_long_and_no_longer(void **state)
{
    struct server server;
    struct inquiry *inquiry;
    int64_t begin_ms;

    (void)state;
    open_server(&server);
    inquiry = start(&server);
    assert_int_equal(ask(inquiry, 0), ANSWERS_PENDING);
    begin_ms = clock_monotonic_ms();
    assert_int_equal(ask(inquiry, 300), ANSWERS_PENDING);
    assert_true(clock_monotonic_ms() - begin_ms >= 300);
    inquiry_stop(inquiry);
    close(server.fd);
}

static void an_answer_is_waited_for_and_kept(void **state)
{
    struct server server;
    struct inquiry *inquiry;
    enum answers_status status;

    (void)state;
    open_server(&server);
    assert_int_equal(pthread_create(&server.thread, NULL, deny, &server), 0);
    inquiry = start(&server);
    /* Where answers are validated it is worth nothing without a proof. */
    status = ask(inquiry, 120 * 1000);
    assert_int_not_equal(status, ANSWERS_PENDING);
    if (inquiry_validates(inquiry))
        assert_int_equal(status, ANSWERS_TEMPORARY);
    assert_int_equal(ask(inquiry, 0), status);
    inquiry_stop(inquiry);
    end_server(&server);
    close(server.fd);
}

static void nothing_started_is_stopped(void **state)
{
    const char *forwards[] = { "no address" };
    const struct resolver_options options = { .forwards = forwards,
                                              .n_forwards = 1 };
    struct inquiry *inquiry = NULL;
    struct err err;

    (void)state;
    assert_int_equal(inquiry_start(&options, &inquiry, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_null(inquiry);
    inquiry_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_is_waited_for_so_long_and_no_longer),
        cmocka_unit_test(an_answer_is_waited_for_and_kept),
        cmocka_unit_test(nothing_started_is_stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
