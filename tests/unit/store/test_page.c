/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/page.h"

#include <string.h>

#include "store/limits.h"
#include "store/sample.h"
#include "store/sql.h"

/* Reports 5 to 1, a day each: of report N ten times N, N of them apart. */
static const char five[] =
    "WITH RECURSIVE n (n) AS (VALUES (5) UNION ALL SELECT n - 1 FROM n"
    " WHERE n > 1) SELECT 20700 + n, n, 10 * n, n FROM n";

struct walk {
    struct sample_store *sample;
    struct page_fact facts[8];
    size_t n;
    size_t stop_at; /* number of the fact that ends the walk, 0 none */
    int status;     /* it ends with */
    char cursor[STORE_CURSOR_BYTES];
};

static int note(void *context, const struct page_fact *fact, struct err *err)
{
    struct walk *walk = context;

    (void)err;
    walk->facts[walk->n++] = *fact;
    return walk->n == walk->stop_at ? walk->status : 0;
}

static int walk_along(struct walk *walk, const char *sql, size_t limit)
{
    struct sample_store *sample = walk->sample;
    SQL_ONCE sqlite3_stmt *facts =
        sql_prepare(sample->store, sql, &sample->err);
    int status;

    assert_non_null(facts);
    memcpy(walk->cursor, "untouched", sizeof("untouched"));
    status = page_each(sample->store, facts, limit, walk->cursor, note, walk,
                       &sample->err);
    assert_false(sqlite3_stmt_busy(facts));
    return status;
}

static void a_page_names_what_it_ends_behind(void **state)
{
    struct walk walk = { .sample = *state };

    assert_int_equal(walk_along(&walk, five, 2), 0);
    assert_int_equal(walk.n, 2);
    assert_int_equal(walk.facts[0].day, 20705);
    assert_int_equal(walk.facts[0].id, 5);
    assert_int_equal(walk.facts[1].whole, 40);
    assert_int_equal(walk.facts[1].part, 4);
    assert_string_equal(walk.cursor, "20704.4");
}

static void the_last_page_names_nothing(void **state)
{
    static const size_t limits[] = { 5, 6, STORE_LIMIT_MAX };

    for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
        struct walk walk = { .sample = *state };

        assert_int_equal(walk_along(&walk, five, limits[i]), 0);
        assert_int_equal(walk.n, 5);
        assert_string_equal(walk.cursor, "");
    }
}

static void who_is_given_to_may_end_it(void **state)
{
    static const int statuses[] = { 7, -1 };

    for (size_t i = 0; i < 2; i++) {
        struct walk walk = { .sample = *state,
                             .stop_at = 2,
                             .status = statuses[i] };

        assert_int_equal(walk_along(&walk, five, 2), statuses[i]);
        assert_int_equal(walk.n, 2);
        assert_string_equal(walk.cursor, "untouched");
    }
}

static void a_failure_leaves_the_cursor_alone(void **state)
{
    struct walk walk = { .sample = *state };

    /* The second row overflows. */
    assert_int_equal(walk_along(&walk,
                                "SELECT 1, 2, 3, 4 UNION ALL"
                                " SELECT 1, 2, 3, abs(-9223372036854775807"
                                " - 1)",
                                8),
                     -1);
    assert_int_equal(walk.sample->err.kind, ERR_STORE);
    assert_int_equal(walk.n, 1);
    assert_string_equal(walk.cursor, "untouched");
    assert_int_equal(page_each(walk.sample->store, NULL, 8, walk.cursor, note,
                               &walk, &walk.sample->err),
                     -1);
}

static void a_list_has_a_line_and_not_too_many(void **state)
{
    struct err err;

    (void)state;
    assert_int_equal(page_check_limit(1, &err), 0);
    assert_int_equal(page_check_limit(STORE_LIMIT_MAX, &err), 0);
    assert_int_equal(page_check_limit(0, &err), -1);
    assert_int_equal(page_check_limit(STORE_LIMIT_MAX + 1, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_string_equal(err.text, "a list takes 1 to 1000 lines");
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_page_names_what_it_ends_behind),
        test(the_last_page_names_nothing),
        test(who_is_given_to_may_end_it),
        test(a_failure_leaves_the_cursor_alone),
        cmocka_unit_test(a_list_has_a_line_and_not_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
