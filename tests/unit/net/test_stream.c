/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/stream.h"

/* One stream; the test holds the other end of it. */
struct ends {
    struct loop *loop;
    struct stream *stream;
    int fd;
    char seen[64];
    size_t n_seen;
    size_t take_at_most;
    int n_ended;
    bool is_echo;
};

static void take(void *context, struct slice *octets)
{
    struct ends *ends = context;
    size_t n =
        octets->len < ends->take_at_most ? octets->len : ends->take_at_most;

    memcpy(ends->seen + ends->n_seen, octets->ptr, n);
    ends->n_seen += n;
    if (ends->is_echo) {
        stream_send(ends->stream, slice_make(octets->ptr, n));
        stream_finish(ends->stream);
    }
    *octets = slice_skip(*octets, n);
    loop_stop(ends->loop);
}

static void note_end(void *context)
{
    struct ends *ends = context;

    ends->n_ended++;
    ends->stream = NULL;
    loop_stop(ends->loop);
}

static const struct stream_handlers handlers = { take, note_end };

static void begin(struct ends *ends, int silence_s)
{
    struct err err;
    int pair[2];

    *ends = (struct ends){ .take_at_most = 100 };
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair),
                     0);
    ends->fd = pair[1];
    assert_int_equal(loop_new(&ends->loop, &err), 0);
    assert_int_equal(stream_open(ends->loop, pair[0], &handlers, ends,
                                 silence_s, &ends->stream, &err),
                     0);
}

/* Runs until something was called, then makes the loop ready to run again. */
static void run(struct ends *ends)
{
    struct err err;

    assert_int_equal(loop_run(ends->loop, &err), 0);
}

static void end(struct ends *ends)
{
    stream_close(ends->stream);
    loop_free(ends->loop);
    close(ends->fd);
}

static void what_is_left_comes_again(void **state)
{
    struct ends ends;

    (void)state;
    begin(&ends, 60);
    ends.take_at_most = 3;
    assert_int_equal(write(ends.fd, "abcdef", 6), 6);
    run(&ends);
    assert_memory_equal(ends.seen, "abc", 3);
    assert_int_equal(ends.n_seen, 3);
    stream_resume(ends.stream);
    assert_memory_equal(ends.seen, "abcdef", 6);
    stream_resume(ends.stream); /* nothing is there, nothing is called */
    assert_int_equal(ends.n_seen, 6);
    end(&ends);
}

static void it_ends_when_all_is_sent(void **state)
{
    struct ends ends;
    char back[16];

    (void)state;
    begin(&ends, 60);
    ends.is_echo = true;
    assert_int_equal(write(ends.fd, "abc", 3), 3);
    run(&ends);
    /* The loop was stopped by the input: let it go on to the end. */
    while (ends.n_ended == 0)
        run(&ends);
    loop_free(ends.loop);
    ends.loop = NULL;
    assert_int_equal(read(ends.fd, back, sizeof(back)), 3);
    assert_memory_equal(back, "abc", 3);
    assert_int_equal(read(ends.fd, back, sizeof(back)), 0);
    end(&ends);
}

static void a_peer_that_goes_is_told_once(void **state)
{
    struct ends ends;

    (void)state;
    begin(&ends, 60);
    shutdown(ends.fd, SHUT_RDWR);
    run(&ends);
    assert_int_equal(ends.n_ended, 1);
    assert_null(ends.stream);
    end(&ends);
}

static void a_silent_peer_is_sent_away(void **state)
{
    struct ends ends;

    (void)state;
    begin(&ends, 1);
    run(&ends);
    assert_int_equal(ends.n_ended, 1);
    end(&ends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_comes_again),
        cmocka_unit_test(it_ends_when_all_is_sent),
        cmocka_unit_test(a_peer_that_goes_is_told_once),
        cmocka_unit_test(a_silent_peer_is_sent_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
