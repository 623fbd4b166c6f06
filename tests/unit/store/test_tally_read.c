/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/tally.h"
#include "store/tally_sample.h"

/* Puts rows of domains in an order that is not theirs. */
static void fill(struct tally_sample *sample)
{
    static const char *const domains[] = { "c.example", "a.example",
                                           "b.example" };
    static const char *const policies[] = { "Q", "P" };
    static const char *const details[] = { "E", "", "D" };
    struct tally_row row;

    assert_fine(sample, tally_begin(sample->tally, &sample->err));
    for (size_t i = 0; i < 18; i++) {
        row = tally_sample_row(domains[i % 3], policies[i / 3 % 2],
                               details[i / 6], (int64_t)i + 1, 0);
        row.record = slice_of("R");
        assert_int_equal(tally_add(sample->tally, &row, 0, &sample->err), 0);
    }
    assert_fine(sample, tally_commit(sample->tally, &sample->err));
}

static void rows_come_in_the_order_of_their_octets(void **state)
{
    struct tally_sample *sample = *state;
    char *got;

    fill(sample);
    got = tally_sample_dump(sample, TALLY_SAMPLE_DAY);
    assert_string_equal(
        got, "a.example|R|P| 11/0\na.example|R|P|D 17/0\na.example|R|P|E 5/0\n"
             "a.example|R|Q| 8/0\na.example|R|Q|D 14/0\na.example|R|Q|E 2/0\n"
             "b.example|R|P| 12/0\nb.example|R|P|D 18/0\nb.example|R|P|E 6/0\n"
             "b.example|R|Q| 9/0\nb.example|R|Q|D 15/0\nb.example|R|Q|E 3/0\n"
             "c.example|R|P| 10/0\nc.example|R|P|D 16/0\nc.example|R|P|E 4/0\n"
             "c.example|R|Q| 7/0\nc.example|R|Q|D 13/0\nc.example|R|Q|E 1/0\n");
    free(got);
}

static int count(void *context, const struct tally_row *row, struct err *err)
{
    int *n = context;

    (void)err;
    assert_int_equal(row->day, TALLY_SAMPLE_DAY);
    return ++*n == 4 ? 7 : 0;
}

static void a_walk_ends_when_told(void **state)
{
    struct tally_sample *sample = *state;
    int n = 0;

    fill(sample);
    assert_int_equal(
        tally_each(sample->tally, TALLY_SAMPLE_DAY, count, &n, &sample->err),
        7);
    assert_int_equal(n, 4);
    /* Nothing of the walk is left that would hold up a writer. */
    assert_fine(sample, tally_begin(sample->tally, &sample->err));
    assert_fine(sample, tally_commit(sample->tally, &sample->err));
}

static int count_b(void *context, const struct tally_row *row, struct err *err)
{
    (void)err;
    assert_true(slice_equal(row->domain, slice_of("b.example")));
    ++*(int *)context;
    return 0;
}

static void one_domain_is_read_alone(void **state)
{
    struct tally_sample *sample = *state;
    int n = 0;

    fill(sample);
    assert_fine(sample, tally_each_of(sample->tally, TALLY_SAMPLE_DAY,
                                      slice_of("b.example"), count_b, &n,
                                      &sample->err));
    assert_int_equal(n, 6);
    assert_fine(sample, tally_each_of(sample->tally, TALLY_SAMPLE_DAY,
                                      slice_of("absent.example"), count_b, &n,
                                      &sample->err));
    assert_fine(sample, tally_each_of(sample->tally, TALLY_SAMPLE_DAY + 1,
                                      slice_of("b.example"), count_b, &n,
                                      &sample->err));
    assert_int_equal(n, 6);
}

static void days_are_found_one_after_the_other(void **state)
{
    struct tally_sample *sample = *state;
    struct tally_row row = tally_sample_row("a.example", "P", "", 1, 0);
    utc_day day;

    assert_fine(sample, tally_next_day(sample->tally, UTC_DAY_NONE, &day,
                                       &sample->err));
    assert_int_equal(day, UTC_DAY_NONE);
    tally_sample_put(sample, &row);
    row.day += 3;
    tally_sample_put(sample, &row);
    assert_fine(sample, tally_next_day(sample->tally, UTC_DAY_NONE, &day,
                                       &sample->err));
    assert_int_equal(day, TALLY_SAMPLE_DAY);
    assert_fine(sample, tally_next_day(sample->tally, day, &day, &sample->err));
    assert_int_equal(day, TALLY_SAMPLE_DAY + 3);
    assert_fine(sample, tally_next_day(sample->tally, day, &day, &sample->err));
    assert_int_equal(day, UTC_DAY_NONE);
}

static void another_connection_reads_meanwhile(void **state)
{
    struct tally_sample *sample = *state;
    struct tally *reader;
    struct tally_row row = tally_sample_row("a.example", "P", "", 1, 0);
    int n = 0;

    fill(sample);
    assert_fine(sample, tally_open(sample->url, STORE_READ, &sample->clock,
                                   &reader, &sample->err));
    assert_fine(sample, tally_begin(sample->tally, &sample->err));
    assert_int_equal(tally_add(sample->tally, &row, 0, &sample->err), 0);
    assert_fine(sample,
                tally_each_of(reader, TALLY_SAMPLE_DAY, slice_of("b.example"),
                              count_b, &n, &sample->err));
    assert_int_equal(n, 6);
    assert_int_equal(tally_begin(reader, &sample->err), -1);
    assert_fine(sample, tally_commit(sample->tally, &sample->err));
    tally_close(reader);
}

#define WITH_TALLY(f)                                                          \
    cmocka_unit_test_setup_teardown(f, tally_sample_open, tally_sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TALLY(rows_come_in_the_order_of_their_octets),
        WITH_TALLY(a_walk_ends_when_told),
        WITH_TALLY(one_domain_is_read_alone),
        WITH_TALLY(days_are_found_one_after_the_other),
        WITH_TALLY(another_connection_reads_meanwhile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
