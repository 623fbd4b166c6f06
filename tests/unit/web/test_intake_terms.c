/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "web/intake_terms.h"

static void count(void *context)
{
    ++*(int *)context;
}

static void all_is_copied(void **state)
{
    char path[] = "/a";
    const char *paths[] = { path, "/b" };
    struct peer_network networks[1];
    struct intake_server_terms terms = {
        .paths = paths, .n_paths = 2, .proxies = networks, .n_proxies = 1
    };
    const struct intake_server_terms *copy;
    struct intake_terms *held;
    struct peer inside;
    struct err err;

    (void)state;
    assert_int_equal(peer_network_parse("192.0.2.7", &networks[0], &err), 0);
    inside = networks[0].first;
    assert_int_equal(intake_terms_new(&terms, &held, &err), 0);
    path[1] = 'x';
    paths[1] = "/y";
    memset(networks, 0, sizeof(networks));
    copy = intake_terms_read(held);
    assert_string_equal(copy->paths[0], "/a");
    assert_string_equal(copy->paths[1], "/b");
    assert_true(peer_network_holds(copy->proxies, copy->n_proxies, &inside));
    assert_null(copy->release);
    intake_terms_drop(held);
}

static void the_last_to_let_go_releases(void **state)
{
    int n_released = 0;
    const char *const paths[] = { "/a" };
    const struct intake_server_terms terms = {
        .paths = paths, .n_paths = 1, .context = &n_released, .release = count
    };
    struct intake_terms *held;
    struct err err;

    (void)state;
    assert_int_equal(intake_terms_new(&terms, &held, &err), 0);
    assert_ptr_equal(intake_terms_hold(held), held);
    intake_terms_drop(held);
    assert_int_equal(n_released, 0);
    assert_string_equal(intake_terms_read(held)->paths[0], "/a");
    intake_terms_drop(held);
    assert_int_equal(n_released, 1);
    intake_terms_drop(NULL);
    assert_int_equal(n_released, 1);
}

static void *hold_often(void *context)
{
    for (int i = 0; i < 10000; i++)
        intake_terms_drop(intake_terms_hold(context));
    return NULL;
}

static void threads_may_hold_them(void **state)
{
    int n_released = 0;
    const char *const paths[] = { "/a" };
    const struct intake_server_terms terms = {
        .paths = paths, .n_paths = 1, .context = &n_released, .release = count
    };
    struct intake_terms *held;
    pthread_t threads[4];
    struct err err;

    (void)state;
    assert_int_equal(intake_terms_new(&terms, &held, &err), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hold_often, held),
                         0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(n_released, 0);
    intake_terms_drop(held);
    assert_int_equal(n_released, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_copied),
        cmocka_unit_test(the_last_to_let_go_releases),
        cmocka_unit_test(threads_may_hold_them),
    };

    return cmocka_run_group_tests_name("intake terms", tests, NULL, NULL);
}
