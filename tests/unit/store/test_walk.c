/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/walk.h"

#include "store/handle.h"
#include "store/sample.h"

enum { MANY = 60, EARLY = 25 };

/* Reports of four days, some with failures, in an order of their own; the first
 * are in the table, the others in the tail. */
static void fill(struct sample_store *sample)
{
    struct sample_report report;

    for (int i = 0; i < MANY; i++) {
        if (i == EARLY)
            assert_ok(sample, store_settle(sample->store, &sample->err));
        sample_fill(&report, i % 2 ? "one" : "two", "a.example",
                    SAMPLE_DAY + i * 7 % 4, 100 + i, i % 3);
        report.report.start += i;
        sample_put(sample, &report);
    }
}

struct met {
    struct line lines[MANY];
    size_t n;
};

static int note(void *context, const struct line *line, struct err *err)
{
    struct met *met = context;

    (void)err;
    assert_true(met->n < MANY);
    met->lines[met->n++] = *line;
    return 0;
}

static struct met walk(struct sample_store *sample,
                       const struct walk_window *window)
{
    struct met met = { .n = 0 };

    assert_ok(sample,
              walk_each(sample->store, window, note, &met, &sample->err));
    for (size_t i = 1; i < met.n; i++)
        assert_true(met.lines[i - 1].day > met.lines[i].day ||
                    (met.lines[i - 1].day == met.lines[i].day &&
                     met.lines[i - 1].report_id > met.lines[i].report_id));
    return met;
}

static void table_and_tail_are_one_list(void **state)
{
    struct sample_store *sample = *state;
    struct walk_window window =
        walk_window_of(STORE_COUNTED, DICTIONARY_ALL, LINES_WHOLE, SAMPLE_ALL);
    struct met before, after;

    fill(sample);
    assert_true(sample->store->tail.lines.n > 0);
    before = walk(sample, &window);
    assert_int_equal(before.n, MANY);
    assert_ok(sample, store_settle(sample->store, &sample->err));
    assert_int_equal(sample->store->tail.lines.n, 0);
    after = walk(sample, &window);
    assert_memory_equal(before.lines, after.lines, sizeof(before.lines));
}

static void a_window_holds_for_both(void **state)
{
    struct sample_store *sample = *state;
    struct walk_window window =
        walk_window_of(STORE_COUNTED, DICTIONARY_ALL, LINES_WHOLE,
                       (struct store_range){ SAMPLE_DAY + 1, SAMPLE_DAY + 2 });
    struct met met;

    fill(sample);
    assert_int_equal(walk(sample, &window).n, MANY / 2);
    window.min_failures = 1;
    met = walk(sample, &window);
    assert_int_equal(met.n, MANY / 3);
    window.before = (struct cursor){ met.lines[7].day, met.lines[7].report_id };
    assert_int_equal(walk(sample, &window).n, met.n - 8);
    window.organization_id = met.lines[0].organization_id;
    for (size_t i = 0; i < walk(sample, &window).n; i++)
        assert_int_equal(walk(sample, &window).lines[i].organization_id,
                         window.organization_id);
    window.standing = STORE_CONFLICTING;
    assert_int_equal(walk(sample, &window).n, 0);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(table_and_tail_are_one_list),
        test(a_window_holds_for_both),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
