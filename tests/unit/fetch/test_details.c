/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "fetch/details.h"
#include "fetch/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "row.h"

#define SUM(n)                                                                 \
    "{\"v=TLSRPTv1;rua=mailto:a@b.example\":{\"{\\\"policy-type\\\": 9}\":"    \
    "{\"cntrtotal\":" n ",\"cntrfailure\":1,\"failures\":"                     \
    "{\"{\\\"c\\\": 204}\":1}}}}"
#define DOMAIN(d) "{\"d\":\"" d "\",\"policies\":" SUM("3") "}\n"

static const char *const asked[] = { "a.example", "b.example" };

static const struct {
    const char *name, *text;
    size_t n_answered, n_rows;
    int64_t n_bad;
} rows[] = {
    { "both", DOMAIN("a.example") DOMAIN("b.example"), 2, 4, 0 },
    { "members nobody knows",
      "{\"x\":[{}],\"d\":\"a.example\",\"policies\":" SUM(
          "3") ",\"y\":1}" DOMAIN("b.example"),
      2, 4, 0 },
    { "no sums", "{\"d\":\"a.example\",\"policies\":{}}" DOMAIN("b.example"), 2,
      2, 0 },
    { "counts that are none",
      "{\"d\":\"a.example\",\"policies\":" SUM("\"3\"") "}" DOMAIN("b.example"),
      2, 3, 1 },
    { "one alone", DOMAIN("a.example"), 1, 2, 1 },
    { "another one first", DOMAIN("b.example") DOMAIN("a.example"), 0, 0, 1 },
    { "the name behind the sums",
      "{\"policies\":" SUM("3") ",\"d\":\"a.example\"}", 0, 0, 1 },
    { "no object", "[]", 0, 0, 1 },
    { "nothing", "", 0, 0, 1 },
    { "no policies", "{\"d\":\"a.example\",\"policies\":7}", 0, 0, 1 },
};

static size_t read(const char *text, size_t len, struct day *day)
{
    char *copy = malloc(len + 1);
    struct err err;
    size_t n = 99;

    memcpy(copy, text, len);
    day_init(day, 20700, FETCH_SOURCE_BYTES / 2);
    assert_int_equal(details_read(copy, len, asked, 2, day, &n, &err), 0);
    free(copy);
    return n;
}

static void sums_are_taken_and_the_rest_passed_over(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct day day;
        size_t n = read(rows[i].text, strlen(rows[i].text), &day);

        if (n != rows[i].n_answered || day.rows.n_items != rows[i].n_rows ||
            day.n_bad != rows[i].n_bad)
            fail_msg("%s: %zu answered, %zu rows, %lld bad (%s)", rows[i].name,
                     n, day.rows.n_items, (long long)day.n_bad, day.bad);
        day_deinit(&day);
    }
}

/* What is cut anywhere gives whole domains, or nothing of them. */
static void no_domain_is_taken_in_part(void **state)
{
    const char *text = DOMAIN("a.example") DOMAIN("b.example");

    (void)state;
    for (size_t len = 0; len < strlen(text); len++) {
        struct day day;
        size_t n = read(text, len, &day);

        if (day.rows.n_items != 2 * n)
            fail_msg("cut at %zu: %zu answered, %zu rows", len, n,
                     day.rows.n_items);
        day_deinit(&day);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_taken_and_the_rest_passed_over),
        cmocka_unit_test(no_domain_is_taken_in_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
