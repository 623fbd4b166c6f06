/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/aside.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "insight/insight.h"
#include "intake/import.h"
#include "intake/read.h"
#include "store/position.h"
#include "store/sample.h"

#define REPORT(id)                                                             \
    "{\"organization-name\":\"o\",\"report-id\":\"" id "\","                   \
    "\"date-range\":{\"start-datetime\":\"2026-10-01T00:00:00Z\","             \
    "\"end-datetime\":\"2026-10-01T23:59:59Z\"},\"policies\":["                \
    "{\"policy\":{\"policy-type\":\"sts\",\"policy-domain\":"                  \
    "\"a.example\"},\"summary\":{\"total-successful-session-count\":2}}]}"

static atomic_int n_added;

static void note_added(void *context)
{
    (void)context;
    atomic_fetch_add(&n_added, 1);
}

/* Puts an input as an import does. */
static void put(struct sample_store *sample, const char *text)
{
    const struct intake_import_options options = {
        .organization_key = insight_organization_key
    };
    const struct intake_source_input input = { .label = "test",
                                               .octets = slice_of(text) };
    struct intake_import *import;

    assert_ok(sample, intake_import_new(sample->store, &options, &import,
                                        &sample->err));
    assert_ok(sample, intake_import_add(import, &input, &sample->err));
    assert_ok(sample, intake_import_commit(import, &sample->err));
    intake_import_free(import);
}

/* Puts a raw that was refused, read by an older reader. */
static void put_refused(struct sample_store *sample, const char *text)
{
    unsigned char hash[DIGEST_BYTES];
    const struct store_refusal refusal = { .raw_hash = hash,
                                           .input = "test",
                                           .reason = "not read yet",
                                           .reader_version =
                                               INTAKE_READER_VERSION - 1,
                                           .arrival = { .source = "" } };

    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_true(
        store_put_raw(sample->store, slice_of(text), hash, &sample->err) >= 0);
    assert_ok(sample,
              store_put_quarantine(sample->store, &refusal, &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
}

static void make_reports_stale(struct sample_store *sample)
{
    sample_ask(sample, "UPDATE report SET reader_version = 0");
}

/* Waits until a question has an answer. */
static void wait_for(struct sample_store *sample, const char *sql, int64_t want)
{
    const struct timespec moment = { .tv_nsec = 2000000 };
    int64_t met = -1;

    for (int i = 0; i < 10000 && met != want; i++) {
        met = sample_ask(sample, sql);
        if (met != want)
            nanosleep(&moment, NULL);
    }
    if (met != want)
        fail_msg("%s: expected %d, got %d", sql, (int)want, (int)met);
}

/* Its reader, and so how far it has come. */
#define DONE                                                                   \
    "SELECT count(*) FROM position WHERE source = 'reader'"                    \
    " AND item = 'reread' AND value NOT LIKE '% %'"
#define STALE_REPORTS "SELECT count(*) FROM report WHERE reader_version = 0"
#define STALE_REFUSED                                                          \
    "SELECT count(*) FROM quarantine WHERE reason = 'not read yet'"

static struct aside *start(struct sample_store *sample)
{
    const struct aside_options options = { .store_url = sample->url,
                                           .clock = &sample->clock,
                                           .added = note_added };
    struct aside *aside;

    atomic_store(&n_added, 0);
    assert_ok(sample, aside_start(&options, &aside, &sample->err));
    return aside;
}

static void what_an_older_reader_read_is_read_once(void **state)
{
    struct sample_store *sample = *state;
    struct aside *aside;

    put(sample, REPORT("one"));
    put(sample, REPORT("two"));
    make_reports_stale(sample);
    aside = start(sample);
    wait_for(sample, DONE, 1);
    assert_int_equal(sample_ask(sample, STALE_REPORTS), 0);
    assert_int_equal(atomic_load(&n_added), 0);
    aside_stop(aside);
    /* As if they were lost: it does not try again and again. */
    make_reports_stale(sample);
    put_refused(sample, "no report");
    aside = start(sample);
    wait_for(sample, STALE_REFUSED, 0);
    aside_stop(aside);
    assert_int_equal(sample_ask(sample, STALE_REPORTS), 2);
}

static void another_version_reads_all_again(void **state)
{
    struct sample_store *sample = *state;
    struct aside *aside;

    put(sample, REPORT("one"));
    make_reports_stale(sample);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, store_put_position(sample->store, "reader", "reread", "1",
                                         &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    aside = start(sample);
    wait_for(sample, STALE_REPORTS, 0);
    aside_stop(aside);
}

static void what_was_put_off_is_read_when_told(void **state)
{
    struct sample_store *sample = *state;
    struct aside *aside = start(sample);

    wait_for(sample, DONE, 1);
    put_refused(sample, REPORT("late"));
    aside_wake(aside);
    wait_for(sample, "SELECT count(*) FROM quarantine", 0);
    wait_for(sample, "SELECT count(*) FROM report", 1);
    aside_stop(aside);
    assert_int_equal(atomic_load(&n_added), 1);
}

static void lost_sums_are_made_anew(void **state)
{
    struct sample_store *sample = *state;
    struct store_totals totals;
    struct aside *aside;

    put(sample, REPORT("one"));
    put(sample, REPORT("two"));
    sample_ask(sample, "UPDATE tail SET octets = x'ff' WHERE id ="
                       " (SELECT min(id) FROM tail)");
    aside = start(sample);
    wait_for(sample, DONE, 1);
    aside_stop(aside);
    assert_ok(sample, store_totals(sample->store, NULL, SAMPLE_ALL, &totals,
                                   &sample->err));
    assert_int_equal(totals.sums.reports, 2);
    assert_int_equal(
        sample_ask(sample, "SELECT count(*) FROM setting WHERE name = 'lost'"),
        0);
}

static void what_cannot_be_read_is_tried_once(void **state)
{
    struct sample_store *sample = *state;
    struct aside *aside;

    put_refused(sample, "no report");
    aside = start(sample);
    wait_for(sample, DONE, 1);
    aside_stop(aside);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM quarantine"), 1);
    assert_int_equal(sample_ask(sample, STALE_REFUSED), 0);
    assert_int_equal(atomic_load(&n_added), 0);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_an_older_reader_read_is_read_once),
        test(another_version_reads_all_again),
        test(what_was_put_off_is_read_when_told),
        test(lost_sums_are_made_anew),
        test(what_cannot_be_read_is_tried_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
