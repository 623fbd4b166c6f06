/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "web/problem.h"

static void a_problem_is_a_document(void **state)
{
    struct buffer buffer;
    (void)state;
    buffer_init(&buffer, 4096);
    problem_write(&buffer, 404, "say \"please\"");
    assert_string_equal(buffer_text(&buffer),
                        "{\"type\":\"about:blank\",\"title\":\"Not Found\","
                        "\"status\":404,\"detail\":\"say \\\"please\\\"\"}");
    buffer_deinit(&buffer);
}

static void a_finding_is_named_behind_it(void **state)
{
    const struct problem_finding finding = { .code = "date-missing",
                                             .where = "/date-range",
                                             .rfc = "RFC 8460" };
    struct buffer buffer;
    (void)state;
    buffer_init(&buffer, 4096);
    problem_write_finding(&buffer, 422, "no", &finding);
    assert_string_equal(buffer_text(&buffer),
                        "{\"type\":\"about:blank\",\"title\":"
                        "\"Unprocessable Content\",\"status\":422,"
                        "\"detail\":\"no\",\"code\":\"date-missing\","
                        "\"where\":\"/date-range\",\"rfc\":\"RFC 8460\"}");
    buffer_deinit(&buffer);
}

static void what_is_not_known_is_left_out(void **state)
{
    const struct problem_finding finding = { .code = "",
                                             .where = "",
                                             .rfc = "" };
    struct buffer buffer;
    (void)state;
    buffer_init(&buffer, 4096);
    problem_write_finding(&buffer, 422, "no", &finding);
    assert_string_equal(buffer_text(&buffer),
                        "{\"type\":\"about:blank\",\"title\":"
                        "\"Unprocessable Content\",\"status\":422,"
                        "\"detail\":\"no\"}");
    buffer_deinit(&buffer);
}

static void every_status_has_a_title(void **state)
{
    static const unsigned used[] = { 400, 404, 405, 411, 413, 414, 415,
                                     417, 421, 422, 429, 500, 503 };
    (void)state;
    for (size_t i = 0; i < sizeof used / sizeof used[0]; i++) {
        struct buffer buffer;
        buffer_init(&buffer, 4096);
        problem_write(&buffer, used[i], "detail");
        if (strstr(buffer_text(&buffer), "\"Error\""))
            fail_msg("%u: %s", used[i], buffer_text(&buffer));
        buffer_deinit(&buffer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_problem_is_a_document),
        cmocka_unit_test(a_finding_is_named_behind_it),
        cmocka_unit_test(what_is_not_known_is_left_out),
        cmocka_unit_test(every_status_has_a_title),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
