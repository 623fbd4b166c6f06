/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "row.h"

/* What comes of each, NULL: it is refused. */
static const struct {
    const char *text, *as_domain, *as_target;
} rows[] = {
    { "*", "*", "*" },
    { "example.com", "example.com", "example.com" },
    { "Example.COM.", "example.com", "example.com" },
    { ".Example.com", ".example.com", ".example.com" },
    { "b\xc3\xbc"
      "cher.example",
      "xn--bcher-kva.example", "xn--bcher-kva.example" },
    { "localhost", "localhost", "localhost" },
    { "TLS@Example.com", NULL, "TLS@example.com" },
    { "@b\xc3\xbc"
      "cher.example",
      NULL, "@xn--bcher-kva.example" },
    { "\"a@b\"@our.example", NULL, "\"a@b\"@our.example" },
    { "mailto:tls@example.com", NULL, "mailto:tls@example.com" },
    { "https://in.example.com/v1", NULL, "https://in.example.com/v1" },
    { "directory:/var/copies", NULL, "directory:/var/copies" },
    { "", NULL, NULL },
    { " ", NULL, NULL },
    { ".", NULL, NULL },
    { "*.example.com", NULL, NULL },
    { "a.*.example.com", NULL, NULL },
    { "foo bar", NULL, NULL },
    { " example.com", NULL, NULL },
    { "mailto:", NULL, NULL },
    { "ftp://example.com/", NULL, NULL },
    { "@", NULL, NULL },
    { "a@", NULL, NULL },
    { "a@b@c", NULL, NULL },
    { "*@example.com", NULL, NULL },
    { "a@*", NULL, NULL },
    { "@.example.com", NULL, NULL },
    { "a b@example.com", NULL, NULL },
    { "a..b", NULL, NULL },
};

static void see(const char *text, enum outgoing_pattern_kind kind,
                const char *expected)
{
    const char *pattern = NULL;
    struct arena arena;
    struct err err = { .text = "" };
    int status;

    arena_init(&arena, 1 << 16);
    status =
        outgoing_pattern_read(&arena, slice_of(text), kind, &pattern, &err);
    ROW_NUMBER(text, status, expected ? 0 : -1);
    if (expected) {
        ROW_TEXT(text, pattern, expected);
    } else {
        ROW_NUMBER(text, err.kind, ERR_USAGE);
        ROW_NUMBER(err.text, !!strstr(err.text, ".example.com"), true);
    }
    arena_deinit(&arena);
}

static void what_can_match_nothing_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        see(rows[i].text, OUTGOING_PATTERN_DOMAIN, rows[i].as_domain);
        see(rows[i].text, OUTGOING_PATTERN_TARGET, rows[i].as_target);
    }
}

static void what_was_read_reads_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        if (rows[i].as_domain)
            see(rows[i].as_domain, OUTGOING_PATTERN_DOMAIN, rows[i].as_domain);
        if (rows[i].as_target)
            see(rows[i].as_target, OUTGOING_PATTERN_TARGET, rows[i].as_target);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_can_match_nothing_is_refused),
        cmocka_unit_test(what_was_read_reads_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
