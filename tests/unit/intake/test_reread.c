/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/reread.h"

#include <stdio.h>

#include "intake/import.h"
#include "store/limits.h"
#include "store/sample.h"
#include "store/verify.h"
#include "unit/intake/samples.h"

/* A reader that is late where a test wants it. */
struct late_reader {
    struct intake_reading *reading;
    bool does_hurry;
    int n_reads;
    int late_from, late_to; /* reads that are late */
    bool is_late_in_hurry_alone;
};

static const char *same_key(struct arena *arena, const char *name)
{
    (void)arena;
    return name;
}

static void hurry(void *context, bool does_hurry)
{
    struct late_reader *reader = context;

    reader->does_hurry = does_hurry;
}

static int read_late(void *context, const struct intake_source_input *input,
                     const struct intake_sink *sink, struct err *err)
{
    struct late_reader *reader = context;
    const struct intake_item item = {
        .refused = reader->does_hurry ? "not read yet" : "not read",
        .unread = reader->does_hurry ? INTAKE_UNREAD_YET : INTAKE_UNREAD,
        .contact_domain = "",
        .submitter_domain = ""
    };

    reader->n_reads++;
    if (reader->n_reads < reader->late_from ||
        reader->n_reads > reader->late_to ||
        (reader->is_late_in_hurry_alone && !reader->does_hurry))
        return intake_reading_read(reader->reading, input, sink, err);
    return sink->ready(sink->context, 0, err) ||
                   sink->take(sink->context, &item, err)
               ? -1
               : 0;
}

/* Imports a report that is not read yet. */
static void import_late(struct sample_store *sample, struct late_reader *reader,
                        const struct intake_origin *origin)
{
    const struct intake_import_options options = {
        .organization_key = same_key,
        .read = read_late,
        .read_context = reader,
    };
    const struct intake_source_input input = {
        .label = "x", .octets = slice_of(sample_report), .origin = origin
    };
    struct intake_import *import;

    reader->does_hurry = true;
    reader->late_from = reader->late_to = reader->n_reads + 1;
    assert_ok(sample, intake_import_new(sample->store, &options, &import,
                                        &sample->err));
    assert_ok(sample, intake_import_add(import, &input, &sample->err));
    assert_ok(sample, intake_import_commit(import, &sample->err));
    intake_import_free(import);
}

static void postpone(struct sample_store *sample, struct late_reader *reader)
{
    *reader = (struct late_reader){ .n_reads = 0 };
    assert_ok(sample,
              intake_reading_new(same_key, &reader->reading, &sample->err));
    import_late(sample, reader, NULL);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM quarantine"), 1);
}

static const char *sign_key(struct arena *arena, const char *key,
                            const char *signer)
{
    return arena_printf(arena, "%s by %s", key, signer);
}

/* Reads again all that is stale. Returns: its counts. */
static struct intake_reread_counts reread(struct sample_store *sample,
                                          struct late_reader *reader)
{
    const struct intake_reread_options options = {
        .organization_key = same_key,
        .signed_key = sign_key,
        .clock = &sample->clock,
        .read = read_late,
        .hurry = hurry,
        .read_context = reader,
    };
    struct intake_reread_counts counts;
    struct intake_reread *reread;
    int status;

    assert_ok(sample, intake_reread_new(sample->store, &options, &reread,
                                        &sample->err));
    do
        status = intake_reread_step(reread, &sample->err);
    while (status > 0);
    assert_ok(sample, status);
    counts = *intake_reread_counts(reread);
    intake_reread_free(reread);
    return counts;
}

static void assert_stored(struct sample_store *sample)
{
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM quarantine"), 0);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM report"), 1);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM raw"), 1);
}

/* It is read twice: to see what is new, and to put it. */
static void what_is_put_is_not_hurried(void **state)
{
    struct sample_store *sample = *state;
    struct late_reader reader;
    struct intake_reread_counts counts;

    postpone(sample, &reader);
    reader.late_from = 3;
    reader.late_to = 100;
    reader.is_late_in_hurry_alone = true;
    counts = reread(sample, &reader);
    assert_int_equal(counts.added, 1);
    assert_int_equal(counts.released, 1);
    assert_stored(sample);
    intake_reading_free(reader.reading);
}

/* What could be read and then could not is kept for another time. */
static void what_is_not_put_stays_stale(void **state)
{
    struct sample_store *sample = *state;
    struct late_reader reader;
    struct intake_reread_counts counts;

    postpone(sample, &reader);
    reader.late_from = reader.late_to = 3;
    counts = reread(sample, &reader);
    assert_int_equal(counts.added, 0);
    assert_int_equal(counts.released, 0);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM raw"), 1);
    counts = reread(sample, &reader);
    assert_int_equal(counts.added, 1);
    assert_stored(sample);
    intake_reading_free(reader.reading);
}

/* One that is damaged is passed over, for the sake of those behind it. */
static void what_cannot_be_unpacked_is_passed(void **state)
{
    struct sample_store *sample = *state;
    struct late_reader reader;
    struct intake_reread_counts counts;

    postpone(sample, &reader);
    sample_ask(sample, "UPDATE raw SET encoding = 1, octets = x'1f8b00'");
    counts = reread(sample, &reader);
    assert_int_equal(counts.gone, 1);
    assert_int_equal(counts.raws, 0);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM quarantine"), 1);
    intake_reading_free(reader.reading);
}

/* Whoever said how long reports are kept does not want them back. */
static void what_was_pruned_does_not_come_back(void **state)
{
    struct sample_store *sample = *state;
    struct late_reader reader;
    struct intake_reread_counts counts;

    postpone(sample, &reader);
    sample_ask(sample, "INSERT INTO setting VALUES ('pruned-day', 30000),"
                       " ('pruned-at', 9000000000)");
    counts = reread(sample, &reader);
    assert_int_equal(counts.added, 0);
    assert_int_equal(counts.released, 1);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM raw"), 0);
    /* What came later does. */
    import_late(sample, &reader, NULL);
    sample_ask(sample, "UPDATE setting SET value = 1 WHERE name = 'pruned-at'");
    counts = reread(sample, &reader);
    assert_int_equal(counts.added, 1);
    assert_stored(sample);
    intake_reading_free(reader.reading);
}

/* The address that it came to may be the one that a domain names; and the ways
 * that it came by may prove differently. */
static void it_is_put_by_all_ways_it_came(void **state)
{
    static const struct intake_origin open = { .source = "https",
                                               .tenant = "north",
                                               .destination =
                                                   "https://in.example/open",
                                               .way = INTAKE_WAY_HTTPS,
                                               .rule = INTAKE_REQUIRE,
                                               .is_live = true };
    static const struct intake_origin secret = {
        .source = "https",
        .tenant = "north",
        .destination = "https://in.example/secret",
        .way = INTAKE_WAY_SECRET_PATH,
        .is_live = true
    };
    struct sample_store *sample = *state;
    struct late_reader reader = { .n_reads = 0 };
    struct intake_reread_counts counts;

    assert_ok(sample,
              intake_reading_new(same_key, &reader.reading, &sample->err));
    import_late(sample, &reader, &open);
    import_late(sample, &reader, &secret);
    import_late(sample, &reader, &open);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM quarantine"), 2);
    counts = reread(sample, &reader);
    assert_int_equal(counts.added, 1);
    assert_int_equal(counts.released, 2);
    assert_stored(sample);
    /* Whose it is DNS says, by each address. */
    assert_int_equal(
        sample_ask(sample, "SELECT count(*) FROM pending"
                           " WHERE destination IN ('https://in.example/open',"
                           " 'https://in.example/secret')"),
        2);
    intake_reading_free(reader.reading);
}

/* No more of them at a time than one reading may cost; but none is lost. */
static void it_is_put_by_many_ways(void **state)
{
    enum { MANY = 2 * STORE_STALE_WAYS + 5 };
    struct sample_store *sample = *state;
    struct late_reader reader = { .n_reads = 0 };
    struct intake_reread_counts counts;

    assert_ok(sample,
              intake_reading_new(same_key, &reader.reading, &sample->err));
    for (int i = 0; i < MANY; i++) {
        char address[64];
        const struct intake_origin origin = { .source = "https",
                                              .tenant = "north",
                                              .destination = address,
                                              .way = INTAKE_WAY_HTTPS,
                                              .is_live = true };

        snprintf(address, sizeof(address), "https://in.example/%d", i);
        import_late(sample, &reader, &origin);
    }
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM quarantine"),
                     MANY);
    counts = reread(sample, &reader);
    assert_int_equal(counts.raws, 1);
    assert_int_equal(counts.added, 1);
    assert_int_equal(counts.released, MANY);
    assert_stored(sample);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM pending"), MANY);
    intake_reading_free(reader.reading);
}

/* Ours by its record, which names the address alone. */
static enum intake_known claims(void *context,
                                const struct intake_origin *origin,
                                const char *domain, bool *out_is_ours)
{
    (void)context, (void)domain;
    *out_is_ours = origin->destination[0] != '\0';
    return INTAKE_KNOWN;
}

static void import_claimed(struct sample_store *sample)
{
    const struct intake_import_options options = { .organization_key = same_key,
                                                   .judges.claims = claims };
    const struct intake_origin origin = { .source = "https",
                                          .tenant = "north",
                                          .destination = "https://in.example/x",
                                          .way = INTAKE_WAY_HTTPS,
                                          .rule = INTAKE_REQUIRE,
                                          .is_live = true };
    const struct intake_source_input input = { .label = "x",
                                               .octets =
                                                   slice_of(sample_report),
                                               .origin = &origin,
                                               .arrived_at = 1790000000 };
    struct intake_import *import;

    assert_ok(sample, intake_import_new(sample->store, &options, &import,
                                        &sample->err));
    assert_ok(sample, intake_import_add(import, &input, &sample->err));
    assert_ok(sample, intake_import_commit(import, &sample->err));
    intake_import_free(import);
}

static int64_t standing(struct sample_store *sample)
{
    return sample_ask(sample, "SELECT standing FROM report");
}

static void note(void *context, const struct store_fault *fault)
{
    (void)context;
    assert_string_equal(fault->code, "facts-damaged");
}

/* The text does not tell who signed it; what is stored does. */
static void what_is_read_again_stays_with_its_signer(void **state)
{
    struct sample_store *sample = *state;
    struct late_reader reader = { .n_reads = 0 };
    static const char asked[] = "SELECT count(*) FROM report JOIN name ON"
                                " name.id = organization_id"
                                " WHERE text LIKE '% by evil.example'";

    assert_ok(sample,
              intake_reading_new(same_key, &reader.reading, &sample->err));
    import_claimed(sample);
    sample_ask(sample, "UPDATE report SET reader_version = 0, verdict = 'fail',"
                       " signer = 'evil.example' RETURNING id");
    reread(sample, &reader);
    assert_int_equal(sample_ask(sample, asked), 0);
    sample_ask(sample, "UPDATE report SET reader_version = 0, verdict = 'pass'"
                       " RETURNING id");
    reread(sample, &reader);
    assert_int_equal(sample_ask(sample, asked), 1);
    intake_reading_free(reader.reading);
}

/* What is damaged is read again, but where it came to nobody knows by then. */
static void what_stands_is_not_judged_without_its_address(void **state)
{
    const struct store_verify_options options = { .fault = note };
    struct sample_store *sample = *state;
    struct late_reader reader = { .n_reads = 0 };
    struct store_verified verified;
    struct intake_reread_counts counts;

    assert_ok(sample,
              intake_reading_new(same_key, &reader.reading, &sample->err));
    import_claimed(sample);
    assert_int_equal(standing(sample), STORE_UNPROVEN);
    assert_ok(sample, store_settle(sample->store, &sample->err));
    sample_ask(sample, "UPDATE report SET facts = substr(facts, 1, 9)");
    assert_ok(sample,
              store_mend(sample->store, &options, &verified, &sample->err));
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM quarantine"), 1);
    counts = reread(sample, &reader);
    assert_int_equal(counts.changed, 1);
    assert_int_equal(counts.added, 0);
    assert_int_equal(counts.released, 1);
    assert_stored(sample);
    assert_int_equal(standing(sample), STORE_UNPROVEN);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM pending"), 0);
    intake_reading_free(reader.reading);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_is_put_is_not_hurried),
        test(what_is_not_put_stays_stale),
        test(it_is_put_by_all_ways_it_came),
        test(it_is_put_by_many_ways),
        test(what_is_read_again_stays_with_its_signer),
        test(what_stands_is_not_judged_without_its_address),
        test(what_was_pruned_does_not_come_back),
        test(what_cannot_be_unpacked_is_passed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
