/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "datagram.h"
#include "event/limits.h"
#include "row.h"

#define R DATAGRAM_RECORD
#define HEAD "{\"d\":\"our.example\",\"pr\":\"" R "\",\"policies\":["
#define FAILURE(members)                                                       \
    DATAGRAM("{\"policy-type\":9,\"failure-details\":[{" members               \
             "}],\"t\":1,\"f\":1}")
#define FAILED "our.example " R " [9 our.example 1 strings= mx= "

static const struct {
    const char *name, *text, *shown;
} rows[] = {
    { "a failure as Postfix tells it", DATAGRAM_STS_FAILURE,
      "our.example " R " [2 our.example 1 strings=version: STSv1;mode: "
      "enforce;mx: *.our.example;max_age: 86400 mx=*.our.example {203 "
      "s=192.0.2.7 n=mx1.our.example h=mx1.our.example r=198.51.100.3 a=- "
      "f=self-signed_certificate}]" },
    { "letter case",
      "{\"d\":\"Our.Example.\",\"pr\":\"" R "\",\"policies\":[{"
      "\"policy-type\":2,\"policy-domain\":\"OUR.example\","
      "\"mx-host\":[\"*.Our.example\"],\"f\":0}]}",
      "our.example " R " [2 our.example 0 strings= mx=*.our.example]" },
    { "a policy without a domain", HEAD "{\"policy-type\":9,\"f\":0}]}",
      "our.example " R " [9 our.example 0 strings= mx=]" },
    { "a policy of a domain that is none",
      HEAD "{\"policy-type\":1,\"policy-domain\":\"a b\",\"f\":0}]}",
      "our.example " R " [1 our.example 0 strings= mx=]" },
    { "members of another policy type",
      HEAD "{\"policy-type\":1,\"policy-string\":[\"3 1 1 ab\"],"
           "\"mx-host\":[\"a\"],\"f\":0},{\"policy-type\":9,"
           "\"policy-string\":[\"x\"],\"mx-host\":[\"a\"],\"f\":0}]}",
      "our.example " R " [1 our.example 0 strings=3 1 1 AB mx=] "
      "[9 our.example 0 strings= mx=]" },
    { "a policy type to come keeps all",
      HEAD "{\"policy-type\":5,\"policy-string\":[\"x\\r\\n\"],"
           "\"mx-host\":[\"A\",\"\"],\"f\":0}]}",
      "our.example " R " [5 our.example 0 strings=x mx=a]" },
    { "addresses", FAILURE("\"c\":201,\"s\":\"2001:DB8::0\",\"r\":\"[::1]\""),
      FAILED "{201 s=2001:db8:: n=- h=- r=::1 a=- f=-}]" },
    { "an address inside a network",
      FAILURE("\"c\":201,\"s\":\"10.0.0.5\",\"r\":\"10.0.0.6\""),
      FAILED "{201 s=- n=- h=- r=10.0.0.6 a=- f=-}]" },
    { "no addresses and no host",
      FAILURE("\"c\":201,\"s\":\"unknown\",\"r\":\"\",\"n\":\"no host\""),
      FAILED "{201 s=- n=- h=- r=- a=- f=-}]" },
    { "texts", FAILURE("\"c\":205,\"a\":\" a\\n\\u001bb\",\"f\":\"\""),
      FAILED "{205 s=- n=- h=- r=- a=a  b f=-}]" },
    { "MTA-STS switched off",
      HEAD
      "{\"policy-type\":2,\"policy-string\":[\"version: STSv1\","
      "\"mode:none\"],\"mx-host\":[\"a\"],\"failure-details\":[{\"c\":301}]"
      ",\"t\":1,\"f\":1}]}",
      "our.example " R " [9 our.example 0 strings= mx=]" },
    { "MTA-STS switched off, and no TLS",
      HEAD "{\"policy-type\":2,\"policy-string\":[\"mode: none \"],"
           "\"failure-details\":[{\"c\":201},{\"c\":303}],\"t\":2,\"f\":1}]}",
      FAILED "{201 s=- n=- h=- r=- a=- f=-}]" },
    { "MTA-STS switched off beside DANE",
      HEAD "{\"policy-type\":2,\"policy-string\":[\"mode: none\"],"
           "\"failure-details\":[{\"c\":301}],\"t\":1,\"f\":1},"
           "{\"policy-type\":1,\"f\":0}]}",
      "our.example " R " [1 our.example 0 strings= mx=]" },
    { "MTA-STS in a mode to come",
      HEAD "{\"policy-type\":2,\"policy-string\":[\"mode: nonesuch\"],"
           "\"f\":0}]}",
      "our.example " R " [2 our.example 0 strings=mode: nonesuch mx=]" },
    { "only validation-failure has a reason that says more",
      FAILURE("\"c\":202,\"f\":\"self-signed_certificate\""),
      FAILED "{202 s=- n=- h=- r=- a=- f=self-signed_certificate}]" },
};

/* Cleans, and once more: the same. */
static void check(const char *name, struct slice text,
                  const struct event_cleaning *options, const char *expected)
{
    struct buffer shown, again;
    struct arena arena;
    struct event event;
    struct err err = { .kind = ERR_NONE };

    arena_init(&arena, EVENT_ARENA_BYTES);
    buffer_init(&shown, 100000);
    buffer_init(&again, 100000);
    if (datagram_read(&arena, text, &event, &err) ||
        event_clean(&arena, &event, options, &err))
        ROW_TEXT(name, err.text, "");
    datagram_show(&event, &shown);
    if (expected)
        ROW_TEXT(name, buffer_text(&shown), expected);
    ROW_NUMBER(name, event_clean(&arena, &event, options, &err), 0);
    datagram_show(&event, &again);
    ROW_OCTETS(name, buffer_slice(&again), buffer_slice(&shown));
    buffer_deinit(&shown);
    buffer_deinit(&again);
    arena_deinit(&arena);
    datagram_forget();
}

static void an_event_says_what_a_report_may(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        check(rows[i].name, slice_of(rows[i].text), NULL, rows[i].shown);
}

static void options_are_followed(void **state)
{
    static const struct event_address address = { NULL, "198.51.100.1" };

    (void)state;
    check("reasons ignored",
          SLICE(FAILURE("\"c\":205,\"f\":\"self-signed_certificate\"")),
          &(struct event_cleaning){ .is_reason_ignored = true },
          FAILED "{205 s=- n=- h=- r=- a=- f=self-signed_certificate}]");
    check("an address mapped",
          SLICE(FAILURE("\"c\":205,\"s\":\"::ffff:10.0.0.5\"")),
          &(struct event_cleaning){ .addresses = &address, .n_addresses = 1 },
          FAILED "{205 s=198.51.100.1 n=- h=- r=- a=- f=-}]");
}

static void no_mail_domain_is_told(void **state)
{
    static const char *const names[] = { "a b",    ".",        "*.our.example",
                                         "--help", "a..b",     " ",
                                         "a\\nb",  "\\u001b[m" };
    char text[400];

    (void)state;
    for (size_t i = 0; i < ROWS(names); i++) {
        struct arena arena;
        struct event event;
        struct err err;

        arena_init(&arena, EVENT_ARENA_BYTES);
        snprintf(
            text, sizeof(text),
            "{\"d\":\"%s\",\"pr\":\"x\",\"policies\":[{\"policy-type\":9}]}",
            names[i]);
        ROW_NUMBER(names[i],
                   datagram_read(&arena, slice_of(text), &event, NULL), 0);
        ROW_NUMBER(names[i], event_clean(&arena, &event, NULL, &err), -1);
        ROW_NUMBER(names[i], err.kind, ERR_INPUT);
        ROW_TEXT(names[i], err.text, "\"d\" is no domain name");
        arena_deinit(&arena);
        datagram_forget();
    }
}

/* An arena that reading has filled is a limit. */
static void a_full_arena_is_told(void **state)
{
    struct arena arena;
    struct event event;
    struct err err = { .kind = ERR_NONE };
    size_t room;

    (void)state;
    for (room = 0; room < 20000; room += 64) {
        arena_init(&arena, EVENT_ARENA_BYTES);
        assert_int_equal(
            datagram_read(&arena, slice_of(DATAGRAM_STS_FAILURE), &event, NULL),
            0);
        arena.max_bytes = arena.held_bytes;
        while (arena.free_bytes > room)
            arena_alloc(&arena, 16);
        if (event_clean(&arena, &event, NULL, &err) == 0)
            room = 20000;
        else
            assert_int_equal(err.kind, ERR_LIMIT);
        arena_deinit(&arena);
        datagram_forget();
    }
    assert_int_equal(err.kind, ERR_LIMIT);
}

/* ---- The captured set ---------------------------------------------------- */

static void append_key(struct buffer *keys, const struct event *event)
{
    for (size_t i = 0; i < event->n_policies; i++) {
        event_policy_key(&event->policies[i], keys);
        for (size_t j = 0; j < event->policies[i].n_failures; j++)
            event_detail_key(&event->policies[i].failures[j], keys);
    }
}

static void check_captured(const char *name, struct slice octets)
{
    struct buffer keys;
    struct arena arena;
    struct event event;

    check(name, octets, NULL, NULL);
    arena_init(&arena, EVENT_ARENA_BYTES);
    buffer_init(&keys, 100000);
    ROW_NUMBER(name, datagram_read(&arena, octets, &event, NULL), 0);
    ROW_NUMBER(name, event_clean(&arena, &event, NULL, NULL), 0);
    append_key(&keys, &event);
    /* No reply to EHLO, no capital in a name, no issuer left unnamed. */
    assert_null(strstr(buffer_text(&keys), "250"));
    assert_null(strstr(buffer_text(&keys), "PIPELINING"));
    assert_null(strstr(buffer_text(&keys), "UP.Example"));
    if (strstr(buffer_text(&keys), "issuer") ||
        strstr(buffer_text(&keys), "self-signed"))
        assert_non_null(strstr(buffer_text(&keys), "certificate-not-trusted"));
    buffer_deinit(&keys);
    arena_deinit(&arena);
    datagram_forget();
}

static void the_captured_set_is_cleaned(void **state)
{
    (void)state;
    datagram_each(check_captured);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_says_what_a_report_may),
        cmocka_unit_test(options_are_followed),
        cmocka_unit_test(no_mail_domain_is_told),
        cmocka_unit_test(a_full_arena_is_told),
        cmocka_unit_test(the_captured_set_is_cleaned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
