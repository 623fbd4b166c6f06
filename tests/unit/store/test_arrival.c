/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/arrival.h"

#include "store/sample.h"

static void each_standing_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(store_standing_name(STORE_COUNTED), "counted");
    assert_string_equal(store_standing_name(STORE_CONFLICTING), "conflict");
    assert_string_equal(store_standing_name(STORE_UNPROVEN), "unproven");
    assert_string_equal(store_standing_name(STORE_UNCLAIMED), "unclaimed");
    assert_string_equal(store_standing_name((enum store_standing)9), "unknown");
}

/* Each source stands once; that of files is always there. */
static void sources_are_numbered(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    for (int i = 0; i < 4; i++) {
        sample_fill(&report, i % 2 ? "odd" : "even", "a.example",
                    SAMPLE_DAY + i, 10, 1);
        report.report.arrival.source = i % 2 ? "https" : "";
        report.report.arrival.way = i % 2 ? 2 : 0;
        sample_put(sample, &report);
    }
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM origin"), 2);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM report JOIN"
                                        " origin ON origin.id = origin_id"
                                        " WHERE source = 'https'"),
                     2);
    assert_int_equal(
        sample_ask(sample, "SELECT count(*) FROM report WHERE origin_id = 1"),
        2);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_standing_has_a_name),
        test(sources_are_numbered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
