/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "intake/import.h"
#include "intake/limits.h"
#include "intake/read.h"
#include "store/position.h"
#include "store/sample.h"
#include "unit/intake/samples.h"

enum { NOW = 1790000000 };

static enum intake_known known;

static const char *same_key(struct arena *arena, const char *name)
{
    (void)arena;
    return name;
}

static enum intake_known claims(void *context,
                                const struct intake_origin *origin,
                                const char *domain, bool *out_is_ours)
{
    (void)context;
    assert_string_equal(origin->destination,
                        origin->is_live ? "https://in.example/x" : "");
    assert_string_equal(origin->tenant, origin->is_live ? "north" : "");
    *out_is_ours = strcmp(domain, "example.com") == 0;
    return known;
}

static struct intake_import *start(struct sample_store *sample)
{
    const struct intake_import_options options = { .organization_key = same_key,
                                                   .judges.claims = claims };
    struct intake_import *import;

    assert_ok(sample, intake_import_new(sample->store, &options, &import,
                                        &sample->err));
    return import;
}

static struct intake_outcome add(struct sample_store *sample,
                                 struct intake_import *import)
{
    static const struct intake_origin origin = { .source = "https",
                                                 .tenant = "north",
                                                 .destination =
                                                     "https://in.example/x",
                                                 .way = INTAKE_WAY_SECRET_PATH,
                                                 .is_live = true };
    struct intake_outcome outcome = { .n_refused = 0 };
    const struct intake_source_input input = { .label = "https",
                                               .octets =
                                                   slice_of(sample_report),
                                               .origin = &origin,
                                               .arrived_at = NOW,
                                               .outcome = &outcome };

    assert_ok(sample, intake_import_add(import, &input, &sample->err));
    assert_ok(sample, intake_import_commit(import, &sample->err));
    return outcome;
}

static size_t judge(struct sample_store *sample, struct intake_import *import,
                    int64_t now)
{
    bool has_more = false;
    size_t n;

    assert_ok(sample,
              intake_import_judge(import, now, &n, &has_more, &sample->err));
    assert_false(has_more);
    return n;
}

static struct store_totals totals_of(struct sample_store *sample)
{
    struct store_totals totals;

    assert_ok(sample, store_totals(sample->store, NULL, SAMPLE_ALL, &totals,
                                   &sample->err));
    return totals;
}

static void what_was_pending_counts_when_it_is_known(void **state)
{
    struct sample_store *sample = *state;
    struct intake_import *import = start(sample);

    known = INTAKE_PENDING;
    assert_int_equal(add(sample, import).n_reports[STORE_NEW], 1);
    assert_int_equal(totals_of(sample).unclaimed.reports, 1);

    /* Still on its way: later again. */
    assert_int_equal(judge(sample, import, NOW), 1);
    assert_int_equal(judge(sample, import, NOW + 2), 0);
    assert_int_equal(totals_of(sample).sums.reports, 0);

    known = INTAKE_KNOWN;
    assert_int_equal(judge(sample, import, NOW + 1000), 1);
    assert_int_equal(totals_of(sample).unclaimed.reports, 0);
    assert_int_equal(totals_of(sample).sums.sessions, 10);
    assert_int_equal(judge(sample, import, NOW + 100000), 0);
    intake_import_free(import);
}

/* Judges what is due, hour by hour. */
static void judge_for(struct sample_store *sample, struct intake_import *import,
                      int hours, bool does_hasten)
{
    for (int i = 0; i < hours; i++) {
        int64_t now = sample->clock.fixed + 3600;

        sample->clock = clock_fixed(now);
        if (does_hasten)
            assert_ok(sample,
                      store_hasten_pending(sample->store, now, &sample->err));
        judge(sample, import, now);
    }
}

/* However often all that waits is tried at once meanwhile. */
static void what_never_becomes_known_is_given_up(void **state)
{
    struct sample_store *sample = *state;
    struct intake_import *import = start(sample);
    int64_t n;

    known = INTAKE_FAILING;
    sample->clock = clock_fixed(NOW);
    add(sample, import);
    judge_for(sample, import, 5 * 24, true);
    assert_true(sample_ask(sample, "SELECT tries FROM pending") >= 100);
    assert_true(sample_ask(sample, "SELECT judge_at FROM pending") <
                NOW + 6 * 86400);
    judge_for(sample, import, 24, false);
    assert_int_equal(judge(sample, import, INT64_MAX - 1), 0);
    assert_int_equal(totals_of(sample).unclaimed.reports, 1);
    /* But where somebody asks for it. */
    known = INTAKE_KNOWN;
    assert_ok(sample, store_rejudge(sample->store, NOW, &n, &sample->err));
    assert_int_equal(n, 1);
    assert_int_equal(judge(sample, import, NOW), 1);
    assert_int_equal(totals_of(sample).sums.sessions, 10);
    intake_import_free(import);
}

static void without_its_raw_it_is_given_up(void **state)
{
    struct sample_store *sample = *state;
    struct intake_import *import = start(sample);

    known = INTAKE_PENDING;
    add(sample, import);
    sample_ask(sample, "DELETE FROM raw RETURNING 1");
    assert_int_equal(judge(sample, import, NOW), 1);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM pending"), 0);
    assert_int_equal(totals_of(sample).unclaimed.reports, 1);
    intake_import_free(import);
}

static void a_damaged_raw_keeps_no_other_waiting(void **state)
{
    struct sample_store *sample = *state;
    struct intake_import *import = start(sample);

    known = INTAKE_PENDING;
    add(sample, import);
    sample_ask(sample, "UPDATE raw SET encoding = 1, octets = x'1f8b00'");
    assert_int_equal(judge(sample, import, NOW), 1);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM pending"), 0);
    assert_int_equal(totals_of(sample).unclaimed.reports, 1);
    intake_import_free(import);
}

/* Each takes longer than a round may. */
static int read_slowly(void *context, const struct intake_source_input *input,
                       const struct intake_sink *sink, struct err *err)
{
    const struct timespec moment = { .tv_nsec = 1000000 };
    int64_t begin_ms = clock_monotonic_ms();

    while (clock_monotonic_ms() - begin_ms <= INTAKE_JUDGE_MS)
        nanosleep(&moment, NULL);
    return intake_reading_read(context, input, sink, err);
}

/* What arrives meanwhile does not wait for all that is due. */
static void a_round_ends_in_time(void **state)
{
    struct intake_import_options slow = { .organization_key = same_key,
                                          .read = read_slowly,
                                          .judges.claims = claims };
    struct sample_store *sample = *state;
    struct intake_import *import = start(sample), *slow_import;
    struct intake_reading *reading;
    bool has_more;
    size_t n;

    assert_ok(sample, intake_reading_new(same_key, &reading, &sample->err));
    slow.read_context = reading;
    assert_ok(sample, intake_import_new(sample->store, &slow, &slow_import,
                                        &sample->err));
    known = INTAKE_PENDING;
    add(sample, import);
    sample_ask(sample, "INSERT INTO pending SELECT id + 1, report_id, raw_id,"
                       " payload, ordinal, origin_id, '', input, arrived_at,"
                       " judge_at, tries, since FROM pending");
    sample_ask(sample, "UPDATE pending SET destination = 'https://in.example/x'"
                       " || substr('?', 1, id - 1)");
    known = INTAKE_FAILING;
    assert_ok(sample, intake_import_judge(slow_import, NOW, &n, &has_more,
                                          &sample->err));
    assert_int_equal(n, 1);
    assert_true(has_more);
    assert_int_equal(
        sample_ask(sample, "SELECT count(*) FROM pending WHERE tries = 1"), 1);
    intake_reading_free(reading);
    intake_import_free(slow_import);
    intake_import_free(import);
}

/* As a reader whose worker is late. */
static int read_late(void *context, const struct intake_source_input *input,
                     const struct intake_sink *sink, struct err *err)
{
    const struct intake_item item = { .refused = "not read yet",
                                      .unread = INTAKE_UNREAD_YET,
                                      .contact_domain = "",
                                      .submitter_domain = "" };

    (void)context, (void)input;
    return sink->ready(sink->context, 0, err) ||
                   sink->take(sink->context, &item, err)
               ? -1
               : 0;
}

/* It was read once, and will be again. */
static void what_is_not_read_this_time_is_judged_later(void **state)
{
    const struct intake_import_options late = { .organization_key = same_key,
                                                .read = read_late,
                                                .judges.claims = claims };
    struct sample_store *sample = *state;
    struct intake_import *import = start(sample), *late_import;

    known = INTAKE_PENDING;
    add(sample, import);
    assert_ok(sample, intake_import_new(sample->store, &late, &late_import,
                                        &sample->err));
    assert_int_equal(judge(sample, late_import, NOW), 1);
    assert_int_equal(judge(sample, late_import, NOW), 0);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM pending"), 1);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM quarantine"), 0);
    known = INTAKE_KNOWN;
    assert_int_equal(judge(sample, import, NOW + 1000), 1);
    assert_int_equal(totals_of(sample).sums.sessions, 10);
    intake_import_free(late_import);
    intake_import_free(import);
}

static void a_refusal_is_told_to_who_sent_it(void **state)
{
    struct sample_store *sample = *state;
    struct intake_import *import = start(sample);
    struct intake_outcome outcome = { .n_refused = 0 };
    const struct intake_source_input input = { .label = "x",
                                               .octets = SLICE("{\"a\": tru"),
                                               .outcome = &outcome };

    assert_ok(sample, intake_import_add(import, &input, &sample->err));
    assert_ok(sample, intake_import_commit(import, &sample->err));
    assert_int_equal(outcome.n_refused, 1);
    assert_string_not_equal(outcome.reason, "");
    intake_import_free(import);
}

/* Where a source stands is written behind all that was read of its input. */
static void a_position_is_put_with_its_input(void **state)
{
    struct sample_store *sample = *state;
    struct intake_import *import = start(sample);
    const struct store_position position = { "imap", "uid", "7" };
    const struct intake_source_input input = {
        .label = "x", .octets = slice_of(sample_report), .position = &position
    };

    assert_ok(sample, intake_import_add(import, &input, &sample->err));
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM position"), 0);
    known = INTAKE_KNOWN;
    assert_ok(sample, intake_import_commit(import, &sample->err));
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM position WHERE"
                                        " source = 'imap' AND value = '7'"),
                     1);
    intake_import_free(import);
}

/* Where a source stands may change without anything new: nothing is read, and
 * nothing is refused for being empty. */
static void a_position_alone_is_put(void **state)
{
    struct sample_store *sample = *state;
    struct intake_import *import = start(sample);
    const struct store_position kept = { "pop", "a", "kept" };
    const struct store_position gone = { "pop", "a", NULL };
    struct intake_source_input input = { .label = "x", .position = &kept };

    assert_ok(sample, intake_import_add(import, &input, &sample->err));
    assert_ok(sample, intake_import_commit(import, &sample->err));
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM position"), 1);
    input.position = &gone;
    assert_ok(sample, intake_import_add(import, &input, &sample->err));
    assert_ok(sample, intake_import_commit(import, &sample->err));
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM position"), 0);
    assert_int_equal(intake_import_counts(import)->refused, 0);
    intake_import_free(import);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_was_pending_counts_when_it_is_known),
        test(what_never_becomes_known_is_given_up),
        test(without_its_raw_it_is_given_up),
        test(a_damaged_raw_keeps_no_other_waiting),
        test(a_round_ends_in_time),
        test(what_is_not_read_this_time_is_judged_later),
        test(a_refusal_is_told_to_who_sent_it),
        test(a_position_is_put_with_its_input),
        test(a_position_alone_is_put),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
