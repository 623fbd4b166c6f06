/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "net/loop.h"

enum { POSTS = 1000 };

struct work {
    struct loop *loop;
    struct loop_post posts[POSTS];
    int called;
    int in_order;
};

struct piece {
    struct work *work;
    int number;
};

static struct piece pieces[POSTS];

static void call(void *context)
{
    struct piece *piece = context;
    struct work *work = piece->work;

    work->in_order += piece->number == work->called++;
}

static void *post_all(void *context)
{
    struct work *work = context;

    for (int i = 0; i < POSTS; i++) {
        pieces[i] = (struct piece){ work, i };
        work->posts[i] =
            (struct loop_post){ .function = call, .context = &pieces[i] };
        loop_post(work->loop, &work->posts[i]);
    }
    loop_stop(work->loop);
    loop_stop(work->loop); /* again is no harm */
    return NULL;
}

static void posts_of_a_thread_are_called_in_order(void **state)
{
    struct work work = { 0 };
    pthread_t thread;
    struct err err;

    (void)state;
    assert_int_equal(loop_new(&work.loop, &err), 0);
    assert_int_equal(pthread_create(&thread, NULL, post_all, &work), 0);
    assert_int_equal(loop_run(work.loop, &err), 0);
    pthread_join(thread, NULL);
    loop_free(work.loop);
    assert_int_equal(work.called, POSTS);
    assert_int_equal(work.in_order, POSTS);
}

static void what_was_posted_late_is_called_at_the_end(void **state)
{
    struct work work = { 0 };
    struct err err;

    (void)state;
    assert_int_equal(loop_new(&work.loop, &err), 0);
    pieces[0] = (struct piece){ &work, 0 };
    work.posts[0] =
        (struct loop_post){ .function = call, .context = &pieces[0] };
    loop_post(work.loop, &work.posts[0]);
    loop_free(work.loop);
    assert_int_equal(work.called, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(posts_of_a_thread_are_called_in_order),
        cmocka_unit_test(what_was_posted_late_is_called_at_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
