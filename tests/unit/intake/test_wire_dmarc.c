/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/count.h"
#include "base/utc.h"
#include "intake/wire_dmarc.h"

static struct store_dmarc_row rows[2];
static struct store_dmarc dmarc;
static struct buffer out;
static struct arena arena;

static int setup(void **state)
{
    (void)state;
    rows[0] = (struct store_dmarc_row){ .source = "192.0.2.1",
                                        .sender = "bulk.example",
                                        .header_from = "example.org",
                                        .disposition = STORE_REJECTED,
                                        .fault = 2,
                                        .messages = 30 };
    rows[1] = (struct store_dmarc_row){ .source = "",
                                        .sender = "",
                                        .header_from = "",
                                        .dkim = true,
                                        .fault = 8,
                                        .messages = 500 };
    dmarc = (struct store_dmarc){
        .domain = "example.org", .policy = "p=none", .rows = rows, .n_rows = 2
    };
    buffer_init(&out, 1 << 20);
    arena_init(&arena, 1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buffer_deinit(&out);
    arena_deinit(&arena);
    return 0;
}

/* Puts what stands in `dmarc` and takes it again. Returns: 0, -1 where it is
 * bad. */
static int take(const struct store_dmarc **out_dmarc,
                struct store_report *report)
{
    struct wire_field_input input;

    buffer_reset(&out);
    wire_dmarc_put(&out, &dmarc);
    assert_false(out.failed);
    wire_field_init(&input, buffer_slice(&out));
    *out_dmarc = wire_dmarc_take(&arena, &input, report);
    return wire_field_end(&input);
}

static void a_report_comes_through_whole(void **state)
{
    struct store_report report = { .start = 1790812800, .end = 1790899199 };
    const struct store_dmarc *got;

    (void)state;
    assert_int_equal(take(&got, &report), 0);
    assert_string_equal(got->domain, "example.org");
    assert_string_equal(got->policy, "p=none");
    assert_int_equal(got->n_rows, 2);
    assert_string_equal(got->rows[0].source, "192.0.2.1");
    assert_string_equal(got->rows[0].sender, "bulk.example");
    assert_string_equal(got->rows[0].header_from, "example.org");
    assert_int_equal(got->rows[0].disposition, STORE_REJECTED);
    assert_false(got->rows[0].dkim || got->rows[0].spf);
    assert_int_equal(got->rows[0].fault, 2);
    assert_int_equal(got->rows[0].messages, 30);
    assert_true(got->rows[1].dkim && !got->rows[1].spf);
    /* What follows is made here, and not believed. */
    assert_int_equal(report.success_sessions, 500);
    assert_int_equal(report.failure_sessions, 30);
    assert_int_equal(report.day, 20727);
}

static void one_that_is_none_is_none(void **state)
{
    struct store_report report = { .day = 7 };
    struct wire_field_input input;

    (void)state;
    wire_dmarc_put(&out, NULL);
    wire_field_init(&input, buffer_slice(&out));
    assert_null(wire_dmarc_take(&arena, &input, &report));
    assert_int_equal(wire_field_end(&input), 0);
    assert_int_equal(report.day, 7);
}

static void what_breaks_a_rule_is_refused(void **state)
{
    const struct store_dmarc *got;
    struct store_report report = { .start = UTC_NONE, .end = UTC_NONE };
    struct store_report both = { .n_policies = 1 };

    (void)state;
    assert_int_equal(take(&got, &report), 0);
    assert_int_equal(take(&got, &both), -1);
    rows[0].fault = 10;
    assert_int_equal(take(&got, &report), -1);
    assert_null(got);
    rows[0].fault = 9;
    rows[0].messages = -1;
    assert_int_equal(take(&got, &report), -1);
    rows[0].messages = COUNT_MAX;
    assert_int_equal(take(&got, &report), 0);
    rows[0].disposition = STORE_DISPOSITION_COUNT;
    assert_int_equal(take(&got, &report), -1);
    rows[0].disposition = STORE_DELIVERED;
    rows[1].source = "\xff";
    assert_int_equal(take(&got, &report), -1);
}

static void a_cut_one_is_none(void **state)
{
    struct store_report report = { .start = UTC_NONE, .end = UTC_NONE };
    struct wire_field_input input;

    (void)state;
    wire_dmarc_put(&out, &dmarc);
    for (size_t len = 0; len < out.len; len++) {
        wire_field_init(&input, slice_make(out.ptr, len));
        assert_null(wire_dmarc_take(&arena, &input, &report));
        assert_int_equal(wire_field_end(&input), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_report_comes_through_whole, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(one_that_is_none_is_none, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_breaks_a_rule_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_cut_one_is_none, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
