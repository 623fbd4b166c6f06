/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "web/header.h"

static const char *value_of(const char *name)
{
    size_t n;
    const struct header *headers = header_common(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(headers[i].name, name) == 0)
            return headers[i].value;
    return "";
}

static void the_page_runs_nothing_from_elsewhere(void **state)
{
    const char *policy = value_of("Content-Security-Policy");
    (void)state;
    assert_non_null(strstr(policy, "default-src 'none'"));
    /* The one script in the page is named by its digest, nothing else. */
    assert_non_null(strstr(policy, "script-src 'self'"));
    const char *digest = strstr(policy, "'sha256-");
    if (digest)
        assert_null(strstr(digest + 1, "'sha256-"));
    assert_non_null(strstr(policy, "style-src 'self';"));
    assert_non_null(strstr(policy, "frame-ancestors 'none'"));
    assert_null(strstr(policy, "unsafe"));
    assert_null(strstr(policy, "*"));
    assert_null(strstr(policy, "http"));
}

static void an_answer_is_what_it_says(void **state)
{
    (void)state;
    assert_string_equal(value_of("X-Content-Type-Options"), "nosniff");
    assert_string_equal(value_of("Referrer-Policy"), "no-referrer");
    assert_string_equal(value_of("Cross-Origin-Resource-Policy"),
                        "same-origin");
    assert_string_equal(value_of("Cross-Origin-Opener-Policy"), "same-origin");
}

static void only_what_lasts_is_kept_unasked(void **state)
{
    (void)state;
    assert_string_equal(header_cache(false), "private, no-cache");
    assert_non_null(strstr(header_cache(true), "immutable"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_runs_nothing_from_elsewhere),
        cmocka_unit_test(an_answer_is_what_it_says),
        cmocka_unit_test(only_what_lasts_is_kept_unasked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
