/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/ledger_book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/tally_sample.h"

#define POLICY "{\"policy-type\":\"sts\"}"

enum { DAY = TALLY_SAMPLE_DAY };

struct bench {
    struct tally_sample *sample;
    struct clock clock;
    const char *urls[2];
    struct insight_ledger *ledger;
    struct arena arena;
    struct insight_ledger_answer answer;
};

static void put(struct tally_sample *sample, utc_day day, const char *domain,
                int64_t sessions, int64_t failures)
{
    struct tally_row row =
        tally_sample_row(domain, POLICY, "", sessions, failures);

    row.day = day;
    assert_int_equal(tally_sample_put(sample, &row), 0);
}

static void begin(struct bench *bench, void **state)
{
    *bench = (struct bench){ .sample = *state };
    bench->clock = clock_fixed((utc_time)(DAY + 3) * UTC_DAY_SECONDS + 3600);
    bench->urls[0] = bench->sample->url;
    arena_init(&bench->arena, 64 << 20);
    assert_fine(bench->sample,
                insight_ledger_new(bench->urls, 1, &bench->clock,
                                   &bench->ledger, &bench->sample->err));
}

static void end(struct bench *bench)
{
    insight_ledger_free(bench->ledger);
    arena_deinit(&bench->arena);
}

static void refresh(struct bench *bench)
{
    assert_fine(bench->sample, insight_ledger_refresh(bench->ledger, NULL, NULL,
                                                      &bench->sample->err));
}

static void ask(struct bench *bench, struct store_range range, size_t limit,
                const char *cursor)
{
    const struct insight_ledger_question question = { range, cursor, limit };

    assert_fine(bench->sample,
                insight_ledger_ask(bench->ledger, &question, &bench->arena,
                                   &bench->answer, &bench->sample->err));
}

static const struct store_range all = { UTC_DAY_NONE, UTC_DAY_NONE };

/* "DOMAIN STATE FAILURES;" of the page. */
static void assert_page(struct bench *bench, const char *expected)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    for (size_t i = 0; i < bench->answer.n_domains; i++) {
        const struct insight_ledger_domain *domain = &bench->answer.domains[i];

        fprintf(out, "%s %s %d;", domain->domain,
                insight_state_name(domain->verdict.state),
                (int)domain->failures);
    }
    fclose(out);
    assert_string_equal(text, expected);
    free(text);
}

static void the_worst_come_first_a_page_at_a_time(void **state)
{
    struct bench bench;

    begin(&bench, state);
    put(bench.sample, DAY, "well.example", 100, 0);
    put(bench.sample, DAY, "noise.example", 9000, 1);
    put(bench.sample, DAY, "watch.example", 1000, 5);
    put(bench.sample, DAY + 1, "bad.example", 10, 4);
    put(bench.sample, DAY + 2, "bad.example", 10, 4);
    put(bench.sample, DAY + 2, "abad.example", 10, 8);
    put(bench.sample, DAY + 2, "worse.example", 10, 9);
    refresh(&bench);
    ask(&bench, all, 9, NULL);
    assert_page(&bench, "worse.example trouble 9;abad.example trouble 8;"
                        "bad.example trouble 8;watch.example watch 5;"
                        "noise.example well 1;");
    assert_string_equal(bench.answer.cursor, "");
    assert_int_equal(bench.answer.sum.sessions, 10140);
    assert_int_equal(bench.answer.sum.failures, 31);
    assert_int_equal(bench.answer.sum.n_domains, 6);
    assert_int_equal(bench.answer.sum.n_failing, 5);
    assert_int_equal(bench.answer.n_by_state[INSIGHT_TROUBLE], 3);
    assert_int_equal(bench.answer.n_by_state[INSIGHT_WELL], 2);
    ask(&bench, all, 2, NULL);
    assert_page(&bench, "worse.example trouble 9;abad.example trouble 8;");
    ask(&bench, all, 2, bench.answer.cursor);
    assert_page(&bench, "bad.example trouble 8;watch.example watch 5;");
    ask(&bench, all, 2, bench.answer.cursor);
    assert_page(&bench, "noise.example well 1;");
    assert_string_equal(bench.answer.cursor, "");
    end(&bench);
}

static void a_range_has_its_own_sums(void **state)
{
    struct bench bench;

    begin(&bench, state);
    put(bench.sample, DAY, "a.example", 10, 1);
    put(bench.sample, DAY + 2, "a.example", 10, 4);
    put(bench.sample, DAY + 2, "b.example", 10, 2);
    refresh(&bench);
    ask(&bench, (struct store_range){ DAY, DAY + 1 }, 9, NULL);
    assert_page(&bench, "a.example trouble 1;");
    assert_int_equal(bench.answer.n_days, 1);
    assert_int_equal(bench.answer.days[0].day, DAY);
    assert_int_equal(bench.answer.sum.sessions, 10);
    ask(&bench, (struct store_range){ DAY + 2, DAY + 90 }, 9, NULL);
    assert_page(&bench, "a.example trouble 4;b.example watch 2;");
    ask(&bench, (struct store_range){ DAY - 900, DAY - 800 }, 9, NULL);
    assert_page(&bench, "");
    ask(&bench, (struct store_range){ DAY + 8, DAY + 9 }, 9, NULL);
    assert_page(&bench, "");
    end(&bench);
}

static void an_open_day_is_read_again(void **state)
{
    struct bench bench;

    begin(&bench, state);
    put(bench.sample, DAY + 2, "a.example", 10, 1);
    put(bench.sample, DAY + 3, "a.example", 5, 0);
    assert_fine(bench.sample, tally_close_day(bench.sample->tally, DAY + 2,
                                              &bench.sample->err));
    refresh(&bench);
    ask(&bench, all, 9, NULL);
    assert_int_equal(bench.answer.so_far.sessions, 5);
    assert_false(bench.answer.so_far.is_closed);
    assert_true(bench.answer.days[0].is_closed);
    assert_int_equal(bench.answer.as_of, bench.clock.fixed);
    put(bench.sample, DAY + 3, "a.example", 2, 2);
    put(bench.sample, DAY + 3, "b.example", 3, 3);
    bench.clock.fixed += 60;
    refresh(&bench);
    ask(&bench, all, 9, NULL);
    assert_int_equal(bench.answer.so_far.sessions, 10);
    assert_int_equal(bench.answer.as_of, bench.clock.fixed);
    assert_page(&bench, "a.example trouble 3;b.example trouble 3;");
    assert_int_equal(bench.answer.domains[0].seen, 3);
    assert_int_equal(bench.answer.domains[0].failed, 3);
    end(&bench);
}

static void the_next_day_begins_a_new_book(void **state)
{
    struct bench bench;

    begin(&bench, state);
    put(bench.sample, DAY + 3, "a.example", 10, 3);
    refresh(&bench);
    bench.clock.fixed += UTC_DAY_SECONDS;
    refresh(&bench);
    ask(&bench, all, 9, NULL);
    assert_int_equal(bench.answer.today, DAY + 4);
    assert_int_equal(bench.answer.so_far.sessions, 0);
    assert_page(&bench, "a.example trouble 3;");
    assert_int_equal(bench.answer.domains[0].seen, 2);
    end(&bench);
}

static void several_collectors_are_one(void **state)
{
    struct tally_sample *second;
    char url[sizeof(second->url)]; /* told of after the sample has gone */
    struct bench bench;
    void *other;

    assert_int_equal(tally_sample_open(&other), 0);
    second = other;
    begin(&bench, state);
    insight_ledger_free(bench.ledger);
    snprintf(url, sizeof(url), "%s", second->url);
    bench.urls[1] = url;
    assert_fine(bench.sample,
                insight_ledger_new(bench.urls, 2, &bench.clock, &bench.ledger,
                                   &bench.sample->err));
    put(bench.sample, DAY, "z.example", 1, 0);
    put(bench.sample, DAY, "a.example", 10, 1);
    put(second, DAY, "a.example", 90, 1);
    refresh(&bench);
    ask(&bench, all, 9, NULL);
    assert_page(&bench, "a.example watch 2;");
    assert_int_equal(bench.answer.sum.sessions, 101);
    assert_int_equal(bench.answer.sum.n_domains, 2);
    tally_sample_close(&other);
    refresh(&bench);
    ask(&bench, all, 9, NULL);
    assert_page(&bench, "a.example watch 1;");
    assert_int_equal(bench.answer.files[0].state, INSIGHT_FILE_READ);
    assert_int_equal(bench.answer.files[1].state, INSIGHT_FILE_ABSENT);
    end(&bench);
}

static void a_file_that_cannot_be_read_says_why(void **state)
{
    struct bench bench;
    FILE *file;

    begin(&bench, state);
    put(bench.sample, DAY, "a.example", 10, 3);
    ask(&bench, all, 9, NULL);
    assert_false(bench.answer.is_ready);
    refresh(&bench);
    tally_close(bench.sample->tally);
    bench.sample->tally = NULL;
    file = fopen(bench.sample->path, "w");
    assert_non_null(file);
    fputs("this is no database, and is long enough to be looked at", file);
    fclose(file);
    refresh(&bench);
    ask(&bench, all, 9, NULL);
    assert_true(bench.answer.is_ready);
    assert_int_equal(bench.answer.n_files, 1);
    assert_int_equal(bench.answer.files[0].state, INSIGHT_FILE_FAILED);
    assert_non_null(strstr(bench.answer.files[0].why.text, "tally"));
    assert_page(&bench, "");
    end(&bench);
}

static void a_foreign_cursor_is_refused(void **state)
{
    static const char *const cursors[] = { "",       "x",      "1",    "1.2",
                                           "-1.2.a", "1.-2.a", "1.x.a" };
    struct bench bench;

    begin(&bench, state);
    refresh(&bench);
    for (size_t i = 0; i < sizeof(cursors) / sizeof(*cursors); i++) {
        const struct insight_ledger_question question = { all, cursors[i], 5 };

        assert_int_equal(insight_ledger_ask(bench.ledger, &question,
                                            &bench.arena, &bench.answer,
                                            &bench.sample->err),
                         -1);
        assert_int_equal(bench.sample->err.kind, ERR_USAGE);
    }
    end(&bench);
}

static void since_walks_back_to_the_last_good_day(void **state)
{
    static const struct {
        uint64_t seen, failed;
        int days_back;
        bool is_first, is_open;
    } rows[] = {
        { 0x1, 0x1, 0, true, true },  /* today alone */
        { 0x3, 0x1, 0, false, true }, /* well yesterday */
        { 0x7, 0x3, 1, false, true }, /* since yesterday */
        { 0xb, 0xb, 3, true, true },  /* a day without sessions between */
        { 0xf, 0x5, 0, false, true }, /* well between */
        { 0xf, 0xc, 3, true, false }, /* well again for two days */
        { 0xf, 0xe, 3, true, true },  /* well today, so far */
        { 0x8, 0x8, 3, true, true },  /* nothing was sent since */
        { UINT64_C(1) << 61, UINT64_C(1) << 61, 61, true, true },
    };
    bool is_first;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        assert_int_equal(
            insight_ledger_since(rows[i].seen, rows[i].failed, DAY, &is_first),
            DAY - rows[i].days_back);
        assert_int_equal(is_first, rows[i].is_first);
        assert_int_equal(insight_ledger_is_open(rows[i].seen, rows[i].failed),
                         rows[i].is_open);
    }
    assert_int_equal(insight_ledger_since(3, 0, DAY, &is_first), UTC_DAY_NONE);
    assert_false(insight_ledger_is_open(3, 0));
}

#define IN_A_TALLY(test)                                                       \
    cmocka_unit_test_setup_teardown(test, tally_sample_open, tally_sample_close)

static void what_there_is_no_room_for_is_in_the_sums(void **state)
{
    struct bench bench;

    begin(&bench, state);
    bench.ledger->max_domains = 2;
    put(bench.sample, DAY, "a.example", 10, 1);
    put(bench.sample, DAY, "b.example", 10, 0);
    put(bench.sample, DAY, "c.example", 10, 9);
    put(bench.sample, DAY, "d.example", 10, 0);
    put(bench.sample, DAY + 1, "c.example", 10, 0);
    put(bench.sample, DAY + 1, "a.example", 10, 3);
    refresh(&bench);
    ask(&bench, all, 9, NULL);
    assert_int_equal(bench.answer.sum.sessions, 60);
    assert_int_equal(bench.answer.sum.failures, 13);
    assert_int_equal(bench.answer.n_days, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct insight_ledger_day *day = &bench.answer.days[i];

        assert_int_equal(day->sessions, i ? 20 : 40);
        assert_int_equal(day->n_domains, i ? 2 : 4);
    }
    assert_int_equal(bench.answer.sum.n_more, 2);
    assert_int_equal(bench.answer.sum.n_domains, 4);
    assert_true(bench.answer.n_domains <= 2);
    /* Once more, by what is known. */
    put(bench.sample, DAY + 1, "d.example", 5, 0);
    refresh(&bench);
    ask(&bench, all, 9, NULL);
    assert_int_equal(bench.answer.sum.sessions, 65);
    end(&bench);
}

/* A collector that was silent for long removes all it had, and numbers begin
 * anew. */
static void a_number_given_anew_shows_its_new_name(void **state)
{
    struct bench bench;
    int status = 1;

    begin(&bench, state);
    put(bench.sample, DAY, "old.example", 10, 9);
    refresh(&bench);
    while (status > 0)
        status =
            tally_prune(bench.sample->tally, DAY + 1, 100, &bench.sample->err);
    assert_fine(bench.sample, status);
    put(bench.sample, DAY + 2, "new.example", 10, 8);
    refresh(&bench);
    ask(&bench, all, 9, NULL);
    assert_page(&bench, "new.example trouble 8;");
    end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_TALLY(the_worst_come_first_a_page_at_a_time),
        IN_A_TALLY(a_range_has_its_own_sums),
        IN_A_TALLY(an_open_day_is_read_again),
        IN_A_TALLY(the_next_day_begins_a_new_book),
        IN_A_TALLY(several_collectors_are_one),
        IN_A_TALLY(a_file_that_cannot_be_read_says_why),
        IN_A_TALLY(what_there_is_no_room_for_is_in_the_sums),
        IN_A_TALLY(a_number_given_anew_shows_its_new_name),
        IN_A_TALLY(a_foreign_cursor_is_refused),
        cmocka_unit_test(since_walks_back_to_the_last_good_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
