/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "row.h"

static const struct {
    const char *pattern, *domain;
    bool is_match;
} domains[] = {
    { "example.com", "example.com", true },
    { "example.com", "a.example.com", false },
    { ".example.com", "example.com", true },
    { ".example.com", "a.b.example.com", true },
    { ".example.com", "badexample.com", false },
    { "*", "any.example", true },
    { "", "example.com", false },
    { "com", "example.com", false },
};

static void domains_are_matched(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(domains); i++)
        ROW_NUMBER(domains[i].pattern,
                   outgoing_match_domain(slice_of(domains[i].pattern),
                                         slice_of(domains[i].domain)),
                   domains[i].is_match);
}

static const struct {
    const char *pattern, *uri;
    bool is_match;
} targets[] = {
    { "tls@our.example", "mailto:TLS@our.example", true },
    { "tls@our.example", "mailto:tls2@our.example", false },
    { "@our.example", "mailto:tls@our.example", true },
    { "@our.example", "https://our.example/in", false },
    { "our.example", "https://our.example/in", true },
    { "our.example", "mailto:tls@our.example", true },
    { ".our.example", "https://in.our.example/in", true },
    { "our.example", "https://in.our.example/in", false },
    { "https://our.example/in", "https://our.example/in", true },
    { "https://our.example/in", "https://our.example/other", false },
    { "*", "https://our.example/other", true },
    { "\"a@b\"@our.example", "mailto:%22a%40b%22@our.example", true },
};

static void targets_are_matched(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(targets); i++) {
        struct outgoing_target target;
        struct arena arena;
        struct err err;

        arena_init(&arena, 1 << 16);
        assert_int_equal(outgoing_target_read(&arena, slice_of(targets[i].uri),
                                              &target, &err),
                         0);
        ROW_NUMBER(targets[i].pattern,
                   outgoing_match_target(slice_of(targets[i].pattern), &target),
                   targets[i].is_match);
        arena_deinit(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(domains_are_matched),
        cmocka_unit_test(targets_are_matched),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
