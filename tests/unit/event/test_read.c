/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "datagram.h"
#include "event/limits.h"
#include "row.h"

#define R DATAGRAM_RECORD
#define HEAD "{\"d\":\"our.example\",\"pr\":\"" R "\","
#define POLICIES "\"policies\":[{\"policy-type\":9,\"t\":0,\"f\":0}]"
#define SHOWN "our.example " R " [9 - 0 strings= mx=]"

/* What is taken; odd: enum event_oddity. */
static const struct {
    const char *name, *text, *shown;
    unsigned odd;
} taken[] = {
    { "a success", DATAGRAM("{\"policy-type\":9,\"t\":0,\"f\":0}"), SHOWN, 0 },
    { "a failure as Postfix tells it", DATAGRAM_STS_FAILURE,
      "our.example " R " [2 our.example 1 strings=version: STSv1;mode: "
      "enforce;mx: *.our.example;max_age: 86400 mx=*.our.example {205 "
      "s=192.0.2.7 n=mx1.our.example h=250-mx1.our.example\r\n"
      "250-PIPELINING\r\n250 8BITMIME r=198.51.100.3 a=- "
      "f=self-signed_certificate}]",
      0 },
    { "more of a list than has room at first",
      DATAGRAM("{\"policy-type\":2,\"policy-string\":[\"1\",\"2\",\"3\",\"4\","
               "\"5\",\"6\",\"7\",\"8\",\"9\"],\"t\":0,\"f\":0}"),
      "our.example " R " [2 - 0 strings=1;2;3;4;5;6;7;8;9 mx=]", 0 },
    { "two policies, two failures",
      DATAGRAM("{\"policy-type\":1,\"policy-domain\":\"mx.our.example\","
               "\"policy-string\":[\"3 1 1 AB\"],\"t\":0,\"f\":0},"
               "{\"policy-type\":2,\"failure-details\":[{\"c\":303,\"a\":\"i\"}"
               ",{\"c\":202}],\"t\":2,\"f\":1}"),
      "our.example " R " [1 mx.our.example 0 strings=3 1 1 AB mx=] [2 - 1 "
      "strings= mx= {303 s=- n=- h=- r=- a=i f=-} {202 s=- n=- h=- r=- a=- "
      "f=-}]",
      0 },
    { "no version", HEAD POLICIES "}", SHOWN, 0 },
    { "another version", HEAD "\"dpv\":\"2\"," POLICIES "}", SHOWN,
      EVENT_ODD_VERSION },
    { "a version that is no text", HEAD "\"dpv\":{\"a\":[1]}," POLICIES "}",
      SHOWN, EVENT_ODD_VERSION },
    { "members to come",
      "{\"new\":[{\"d\":\"x\"}],\"d\":\"our.example\",\"pr\":\"" R
      "\",\"policies\":[{\"policy-type\":9,\"x\":null,\"f\":0}]}",
      SHOWN, EVENT_ODD_MEMBER },
    { "a member of a failure to come",
      HEAD "\"policies\":[{\"policy-type\":9,\"f\":1,\"failure-details\":["
           "{\"z\":\"x\",\"c\":201,\"sn\":1}]}]}",
      "our.example " R " [9 - 1 strings= mx= {201 s=- n=- h=- r=- a=- f=-}]",
      EVENT_ODD_MEMBER },
    { "the first of two",
      HEAD "\"d\":\"second\"," POLICIES ",\"policies\":[{\"policy-type\":1}]}",
      SHOWN, EVENT_ODD_MEMBER },
    { "numbers to come",
      HEAD "\"policies\":[{\"policy-type\":10,\"f\":1,\"failure-details\":["
           "{\"c\":999}]}]}",
      "our.example " R " [10 - 1 strings= mx= {999 s=- n=- h=- r=- a=- f=-}]",
      EVENT_ODD_TYPE | EVENT_ODD_RESULT },
    { "octets that are not UTF-8",
      "{\"d\":\"our.example\",\"pr\":\"" R " \xfc\"," POLICIES "}",
      "our.example " R " \xef\xbf\xbd [9 - 0 strings= mx=]", EVENT_ODD_UTF8 },
    { "a NUL inside",
      "{\"d\":\"our.example\",\"pr\":\"a\\u0000\"," POLICIES "}",
      "our.example a\xef\xbf\xbd [9 - 0 strings= mx=]", EVENT_ODD_UTF8 },
    { "blanks and line ends around", "\r\n " HEAD POLICIES "}\n", SHOWN, 0 },
    { "null for what is absent",
      HEAD "\"policies\":[{\"policy-type\":9,\"policy-domain\":null,"
           "\"policy-string\":null,\"mx-host\":null,\"failure-details\":null,"
           "\"f\":0}]}",
      SHOWN, 0 },
    { "empty lists",
      HEAD "\"policies\":[{\"policy-type\":9,\"policy-string\":[],"
           "\"mx-host\":[],\"failure-details\":[],\"t\":0,\"f\":0}]}",
      SHOWN, 0 },
    { "a verdict that has to be found",
      HEAD "\"policies\":[{\"policy-type\":9},{\"policy-type\":9,"
           "\"failure-details\":[{\"c\":201}]}]}",
      SHOWN " [9 - 1 strings= mx= {201 s=- n=- h=- r=- a=- f=-}]",
      EVENT_ODD_VERDICT },
    { "a failure without details",
      HEAD "\"policies\":[{\"policy-type\":9,\"f\":1}]}",
      "our.example " R " [9 - 1 strings= mx=]", EVENT_ODD_VERDICT },
    { "details and no failure",
      HEAD "\"policies\":[{\"policy-type\":2,\"f\":0,\"failure-details\":["
           "{\"c\":301}],\"t\":1}]}",
      "our.example " R " [2 - 0 strings= mx= {301 s=- n=- h=- r=- a=- f=-}]",
      0 },
    { "a count that is wrong",
      HEAD "\"policies\":[{\"policy-type\":9,\"t\":3,\"f\":0}]}", SHOWN,
      EVENT_ODD_COUNT },
};

static void what_comes_is_taken(void **state)
{
    struct arena arena;
    struct buffer shown;
    struct event event;
    struct err err;

    (void)state;
    arena_init(&arena, EVENT_ARENA_BYTES);
    buffer_init(&shown, 100000);
    for (size_t i = 0; i < ROWS(taken); i++) {
        err = (struct err){ .kind = ERR_NONE };
        if (datagram_read(&arena, slice_of(taken[i].text), &event, &err))
            ROW_TEXT(taken[i].name, err.text, "");
        datagram_show(&event, &shown);
        ROW_TEXT(taken[i].name, buffer_text(&shown), taken[i].shown);
        ROW_NUMBER(taken[i].name, event.oddities, taken[i].odd);
        buffer_reset(&shown);
        arena_reset(&arena);
        datagram_forget();
    }
    buffer_deinit(&shown);
    arena_deinit(&arena);
}

/* What is no event, and how that is told. */
static const struct {
    const char *name, *text, *told;
    enum err_kind kind;
} refused[] = {
    { "nothing", "", "the datagram is empty", ERR_INPUT },
    { "no JSON", "EHLO x", "no JSON value at octet 0", ERR_INPUT },
    { "a number", "42", "the datagram is no JSON object", ERR_INPUT },
    { "cut", "{\"d\":\"our.exam", "the text ends inside a string at octet 14",
      ERR_INPUT },
    { "two objects", HEAD POLICIES "}{}", "there is text behind the object",
      ERR_INPUT },
    { "no domain", "{\"pr\":\"x\"," POLICIES "}", "\"d\" is missing or empty",
      ERR_INPUT },
    { "an empty domain", "{\"d\":\"\",\"pr\":\"x\"," POLICIES "}",
      "\"d\" is missing or empty", ERR_INPUT },
    { "a domain that is a list", "{\"d\":[\"x\"],\"pr\":\"x\"," POLICIES "}",
      "\"d\" is no string", ERR_INPUT },
    { "a record that is an object", "{\"d\":\"x\",\"pr\":{}," POLICIES "}",
      "\"pr\" is no string", ERR_INPUT },
    { "no record", "{\"d\":\"x\"," POLICIES "}", "\"pr\" is missing or empty",
      ERR_INPUT },
    { "no policies", HEAD "\"dpv\":\"1\"}", "\"policies\" is missing or empty",
      ERR_INPUT },
    { "none of them", HEAD "\"policies\":[]}",
      "\"policies\" is missing or empty", ERR_INPUT },
    { "policies that are an object", HEAD "\"policies\":{}}",
      "\"policies\" is no array", ERR_INPUT },
    { "a policy that is a number", HEAD "\"policies\":[1]}",
      "\"policies\" holds what is no object", ERR_INPUT },
    { "a policy without a type", HEAD "\"policies\":[{\"f\":0}]}",
      "policy 1: \"policy-type\" is missing", ERR_INPUT },
    { "a type by name", HEAD "\"policies\":[{\"policy-type\":\"sts\"}]}",
      "policy 1: \"policy-type\" is no number of the format", ERR_INPUT },
    { "a type below zero", HEAD "\"policies\":[{\"policy-type\":-1}]}",
      "policy 1: \"policy-type\" is no number of the format", ERR_INPUT },
    { "a type beyond all", HEAD "\"policies\":[{\"policy-type\":2147483648}]}",
      "policy 1: \"policy-type\" is no number of the format", ERR_INPUT },
    { "a string in the place of a list",
      HEAD "\"policies\":[{\"policy-type\":2,\"policy-string\":\"x\"}]}",
      "policy 1: \"policy-string\" is no array", ERR_INPUT },
    { "a list of numbers",
      HEAD "\"policies\":[{\"policy-type\":2,\"mx-host\":[1]}]}",
      "policy 1: \"mx-host\" holds what is no string", ERR_INPUT },
    { "a failure without a code",
      HEAD "\"policies\":[{\"policy-type\":9,\"f\":0},{\"policy-type\":2,"
           "\"failure-details\":[{\"c\":201},{\"s\":\"x\"}]}]}",
      "policy 2: failure 2: \"c\" is missing", ERR_INPUT },
    { "a failure that is a string",
      HEAD "\"policies\":[{\"policy-type\":9,\"failure-details\":[\"x\"]}]}",
      "policy 1: \"failure-details\" holds no object", ERR_INPUT },
    { "a reason that is a number",
      HEAD "\"policies\":[{\"policy-type\":9,\"failure-details\":[{\"c\":1,"
           "\"f\":1}]}]}",
      "policy 1: failure 1: \"f\" is no string", ERR_INPUT },
    { "a verdict that is true",
      HEAD "\"policies\":[{\"policy-type\":9,\"f\":true}]}",
      "policy 1: \"f\" is no number of the format", ERR_INPUT },
    { "attacks depth", HEAD "\"x\":[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]}",
      "nested deeper than 16 levels at octet 84", ERR_LIMIT },
};

static void what_is_none_is_told(void **state)
{
    struct arena arena;
    struct event event;
    struct err err;

    (void)state;
    arena_init(&arena, EVENT_ARENA_BYTES);
    for (size_t i = 0; i < ROWS(refused); i++) {
        struct slice text = slice_of(refused[i].text);

        ROW_NUMBER(refused[i].name, datagram_read(&arena, text, &event, &err),
                   -1);
        ROW_TEXT(refused[i].name, err.text, refused[i].told);
        ROW_NUMBER(refused[i].name, err.kind, refused[i].kind);
        /* Who does not ask why is answered the same. */
        ROW_NUMBER(refused[i].name, datagram_read(&arena, text, &event, NULL),
                   -1);
        arena_reset(&arena);
        datagram_forget();
    }
    arena_deinit(&arena);
}

static void a_closing_nul_is_no_text(void **state)
{
    static const char text[] = HEAD POLICIES "}";
    struct arena arena;
    struct event event;

    (void)state;
    arena_init(&arena, EVENT_ARENA_BYTES);
    assert_int_equal(
        datagram_read(&arena, slice_make(text, sizeof(text)), &event, NULL), 0);
    assert_int_equal(event.oddities, 0);
    arena_deinit(&arena);
    datagram_forget();
}

/* A datagram of n times a part, between a head and a tail. */
static void repeat(struct buffer *out, const char *head, const char *part,
                   size_t n, const char *tail)
{
    buffer_reset(out);
    buffer_add_text(out, head);
    for (size_t i = 0; i < n; i++)
        buffer_add_format(out, "%s%s", i ? "," : "", part);
    buffer_add_text(out, tail);
}

static void lists_end_at_their_limit(void **state)
{
    static const struct {
        const char *name, *head, *part, *tail;
        size_t limit;
        const char *told;
    } lists[] = {
        { "policies", HEAD "\"policies\":[", "{\"policy-type\":9,\"f\":0}",
          "]}", EVENT_MAX_POLICIES, "\"policies\" has more than 16 elements" },
        { "failures",
          HEAD "\"policies\":[{\"policy-type\":9,\"failure-details\":[",
          "{\"c\":201}", "],\"f\":1}]}", EVENT_MAX_FAILURES,
          "policy 1: \"failure-details\" has more than 64 elements" },
        { "strings",
          HEAD "\"policies\":[{\"policy-type\":2,\"policy-string\":[",
          "\"mx: mail.our.example\"", "],\"f\":0}]}", EVENT_MAX_STRINGS,
          "policy 1: \"policy-string\" has more than 10000 elements" },
    };
    struct arena arena;
    struct buffer text;
    struct event event;
    struct err err;

    (void)state;
    arena_init(&arena, EVENT_ARENA_BYTES);
    buffer_init(&text, 1 << 20);
    for (size_t i = 0; i < ROWS(lists); i++) {
        repeat(&text, lists[i].head, lists[i].part, lists[i].limit,
               lists[i].tail);
        ROW_NUMBER(lists[i].name,
                   datagram_read(&arena, buffer_slice(&text), &event, NULL), 0);
        ROW_NUMBER(lists[i].name,
                   event.n_policies *
                       (event.policies[0].n_failures +
                        event.policies[0].n_strings + (event.n_policies > 1)),
                   lists[i].limit);
        repeat(&text, lists[i].head, lists[i].part, lists[i].limit + 1,
               lists[i].tail);
        ROW_NUMBER(lists[i].name,
                   datagram_read(&arena, buffer_slice(&text), &event, &err),
                   -1);
        ROW_NUMBER(lists[i].name, err.kind, ERR_LIMIT);
        ROW_TEXT(lists[i].name, err.text, lists[i].told);
        arena_reset(&arena);
        datagram_forget();
    }
    buffer_deinit(&text);
    arena_deinit(&arena);
}

static void sizes_end_at_their_limit(void **state)
{
    static const size_t over[] = { EVENT_MAX_RECORD_BYTES, EVENT_MAX_BYTES };
    static const char *const told[] = { "\"pr\" has over 8192 octets",
                                        "the datagram has over 262144 octets" };
    struct arena arena;
    struct buffer text;
    struct event event;
    struct err err;

    (void)state;
    arena_init(&arena, EVENT_ARENA_BYTES);
    buffer_init(&text, 1 << 20);
    for (size_t i = 0; i < 2; i++) {
        buffer_reset(&text);
        buffer_add_text(&text, "{\"d\":\"our.example\"," POLICIES ",\"pr\":\"");
        for (size_t n = 0; n < over[i]; n++)
            buffer_add_char(&text, 'x');
        if (i == 0) {
            buffer_add_text(&text, "\"}");
            assert_int_equal(
                datagram_read(&arena, buffer_slice(&text), &event, NULL), 0);
            text.len -= 2;
        }
        buffer_add_text(&text, "x\"}");
        assert_int_equal(
            datagram_read(&arena, buffer_slice(&text), &event, &err), -1);
        assert_int_equal(err.kind, ERR_LIMIT);
        assert_string_equal(err.text, told[i]);
        datagram_forget();
    }
    buffer_deinit(&text);
    arena_deinit(&arena);
}

/* The whole is read; whatever is cut off it is told, wherever the cut is. */
static void every_cut_is_told(void **state)
{
    struct slice whole = slice_of(DATAGRAM_STS_FAILURE);
    struct arena arena;
    struct event event;
    struct err err;

    (void)state;
    arena_init(&arena, EVENT_ARENA_BYTES);
    for (size_t len = 0; len < whole.len; len++) {
        assert_int_equal(
            datagram_read(&arena, slice_make(whole.ptr, len), &event, &err),
            -1);
        assert_int_equal(err.kind, ERR_INPUT);
        arena_reset(&arena);
        datagram_forget();
    }
    arena_deinit(&arena);
}

/* Octets that are no UTF-8, as many as a datagram holds, fit in the arena that
 * the limits name; in a smaller one they are a limit, not want of memory. */
static void an_arena_is_large_enough(void **state)
{
    struct arena arena;
    struct buffer text;
    struct event event;
    struct err err;

    (void)state;
    buffer_init(&text, EVENT_MAX_BYTES);
    buffer_add_text(&text, HEAD "\"policies\":[{\"policy-type\":2,\"f\":0,"
                                "\"policy-domain\":\"");
    while (text.len < EVENT_MAX_BYTES - 4)
        buffer_add_char(&text, '\xff');
    buffer_add_text(&text, "\"}]}");
    arena_init(&arena, EVENT_ARENA_BYTES);
    assert_int_equal(datagram_read(&arena, buffer_slice(&text), &event, NULL),
                     0);
    arena_deinit(&arena);
    arena_init(&arena, EVENT_MAX_BYTES);
    assert_int_equal(datagram_read(&arena, buffer_slice(&text), &event, &err),
                     -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    arena_deinit(&arena);
    datagram_forget();
    buffer_deinit(&text);
}

/* ---- The captured set ---------------------------------------------------- */

static size_t n_failed, n_results;

static void take_captured(const char *name, struct slice octets)
{
    struct arena arena;
    struct event event;
    struct err err = { .kind = ERR_NONE };

    arena_init(&arena, EVENT_ARENA_BYTES);
    if (datagram_read(&arena, octets, &event, &err))
        ROW_TEXT(name, err.text, "");
    ROW_TEXT(name, event.version, "1");
    ROW_NUMBER(name, event.oddities & ~(unsigned)EVENT_ODD_UTF8, 0);
    for (size_t i = 0; i < event.n_policies; i++) {
        n_failed += event.policies[i].is_failure;
        n_results += event.policies[i].n_failures;
    }
    arena_deinit(&arena);
    datagram_forget();
}

static size_t count_octets(struct slice octets, struct slice what)
{
    size_t n = 0;

    for (; octets.len; octets = slice_skip(octets, 1))
        n += slice_starts(octets, what);
    return n;
}

static size_t n_failed_by_text, n_results_by_text;

/* The same, counted without a reader. */
static void count_captured(const char *name, struct slice octets)
{
    (void)name;
    n_failed_by_text += count_octets(octets, SLICE(",\"f\":1}"));
    n_results_by_text += count_octets(octets, SLICE("{\"c\":"));
}

static void the_captured_set_is_read(void **state)
{
    size_t n = datagram_each(take_captured);

    (void)state;
    datagram_each(count_captured);
    assert_int_equal(n_failed, n_failed_by_text);
    assert_int_equal(n_results, n_results_by_text);
    assert_true(n == 0 || (n > 60 && n_results > 20));
}

static const struct {
    const char *name, *text;
    int policy, failure; /* what reading it as one answers */
} parts[] = {
    { "a policy", "{\"policy-type\": 2, \"policy-domain\": \"a\"}", 0, -1 },
    { "a failure", " {\"c\": 204, \"h\": \"b\"} ", -1, 0 },
    { "both", "{\"policy-type\": 2, \"c\": 204}", 0, 0 },
    { "two", "{\"policy-type\": 2}{}", -1, -1 },
    { "an array", "[]", -1, -1 },
    { "nothing", "", -1, -1 },
    { "half", "{\"policy-type\": 2,", -1, -1 },
};

static void parts_are_read_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(parts); i++) {
        struct event_policy policy = { .type = 0 };
        struct event_failure failure = { .code = 0 };
        char one[64], two[64];
        struct arena arena;
        int status[2];

        arena_init(&arena, EVENT_ARENA_BYTES);
        snprintf(one, sizeof(one), "%s", parts[i].text);
        snprintf(two, sizeof(two), "%s", parts[i].text);
        status[0] = event_policy_read(&arena, one, strlen(one), &policy, NULL);
        status[1] =
            event_failure_read(&arena, two, strlen(two), &failure, NULL);
        if (status[0] != parts[i].policy || status[1] != parts[i].failure)
            fail_msg("%s: %d, %d", parts[i].name, status[0], status[1]);
        assert_int_equal(policy.type, status[0] ? 0 : EVENT_POLICY_STS);
        assert_int_equal(failure.code,
                         status[1] ? 0 : EVENT_RESULT_CERTIFICATE_EXPIRED);
        arena_deinit(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_is_taken),
        cmocka_unit_test(what_is_none_is_told),
        cmocka_unit_test(a_closing_nul_is_no_text),
        cmocka_unit_test(lists_end_at_their_limit),
        cmocka_unit_test(sizes_end_at_their_limit),
        cmocka_unit_test(every_cut_is_told),
        cmocka_unit_test(an_arena_is_large_enough),
        cmocka_unit_test(the_captured_set_is_read),
        cmocka_unit_test(parts_are_read_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
