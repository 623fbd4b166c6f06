/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "intake/import.h"
#include "unit/intake/samples.h"

/* A store of its own for each test. */
struct place {
    int64_t committed; /* reports, when the last refusal was told */
    char folder[64];
    char url[128];
    struct clock clock;
    struct store *store;
    struct intake_import *import;
    char refused[256];
};

/* What the key was asked for last. */
static char organization[64];

static const char *same_key(struct arena *arena, const char *name)
{
    snprintf(organization, sizeof(organization), "%s", name);
    /* Stands for all that makes rows of a report: it asks for too much. */
    if (strncmp(name, "TooLarge", 8) == 0)
        return arena_alloc(arena, (size_t)1 << 30);
    return name;
}

static void note_refused(void *context, const char *label, const char *reason)
{
    struct place *place = context;

    place->committed = intake_import_counts(place->import)->reports;
    snprintf(place->refused, sizeof(place->refused), "%s: %s", label, reason);
}

static void begin(struct place *place)
{
    struct intake_import_options options = { .organization_key = same_key,
                                             .refused = note_refused,
                                             .context = place };
    struct err err;

    *place = (struct place){ .folder = "/tmp/tlsrpt-import-XXXXXX",
                             .clock = clock_fixed(1790000000) };
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->url, sizeof(place->url), "sqlite:%s/t.db", place->folder);
    assert_int_equal(
        store_open(place->url, STORE_WRITE, &place->clock, &place->store, &err),
        0);
    assert_int_equal(
        intake_import_new(place->store, &options, &place->import, &err), 0);
}

static void end(struct place *place)
{
    char line[128];

    intake_import_free(place->import);
    store_close(place->store);
    snprintf(line, sizeof(line), "rm -r %s", place->folder);
    assert_int_equal(system(line), 0);
}

static void add(struct place *place, const char *label, const char *text)
{
    struct intake_source_input input = { .label = label,
                                         .octets = slice_of(text) };
    struct err err;

    assert_int_equal(intake_import_add(place->import, &input, &err), 0);
}

static struct store_contents contents(struct place *place)
{
    struct store_contents contents;
    struct err err;

    assert_int_equal(intake_import_commit(place->import, &err), 0);
    assert_int_equal(store_contents(place->store, &contents, &err), 0);
    return contents;
}

static void an_input_over_a_limit_is_refused_and_the_next_is_read(void **state)
{
    struct store_contents stored;
    char text[4096];
    struct place place;

    (void)state;
    begin(&place);
    snprintf(text, sizeof(text), "%s", sample_report);
    memcpy(strstr(text, "Sender Ltd"), "TooLarge", 8);
    add(&place, "large", text);
    assert_string_equal(
        place.refused,
        "large: storing its many parts would take too much memory");
    add(&place, "next", sample_report);
    stored = contents(&place);
    assert_int_equal(stored.totals.sums.sessions, 10);
    assert_int_equal(stored.quarantined, 1);
    end(&place);
}

/* A report of 150 KB; each share had a copy of the name, 600 MB in all. */
static void a_long_name_is_not_kept_with_each_share(void **state)
{
    enum { NAME = 100000, HOSTS = 3000 };
    struct buffer text;
    struct place place;

    (void)state;
    buffer_init(&text, 1 << 20);
    buffer_add_text(&text, "{\"report-id\":\"long\",\"policies\":[{\"policy\":{"
                           "\"policy-type\":\"sts\",\"policy-domain\":\"");
    for (int i = 0; i < NAME; i++)
        buffer_add_char(&text, 'a');
    buffer_add_text(&text, "\"},\"failure-details\":[");
    for (int i = 0; i < HOSTS; i++)
        buffer_add_format(&text,
                          "%s{\"receiving-mx-hostname\":\"m%d.example\","
                          "\"failed-session-count\":1}",
                          i ? "," : "", i);
    buffer_add_text(&text, "]}]}");
    begin(&place);
    add(&place, "long", buffer_text(&text));
    assert_string_equal(place.refused, "");
    assert_int_equal(contents(&place).domains, 1);
    end(&place);
    buffer_deinit(&text);
}

static void a_nameless_report_goes_under_the_domain_of_its_contact(void **state)
{
    static const char text[] =
        "{\"contact-info\":\"<tls@s.example>\",\"report-id\":\"n\","
        "\"policies\":[]}";
    struct place place;

    (void)state;
    begin(&place);
    add(&place, "nameless", text);
    assert_string_equal(organization, "s.example");
    end(&place);
}

static void outcomes_are_counted_and_sums_stored(void **state)
{
    const struct intake_import_counts *counts;
    struct store_totals stored;
    struct place place;

    (void)state;
    begin(&place);
    counts = intake_import_counts(place.import);
    add(&place, "a", sample_report);
    add(&place, "a", sample_report);
    add(&place, "b", sample_report_other_spelling);
    add(&place, "c", sample_mail);
    add(&place, "d", sample_report_conflict);
    stored = contents(&place).totals;
    assert_int_equal(counts->inputs, 5);
    assert_int_equal(counts->reports, 5);
    assert_int_equal(counts->outcomes[STORE_NEW], 1);
    assert_int_equal(counts->outcomes[STORE_DUPLICATE], 3);
    assert_int_equal(counts->outcomes[STORE_CONFLICT], 1);
    assert_int_equal(counts->sessions, 10);
    assert_int_equal(counts->failures, 2);
    assert_int_equal(stored.sums.reports, 1);
    assert_int_equal(stored.sums.sessions, 10);
    assert_int_equal(stored.sums.failures, 2);
    assert_int_equal(stored.success_sessions, 8);
    assert_int_equal(stored.conflicts, 1);
    end(&place);
}

static bool is_kept(struct place *place, const char *text)
{
    unsigned char hash[DIGEST_BYTES];
    struct buffer octets;
    struct err err;
    int status;

    assert_int_equal(intake_import_commit(place->import, &err), 0);
    assert_int_equal(digest_compute(slice_of(text), hash), 0);
    buffer_init(&octets, 1 << 22);
    status = store_get_raw(place->store, hash, &octets, &err);
    assert_true(status >= 0);
    buffer_deinit(&octets);
    return status == 0;
}

static void octets_that_bring_nothing_new_are_not_kept(void **state)
{
    enum { LARGE = 1200000 };
    unsigned char hash[DIGEST_BYTES];
    struct buffer large;
    struct place place;

    (void)state;
    begin(&place);
    add(&place, "a", sample_report);
    add(&place, "b", sample_report_other_spelling);
    add(&place, "c", sample_mail);
    add(&place, "d", sample_report_conflict);
    add(&place, "a", sample_report);
    assert_true(is_kept(&place, sample_report));
    assert_false(is_kept(&place, sample_report_other_spelling));
    assert_false(is_kept(&place, sample_mail));
    assert_true(is_kept(&place, sample_report_conflict));
    /* Nor those that something left behind. */
    assert_int_equal(store_begin(place.store, NULL), 0);
    assert_int_equal(store_put_raw(place.store,
                                   slice_of(sample_report_other_spelling), hash,
                                   NULL),
                     0);
    assert_int_equal(store_commit(place.store, NULL), 0);
    add(&place, "b", sample_report_other_spelling);
    assert_false(is_kept(&place, sample_report_other_spelling));
    buffer_init(&large, 2 * LARGE);
    buffer_add_text(&large, sample_report);
    while (large.len < LARGE)
        buffer_add_char(&large, ' ');
    add(&place, "large", buffer_text(&large));
    assert_false(is_kept(&place, buffer_text(&large)));
    buffer_deinit(&large);
    end(&place);
}

static void what_is_refused_is_kept_with_its_reason(void **state)
{
    struct intake_source_input gone = { .label = "gone",
                                        .refused = "cannot be opened" };
    const struct intake_import_counts *counts;
    struct place place;
    struct err err;

    (void)state;
    begin(&place);
    counts = intake_import_counts(place.import);
    add(&place, "letter", "Dear Sir or Madam");
    assert_true(strncmp(place.refused, "letter: ", 8) == 0);
    add(&place, "report", sample_report);
    add(&place, "letter", "Dear Sir or Madam");
    assert_int_equal(intake_import_add(place.import, &gone, &err), 0);
    assert_string_equal(place.refused, "gone: cannot be opened");
    assert_int_equal(contents(&place).quarantined, 1);
    assert_int_equal(contents(&place).totals.sums.reports, 1);
    assert_int_equal(counts->refused, 3);
    end(&place);
}

static int find_raw(void *context, const struct store_quarantined *entry,
                    struct err *err)
{
    (void)err;
    memcpy(context, entry->raw_hash, DIGEST_BYTES);
    assert_string_equal(entry->input, "letter");
    return 0;
}

static void raw_octets_of_what_is_refused_can_be_had(void **state)
{
    unsigned char hash[DIGEST_BYTES];
    struct buffer raw;
    struct place place;
    struct err err;

    (void)state;
    begin(&place);
    add(&place, "letter", "Dear Sir or Madam");
    (void)contents(&place);
    assert_int_equal(
        store_each_quarantined(place.store, 0, 10, find_raw, hash, &err), 0);
    buffer_init(&raw, 1 << 20);
    assert_int_equal(store_get_raw(place.store, hash, &raw, &err), 0);
    assert_string_equal(buffer_text(&raw), "Dear Sir or Madam");
    buffer_deinit(&raw);
    end(&place);
}

/* Blanks in front make an input large; it is read where it stands. */
static void a_large_input_is_kept_before_it_is_changed(void **state)
{
    size_t blanks = 3 << 20, len = blanks + strlen(sample_report);
    char *text = test_malloc(len + 1);
    struct intake_source_input input = { .label = "large",
                                         .octets = slice_make(text, len),
                                         .writable = text };
    unsigned char hash[DIGEST_BYTES];
    struct buffer raw;
    struct place place;
    struct err err;

    (void)state;
    begin(&place);
    add(&place, "small", sample_mail);
    memset(text, ' ', blanks);
    memcpy(text + blanks, sample_report_conflict, len + 1 - blanks);
    assert_int_equal(digest_compute(slice_make(text, len), hash), 0);
    assert_int_equal(intake_import_add(place.import, &input, &err), 0);
    assert_int_equal(intake_import_counts(place.import)->reports, 2);
    assert_int_equal(
        intake_import_counts(place.import)->outcomes[STORE_CONFLICT], 1);
    assert_memory_not_equal(text + blanks, sample_report_conflict, 40);
    buffer_init(&raw, 8 << 20);
    assert_int_equal(store_get_raw(place.store, hash, &raw, &err), 0);
    assert_int_equal(raw.len, len);
    assert_memory_equal(raw.ptr + blanks, sample_report_conflict, 40);
    buffer_deinit(&raw);
    test_free(text);
    end(&place);
}

/* A mail may hold any number of reports; the memory for them is bounded. */
static void an_input_of_many_reports_is_put_as_it_is_read(void **state)
{
    enum { N = 2900 };
    struct buffer mail;
    struct place place;

    (void)state;
    begin(&place);
    buffer_init(&mail, 1 << 20);
    buffer_add_text(&mail, "Subject: x\n"
                           "Content-Type: multipart/mixed; boundary=b\n\n"
                           "--b\nContent-Type: application/json\n\n");
    for (int i = 0; i < N; i++)
        buffer_add_format(&mail, "{\"report-id\":\"%d\",\"policies\":[]}\n", i);
    buffer_add_text(&mail, "--b\nContent-Type: application/gzip\n\nx\n--b--\n");
    add(&place, "many", buffer_text(&mail));
    assert_true(place.committed > N / 2);
    assert_true(place.committed < N);
    assert_int_equal(contents(&place).totals.sums.reports, N);
    assert_int_equal(contents(&place).quarantined, 1);
    buffer_deinit(&mail);
    end(&place);
}

static void what_was_not_committed_is_not_there(void **state)
{
    struct place place;

    (void)state;
    begin(&place);
    add(&place, "a", sample_report);
    intake_import_free(place.import);
    place.import = NULL;
    {
        struct store_range all = { UTC_DAY_NONE, UTC_DAY_NONE };
        struct store_totals stored;
        struct err err;

        assert_int_equal(store_totals(place.store, NULL, all, &stored, &err),
                         0);
        assert_int_equal(stored.sums.reports, 0);
    }
    end(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_input_over_a_limit_is_refused_and_the_next_is_read),
        cmocka_unit_test(a_long_name_is_not_kept_with_each_share),
        cmocka_unit_test(
            a_nameless_report_goes_under_the_domain_of_its_contact),
        cmocka_unit_test(outcomes_are_counted_and_sums_stored),
        cmocka_unit_test(octets_that_bring_nothing_new_are_not_kept),
        cmocka_unit_test(what_is_refused_is_kept_with_its_reason),
        cmocka_unit_test(raw_octets_of_what_is_refused_can_be_had),
        cmocka_unit_test(a_large_input_is_kept_before_it_is_changed),
        cmocka_unit_test(an_input_of_many_reports_is_put_as_it_is_read),
        cmocka_unit_test(what_was_not_committed_is_not_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
