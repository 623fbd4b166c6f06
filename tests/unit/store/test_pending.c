/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/arrival_row.h"

#include <stdio.h>

#include "store/drop.h"
#include "store/handle.h"
#include "store/sample.h"
#include "store/sql.h"

static void put_waiting(struct sample_store *sample, const char *report_id,
                        int64_t judge_at)
{
    struct sample_report report;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    report.report.report_id = report_id;
    report.report.input = report_id;
    report.report.payload = 3;
    report.report.standing = STORE_UNPROVEN;
    report.report.arrival =
        (struct store_arrival){ .source = "imap reports",
                                .tenant = "north",
                                .destination = "mailto:r@north.example",
                                .way = 1,
                                .rule = 1,
                                .is_live = true,
                                .arrived_at = 77,
                                .judge_at = judge_at };
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
}

static void what_waits_is_told_in_its_order(void **state)
{
    struct sample_store *sample = *state;
    struct store_pending *pending;
    struct arena arena;
    int64_t next;
    size_t n;

    arena_init(&arena, 1 << 20);
    assert_ok(sample, store_next_pending(sample->store, &next, &sample->err));
    assert_int_equal(next, UTC_NONE);
    put_waiting(sample, "late", 300);
    put_waiting(sample, "soon", 100);
    put_waiting(sample, "then", 200);
    assert_ok(sample, store_next_pending(sample->store, &next, &sample->err));
    assert_int_equal(next, 100);
    assert_ok(sample, store_find_pending(sample->store, 250, 10, &arena,
                                         &pending, &n, &sample->err));
    assert_int_equal(n, 2);
    assert_string_equal(pending[0].input, "soon");
    assert_string_equal(pending[1].input, "then");
    assert_string_equal(pending[0].arrival.source, "imap reports");
    assert_string_equal(pending[0].arrival.tenant, "north");
    assert_string_equal(pending[0].arrival.destination,
                        "mailto:r@north.example");
    assert_int_equal(pending[0].arrival.arrived_at, 77);
    assert_int_equal(pending[0].arrival.judges, pending[0].id);
    assert_true(pending[0].arrival.is_live);
    assert_int_equal(pending[0].payload, 3);
    assert_ok(sample, store_find_pending(sample->store, 900, 1, &arena,
                                         &pending, &n, &sample->err));
    assert_int_equal(n, 1);
    arena_deinit(&arena);
}

static void what_waits_can_be_hastened(void **state)
{
    struct sample_store *sample = *state;

    put_waiting(sample, "late", 300);
    put_waiting(sample, "soon", 100);
    assert_ok(sample, store_hasten_pending(sample->store, 200, &sample->err));
    assert_int_equal(
        sample_ask(sample, "SELECT count(*) FROM pending WHERE judge_at = 200"),
        1);
    assert_int_equal(sample_ask(sample, "SELECT min(judge_at) FROM pending"),
                     100);
}

static void what_waits_can_be_delayed_and_dropped(void **state)
{
    struct sample_store *sample = *state;
    int64_t next;

    put_waiting(sample, "one", 100);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, store_delay_pending(sample->store, 1, 500, &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_ok(sample, store_next_pending(sample->store, &next, &sample->err));
    assert_int_equal(next, 500);
    assert_int_equal(sample_ask(sample, "SELECT tries FROM pending"), 1);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, store_drop_pending(sample->store, 1, &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM pending"), 0);
    assert_int_equal(store_drop_pending(sample->store, 1, &sample->err), -1);
    assert_int_equal(sample->err.kind, ERR_USAGE);
}

/* Puts a report that came by one of two paths. judge_at: 0 it is judged. */
static enum store_outcome put_by(struct sample_store *sample,
                                 const char *destination, int way,
                                 enum store_standing standing, int64_t judge_at,
                                 int64_t judges)
{
    struct sample_report report;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    report.report.standing = standing;
    report.report.proof =
        standing == STORE_COUNTED ? STORE_PROOF_SECRET_PATH : STORE_PROOF_HTTPS;
    report.report.arrival = (struct store_arrival){ .source = "https",
                                                    .destination = destination,
                                                    .way = way,
                                                    .is_live = true,
                                                    .judge_at = judge_at,
                                                    .judges = judges };
    return sample_put(sample, &report);
}

/* One proves more than the other, or is named by a domain. */
static void the_same_octets_wait_by_each_way(void **state)
{
    struct sample_store *sample = *state;

    put_by(sample, "https://a/open", 1, STORE_UNCLAIMED, 100, 0);
    assert_int_equal(
        put_by(sample, "https://a/secret", 2, STORE_UNCLAIMED, 100, 0),
        STORE_DUPLICATE);
    put_by(sample, "https://a/other", 2, STORE_UNCLAIMED, 100, 0);
    put_by(sample, "https://a/other", 2, STORE_UNCLAIMED, 100, 0);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM pending"), 3);
    put_by(sample, "https://a/secret", 2, STORE_COUNTED, 0, 2);
    assert_int_equal(sample_ask(sample, "SELECT standing FROM report"),
                     STORE_COUNTED);
    /* No later judgement of another way takes that back. */
    put_by(sample, "https://a/open", 1, STORE_UNPROVEN, 0, 1);
    put_by(sample, "https://a/other", 2, STORE_UNCLAIMED, 100, 0);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM pending"), 0);
    assert_int_equal(sample_ask(sample, "SELECT standing FROM report"),
                     STORE_COUNTED);
    assert_int_equal(sample_ask(sample, "SELECT proof FROM report"),
                     STORE_PROOF_SECRET_PATH);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM pending"), 0);
}

static void assert_counts(struct sample_store *sample)
{
    assert_int_equal(sample_ask(sample, "SELECT standing FROM report"),
                     STORE_COUNTED);
    assert_int_equal(sample_ask(sample, "SELECT proof FROM report"),
                     STORE_PROOF_SECRET_PATH);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM pending"), 0);
}

/* It came by one that is not ours, which waits, then by one that is. */
static void another_address_takes_nothing_back(void **state)
{
    struct sample_store *sample = *state;

    put_by(sample, "https://a/other", 2, STORE_UNCLAIMED, 100, 0);
    assert_int_equal(put_by(sample, "https://a/secret", 2, STORE_COUNTED, 0, 0),
                     STORE_TAKEOVER);
    put_by(sample, "https://a/other", 2, STORE_UNCLAIMED, 0, 1);
    assert_counts(sample);
}

/* While that of another source waits, addresses of its own wait as well. */
static void another_address_beside_another_source_takes_nothing_back(
    void **state)
{
    struct sample_store *sample = *state;

    put_by(sample, "https://a/secret", 2, STORE_COUNTED, 0, 0);
    put_by(sample, "https://a/open", 1, STORE_UNCLAIMED, 100, 0);
    put_by(sample, "https://a/other", 2, STORE_UNCLAIMED, 100, 0);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM pending"), 2);
    put_by(sample, "https://a/other", 2, STORE_UNCLAIMED, 0, 2);
    put_by(sample, "https://a/open", 1, STORE_UNCLAIMED, 0, 1);
    assert_counts(sample);
}

static void give_up(struct sample_store *sample, int64_t id)
{
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, store_give_up_pending(sample->store, id, &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
}

static size_t count_due(struct sample_store *sample)
{
    struct store_pending *pending;
    struct arena arena;
    size_t n;

    arena_init(&arena, 1 << 20);
    assert_ok(sample, store_find_pending(sample->store, INT64_MAX - 1, 10,
                                         &arena, &pending, &n, &sample->err));
    arena_deinit(&arena);
    return n;
}

/* Time in which nobody tried, as while the daemon stood, is not waited. */
static void what_is_waited_is_told(void **state)
{
    struct sample_store *sample = *state;
    struct store_pending *pending;
    struct arena arena;
    int64_t now;
    size_t n;

    sample_set_today(sample, SAMPLE_DAY);
    now = clock_now(sample->store->clock);
    put_waiting(sample, "one", now + 60);
    assert_int_equal(sample_ask(sample, "SELECT since FROM pending"), now);
    /* Ten days late. */
    sample_set_today(sample, SAMPLE_DAY + 10);
    now = clock_now(sample->store->clock);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample,
              store_delay_pending(sample->store, 1, now + 300, &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    arena_init(&arena, 1 << 20);
    assert_ok(sample, store_find_pending(sample->store, now + 300, 10, &arena,
                                         &pending, &n, &sample->err));
    assert_int_equal(n, 1);
    assert_int_equal(pending[0].waited_s, 360);
    arena_deinit(&arena);
}

static void what_was_given_up_can_be_judged_again(void **state)
{
    struct sample_store *sample = *state;
    int64_t next, n;

    put_waiting(sample, "one", 100);
    put_waiting(sample, "two", 200);
    give_up(sample, 1);
    assert_ok(sample, store_hasten_pending(sample->store, 50, &sample->err));
    assert_ok(sample, store_next_pending(sample->store, &next, &sample->err));
    assert_int_equal(next, 50);
    assert_int_equal(count_due(sample), 1);
    assert_ok(sample, store_rejudge(sample->store, 300, &n, &sample->err));
    assert_int_equal(n, 1);
    assert_int_equal(count_due(sample), 2);
    assert_int_equal(
        sample_ask(sample, "SELECT since + tries FROM pending WHERE id = 1"),
        300);
    give_up(sample, 1);
    give_up(sample, 2);
    assert_ok(sample, store_next_pending(sample->store, &next, &sample->err));
    assert_int_equal(next, UTC_NONE);
}

/* So it is when the same comes again. */
static void what_comes_again_waits_anew(void **state)
{
    struct sample_store *sample = *state;

    put_by(sample, "https://a/open", 1, STORE_UNPROVEN, 100, 0);
    give_up(sample, 1);
    assert_int_equal(
        put_by(sample, "https://a/open", 1, STORE_UNPROVEN, 700, 0),
        STORE_DUPLICATE);
    assert_int_equal(sample_ask(sample, "SELECT judge_at FROM pending"), 700);
    /* What waits is not put off by that. */
    put_by(sample, "https://a/open", 1, STORE_UNPROVEN, 900, 0);
    assert_int_equal(sample_ask(sample, "SELECT judge_at FROM pending"), 700);
}

static int64_t count_raws(struct sample_store *sample)
{
    return sample_ask(sample, "SELECT count(*) FROM raw");
}

/* Puts the content of put_waiting in other octets, which wait. */
static void put_duplicate(struct sample_store *sample, const char *raw)
{
    struct sample_report report;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    report.report.report_id = report.report.input = "one";
    report.report.payload = 3;
    report.report.standing = STORE_UNPROVEN;
    report.report.arrival = (struct store_arrival){ .judge_at = 100 };
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_int_equal(sample_put_octets(sample, &report, raw), STORE_DUPLICATE);
    assert_ok(sample, store_commit(sample->store, &sample->err));
}

/* Octets of a duplicate stand for nothing but that it waits. */
static void octets_go_with_what_waited(void **state)
{
    struct sample_store *sample = *state;

    put_waiting(sample, "one", 100);
    put_duplicate(sample, "the same");
    assert_int_equal(count_raws(sample), 2);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, store_drop_pending(sample->store, 2, &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_int_equal(count_raws(sample), 1);
    /* Given up in vain it would be remembered without its octets. */
    put_duplicate(sample, "once more");
    assert_int_equal(count_raws(sample), 2);
    give_up(sample, 2);
    assert_int_equal(count_raws(sample), 1);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM pending"), 1);
    give_up(sample, 1);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM pending"), 1);
}

/* The raw of what was given up goes with the report's last need of it. */
static void what_was_given_up_keeps_no_octets(void **state)
{
    struct sample_store *sample = *state;
    struct drop_counts counts = { 0 };

    put_waiting(sample, "one", 100);
    give_up(sample, 1);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, drop_raw(sample->store, 1, &counts, &sample->err));
    assert_int_equal(counts.raws, 0);
    assert_ok(sample, sql_execute(sample->store, "UPDATE report SET raw_id = 9",
                                  &sample->err));
    assert_ok(sample, drop_raw(sample->store, 1, &counts, &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_int_equal(counts.raws, 1);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM pending"), 0);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_waits_is_told_in_its_order),
        test(what_waits_can_be_hastened),
        test(what_waits_can_be_delayed_and_dropped),
        test(the_same_octets_wait_by_each_way),
        test(another_address_takes_nothing_back),
        test(another_address_beside_another_source_takes_nothing_back),
        test(what_is_waited_is_told),
        test(what_was_given_up_can_be_judged_again),
        test(what_comes_again_waits_anew),
        test(octets_go_with_what_waited),
        test(what_was_given_up_keeps_no_octets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
