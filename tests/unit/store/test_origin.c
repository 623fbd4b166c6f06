/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/sample.h"

static struct store_origin origin_of(struct sample_store *sample, int64_t id,
                                     struct arena *arena)
{
    struct store_origin origin;

    assert_ok(sample, store_find_report(sample->store, id, arena, &origin,
                                        &sample->err));
    assert_true(origin.id == id);
    return origin;
}

static void a_report_tells_where_it_came_from(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    struct store_origin origin;
    struct buffer raw;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    buffer_init(&raw, 1000);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    report.report.input = "mail.eml";
    report.report.payload = 2;
    report.report.ordinal = 3;
    report.report.reader_version = 4;
    report.report.proof = STORE_PROOF_SECRET_PATH;
    sample_put(sample, &report);
    origin = origin_of(sample, 1, &arena);
    assert_string_equal(origin.input, "mail.eml");
    assert_int_equal(origin.payload, 2);
    assert_int_equal(origin.ordinal, 3);
    assert_int_equal(origin.reader_version, 4);
    assert_int_equal(origin.proof, STORE_PROOF_SECRET_PATH);
    assert_true(origin.stored_at == 1800000000);
    assert_int_equal(origin.standing, STORE_COUNTED);
    assert_int_equal(origin.other_id, 0);
    assert_ok(sample, store_get_raw(sample->store, origin.raw_hash, &raw,
                                    &sample->err));
    assert_string_equal(buffer_text(&raw), "9 1");
    buffer_deinit(&raw);
    arena_deinit(&arena);
}

static void an_unknown_report_is_none(void **state)
{
    struct sample_store *sample = *state;
    struct store_origin origin;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    assert_int_equal(
        store_find_report(sample->store, 1, &arena, &origin, &sample->err), 1);
    arena_deinit(&arena);
}

static void conflicting_reports_name_each_other(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    sample_put(sample, &report);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 20, 1);
    sample_put(sample, &report);
    assert_int_equal(origin_of(sample, 1, &arena).other_id, 2);
    assert_int_equal(origin_of(sample, 2, &arena).other_id, 1);
    assert_int_equal(origin_of(sample, 2, &arena).standing, STORE_CONFLICTING);
    arena_deinit(&arena);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_report_tells_where_it_came_from),
        test(an_unknown_report_is_none),
        test(conflicting_reports_name_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
