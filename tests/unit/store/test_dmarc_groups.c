/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/dmarc_sample.h"

#include <string.h>

static const struct store_range ranges[] = {
    { UTC_DAY_NONE, UTC_DAY_NONE },
    { SAMPLE_DAY + 3, SAMPLE_DAY + 101 },
    { SAMPLE_DAY + 50, SAMPLE_DAY + 50 },
};

enum { N_RANGES = sizeof(ranges) / sizeof(*ranges) };

/* What the groups of one question are held against. */
struct asked {
    enum store_dmarc_dimension dimension;
    const char *domain;
    struct store_range range;
    struct store_dmarc_sums sums; /* of all groups */
    int64_t failed;               /* of the group before */
    size_t n;
};

/* The name that a row has in a dimension. */
static const char *name_of(enum store_dmarc_dimension dimension,
                           const struct dmarc_sample *report, size_t row)
{
    switch (dimension) {
    case STORE_DMARC_BY_DOMAIN: return report->dmarc.domain;
    case STORE_DMARC_BY_ORGANIZATION: return report->report.organization_key;
    case STORE_DMARC_BY_SOURCE: return report->rows[row].source;
    default: return report->rows[row].sender;
    }
}

static bool is_asked(const struct asked *asked,
                     const struct dmarc_sample *report)
{
    return (!asked->domain ||
            strcmp(asked->domain, report->dmarc.domain) == 0) &&
           dmarc_sample_is_in(report->report.day, asked->range);
}

static bool is_of_rows(const struct asked *asked)
{
    return asked->dimension == STORE_DMARC_BY_SOURCE ||
           asked->dimension == STORE_DMARC_BY_SENDER;
}

static struct store_dmarc_sums expect(const struct asked *asked,
                                      const char *key)
{
    struct store_dmarc_sums sums = { .reports = 0 };

    for (size_t i = 0; i < DMARC_SAMPLE_MANY; i++) {
        struct dmarc_sample report;
        bool is_met = false;

        dmarc_sample_make(i, &report);
        if (!is_asked(asked, &report))
            continue;
        if (!is_of_rows(asked))
            is_met = strcmp(name_of(asked->dimension, &report, 0), key) == 0;
        for (size_t j = 0; j < report.dmarc.n_rows; j++) {
            if (strcmp(name_of(asked->dimension, &report, j), key) != 0)
                continue;
            is_met = true;
            dmarc_sample_add(&sums, &report.rows[j]);
        }
        sums.reports += is_met;
    }
    /* Known of each report, not of each way messages fared. */
    if (asked->dimension == STORE_DMARC_BY_ORGANIZATION && asked->domain) {
        memset(sums.by_case, 0, sizeof(sums.by_case));
        memset(sums.away_by_case, 0, sizeof(sums.away_by_case));
    }
    return sums;
}

static int take(void *context, const struct store_dmarc_group *group,
                struct err *err)
{
    struct asked *asked = context;
    struct store_dmarc_sums expected = expect(asked, group->key);
    int64_t failed = group->sums.messages - group->sums.passed;

    (void)err;
    dmarc_sample_assert_sums(&group->sums, &expected);
    assert_true(asked->n == 0 || failed <= asked->failed);
    assert_true(dmarc_sample_is_in(group->first_day, asked->range));
    assert_true(dmarc_sample_is_in(group->last_day, asked->range));
    asked->failed = failed;
    asked->sums.messages += group->sums.messages;
    asked->n++;
    return 0;
}

static void ask(struct sample_store *sample, struct asked *asked, size_t limit,
                size_t *out_n)
{
    const struct store_dmarc_breakdown breakdown = { asked->dimension,
                                                     asked->domain,
                                                     asked->range, limit };

    assert_ok(sample, store_dmarc_each_group(sample->store, &breakdown, take,
                                             asked, out_n, &sample->err));
}

static void groups_are_the_sums_of_what_was_put(void **state)
{
    static const struct asked questions[] = {
        { .dimension = STORE_DMARC_BY_DOMAIN },
        { .dimension = STORE_DMARC_BY_ORGANIZATION },
        { .dimension = STORE_DMARC_BY_ORGANIZATION, .domain = "a.example" },
        { .dimension = STORE_DMARC_BY_SOURCE, .domain = "a.example" },
        { .dimension = STORE_DMARC_BY_SENDER, .domain = "b.example" },
        { .dimension = STORE_DMARC_BY_SENDER, .domain = "never.example" },
    };
    struct sample_store *sample = *state;

    dmarc_sample_put_many(sample, STORE_NEW);
    for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++) {
        for (int r = 0; r < N_RANGES; r++) {
            struct asked asked = questions[i];
            struct store_dmarc_totals totals;
            size_t n;

            asked.range = ranges[r];
            ask(sample, &asked, 0, &n);
            assert_int_equal(n, asked.n);
            assert_ok(sample,
                      store_dmarc_totals(sample->store, asked.domain,
                                         asked.range, &totals, &sample->err));
            assert_int_equal(asked.sums.messages, totals.sums.messages);
        }
    }
}

static void a_limit_gives_the_worst(void **state)
{
    struct sample_store *sample = *state;
    struct asked all = { .dimension = STORE_DMARC_BY_SOURCE,
                         .domain = "a.example",
                         .range = SAMPLE_ALL };
    struct asked two = all;
    size_t n;

    dmarc_sample_put_many(sample, STORE_NEW);
    ask(sample, &all, 0, &n);
    assert_int_equal(n, 4);
    ask(sample, &two, 2, &n);
    assert_int_equal(two.n, 2);
    assert_int_equal(n, 4);
    assert_true(two.sums.messages < all.sums.messages);
    assert_true(two.failed > all.failed);
}

static int take_label(void *context, const struct store_dmarc_group *group,
                      struct err *err)
{
    (void)context;
    (void)err;
    assert_string_equal(group->key, "one");
    assert_string_equal(group->label, "One Inc.");
    return 7;
}

static void an_organisation_has_its_spelling(void **state)
{
    struct sample_store *sample = *state;
    struct dmarc_sample report;

    dmarc_sample_fill(&report, "One Inc.", "a.example", SAMPLE_DAY, 10, 3);
    report.report.organization_key = "one";
    dmarc_sample_put(sample, &report);
    for (int i = 0; i < 2; i++) {
        const struct store_dmarc_breakdown breakdown = {
            STORE_DMARC_BY_ORGANIZATION, i ? "a.example" : NULL, SAMPLE_ALL, 0
        };

        assert_int_equal(store_dmarc_each_group(sample->store, &breakdown,
                                                take_label, NULL, NULL,
                                                &sample->err),
                         7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(groups_are_the_sums_of_what_was_put,
                                        sample_open, sample_close),
        cmocka_unit_test_setup_teardown(a_limit_gives_the_worst, sample_open,
                                        sample_close),
        cmocka_unit_test_setup_teardown(an_organisation_has_its_spelling,
                                        sample_open, sample_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
