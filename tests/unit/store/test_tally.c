/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/limits.h"
#include "store/sql.h"
#include "store/tally_handle.h"
#include "store/tally_sample.h"

#define RECORD "v=TLSRPTv1; rua=mailto:a@example.com"

static void assert_dump(struct tally_sample *sample, utc_day day,
                        const char *expected)
{
    char *got = tally_sample_dump(sample, day);

    assert_string_equal(got, expected);
    free(got);
}

static int64_t ask(struct tally_sample *sample, const char *text)
{
    SQL_ONCE sqlite3_stmt *statement =
        sql_prepare(sample->tally->store, text, &sample->err);

    assert_non_null(statement);
    assert_int_equal(sql_step(sample->tally->store, statement, &sample->err),
                     1);
    return sqlite3_column_int64(statement, 0);
}

static void sums_of_one_key_add_up(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = tally_sample_row("a.example", "P", "", 3, 1);

    assert_int_equal(tally_sample_put(sample, &row), 0);
    row.sessions = 4;
    row.failures = 0;
    assert_int_equal(tally_sample_put(sample, &row), 0);
    tally_sample_reopen(sample);
    row.failures = 4;
    assert_int_equal(tally_sample_put(sample, &row), 0);
    assert_dump(sample, TALLY_SAMPLE_DAY, "a.example|" RECORD "|P| 11/5\n");
    assert_int_equal(ask(sample, "SELECT count(*) FROM tally"), 1);
}

static void every_part_of_the_key_counts(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = tally_sample_row("a.example", "P", "", 1, 0);

    tally_sample_put(sample, &row);
    row.detail = slice_of("D");
    tally_sample_put(sample, &row);
    row.policy = slice_of("Q");
    tally_sample_put(sample, &row);
    row.record = slice_of("");
    tally_sample_put(sample, &row);
    row.domain = slice_of("");
    tally_sample_put(sample, &row);
    row.day++;
    tally_sample_put(sample, &row);
    assert_dump(sample, TALLY_SAMPLE_DAY,
                "||Q|D 1/0\na.example||Q|D 1/0\na.example|" RECORD
                "|P| 1/0\na.example|" RECORD "|P|D 1/0\na.example|" RECORD
                "|Q|D 1/0\n");
    assert_dump(sample, TALLY_SAMPLE_DAY + 1, "||Q|D 1/0\n");
}

static void a_sum_ends_at_its_maximum(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row =
        tally_sample_row("a.example", "P", "", INT64_MAX, -5);

    tally_sample_put(sample, &row);
    tally_sample_put(sample, &row);
    assert_dump(sample, TALLY_SAMPLE_DAY,
                "a.example|" RECORD "|P| 9007199254740991/0\n");
}

static void a_batch_given_up_leaves_nothing(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = tally_sample_row("a.example", "P", "D", 1, 0);

    assert_fine(sample, tally_begin(sample->tally, &sample->err));
    assert_int_equal(tally_add(sample->tally, &row, 0, &sample->err), 0);
    tally_abandon(sample->tally);
    assert_dump(sample, TALLY_SAMPLE_DAY, "");
    /* The numbers of its texts are forgotten with it. */
    row.domain = slice_of("b.example");
    assert_int_equal(tally_sample_put(sample, &row), 0);
    assert_dump(sample, TALLY_SAMPLE_DAY, "b.example|" RECORD "|P|D 1/0\n");
}

static void a_batch_is_known_by_its_mark(void **state)
{
    struct tally_sample *sample = *state;
    static const struct {
        int64_t mark;
        bool is_committed;
        int expected;
    } rows[] = {
        { 7, false, 0 }, { 7, true, 0 }, { 7, true, 1 },
        { 7, false, 1 }, { 8, true, 0 }, { 7, true, 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        assert_fine(sample, tally_begin(sample->tally, &sample->err));
        assert_int_equal(tally_mark(sample->tally, rows[i].mark, &sample->err),
                         rows[i].expected);
        if (rows[i].is_committed)
            assert_fine(sample, tally_commit(sample->tally, &sample->err));
        tally_sample_reopen(sample);
    }
}

static void a_day_may_be_taken_back_until_it_is_closed(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = tally_sample_row("a.example", "P", "", 1, 0);
    struct tally_row other = tally_sample_row("b.example", "P", "", 2, 0);
    char *text;

    other.day++;
    tally_sample_put(sample, &row);
    tally_sample_put(sample, &other);
    assert_fine(sample, tally_begin(sample->tally, &sample->err));
    assert_fine(sample, tally_clear_day(sample->tally, row.day, &sample->err));
    row.sessions = 5;
    assert_int_equal(tally_add(sample->tally, &row, 1, &sample->err), 0);
    assert_fine(sample, tally_commit(sample->tally, &sample->err));
    text = tally_sample_dump(sample, row.day);
    assert_non_null(strstr(text, " 5/0\n"));
    free(text);
    text = tally_sample_dump(sample, other.day);
    assert_non_null(strstr(text, " 2/0\n"));
    free(text);
    assert_fine(sample, tally_close_day(sample->tally, row.day, &sample->err));
    assert_fine(sample, tally_begin(sample->tally, &sample->err));
    assert_int_equal(tally_clear_day(sample->tally, row.day, &sample->err),
                     TALLY_CLOSED);
    tally_abandon(sample->tally);
}

static void a_closed_day_takes_no_row(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = tally_sample_row("a.example", "P", "", 1, 0);
    utc_day closed;

    assert_fine(sample, tally_closed_day(sample->tally, &closed, &sample->err));
    assert_int_equal(closed, UTC_DAY_NONE);
    tally_sample_put(sample, &row);
    assert_fine(sample,
                tally_close_day(sample->tally, TALLY_SAMPLE_DAY, &sample->err));
    assert_int_equal(tally_sample_put(sample, &row), TALLY_CLOSED);
    row.day--;
    assert_int_equal(tally_sample_put(sample, &row), TALLY_CLOSED);
    row.day += 2;
    assert_int_equal(tally_sample_put(sample, &row), 0);

    tally_sample_reopen(sample);
    assert_fine(sample, tally_close_day(sample->tally, TALLY_SAMPLE_DAY - 3,
                                        &sample->err));
    assert_fine(sample, tally_closed_day(sample->tally, &closed, &sample->err));
    assert_int_equal(closed, TALLY_SAMPLE_DAY);
    row.day--;
    assert_int_equal(tally_sample_put(sample, &row), TALLY_CLOSED);
    assert_dump(sample, TALLY_SAMPLE_DAY, "a.example|" RECORD "|P| 1/0\n");
}

static void a_day_closes_with_its_batch(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = tally_sample_row("a.example", "P", "", 1, 0);
    utc_day closed;

    assert_fine(sample, tally_begin(sample->tally, &sample->err));
    assert_int_equal(tally_add(sample->tally, &row, 0, &sample->err), 0);
    assert_fine(sample,
                tally_close_day(sample->tally, TALLY_SAMPLE_DAY, &sample->err));
    assert_int_equal(tally_add(sample->tally, &row, 0, &sample->err),
                     TALLY_CLOSED);
    tally_abandon(sample->tally);
    assert_fine(sample, tally_closed_day(sample->tally, &closed, &sample->err));
    assert_int_equal(closed, UTC_DAY_NONE);
    assert_int_equal(tally_sample_put(sample, &row), 0);
}

static void a_domain_has_so_many_rows_a_day(void **state)
{
    struct tally_sample *sample = *state;
    char detail[16] = "";
    struct tally_row row = tally_sample_row("a.example", "P", detail, 1, 0);

    assert_fine(sample, tally_begin(sample->tally, &sample->err));
    for (int i = 0; i < 5; i++) {
        snprintf(detail, sizeof(detail), "D%d", i);
        row.detail = slice_of(detail);
        assert_int_equal(tally_add(sample->tally, &row, 4, &sample->err),
                         i < 4 ? 0 : TALLY_FULL);
    }
    /* One that is there, another day, another domain, no limit. */
    row.detail = slice_of("D0");
    assert_int_equal(tally_add(sample->tally, &row, 4, &sample->err), 0);
    row.detail = slice_of("D9");
    row.day++;
    assert_int_equal(tally_add(sample->tally, &row, 4, &sample->err), 0);
    row.day--;
    row.domain = slice_of("b.example");
    assert_int_equal(tally_add(sample->tally, &row, 4, &sample->err), 0);
    row.domain = slice_of("a.example");
    assert_int_equal(tally_add(sample->tally, &row, 0, &sample->err), 0);
    assert_fine(sample, tally_commit(sample->tally, &sample->err));
    assert_int_equal(
        ask(sample, "SELECT max(n_rows) FROM extent WHERE day = 20700"), 5);
}

static void add_at(struct tally_sample *sample, const struct tally_row *row,
                   struct tally_place *place)
{
    assert_int_equal(tally_add_at(sample->tally, row, place, 0, &sample->err),
                     0);
}

/* A batch that may be given up. */
static void batch_at(struct tally_sample *sample, const struct tally_row *row,
                     struct tally_place *place, bool is_kept)
{
    assert_fine(sample, tally_begin(sample->tally, &sample->err));
    add_at(sample, row, place);
    if (is_kept)
        assert_fine(sample, tally_commit(sample->tally, &sample->err));
    else
        tally_abandon(sample->tally);
}

static void a_place_leads_to_its_sum_alone(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row a = tally_sample_row("a.example", "P", "D", 1, 0);
    struct tally_row b = tally_sample_row("b.example", "P", "D", 1, 0);
    struct tally_row late = a;
    struct tally_place at = { 0 }, other = { 0 };

    batch_at(sample, &a, &at, true);
    assert_true(at.era > 0);
    batch_at(sample, &a, &at, true);
    /* What is given up had numbers that the next text gets. */
    batch_at(sample, &b, &other, false);
    a.domain = slice_of("c.example");
    batch_at(sample, &a, &(struct tally_place){ 0 }, true);
    batch_at(sample, &b, &other, true);
    /* Another handle knows nothing of it, and another day is another sum. */
    tally_sample_reopen(sample);
    batch_at(sample, &late, &at, true);
    late.day++;
    batch_at(sample, &late, &at, true);
    assert_dump(sample, TALLY_SAMPLE_DAY,
                "a.example|" RECORD "|P|D 3/0\nb.example|" RECORD
                "|P|D 1/0\nc.example|" RECORD "|P|D 1/0\n");
    assert_dump(sample, TALLY_SAMPLE_DAY + 1, "a.example|" RECORD "|P|D 1/0\n");
}

static void a_day_has_so_many_rows(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = tally_sample_row("a.example", "P", "", 1, 0);

    tally_limit_day(sample->tally, 2);
    assert_int_equal(tally_sample_put(sample, &row), 0);
    row.domain = slice_of("b.example");
    assert_int_equal(tally_sample_put(sample, &row), 0);
    row.domain = slice_of("c.example");
    assert_int_equal(tally_sample_put(sample, &row), TALLY_FULL);
    /* Another handle counts what is there. */
    tally_sample_reopen(sample);
    tally_limit_day(sample->tally, 2);
    assert_int_equal(tally_sample_put(sample, &row), TALLY_FULL);
    row.domain = slice_of("b.example");
    row.detail = slice_of("D");
    assert_int_equal(tally_sample_put(sample, &row), TALLY_FULL);
    /* What is there is added to; what has no domain is taken; so is a new day. */
    row.detail = slice_of("");
    assert_int_equal(tally_sample_put(sample, &row), 0);
    row.domain = slice_of("");
    assert_int_equal(tally_sample_put(sample, &row), 0);
    row.domain = slice_of("c.example");
    row.day++;
    assert_int_equal(tally_sample_put(sample, &row), 0);
    assert_dump(sample, TALLY_SAMPLE_DAY,
                "|" RECORD "|P| 1/0\na.example|" RECORD
                "|P| 1/0\nb.example|" RECORD "|P| 2/0\n");
}

static void a_row_needs_a_batch_and_a_day(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = tally_sample_row("a.example", "P", "", 1, 0);

    assert_int_equal(tally_add(sample->tally, &row, 0, &sample->err), -1);
    row.day = UTC_DAY_NONE;
    assert_fine(sample, tally_begin(sample->tally, &sample->err));
    assert_int_equal(tally_add(sample->tally, &row, 0, &sample->err), -1);
    row.day = TALLY_DAY_END;
    assert_int_equal(tally_add(sample->tally, &row, 0, &sample->err), -1);
    tally_abandon(sample->tally);
}

static void old_days_go_with_their_texts(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = tally_sample_row("old.example", "OLD", "D", 1, 0);
    int n_steps = 0;
    int status;

    for (int i = 0; i < 5; i++) {
        char policy[8];

        snprintf(policy, sizeof(policy), "P%d", i);
        row.policy = slice_of(policy);
        tally_sample_put(sample, &row);
    }
    row = tally_sample_row("a.example", "P0", "D", 1, 0);
    row.day++;
    tally_sample_put(sample, &row);
    while ((status = tally_prune(sample->tally, TALLY_SAMPLE_DAY + 1, 2,
                                 &sample->err)) > 0)
        n_steps++;
    assert_int_equal(status, 0);
    assert_true(n_steps >= 3 + 1 + 3);
    assert_dump(sample, TALLY_SAMPLE_DAY, "");
    assert_dump(sample, TALLY_SAMPLE_DAY + 1,
                "a.example|" RECORD "|P0|D 1/0\n");
    /* Four texts in use and the empty one. */
    assert_int_equal(ask(sample, "SELECT count(*) FROM text"), 5);
    assert_int_equal(ask(sample, "SELECT count(*) FROM extent"), 1);
    row = tally_sample_row("old.example", "P3", "D", 1, 0);
    tally_sample_put(sample, &row);
    assert_dump(sample, TALLY_SAMPLE_DAY, "old.example|" RECORD "|P3|D 1/0\n");
}

static void the_number_of_a_change_grows(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = tally_sample_row("a.example", "P", "", 1, 0);
    int64_t before, after;

    assert_fine(sample, tally_change(sample->tally, &before, &sample->err));
    tally_sample_put(sample, &row);
    assert_fine(sample, tally_change(sample->tally, &after, &sample->err));
    assert_int_equal(after, before + 1);
}

static void a_tally_is_no_store_of_reports(void **state)
{
    struct tally_sample *sample = *state;
    struct store *store;
    struct stat status;

    assert_int_equal(store_open(sample->url, STORE_READ, &sample->clock, &store,
                                &sample->err),
                     -1);
    assert_non_null(strstr(sample->err.text, "another program"));
    assert_int_equal(stat(sample->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

#define WITH_TALLY(f)                                                          \
    cmocka_unit_test_setup_teardown(f, tally_sample_open, tally_sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TALLY(sums_of_one_key_add_up),
        WITH_TALLY(every_part_of_the_key_counts),
        WITH_TALLY(a_sum_ends_at_its_maximum),
        WITH_TALLY(a_batch_given_up_leaves_nothing),
        WITH_TALLY(a_batch_is_known_by_its_mark),
        WITH_TALLY(a_closed_day_takes_no_row),
        WITH_TALLY(a_day_may_be_taken_back_until_it_is_closed),
        WITH_TALLY(a_day_closes_with_its_batch),
        WITH_TALLY(a_domain_has_so_many_rows_a_day),
        WITH_TALLY(a_place_leads_to_its_sum_alone),
        WITH_TALLY(a_day_has_so_many_rows),
        WITH_TALLY(a_row_needs_a_batch_and_a_day),
        WITH_TALLY(old_days_go_with_their_texts),
        WITH_TALLY(the_number_of_a_change_grows),
        WITH_TALLY(a_tally_is_no_store_of_reports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
