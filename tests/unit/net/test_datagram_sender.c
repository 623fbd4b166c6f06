/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/datagram_sender.h"

static char folder[64], path[sizeof(((struct sockaddr_un *)0)->sun_path)];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/tlsrpt-datagram-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof(path), "%s/socket", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static int listen_at(const char *where, int type)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    unlink(where);
    memcpy(address.sun_path, where, strlen(where));
    assert_int_equal(
        bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static void what_is_sent_is_received(void **state)
{
    struct datagram_sender sender;
    struct sockaddr_un from;
    socklen_t from_len = sizeof(from);
    char text[64];
    int fd = listen_at(path, SOCK_DGRAM);

    (void)state;
    assert_int_equal(datagram_sender_open(path, 0, &sender, NULL), 0);
    assert_int_equal(datagram_sender_send(&sender, SLICE("{\"d\":1}"), NULL),
                     0);
    assert_int_equal(recvfrom(fd, text, sizeof(text), 0,
                              (struct sockaddr *)&from, &from_len),
                     7);
    assert_memory_equal(text, "{\"d\":1}", 7);
    /* The sender has no name. */
    assert_true(from_len <= sizeof(from.sun_family));
    datagram_sender_close(&sender);
    datagram_sender_close(&sender);
    close(fd);
}

static void who_is_not_there_is_told(void **state)
{
    struct datagram_sender sender;
    struct err err;
    int fd;

    (void)state;
    unlink(path);
    assert_int_equal(datagram_sender_open(path, 0, &sender, &err), 0);
    assert_int_equal(datagram_sender_send(&sender, SLICE("x"), &err), -1);
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_int_equal(err.system_errno, ENOENT);
    assert_non_null(strstr(err.text, "there is no socket /tmp/"));
    fd = listen_at(path, SOCK_DGRAM);
    close(fd);
    assert_int_equal(datagram_sender_send(&sender, SLICE("x"), &err), -1);
    assert_int_equal(err.system_errno, ECONNREFUSED);
    assert_non_null(strstr(err.text, "nobody listens on"));
    fd = listen_at(path, SOCK_STREAM);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(datagram_sender_send(&sender, SLICE("x"), &err), -1);
    assert_int_equal(err.system_errno, EPROTOTYPE);
    assert_non_null(strstr(err.text, "a socket for connections"));
    close(fd);
    /* Who comes back gets the next one. */
    fd = listen_at(path, SOCK_DGRAM);
    assert_int_equal(datagram_sender_send(&sender, SLICE("x"), &err), 0);
    close(fd);
    datagram_sender_close(&sender);
}

/* Fills the queue by many senders, as libtlsrpt does. */
static int fill(struct err *err)
{
    for (int i = 0; i < 100000; i++) {
        struct datagram_sender sender;
        int rc;

        assert_int_equal(datagram_sender_open(path, 0, &sender, err), 0);
        rc = datagram_sender_send(&sender, SLICE("x"), err);
        datagram_sender_close(&sender);
        if (rc)
            return i;
    }
    return -1;
}

static void a_full_queue_is_told(void **state)
{
    struct datagram_sender sender;
    struct err err;
    char octet;
    int fd = listen_at(path, SOCK_DGRAM);

    (void)state;
    assert_true(fill(&err) > 0);
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_int_equal(err.system_errno, EAGAIN);
    assert_non_null(strstr(err.text, "is full: the collector"));
    /* Who waits is told the same, later. */
    assert_int_equal(datagram_sender_open(path, 20, &sender, &err), 0);
    assert_int_equal(datagram_sender_send(&sender, SLICE("x"), &err), -1);
    assert_int_equal(err.system_errno, EAGAIN);
    assert_non_null(strstr(err.text, "is full still"));
    assert_int_equal(recv(fd, &octet, 1, 0), 1);
    assert_int_equal(datagram_sender_send(&sender, SLICE("x"), &err), 0);
    datagram_sender_close(&sender);
    close(fd);
}

static void what_is_too_large_is_told(void **state)
{
    struct datagram_sender sender;
    struct err err;
    size_t len = 64u << 20;
    char *octets = calloc(1, len);
    int fd = listen_at(path, SOCK_DGRAM);

    (void)state;
    assert_non_null(octets);
    assert_int_equal(datagram_sender_open(path, 0, &sender, &err), 0);
    assert_int_equal(
        datagram_sender_send(&sender, slice_make(octets, len), &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_non_null(strstr(err.text, "the datagram has 67108864 octets"));
    datagram_sender_close(&sender);
    close(fd);
    free(octets);
}

static void a_path_has_an_end(void **state)
{
    char longest[200];
    struct datagram_sender sender;
    struct err err;

    (void)state;
    memset(longest, 'x', sizeof(longest));
    longest[107] = '\0';
    assert_int_equal(datagram_sender_open(longest, 0, &sender, &err), 0);
    datagram_sender_close(&sender);
    longest[107] = 'x';
    longest[108] = '\0';
    assert_int_equal(datagram_sender_open(longest, 0, &sender, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_string_equal(err.text, "the path of the socket has 108 octets; the "
                                  "system takes 107 at most");
    assert_int_equal(datagram_sender_open("", 0, &sender, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    datagram_sender_close(&sender);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_is_received),
        cmocka_unit_test(who_is_not_there_is_told),
        cmocka_unit_test(a_full_queue_is_told),
        cmocka_unit_test(what_is_too_large_is_told),
        cmocka_unit_test(a_path_has_an_end),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
