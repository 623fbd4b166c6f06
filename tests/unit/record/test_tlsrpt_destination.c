/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record/limits.h"
#include "record/tlsrpt_destination.h"
#include "row.h"

enum {
    NO_URI = TLSRPT_DESTINATION_NO_URI,
    SCHEME = TLSRPT_DESTINATION_SCHEME,
    MAILTO = TLSRPT_DESTINATION_MAILTO,
    HTTPS = TLSRPT_DESTINATION_HTTPS
};

static const struct {
    const char *text;
    int status;
    const char *local, *host;
    unsigned port;
    const char *path;
} rows[] = {
    { "mailto:a@b.example", 0, "a", "b.example", 0, NULL },
    { "MAILTO:A@B.Example", 0, "A", "b.example", 0, NULL },
    { "mailto:a%2Cb%21@b.example", 0, "a,b!", "b.example", 0, NULL },
    { "mailto:a%40b@c.example", 0, "a@b", "c.example", 0, NULL },
    { "mailto:%C3%A9@b.example", 0, "\xc3\xa9", "b.example", 0, NULL },
    { "mailto:a@b%C3%BCcher.example", 0, "a", "xn--bcher-kva.example", 0,
      NULL },
    { "mailto:a@b.example?bcc=c@d.example", 0, "a", "b.example", 0, NULL },
    { "mailto:a@b.example.", 0, "a", "b.example", 0, NULL },
    { "mailto:a", MAILTO, NULL, NULL, 0, NULL },
    { "mailto:@b.example", MAILTO, NULL, NULL, 0, NULL },
    { "mailto:a@", MAILTO, NULL, NULL, 0, NULL },
    { "mailto:a@b@c.example", MAILTO, NULL, NULL, 0, NULL },
    { "mailto:a@*.example", MAILTO, NULL, NULL, 0, NULL },
    { "mailto:a%0D%0Abcc@b.example", MAILTO, NULL, NULL, 0, NULL },
    { "mailto:a%00b@b.example", MAILTO, NULL, NULL, 0, NULL },
    { "mailto:a%FF@b.example", MAILTO, NULL, NULL, 0, NULL },
    { "mailto:a@b%00.example", MAILTO, NULL, NULL, 0, NULL },
    { "mailto:a@%20b.example", MAILTO, NULL, NULL, 0, NULL },
    { "https://h.example", 0, NULL, "h.example", 443, "/" },
    { "https://h.example?x", 0, NULL, "h.example", 443, "/?x" },
    { "https://H.example:8443/A/b?c=d#e", 0, NULL, "h.example", 8443,
      "/A/b?c=d" },
    { "https://h.example:/a", 0, NULL, "h.example", 443, "/a" },
    { "https://h.example/%3b%2f%7E", 0, NULL, "h.example", 443, "/;%2F~" },
    { "https://192.0.2.1/a", 0, NULL, "192.0.2.1", 443, "/a" },
    { "https://[2001:DB8:0::1]:444/a", 0, NULL, "2001:db8::1", 444, "/a" },
    { "https://[v1.x]/a", HTTPS, NULL, NULL, 0, NULL },
    { "https://u@h.example/a", HTTPS, NULL, NULL, 0, NULL },
    { "https://@h.example/a", HTTPS, NULL, NULL, 0, NULL },
    { "https://h.example:0/a", HTTPS, NULL, NULL, 0, NULL },
    { "https://h.example:99999999999/a", HTTPS, NULL, NULL, 0, NULL },
    { "https:///a", HTTPS, NULL, NULL, 0, NULL },
    { "https:h.example", HTTPS, NULL, NULL, 0, NULL },
    { "http://h.example/", SCHEME, NULL, NULL, 0, NULL },
    { "a@b.example", NO_URI, NULL, NULL, 0, NULL },
    { "", NO_URI, NULL, NULL, 0, NULL },
};

static void destinations_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct tlsrpt_destination met = { .uri = NULL };
        struct arena arena;
        size_t fault;

        arena_init(&arena, 100000);
        ROW_NUMBER(rows[i].text,
                   tlsrpt_destination_read(&arena, slice_of(rows[i].text), &met,
                                           &fault, NULL),
                   rows[i].status);
        ROW_TEXT(rows[i].text, met.uri, rows[i].status ? NULL : rows[i].text);
        ROW_TEXT(rows[i].text, met.local, rows[i].local);
        ROW_TEXT(rows[i].text, met.host, rows[i].host);
        ROW_NUMBER(rows[i].text, met.port, rows[i].port);
        ROW_TEXT(rows[i].text, met.path, rows[i].path);
        arena_deinit(&arena);
    }
}

static const struct {
    const char *a, *b;
    bool is_equal;
} pairs[] = {
    { "mailto:a@b.example", "mailto:%61@B.example.", true },
    { "mailto:a@b.example", "mailto:A@B.EXAMPLE", true },
    { "mailto:%C3%A4@b.example", "mailto:%C3%84@b.example", false },
    { "mailto:a@%C3%BC.example", "mailto:a@xn--tda.example", true },
    { "mailto:a@b.example", "mailto:a@c.example", false },
    { "mailto:a@b.example", "https://b.example/", false },
    { "https://b.example", "https://B.example:443/#x", true },
    { "https://b.example/a", "https://b.example/a/", false },
    { "https://b.example/a", "https://b.example/a?", false },
    { "https://b.example/a%2fb", "https://b.example/a/b", false },
    { "https://b.example/a%2fb", "https://b.example/a%2Fb", true },
    { "https://b.example/a", "https://b.example:444/a", false },
};

static void the_same_place_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(pairs); i++) {
        struct tlsrpt_destination a, b;
        struct arena arena;
        size_t fault;

        arena_init(&arena, 100000);
        assert_int_equal(tlsrpt_destination_read(&arena, slice_of(pairs[i].a),
                                                 &a, &fault, NULL),
                         0);
        assert_int_equal(tlsrpt_destination_read(&arena, slice_of(pairs[i].b),
                                                 &b, &fault, NULL),
                         0);
        ROW_NUMBER(pairs[i].b, tlsrpt_destination_equal(&a, &b),
                   pairs[i].is_equal);
        ROW_NUMBER(pairs[i].b, tlsrpt_destination_equal(&b, &a),
                   pairs[i].is_equal);
        arena_deinit(&arena);
    }
}

/* An address of an envelope, the URI of a record that means it, and another. */
static const struct {
    const char *address, *same, *other;
} addresses[] = {
    { "tls@b.example", "mailto:tls@b.example", "mailto:tl@b.example" },
    { "TLS@B.example.", "mailto:tls@b.EXAMPLE", "mailto:tls@example" },
    { "tls+a@b.example", "mailto:tls%2Ba@b.example", "mailto:tls@b.example" },
    { "a/b%2Fc@b.example", "mailto:a%2fb%252Fc@b.example",
      "mailto:a%2Fb%2Fc@b.example" },
    { "a,b!10m@b.example", "mailto:a%2cb%2110m@b.example",
      "mailto:a@b.example" },
    { "\"a@b c\"@b.example", "mailto:%22a%40b%20c%22@b.example",
      "mailto:a%40b%20c@b.example" },
    { "t\xc3\xa4@b\xc3\xbc.example", "mailto:t%C3%A4@xn--b-eha.example",
      "mailto:t@b.example" },
};

static void an_address_is_held_against_a_uri(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(addresses); i++) {
        struct tlsrpt_destination came, same, other;
        struct arena arena;
        char uri[128];
        size_t fault;

        arena_init(&arena, 100000);
        tlsrpt_destination_format_mailto(addresses[i].address, uri,
                                         sizeof(uri));
        ROW_NUMBER(
            addresses[i].address,
            tlsrpt_destination_read(&arena, slice_of(uri), &came, &fault, NULL),
            0);
        assert_int_equal(tlsrpt_destination_read(&arena,
                                                 slice_of(addresses[i].same),
                                                 &same, &fault, NULL),
                         0);
        assert_int_equal(tlsrpt_destination_read(&arena,
                                                 slice_of(addresses[i].other),
                                                 &other, &fault, NULL),
                         0);
        ROW_NUMBER(addresses[i].same, tlsrpt_destination_equal(&came, &same),
                   true);
        ROW_NUMBER(addresses[i].other, tlsrpt_destination_equal(&came, &other),
                   false);
        arena_deinit(&arena);
    }
}

static void what_is_no_address_has_no_uri(void **state)
{
    char uri[sizeof("mailto:a@b")];

    (void)state;
    tlsrpt_destination_format_mailto("a@b", uri, sizeof(uri));
    assert_string_equal(uri, "mailto:a@b");
    tlsrpt_destination_format_mailto("a@bc", uri, sizeof(uri));
    assert_string_equal(uri, "");
    tlsrpt_destination_format_mailto("postmaster", uri, sizeof(uri));
    assert_string_equal(uri, "");
}

static void a_text_over_the_limit_is_none(void **state)
{
    static char text[RECORD_URI_BYTES + 2] = "https://a.example/";
    struct tlsrpt_destination met;
    struct arena arena;
    size_t fault;

    (void)state;
    memset(text + strlen(text), 'x', sizeof(text) - strlen(text) - 1);
    arena_init(&arena, 100000);
    assert_int_equal(
        tlsrpt_destination_read(&arena, slice_of(text), &met, &fault, NULL),
        NO_URI);
    assert_int_equal(fault, RECORD_URI_BYTES);
    text[RECORD_URI_BYTES] = '\0';
    assert_int_equal(
        tlsrpt_destination_read(&arena, slice_of(text), &met, &fault, NULL), 0);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(destinations_are_read),
        cmocka_unit_test(the_same_place_is_known),
        cmocka_unit_test(an_address_is_held_against_a_uri),
        cmocka_unit_test(what_is_no_address_has_no_uri),
        cmocka_unit_test(a_text_over_the_limit_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
