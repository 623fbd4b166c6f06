/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/dmarc_sample.h"

#include <stdlib.h>
#include <string.h>

#include "store/handle.h"

/* What a whole list adds up to, and its order. */
struct walk {
    struct store_dmarc_sums sums;
    int32_t day;
    int64_t id;
    size_t n; /* lines of the page */
    const struct store_dmarc_filter *filter;
};

static int take(void *context, const struct store_dmarc_listed *listed,
                struct err *err)
{
    struct walk *walk = context;

    (void)err;
    assert_true(walk->sums.reports == 0 || listed->day < walk->day ||
                (listed->day == walk->day && listed->id < walk->id));
    assert_true(dmarc_sample_is_in(listed->day, walk->filter->range));
    assert_int_equal(listed->standing, walk->filter->standing);
    if (walk->filter->domain)
        assert_string_equal(listed->domain, walk->filter->domain);
    if (walk->filter->organization)
        assert_string_equal(listed->organization, walk->filter->organization);
    if (walk->filter->failed_only)
        assert_true(listed->messages > listed->passed);
    walk->sums.reports++;
    walk->sums.messages += listed->messages;
    walk->sums.passed += listed->passed;
    walk->day = listed->day;
    walk->id = listed->id;
    walk->n++;
    return 0;
}

/* Walks all pages. */
static struct walk walk_all(struct sample_store *sample,
                            const struct store_dmarc_filter *filter,
                            size_t limit)
{
    struct walk walk = { .filter = filter };
    char cursor[STORE_CURSOR_BYTES] = "";

    do {
        walk.n = 0;
        assert_ok(sample,
                  store_dmarc_each_report(sample->store, filter, cursor, limit,
                                          cursor, take, &walk, &sample->err));
        assert_true(walk.n <= limit);
        assert_true(*cursor == '\0' || walk.n == limit);
    } while (*cursor);
    return walk;
}

/* What a filter lets through, told to by no code of the store. */
static struct store_dmarc_sums expect(const struct store_dmarc_filter *filter)
{
    struct store_dmarc_sums sums = { .reports = 0 };

    for (size_t i = 0; i < DMARC_SAMPLE_MANY; i++) {
        struct store_dmarc_sums own = { .reports = !filter->source };
        struct dmarc_sample report;

        dmarc_sample_make(i, &report);
        if ((filter->domain &&
             strcmp(filter->domain, report.dmarc.domain) != 0) ||
            (filter->organization &&
             strcmp(filter->organization, report.report.organization) != 0) ||
            !dmarc_sample_is_in(report.report.day, filter->range))
            continue;
        for (size_t j = 0; j < report.dmarc.n_rows; j++) {
            if (filter->source &&
                strcmp(filter->source, report.rows[j].source) != 0)
                continue;
            own.reports = 1;
            dmarc_sample_add(&own, &report.rows[j]);
        }
        if (filter->failed_only && own.messages == own.passed)
            continue;
        sums.reports += own.reports;
        sums.messages += own.messages;
        sums.passed += own.passed;
    }
    return sums;
}

static const struct store_dmarc_filter filters[] = {
    { .range = SAMPLE_ALL },
    { .range = { SAMPLE_DAY + 3, SAMPLE_DAY + 101 } },
    { .range = SAMPLE_ALL, .failed_only = true },
    { .range = SAMPLE_ALL, .domain = "a.example" },
    { .range = SAMPLE_ALL, .domain = "a.example", .organization = "two" },
    { .range = { SAMPLE_DAY + 3, SAMPLE_DAY + 101 }, .organization = "two" },
    { .range = SAMPLE_ALL, .domain = "a.example", .source = "192.0.2.2" },
    { .range = { SAMPLE_DAY + 3, SAMPLE_DAY + 101 },
      .domain = "a.example",
      .source = "192.0.2.2",
      .failed_only = true },
    { .range = SAMPLE_ALL,
      .domain = "a.example",
      .source = "",
      .organization = "one" },
    { .range = SAMPLE_ALL, .domain = "never.example" },
    { .range = SAMPLE_ALL, .standing = STORE_UNPROVEN },
};

static void a_list_is_what_the_number_says(void **state)
{
    struct sample_store *sample = *state;

    dmarc_sample_put_many(sample, STORE_NEW);
    for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++) {
        struct store_dmarc_sums expected = { .reports = 0 };
        struct store_dmarc_sums told;
        struct walk walk = walk_all(sample, &filters[i], i % 2 ? 7 : 1000);

        if (filters[i].standing == STORE_COUNTED)
            expected = expect(&filters[i]);
        assert_ok(sample, store_dmarc_filter_sums(sample->store, &filters[i],
                                                  &told, &sample->err));
        assert_int_equal(walk.sums.reports, expected.reports);
        assert_int_equal(walk.sums.messages, expected.messages);
        assert_int_equal(walk.sums.passed, expected.passed);
        assert_int_equal(told.reports, expected.reports);
        assert_int_equal(told.messages, expected.messages);
        assert_int_equal(told.passed, expected.passed);
    }
    assert_true(expect(&filters[7]).reports > 0);
}

static void what_stands_beside_has_its_own_list(void **state)
{
    struct sample_store *sample = *state;
    const struct store_dmarc_filter filter = { .range = SAMPLE_ALL,
                                               .standing = STORE_CONFLICTING };
    struct dmarc_sample report;

    dmarc_sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 3);
    dmarc_sample_put(sample, &report);
    dmarc_sample_fill(&report, "one", "a.example", SAMPLE_DAY, 500, 3);
    dmarc_sample_put(sample, &report);
    assert_int_equal(walk_all(sample, &filter, 5).sums.messages, 500);
}

static void no_place_of_the_list_is_refused(void **state)
{
    struct sample_store *sample = *state;
    const struct store_dmarc_filter filter = { .range = SAMPLE_ALL,
                                               .source = "192.0.2.1" };
    char cursor[STORE_CURSOR_BYTES] = "x";

    assert_int_equal(store_dmarc_each_report(sample->store, &filters[0], "x", 5,
                                             cursor, take, NULL, &sample->err),
                     -1);
    assert_int_equal(sample->err.kind, ERR_USAGE);
    assert_int_equal(store_dmarc_each_report(sample->store, &filters[0], NULL,
                                             0, cursor, take, NULL,
                                             &sample->err),
                     -1);
    assert_int_equal(store_dmarc_each_report(sample->store, &filter, NULL, 5,
                                             cursor, take, NULL, &sample->err),
                     -1);
}

/* A list is one walk along an index: no table is sorted. */
static void lists_walk_their_index(void **state)
{
    static const int places[] = { STATEMENT_DMARC_LIST_ALL,
                                  STATEMENT_DMARC_LIST_DOMAIN,
                                  STATEMENT_DMARC_LIST_ORGANIZATION,
                                  STATEMENT_DMARC_LIST_SOURCE };
    struct sample_store *sample = *state;

    dmarc_sample_put_many(sample, STORE_NEW);
    for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++)
        walk_all(sample, &filters[i], 10);
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        char *text =
            sqlite3_mprintf("EXPLAIN QUERY PLAN %s",
                            sqlite3_sql(sample->store->statements[places[i]]));
        char *plan = sample_dump(sample, text);

        assert_null(strstr(plan, "TEMP B-TREE"));
        assert_non_null(strstr(plan, "COVERING INDEX"));
        free(plan);
        sqlite3_free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_list_is_what_the_number_says,
                                        sample_open, sample_close),
        cmocka_unit_test_setup_teardown(what_stands_beside_has_its_own_list,
                                        sample_open, sample_close),
        cmocka_unit_test_setup_teardown(no_place_of_the_list_is_refused,
                                        sample_open, sample_close),
        cmocka_unit_test_setup_teardown(lists_walk_their_index, sample_open,
                                        sample_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
