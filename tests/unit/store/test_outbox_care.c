/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/outbox.h"

#include "store/outbox_sample.h"

enum { DAY = OUTBOX_SAMPLE_DAY };

static int see_suppression(void *context, const struct outbox_suppression *row,
                           struct err *err)
{
    struct outbox_sample *sample = context;

    (void)err;
    buffer_add_format(&sample->seen, "%.*s=%.*s;", (int)row->pattern.len,
                      row->pattern.ptr, (int)row->reason.len, row->reason.ptr);
    return 0;
}

static void saw_suppressions(struct outbox_sample *sample, utc_time now,
                             const char *expected)
{
    outbox_sample_ok(sample, outbox_each_suppression(sample->outbox, now,
                                                     see_suppression, sample,
                                                     &sample->err));
    outbox_sample_saw(sample, expected);
}

static void what_is_suppressed_ends_at_its_time(void **state)
{
    struct outbox_sample *sample = *state;
    struct outbox *outbox = sample->outbox;

    outbox_sample_ok(sample, outbox_suppress(outbox, "@b.example", "bounced",
                                             1000, &sample->err));
    outbox_sample_ok(sample, outbox_suppress(outbox, "a@a.example", "asked",
                                             UTC_NONE, &sample->err));
    saw_suppressions(sample, 999, "@b.example=bounced;a@a.example=asked;");
    saw_suppressions(sample, 1000, "a@a.example=asked;");
    outbox_sample_ok(sample, outbox_suppress(outbox, "@b.example", "again",
                                             2000, &sample->err));
    saw_suppressions(sample, 1000, "@b.example=again;a@a.example=asked;");
    outbox_sample_ok(sample,
                     outbox_unsuppress(outbox, "a@a.example", &sample->err));
    assert_int_equal(outbox_unsuppress(outbox, "a@a.example", &sample->err), 1);
    saw_suppressions(sample, 1000, "@b.example=again;");
}

static void saw(struct outbox_sample *sample, struct outbox_filter filter,
                const char *expected)
{
    outbox_sample_ok(sample,
                     outbox_each_delivery(sample->outbox, &filter,
                                          outbox_sample_see, sample, NULL));
    outbox_sample_saw(sample, expected);
}

static void lists_are_filtered_and_paged(void **state)
{
    struct outbox_sample *sample = *state;
    int64_t n[OUTBOX_STATE_COUNT];

    outbox_sample_put(sample, "a.example", 1);
    outbox_sample_put(sample, "b.example", 1);
    outbox_sample_put(sample, "c.example", 1);
    outbox_sample_ok(sample, outbox_change(sample->outbox, 2, OUTBOX_DROPPED, 0,
                                           "why", &sample->err));
    saw(sample, (struct outbox_filter){ .day = DAY + 1 }, "");
    saw(sample, (struct outbox_filter){ .day = DAY, .limit = 1 },
        "1:waiting:mailto:tls@a.example;");
    saw(sample, (struct outbox_filter){ .day = DAY, .behind = 1, .limit = 1 },
        "2:dropped:mailto:tls@b.example;");
    saw(sample,
        (struct outbox_filter){ .day = UTC_DAY_NONE,
                                .states = 1u << OUTBOX_DROPPED },
        "2:dropped:mailto:tls@b.example;");
    saw(sample,
        (struct outbox_filter){ .day = UTC_DAY_NONE,
                                .domain = SLICE("c.example") },
        "3:waiting:mailto:tls@c.example;");
    saw(sample,
        (struct outbox_filter){ .day = UTC_DAY_NONE,
                                .host = SLICE("a.example") },
        "1:waiting:mailto:tls@a.example;");
    outbox_sample_ok(sample, outbox_count(sample->outbox, n, &sample->err));
    assert_int_equal(n[OUTBOX_WAITING], 2);
    assert_int_equal(n[OUTBOX_DROPPED], 1);
    assert_int_equal(n[OUTBOX_DELIVERED], 0);
}

static void by_hand_things_end_and_begin_again(void **state)
{
    struct outbox_sample *sample = *state;
    const int64_t id = outbox_sample_put(sample, "a.example", 1);

    outbox_sample_ok(sample, outbox_change(sample->outbox, id, OUTBOX_DROPPED,
                                           0, "why", &sample->err));
    assert_int_equal(outbox_change(sample->outbox, id, OUTBOX_SUPPRESSED, 0,
                                   "why", &sample->err),
                     1);
    outbox_sample_ok(sample, outbox_change(sample->outbox, id, OUTBOX_WAITING,
                                           500, "", &sample->err));
    saw(sample, (struct outbox_filter){ .day = DAY },
        "1:waiting:mailto:tls@a.example;");
    assert_int_equal(outbox_change(sample->outbox, 77, OUTBOX_WAITING, 500, "",
                                   &sample->err),
                     1);
}

static void assert_forced(struct outbox_sample *sample, int64_t id, int is)
{
    assert_int_equal(outbox_is_forced(sample->outbox, id, &sample->err), is);
}

static void what_is_forced_is_so_until_it_is_changed_by_hand(void **state)
{
    struct outbox_sample *sample = *state;
    const int64_t id = outbox_sample_put(sample, "a.example", 1);

    outbox_sample_ok(sample,
                     outbox_change(sample->outbox, id, OUTBOX_SUPPRESSED, 0,
                                   "why", &sample->err));
    assert_forced(sample, id, 0);
    for (int i = 0; i < 2; i++)
        outbox_sample_ok(
            sample, outbox_force(sample->outbox, id, 500, "", &sample->err));
    assert_forced(sample, id, 1);
    saw(sample, (struct outbox_filter){ .day = DAY },
        "1:waiting:mailto:tls@a.example;");
    outbox_sample_ok(sample, outbox_change(sample->outbox, id, OUTBOX_DROPPED,
                                           0, "", &sample->err));
    assert_forced(sample, id, 0);
    assert_int_equal(outbox_force(sample->outbox, 77, 500, "", &sample->err),
                     1);
    assert_forced(sample, 77, 0);
}

/* Numbers may come again where the last one went. */
static void what_is_forced_goes_with_its_report(void **state)
{
    struct outbox_sample *sample = *state;
    const int64_t id = outbox_sample_put(sample, "a.example", 1);

    outbox_sample_ok(sample,
                     outbox_force(sample->outbox, id, 500, "", &sample->err));
    outbox_sample_ok(
        sample, outbox_note_try(sample->outbox, id,
                                &(struct outbox_try){ .state = OUTBOX_DELIVERED,
                                                      .answer = "taken" },
                                &sample->err));
    assert_forced(sample, id, 1);
    outbox_sample_ok(sample,
                     outbox_prune(sample->outbox, DAY + 1, 10, &sample->err));
    assert_forced(sample, id, 0);
}

static int see_skip(void *context, const struct outbox_skip *row,
                    struct err *err)
{
    struct outbox_sample *sample = context;

    (void)err;
    buffer_add_format(&sample->seen, "%.*s:%.*s;", (int)row->domain.len,
                      row->domain.ptr, (int)row->reason.len, row->reason.ptr);
    return 0;
}

static void what_was_passed_over_is_told(void **state)
{
    struct outbox_sample *sample = *state;

    outbox_sample_ok(sample, outbox_put_skip(sample->outbox,
                                             &(struct outbox_skip){
                                                 .day = DAY,
                                                 .domain = SLICE("b.example"),
                                                 .record = SLICE("v"),
                                                 .reason = SLICE("loop") },
                                             &sample->err));
    outbox_sample_ok(sample, outbox_put_skip(sample->outbox,
                                             &(struct outbox_skip){
                                                 .day = DAY + 1,
                                                 .domain = SLICE("a.example"),
                                                 .record = SLICE("v"),
                                                 .reason = SLICE("rule") },
                                             &sample->err));
    outbox_sample_ok(sample, outbox_each_skip(sample->outbox, DAY, see_skip,
                                              sample, &sample->err));
    outbox_sample_saw(sample, "b.example:loop;");
    outbox_sample_ok(sample, outbox_each_skip(sample->outbox, UTC_DAY_NONE,
                                              see_skip, sample, &sample->err));
    outbox_sample_saw(sample, "b.example:loop;a.example:rule;");
}

static void old_days_go_but_nothing_that_waits(void **state)
{
    struct outbox_sample *sample = *state;
    struct outbox *outbox = sample->outbox;
    utc_day pruned = 0;

    outbox_sample_put(sample, "a.example", 1);
    outbox_sample_put(sample, "b.example", 1);
    outbox_sample_put(sample, "c.example", 1);
    outbox_sample_ok(
        sample, outbox_change(outbox, 1, OUTBOX_DROPPED, 0, "", &sample->err));
    outbox_sample_ok(
        sample, outbox_change(outbox, 3, OUTBOX_DROPPED, 0, "", &sample->err));
    outbox_sample_ok(sample, outbox_prune(outbox, DAY, 10, &sample->err));
    outbox_sample_ok(sample, outbox_pruned_day(outbox, &pruned, &sample->err));
    assert_int_equal(pruned, UTC_DAY_NONE);
    assert_int_equal(outbox_prune(outbox, DAY + 1, 1, &sample->err), 1);
    outbox_sample_ok(sample, outbox_prune(outbox, DAY + 1, 1, &sample->err));
    saw(sample, (struct outbox_filter){ .day = UTC_DAY_NONE },
        "2:waiting:mailto:tls@b.example;");
    outbox_sample_ok(sample, outbox_pruned_day(outbox, &pruned, &sample->err));
    assert_int_equal(pruned, DAY);
}

#define test(f)                                                                \
    cmocka_unit_test_setup_teardown(f, outbox_sample_open, outbox_sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_is_suppressed_ends_at_its_time),
        test(lists_are_filtered_and_paged),
        test(by_hand_things_end_and_begin_again),
        test(what_is_forced_is_so_until_it_is_changed_by_hand),
        test(what_is_forced_goes_with_its_report),
        test(what_was_passed_over_is_told),
        test(old_days_go_but_nothing_that_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
