/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "web/route.h"

static const struct route table[] = {
    { "/", 1, NULL },
    { "/api/reports", 2, NULL },
    { "/api/reports/*", 3, NULL },
    { "/api/reports/*/raw", 4, NULL },
};

static const struct route *find(const char *path, struct arena *arena,
                                const char **out_capture)
{
    struct target target;
    struct err err;
    assert_int_equal(target_parse(slice_of(path), arena, &target, &err), 0);
    return route_find(table, sizeof table / sizeof table[0], &target,
                      out_capture);
}

static void paths_find_their_row(void **state)
{
    static const struct {
        const char *path;
        unsigned row; /* its parameters; 0 = none */
        const char *capture;
    } rows[] = {
        { "/", 1, NULL },
        { "/?x=1", 1, NULL },
        { "/api/reports", 2, NULL },
        { "/api/reports/", 2, NULL },
        { "/api/reports/17", 3, "17" },
        { "/api/reports/raw", 3, "raw" },
        { "/api/reports/a%2Fraw", 3, "a/raw" },
        { "/api/reports/17/raw", 4, "17" },
        { "/api/reports/17/raw/x", 0, NULL },
        { "/api/reports/17/Raw", 0, NULL },
        { "/api/report", 0, NULL },
        { "/api/reportsx", 0, NULL },
        { "/api", 0, NULL },
        { "//api/reports", 0, NULL },
        { "/api%2Freports", 0, NULL },
        { "/api/../api/reports", 0, NULL },
        { "//", 0, NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena;
        const char *capture = NULL;
        arena_init(&arena, 65536);
        const struct route *route = find(rows[i].path, &arena, &capture);
        if ((route ? route->parameters : 0) != rows[i].row)
            fail_msg("%s: expected row %u, got %u", rows[i].path, rows[i].row,
                     route ? route->parameters : 0);
        if (rows[i].capture)
            assert_string_equal(capture, rows[i].capture);
        else
            assert_null(capture);
        arena_deinit(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_find_their_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
