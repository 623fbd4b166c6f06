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

static void every_status_has_a_title(void **state)
{
    static const unsigned used[] = { 400, 404, 405, 413, 414, 421, 500, 503 };
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
        cmocka_unit_test(every_status_has_a_title),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
