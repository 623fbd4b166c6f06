/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "web/limits.h"
#include "web/request.h"

enum { TODAY = 20000 /* 2024-10-04 */ };

static int read_query(const char *query, unsigned known, struct arena *arena,
                      struct request *request, struct err *err)
{
    struct target target;
    arena_init(arena, 65536);
    assert_int_equal(target_parse(slice_of(query), arena, &target, err), 0);
    return request_read(&target, known, TODAY, arena, request, err);
}

static void days_are_completed(void **state)
{
    static const struct {
        const char *query;
        utc_day from, to;
    } rows[] = {
        { "/", TODAY - 29, TODAY },
        { "/?from=2024-10-01&to=2024-10-02", TODAY - 3, TODAY - 2 },
        { "/?from=2024-10-01", TODAY - 3, TODAY },
        { "/?to=2024-10-01", TODAY - 32, TODAY - 3 },
        { "/?from=2024-10-05", TODAY + 1, TODAY + 1 },
        { "/?from=all", UTC_DAY_NONE, UTC_DAY_NONE },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request request;
        struct arena arena;
        struct err err = { 0 };
        int r =
            read_query(rows[i].query, REQUEST_RANGE, &arena, &request, &err);
        if (r != 0 || request.filter.range.from != rows[i].from ||
            request.filter.range.to != rows[i].to)
            fail_msg("%s: expected %d to %d, got %d to %d (%s)", rows[i].query,
                     rows[i].from, rows[i].to, request.filter.range.from,
                     request.filter.range.to, r ? err.text : "");
        arena_deinit(&arena);
    }
}

static void filters_are_read(void **state)
{
    struct request request;
    struct arena arena;
    struct err err;
    (void)state;
    assert_int_equal(
        read_query("/?domain=B%C3%9CCHER.Example.&organization=google&mx="
                   "&failed=1&conflicts=0&limit=200&cursor=abc&before=17",
                   ~0u, &arena, &request, &err),
        0);
    assert_string_equal(request.filter.domain, "xn--bcher-kva.example");
    assert_string_equal(request.filter.organization, "google");
    assert_string_equal(request.filter.mx, "");
    assert_null(request.filter.result_type);
    assert_null(request.filter.policy_type);
    assert_true(request.filter.failed_only);
    assert_int_equal(request.filter.standing, STORE_COUNTED);
    assert_int_equal(request.limit, 200);
    assert_string_equal(request.cursor, "abc");
    assert_int_equal(request.before, 17);
    assert_int_equal(request.today, TODAY);
    arena_deinit(&arena);
}

static void nothing_given_restricts_nothing(void **state)
{
    struct request request;
    struct arena arena;
    struct err err;
    (void)state;
    assert_int_equal(read_query("/?cursor=", ~0u, &arena, &request, &err), 0);
    assert_null(request.filter.domain);
    assert_null(request.filter.organization);
    assert_null(request.filter.mx);
    assert_null(request.cursor);
    assert_int_equal(request.limit, WEB_DEFAULT_ROWS);
    assert_int_equal(request.before, 0);
    arena_deinit(&arena);
}

static void bad_requests_are_refused(void **state)
{
    static const struct {
        const char *query;
        unsigned known;
        const char *says; /* a part of the sentence */
    } rows[] = {
        { "/?from=yesterday", REQUEST_RANGE, "from must be" },
        { "/?from=2024-02-30", REQUEST_RANGE, "from must be" },
        { "/?to=2024-13-01", REQUEST_RANGE, "to must be" },
        { "/?to=all", REQUEST_RANGE, "to must be" },
        { "/?from=all&to=2024-10-01", REQUEST_RANGE, "from=all" },
        { "/?from=2024-10-02&to=2024-10-01", REQUEST_RANGE, "later" },
        { "/?from=2024-10-02&from=2024-10-02", REQUEST_RANGE, "twice" },
        { "/?from=2024-10-02", 0, "\"from\" is not known" },
        { "/?Domain=x", ~0u, "\"Domain\" is not known" },
        { "/?=x", ~0u, "\"\" is not known" },
        { "/?failed=yes", REQUEST_KIND, "0 or 1" },
        { "/?conflicts=", REQUEST_KIND, "0 or 1" },
        { "/?limit=0", REQUEST_LIMIT, "limit" },
        { "/?limit=201", REQUEST_LIMIT, "limit" },
        { "/?limit=-1", REQUEST_LIMIT, "limit" },
        { "/?limit=1e2", REQUEST_LIMIT, "limit" },
        { "/?limit=18446744073709551617", REQUEST_LIMIT, "limit" },
        { "/?before=x", REQUEST_BEFORE, "before" },
        { "/?cursor="
          "0123456789012345678901234567890123456789012345678901234567890123"
          "0123456789012345678901234567890123456789012345678901234567890123"
          "0123456789012345678901234567890123456789012345678901234567890123"
          "0123456789012345678901234567890123456789012345678901234567890123"
          "0123456789012345678901234567890123456789012345678901234567890123",
          REQUEST_CURSOR, "cursor" },
        { "/?policy_type=dane", REQUEST_KEY, "tlsa" },
        { "/?result_type=", REQUEST_KEY, "result_type" },
        { "/?mx=a&result_type=b", REQUEST_KEY, "only one" },
        { "/?mx=&policy_type=sts", REQUEST_KEY, "only one" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request request = { .limit = 77 };
        struct arena arena;
        struct err err = { 0 };
        int r =
            read_query(rows[i].query, rows[i].known, &arena, &request, &err);
        if (r != -1 || err.kind != ERR_INPUT || request.limit != 77 ||
            !strstr(err.text, rows[i].says))
            fail_msg("%s: expected a refusal with \"%s\", got %d: %s",
                     rows[i].query, rows[i].says, r, err.text);
        arena_deinit(&arena);
    }
}

static void numbers_are_plain_digits(void **state)
{
    static const struct {
        const char *text;
        int result;
        int64_t number;
    } rows[] = {
        { "1", 0, 1 },
        { "9007199254740992", 0, INT64_C(9007199254740992) },
        { "9007199254740993", -1, 0 },
        { "", -1, 0 },
        { "0", -1, 0 },
        { "01", -1, 0 },
        { "+1", -1, 0 },
        { " 1", -1, 0 },
        { "1 ", -1, 0 },
        { "99999999999999999999", -1, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t number = 0;
        int r = request_number_parse(rows[i].text, &number);
        if (r != rows[i].result || number != rows[i].number)
            fail_msg("\"%s\": got %d, %lld", rows[i].text, r,
                     (long long)number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_completed),
        cmocka_unit_test(filters_are_read),
        cmocka_unit_test(nothing_given_restricts_nothing),
        cmocka_unit_test(bad_requests_are_refused),
        cmocka_unit_test(numbers_are_plain_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
