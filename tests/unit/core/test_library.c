/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/*
 * The library for mail servers (lib/tlsrpt_event.c), which shares no source with
 * the program: what it writes is what event_write writes and event_read reads.
 */

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <tlsrpt_event.h>
#include <unistd.h>

#include "event/event.h"
#include "event/limits.h"
#include "row.h"
#include "json/writer.h"

static const char *const strings[] = { "version: STSv1", "mx: \"*\"" };
static const char *const hosts[] = { "*.our.example", "\\\t\x01\x7f" };

static const struct tlsrpt_event_failure failures[] = {
    { TLSRPT_EVENT_CERTIFICATE_EXPIRED, "192.0.2.7", "mx.our.example",
      "250-mx\r\n250 SIZE", "2001:db8::7", "https://our.example/\xc3\xbc",
      "\xf0\x9f\x98\x80" },
    { .result = 999 },
};

static const struct tlsrpt_event_policy policies[] = {
    { .type = TLSRPT_EVENT_STS,
      .is_failure = 1,
      .domain = "our.example",
      .strings = strings,
      .n_strings = 2,
      .mx_hosts = hosts,
      .n_mx_hosts = 2,
      .failures = failures,
      .n_failures = 2 },
    { .type = TLSRPT_EVENT_NO_POLICY_FOUND },
};

static const struct tlsrpt_event whole = { "our.example", "v=TLSRPTv1;",
                                           policies, 2 };

/* Formats, reads as the collector does, and compares. */
static void check(const char *name, const struct tlsrpt_event *event,
                  bool is_same)
{
    size_t len = tlsrpt_event_format(event, NULL, 0);
    char *text = malloc(len + 1), *copy = malloc(len);
    struct json_writer writer;
    struct buffer again;
    struct arena arena;
    struct event read;
    struct err err = { .kind = ERR_NONE };

    assert_true(text && copy);
    ROW_NUMBER(name, tlsrpt_event_format(event, text, len + 1), len);
    ROW_NUMBER(name, strlen(text), len);
    memcpy(copy, text, len);
    arena_init(&arena, EVENT_ARENA_BYTES);
    if (event_read(&arena, copy, len, &read, &err))
        ROW_TEXT(name, err.text, "");
    ROW_NUMBER(name, read.n_policies, event->n_policies);
    ROW_NUMBER(name, read.oddities & EVENT_ODD_UTF8, 0);
    buffer_init(&again, 100000);
    json_writer_init(&writer, &again);
    event_write(&read, &writer);
    /* But for line ends, which are escaped in two ways. */
    if (is_same)
        ROW_OCTETS(name, buffer_slice(&again), slice_make(text, len));
    buffer_deinit(&again);
    arena_deinit(&arena);
    free(text);
    free(copy);
}

static void what_it_writes_is_read(void **state)
{
    static const struct tlsrpt_event_failure plain = { .result = 201,
                                                       .failure_reason_code =
                                                           "a \"word\"\\\x7f" };
    static const struct tlsrpt_event_policy policy = { .type = 1,
                                                       .domain =
                                                           "b\xc3\xbc.example",
                                                       .failures = &plain,
                                                       .n_failures = 1,
                                                       .is_failure = 1 };
    static const struct tlsrpt_event event = { "our.example", "v=TLSRPTv1;",
                                               &policy, 1 };

    (void)state;
    check("all of it", &whole, false);
    check("octet for octet", &event, true);
}

/* Bad UTF-8 of each kind becomes good. */
static void octets_that_are_no_utf8_are_replaced(void **state)
{
    static const char *const bad[] = {
        "\x80",
        "\xc0\x80",
        "\xc2",
        "\xe0\x80\x80",
        "\xed\xa0\x80",
        "\xe2\x82",
        "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "a\xf0\x9f\x98",
    };

    (void)state;
    for (size_t i = 0; i < ROWS(bad); i++) {
        struct tlsrpt_event event = whole;

        event.record = bad[i];
        check(bad[i], &event, false);
    }
}

static void what_does_not_fit_is_cut(void **state)
{
    size_t len = tlsrpt_event_format(&whole, NULL, 0);
    char *all = malloc(len + 1), *text = malloc(len + 2);

    (void)state;
    assert_true(all && text);
    tlsrpt_event_format(&whole, all, len + 1);
    for (size_t size = 1; size <= len + 1; size++) {
        text[size] = '#';
        assert_int_equal(tlsrpt_event_format(&whole, text, size), len);
        assert_int_equal(strlen(text), size - 1);
        assert_memory_equal(text, all, size - 1);
        assert_int_equal(text[size], '#');
    }
    free(all);
    free(text);
}

/* ---- Sending ------------------------------------------------------------- */

static void events_are_handed_over(void **state)
{
    char folder[] = "/tmp/tlsrpt-library-XXXXXX", path[64], text[4096];
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc = 0;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/socket", folder);
    assert_int_equal(tlsrpt_event_send(path, &whole, 0), -ENOENT);
    memcpy(address.sun_path, path, strlen(path));
    assert_int_equal(
        bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(tlsrpt_event_send(path, &whole, 0), 0);
    assert_int_equal(recv(fd, text, sizeof(text), 0),
                     tlsrpt_event_format(&whole, NULL, 0));
    while (rc == 0)
        rc = tlsrpt_event_send(path, &whole, 0);
    assert_int_equal(rc, -EAGAIN);
    assert_int_equal(tlsrpt_event_send(path, &whole, 20), -EAGAIN);
    assert_true(recv(fd, text, sizeof(text), 0) > 0);
    assert_int_equal(tlsrpt_event_send(path, &whole, -1), 0);
    close(fd);
    assert_int_equal(tlsrpt_event_send(path, &whole, 0), -ECONNREFUSED);
    unlink(path);
    rmdir(folder);
}

static void what_cannot_be_sent_is_told(void **state)
{
    static const int known[] = { 0,
                                 TLSRPT_EVENT_INCOMPLETE,
                                 TLSRPT_EVENT_PATH,
                                 -ENOENT,
                                 -ECONNREFUSED,
                                 -EAGAIN,
                                 -EACCES,
                                 -EMSGSIZE };
    char path[200];
    struct tlsrpt_event event = whole;

    (void)state;
    memset(path, 'x', sizeof(path));
    path[108] = '\0';
    assert_int_equal(tlsrpt_event_send(path, &whole, 0), TLSRPT_EVENT_PATH);
    assert_int_equal(tlsrpt_event_send("", &whole, 0), TLSRPT_EVENT_PATH);
    assert_int_equal(tlsrpt_event_send(NULL, &whole, 0), TLSRPT_EVENT_PATH);
    event.domain = "";
    assert_int_equal(tlsrpt_event_send("x", &event, 0),
                     TLSRPT_EVENT_INCOMPLETE);
    event = whole;
    event.record = NULL;
    assert_int_equal(tlsrpt_event_send("x", &event, 0),
                     TLSRPT_EVENT_INCOMPLETE);
    event = whole;
    event.n_policies = 0;
    assert_int_equal(tlsrpt_event_send("x", &event, 0),
                     TLSRPT_EVENT_INCOMPLETE);
    for (size_t i = 0; i < ROWS(known); i++) {
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(tlsrpt_event_problem(known[i]),
                                    tlsrpt_event_problem(known[j]));
    }
    assert_non_null(tlsrpt_event_problem(-12345));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_writes_is_read),
        cmocka_unit_test(octets_that_are_no_utf8_are_replaced),
        cmocka_unit_test(what_does_not_fit_is_cut),
        cmocka_unit_test(events_are_handed_over),
        cmocka_unit_test(what_cannot_be_sent_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
