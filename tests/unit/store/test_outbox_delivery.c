/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/outbox.h"

#include "base/arena.h"
#include "store/outbox_sample.h"

static void see_due(struct outbox_sample *sample, utc_time now, size_t n)
{
    outbox_sample_ok(sample,
                     outbox_each_due(sample->outbox, now, n, outbox_sample_see,
                                     sample, &sample->err));
}

static void what_is_due_comes_by_its_time(void **state)
{
    struct outbox_sample *sample = *state;
    utc_time at;

    outbox_sample_ok(sample,
                     outbox_next_due(sample->outbox, &at, &sample->err));
    assert_int_equal(at, UTC_NONE);
    outbox_sample_put(sample, "a.example", 300);
    outbox_sample_put(sample, "b.example", 100);
    outbox_sample_put(sample, "c.example", 200);
    outbox_sample_ok(sample,
                     outbox_next_due(sample->outbox, &at, &sample->err));
    assert_int_equal(at, 100);
    see_due(sample, 99, 9);
    outbox_sample_saw(sample, "");
    see_due(sample, 200, 9);
    outbox_sample_saw(sample, "2:waiting:mailto:tls@b.example;"
                              "3:waiting:mailto:tls@c.example;");
    see_due(sample, 1000, 1);
    outbox_sample_saw(sample, "2:waiting:mailto:tls@b.example;");
}

static void assert_slice(struct slice is, const char *expected)
{
    assert_int_equal(is.len, strlen(expected));
    assert_memory_equal(is.ptr, expected, is.len);
}

static void a_delivery_is_loaded_with_all_it_needs(void **state)
{
    struct outbox_sample *sample = *state;
    const int64_t id = outbox_sample_put(sample, "a.example", 100);
    struct outbox_load load;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    assert_int_equal(
        outbox_load(sample->outbox, 77, &arena, &load, &sample->err), 1);
    outbox_sample_ok(
        sample, outbox_load(sample->outbox, id, &arena, &load, &sample->err));
    assert_slice(load.delivery.uri, "mailto:tls@a.example");
    assert_slice(load.delivery.host, "a.example");
    assert_slice(load.report.domain, "a.example");
    assert_slice(load.report.record, "v=TLSRPTv1;");
    assert_slice(load.report.tenant, "acme");
    assert_slice(load.report.report_id, "1@mta.example");
    assert_slice(load.report.file_name, "mta!d!1!2!a.json.gz");
    assert_slice(load.report.submitter, "mta.example");
    assert_int_equal(load.report.day, OUTBOX_SAMPLE_DAY);
    assert_int_equal(load.report.success_sessions, 3);
    assert_int_equal(load.report.failure_sessions, 2);
    assert_int_equal(load.report.json_bytes, 800);
    assert_int_equal(load.report.octets.len, 4);
    assert_memory_equal(load.report.octets.ptr, "\x1f\x8b\0\1", 4);
    assert_int_equal(load.mail.len, 0);
    assert_int_equal(load.delivery.first_try_at, UTC_NONE);
    arena_deinit(&arena);
}

static void the_first_mail_kept_stays(void **state)
{
    struct outbox_sample *sample = *state;
    const int64_t id = outbox_sample_put(sample, "a.example", 100);
    struct outbox_load load;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    outbox_sample_ok(sample, outbox_keep_mail(sample->outbox, id,
                                              SLICE("one\0two"), SLICE("s@x"),
                                              SLICE("r@y"), &sample->err));
    assert_int_equal(outbox_keep_mail(sample->outbox, id, SLICE("other"),
                                      SLICE("s@x"), SLICE("r@y"), &sample->err),
                     1);
    outbox_sample_reopen(sample);
    outbox_sample_ok(
        sample, outbox_load(sample->outbox, id, &arena, &load, &sample->err));
    assert_int_equal(load.mail.len, 7);
    assert_memory_equal(load.mail.ptr, "one\0two", 7);
    assert_slice(load.sender, "s@x");
    assert_slice(load.recipient, "r@y");
    arena_deinit(&arena);
}

static struct outbox_delivery load(struct outbox_sample *sample, int64_t id)
{
    static struct arena arena;
    struct outbox_load met;

    arena_deinit(&arena);
    arena_init(&arena, 1 << 20);
    outbox_sample_ok(
        sample, outbox_load(sample->outbox, id, &arena, &met, &sample->err));
    return met.delivery;
}

static void tries_are_noted_and_a_cut_one_comes_again(void **state)
{
    struct outbox_sample *sample = *state;
    const int64_t id = outbox_sample_put(sample, "a.example", 100);
    const utc_time now = clock_now(&sample->clock);
    const struct outbox_try later = { .state = OUTBOX_WAITING,
                                      .next_at = now + 300,
                                      .answer = "451 later" };
    const struct outbox_try done = { .state = OUTBOX_DELIVERED,
                                     .answer = "250 ok",
                                     .is_mail = true };

    outbox_sample_ok(sample,
                     outbox_note_start(sample->outbox, id, true, &sample->err));
    outbox_sample_reopen(sample);
    assert_true(load(sample, id).is_open);
    see_due(sample, now, 9);
    outbox_sample_saw(sample, "1:waiting:mailto:tls@a.example;");

    outbox_sample_ok(sample,
                     outbox_note_try(sample->outbox, id, &later, &sample->err));
    see_due(sample, now + 299, 9);
    outbox_sample_saw(sample, "");
    sample->clock = clock_fixed(now + 300);
    outbox_sample_ok(sample,
                     outbox_note_start(sample->outbox, id, true, &sample->err));
    outbox_sample_ok(sample,
                     outbox_note_try(sample->outbox, id, &done, &sample->err));
    assert_int_equal(load(sample, id).state, OUTBOX_DELIVERED);
    assert_int_equal(load(sample, id).tries, 2);
    assert_int_equal(load(sample, id).first_try_at, now);
    assert_int_equal(load(sample, id).last_try_at, now + 300);
    assert_slice(load(sample, id).answer, "250 ok");
    assert_false(load(sample, id).is_open);
    assert_int_equal(outbox_note_start(sample->outbox, id, true, &sample->err),
                     1);
    assert_int_equal(outbox_note_try(sample->outbox, 77, &done, &sample->err),
                     1);
}

static int64_t count_mails(struct outbox_sample *sample, utc_day day,
                           const char *host)
{
    int64_t n = -1;

    outbox_sample_ok(sample,
                     outbox_count_mails(sample->outbox, day, slice_of(host), &n,
                                        &sample->err));
    return n;
}

static void try_once(struct outbox_sample *sample, int64_t id, bool begins,
                     bool is_mail)
{
    const struct outbox_try end = { .state = OUTBOX_WAITING,
                                    .is_mail = is_mail };

    outbox_sample_ok(
        sample, outbox_note_start(sample->outbox, id, begins, &sample->err));
    outbox_sample_ok(sample,
                     outbox_note_try(sample->outbox, id, &end, &sample->err));
}

static void mails_are_counted_by_domain_and_day(void **state)
{
    struct outbox_sample *sample = *state;
    const utc_day day = utc_day_of(clock_now(&sample->clock));
    const int64_t a = outbox_sample_put(sample, "a.example", 100);
    const int64_t b = outbox_sample_put(sample, "b.example", 100);

    try_once(sample, a, true, true);
    try_once(sample, a, true, true);
    try_once(sample, a, true, false);
    try_once(sample, b, true, false);
    try_once(sample, b, false, false);
    assert_int_equal(count_mails(sample, day, "a.example"), 2);
    assert_int_equal(count_mails(sample, day, "b.example"), 0);
    assert_int_equal(count_mails(sample, day - 1, "a.example"), 0);
}

/* The mail of a try that a crash cut off may have left, on the day it began. */
static void a_mail_cut_off_is_counted(void **state)
{
    struct outbox_sample *sample = *state;
    const utc_day day = utc_day_of(clock_now(&sample->clock));
    const int64_t id = outbox_sample_put(sample, "a.example", 100);
    const struct outbox_try end = { .state = OUTBOX_WAITING };

    outbox_sample_ok(sample,
                     outbox_note_start(sample->outbox, id, true, &sample->err));
    outbox_sample_reopen(sample);
    assert_int_equal(count_mails(sample, day, "a.example"), 1);
    /* Over midnight, and the first one is not taken back. */
    sample->clock = clock_fixed(clock_now(&sample->clock) + UTC_DAY_SECONDS);
    outbox_sample_ok(sample,
                     outbox_note_start(sample->outbox, id, true, &sample->err));
    assert_int_equal(count_mails(sample, day + 1, "a.example"), 1);
    outbox_sample_ok(sample,
                     outbox_note_try(sample->outbox, id, &end, &sample->err));
    assert_int_equal(count_mails(sample, day, "a.example"), 1);
    assert_int_equal(count_mails(sample, day + 1, "a.example"), 0);
}

static void what_was_dropped_meanwhile_stays_dropped(void **state)
{
    struct outbox_sample *sample = *state;
    const int64_t id = outbox_sample_put(sample, "a.example", 100);
    struct outbox_try try = { .state = OUTBOX_WAITING, .next_at = 5 };

    outbox_sample_ok(sample,
                     outbox_note_start(sample->outbox, id, true, &sample->err));
    outbox_sample_ok(sample, outbox_change(sample->outbox, id, OUTBOX_DROPPED,
                                           0, "by hand", &sample->err));
    outbox_sample_ok(sample,
                     outbox_note_try(sample->outbox, id, &try, &sample->err));
    assert_int_equal(load(sample, id).state, OUTBOX_DROPPED);
    try.state = OUTBOX_DELIVERED;
    outbox_sample_ok(sample,
                     outbox_note_try(sample->outbox, id, &try, &sample->err));
    assert_int_equal(load(sample, id).state, OUTBOX_DELIVERED);
}

#define test(f)                                                                \
    cmocka_unit_test_setup_teardown(f, outbox_sample_open, outbox_sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_is_due_comes_by_its_time),
        test(a_delivery_is_loaded_with_all_it_needs),
        test(the_first_mail_kept_stays),
        test(tries_are_noted_and_a_cut_one_comes_again),
        test(mails_are_counted_by_domain_and_day),
        test(a_mail_cut_off_is_counted),
        test(what_was_dropped_meanwhile_stays_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
