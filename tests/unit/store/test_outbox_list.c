/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/outbox_list.h"

#include "store/outbox_sample.h"

enum { DAY = OUTBOX_SAMPLE_DAY };

static int see(void *context, const struct outbox_listed *listed,
               struct err *err)
{
    struct outbox_sample *sample = context;

    assert_true(listed->report_id.len > 0);
    assert_int_equal(listed->success_sessions + listed->failure_sessions,
                     outbox_sample_report("a", DAY).success_sessions +
                         outbox_sample_report("a", DAY).failure_sessions);
    return outbox_sample_see(sample, &listed->delivery, err);
}

static void assert_list(struct outbox_sample *sample,
                        struct outbox_listing listing, const char *expected)
{
    outbox_sample_ok(sample, outbox_each_listed(sample->outbox, &listing, see,
                                                sample, &sample->err));
    outbox_sample_saw(sample, expected);
}

/* Three domains; of the second the delivery was refused. */
static void fill(struct outbox_sample *sample)
{
    const struct outbox_try refused = { .state = OUTBOX_REFUSED,
                                        .answer = "550 no" };

    outbox_sample_put(sample, "a.example", 5);
    outbox_sample_put(sample, "b.example", 6);
    outbox_sample_put(sample, "c.example", 7);
    outbox_sample_ok(
        sample, outbox_note_try(sample->outbox, 2, &refused, &sample->err));
}

static void deliveries_are_listed_newest_first(void **state)
{
    struct outbox_sample *sample = *state;
    struct outbox_listing all = { .state = OUTBOX_STATE_COUNT, .limit = 2 };

    fill(sample);
    assert_list(sample, all,
                "3:waiting:mailto:tls@c.example;"
                "2:refused:mailto:tls@b.example;");
    all.before = 2;
    assert_list(sample, all, "1:waiting:mailto:tls@a.example;");
    all.before = 1;
    assert_list(sample, all, "");
}

static void a_state_or_a_domain_is_listed_alone(void **state)
{
    struct outbox_sample *sample = *state;
    struct outbox_listing some = { .state = OUTBOX_WAITING, .limit = 9 };

    fill(sample);
    assert_list(sample, some,
                "3:waiting:mailto:tls@c.example;"
                "1:waiting:mailto:tls@a.example;");
    some.before = 3;
    assert_list(sample, some, "1:waiting:mailto:tls@a.example;");
    some.before = 0;
    some.domain = SLICE("b.example");
    assert_list(sample, some, "");
    some.state = OUTBOX_STATE_COUNT;
    assert_list(sample, some, "2:refused:mailto:tls@b.example;");
    some.before = 2;
    assert_list(sample, some, "");
}

static void pass_over(struct outbox_sample *sample, utc_day day,
                      const char *domain, const char *reason)
{
    const struct outbox_skip row = { .day = day,
                                     .tenant = SLICE(""),
                                     .domain = slice_of(domain),
                                     .record = SLICE("v=TLSRPTv1;"),
                                     .reason = slice_of(reason) };

    outbox_sample_ok(sample,
                     outbox_put_skip(sample->outbox, &row, &sample->err));
}

static int see_reason(void *context, const struct outbox_skip_reason *reason,
                      struct err *err)
{
    struct outbox_sample *sample = context;

    (void)err;
    buffer_add_format(&sample->seen, "%.*s:%d;", (int)reason->reason.len,
                      reason->reason.ptr, (int)reason->n);
    return 0;
}

static int see_skip(void *context, const struct outbox_skip *skip,
                    struct err *err)
{
    struct outbox_sample *sample = context;

    (void)err;
    buffer_add_format(&sample->seen, "%d:%.*s;", (int)(skip->day - DAY),
                      (int)skip->reason.len, skip->reason.ptr);
    return 0;
}

static void what_was_passed_over_is_told_by_reason(void **state)
{
    struct outbox_sample *sample = *state;

    pass_over(sample, DAY, "a.example", "why");
    pass_over(sample, DAY, "b.example", "else");
    pass_over(sample, DAY, "c.example", "else");
    pass_over(sample, DAY + 1, "a.example", "later");
    outbox_sample_ok(sample,
                     outbox_each_skip_reason(sample->outbox, DAY, see_reason,
                                             sample, &sample->err));
    outbox_sample_saw(sample, "else:2;why:1;");
    outbox_sample_ok(sample,
                     outbox_each_skip_of(sample->outbox, SLICE("a.example"), 9,
                                         see_skip, sample, &sample->err));
    outbox_sample_saw(sample, "1:later;0:why;");
    outbox_sample_ok(sample,
                     outbox_each_skip_of(sample->outbox, SLICE("a.example"), 1,
                                         see_skip, sample, &sample->err));
    outbox_sample_saw(sample, "1:later;");
}

static int see_day(void *context, const struct outbox_day *day, struct err *err)
{
    struct outbox_sample *sample = context;

    (void)err;
    buffer_add_format(&sample->seen, "%d:%d,%d,%d;", (int)(day->day - DAY),
                      (int)day->n_reports, (int)day->n_skipped,
                      (int)day->n_deliveries);
    return 0;
}

static void composed_days_come_latest_first(void **state)
{
    struct outbox_sample *sample = *state;
    int64_t before, after;

    outbox_sample_put(sample, "a.example", 5);
    pass_over(sample, DAY, "b.example", "why");
    outbox_sample_ok(sample,
                     outbox_last_change(sample->outbox, &before, &sample->err));
    outbox_sample_ok(sample,
                     outbox_close_day(sample->outbox, DAY, &sample->err));
    outbox_sample_ok(sample,
                     outbox_close_day(sample->outbox, DAY + 1, &sample->err));
    outbox_sample_ok(sample,
                     outbox_last_change(sample->outbox, &after, &sample->err));
    assert_true(after > before);
    outbox_sample_ok(sample, outbox_each_day(sample->outbox, 9, see_day, sample,
                                             &sample->err));
    outbox_sample_saw(sample, "1:0,0,0;0:1,1,1;");
    outbox_sample_ok(sample, outbox_each_day(sample->outbox, 1, see_day, sample,
                                             &sample->err));
    outbox_sample_saw(sample, "1:0,0,0;");
}

#define IN_AN_OUTBOX(test)                                                     \
    cmocka_unit_test_setup_teardown(test, outbox_sample_open,                  \
                                    outbox_sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_AN_OUTBOX(deliveries_are_listed_newest_first),
        IN_AN_OUTBOX(a_state_or_a_domain_is_listed_alone),
        IN_AN_OUTBOX(what_was_passed_over_is_told_by_reason),
        IN_AN_OUTBOX(composed_days_come_latest_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
