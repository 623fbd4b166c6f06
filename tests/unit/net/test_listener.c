/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/endpoint.h"
#include "net/listener.h"

struct place {
    char folder[32];
    char address[64];
    struct loop *loop;
    int n_taken;
};

static void take(void *context, int fd)
{
    struct place *place = context;

    close(fd);
    place->n_taken++;
    loop_stop(place->loop);
}

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof(*place));
    struct err err;

    snprintf(place->folder, sizeof(place->folder), "/tmp/listener-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->address, sizeof(place->address), "unix:%s/s",
             place->folder);
    assert_int_equal(loop_new(&place->loop, &err), 0);
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;

    unlink(place->address + 5);
    rmdir(place->folder);
    loop_free(place->loop);
    free(place);
    return 0;
}

static void assert_taken(struct place *place, const char *address)
{
    struct endpoint endpoint;
    struct err err;
    int fd;

    assert_int_equal(endpoint_parse(address, &endpoint, &err), 0);
    fd = endpoint_connect(&endpoint, 5, &err);
    assert_true(fd >= 0);
    assert_int_equal(loop_run(place->loop, &err), 0);
    assert_int_equal(place->n_taken, 1);
    close(fd);
}

static void a_port_of_its_own_is_taken(void **state)
{
    struct place *place = *state;
    struct listener *listener;
    struct err err;

    assert_int_equal(
        listener_open(place->loop, "127.0.0.1:0", take, place, &listener, &err),
        0);
    assert_string_not_equal(listener_address(listener), "127.0.0.1:0");
    assert_taken(place, listener_address(listener));
    listener_close(listener);
}

static void a_unix_socket_is_not_open_to_others(void **state)
{
    struct place *place = *state;
    struct listener *listener;
    struct stat status;
    struct err err;

    assert_int_equal(listener_open(place->loop, place->address, take, place,
                                   &listener, &err),
                     0);
    assert_int_equal(stat(place->address + 5, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0660);
    assert_taken(place, place->address);
    listener_close(listener);
    assert_int_equal(stat(place->address + 5, &status), -1);
}

static void one_that_was_left_is_replaced(void **state)
{
    struct place *place = *state;
    struct listener *listener, *other;
    char aside[80];
    struct err err;

    /* Two names of one socket: closing removes the first alone. */
    assert_int_equal(listener_open(place->loop, place->address, take, place,
                                   &listener, &err),
                     0);
    assert_int_equal(
        listener_open(place->loop, place->address, take, place, &other, &err),
        -1);
    assert_non_null(strstr(err.text, "served by another"));
    snprintf(aside, sizeof(aside), "%s.left", place->address + 5);
    assert_int_equal(link(place->address + 5, aside), 0);
    listener_close(listener);
    assert_int_equal(rename(aside, place->address + 5), 0);
    assert_int_equal(
        listener_open(place->loop, place->address, take, place, &other, &err),
        0);
    assert_taken(place, place->address);
    listener_close(other);
}

static void a_file_is_not_replaced(void **state)
{
    struct place *place = *state;
    struct listener *listener;
    struct err err;
    FILE *file = fopen(place->address + 5, "w");

    fclose(file);
    assert_int_equal(listener_open(place->loop, place->address, take, place,
                                   &listener, &err),
                     -1);
    assert_int_equal(access(place->address + 5, F_OK), 0);
    assert_int_equal(
        listener_open(place->loop, "nowhere", take, place, &listener, &err),
        -1);
    assert_int_equal(err.kind, ERR_USAGE);
}

#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_port_of_its_own_is_taken),
        test(a_unix_socket_is_not_open_to_others),
        test(one_that_was_left_is_replaced),
        test(a_file_is_not_replaced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
