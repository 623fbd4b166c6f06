/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/night.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "outgoing/night_sample.h"
#include "said.h"

static void add_usual(struct night_sample *sample)
{
    night_sample_add(sample, 0, "a.example", NULL, NIGHT_STS, "", 10, 3);
    night_sample_add(sample, 0, "a.example", NULL, NIGHT_STS, NIGHT_EXPIRED, 3,
                     0);
    night_sample_add(sample, 0, "b.example", NULL, NIGHT_NONE, "", 5, 0);
}

static void each_domain_gets_a_report_once(void **state)
{
    struct night_sample *sample = *state;
    struct outbox_day day;

    add_usual(sample);
    night_sample_run(sample, "a.example:made:;b.example:made:;");
    assert_int_equal(sample->counts.n_deliveries, 2);
    assert_int_equal(
        outbox_find_day(sample->outbox, NIGHT_DAY, &day, &sample->err), 1);
    assert_int_equal(day.n_reports, 2);
    night_sample_run(sample,
                     "a.example:stands:it stands in the outbox already;"
                     "b.example:stands:it stands in the outbox already;");
    night_sample_deliveries(sample, "a.example>mailto:tls@a.example:waiting;"
                                    "b.example>mailto:tls@b.example:waiting;");
}

static void the_text_is_as_the_rfc_has_it(void **state)
{
    struct night_sample *sample = *state;

    night_sample_add(sample, 0, "a.example", NULL, NIGHT_STS, "", 10, 3);
    night_sample_add(sample, 0, "a.example", NULL, NIGHT_STS, NIGHT_EXPIRED, 3,
                     0);
    night_sample_run(sample, "a.example:made:;");
    assert_non_null(
        strstr(buffer_text(&sample->json),
               "{\"organization-name\":\"Example Ltd\",\"date-range\":{"
               "\"start-datetime\":\"2026-09-04T00:00:00Z\","
               "\"end-datetime\":\"2026-09-04T23:59:59Z\"},"
               "\"contact-info\":\"tls@mta.example.org\","
               "\"report-id\":\"20260904.a.example."));
    assert_non_null(strstr(
        buffer_text(&sample->json),
        "@mta.example.org\",\"policies\":[{\"policy\":{\"policy-type\":\"sts\","
        "\"policy-string\":[\"version: STSv1\",\"mode: testing\","
        "\"mx: mx.a.example\",\"max_age: 604800\"],\"policy-domain\":"
        "\"a.example\",\"mx-host\":[\"mx.a.example\"]},\"summary\":{"
        "\"total-successful-session-count\":7,"
        "\"total-failure-session-count\":3},\"failure-details\":[{"
        "\"result-type\":\"certificate-expired\",\"sending-mta-ip\":"
        "\"192.0.2.1\",\"receiving-mx-hostname\":\"mx.a.example\","
        "\"failed-session-count\":3}]}]}"));
}

static void a_dry_run_makes_nothing(void **state)
{
    struct night_sample *sample = *state;

    add_usual(sample);
    sample->night.is_dry = true;
    night_sample_run(sample, "a.example:made:;b.example:made:;");
    night_sample_deliveries(sample, "");
    sample->night.outbox = NULL;
    night_sample_run(sample, "a.example:made:;b.example:made:;");
    sample->night.domain = "b.example";
    night_sample_run(sample, "b.example:made:;");
}

static bool stop_at_once(void *context)
{
    (void)context;
    return true;
}

static void a_run_cut_off_is_made_up(void **state)
{
    struct night_sample *sample = *state;
    struct outbox_day day;

    add_usual(sample);
    sample->night.domain = "a.example";
    night_sample_run(sample, "a.example:made:;");
    assert_int_equal(
        outbox_find_day(sample->outbox, NIGHT_DAY, &day, &sample->err), 0);
    sample->night.domain = NULL;
    sample->night.should_stop = stop_at_once;
    assert_int_equal(
        outgoing_night_run(&sample->night, &sample->counts, &sample->err), 1);
    assert_int_equal(
        outbox_find_day(sample->outbox, NIGHT_DAY, &day, &sample->err), 0);
    sample->night.should_stop = NULL;
    night_sample_run(sample, "a.example:stands:it stands in the outbox already;"
                             "b.example:made:;");
    assert_int_equal(
        outbox_find_day(sample->outbox, NIGHT_DAY, &day, &sample->err), 1);
}

static void a_part_of_the_tallies_closes_no_day(void **state)
{
    struct night_sample *sample = *state;
    struct outbox_day day;

    add_usual(sample);
    sample->settings.is_part = true;
    night_sample_run(sample, "a.example:made:;b.example:made:;");
    assert_int_equal(
        outbox_find_day(sample->outbox, NIGHT_DAY, &day, &sample->err), 0);
    sample->settings.is_part = false;
    night_sample_add(sample, 0, "c.example", NULL, NIGHT_NONE, "", 5, 0);
    night_sample_run(sample, "a.example:stands:it stands in the outbox already;"
                             "b.example:stands:it stands in the outbox already;"
                             "c.example:made:;");
    assert_int_equal(
        outbox_find_day(sample->outbox, NIGHT_DAY, &day, &sample->err), 1);
}

/* Looks through eyes of its own whether an item stands already. */
static int is_stored(const struct night_sample *sample,
                     const struct outgoing_item *item)
{
    const struct outbox_skip key = { .day = item->day,
                                     .tenant = slice_of(item->identity->name),
                                     .domain = slice_of(item->domain),
                                     .record = item->record };
    struct outbox *other;
    struct err err;
    int status;

    assert_int_equal(outbox_open(sample->outbox_url, STORE_READ, &sample->clock,
                                 &other, &err),
                     0);
    status = outbox_has_report(other, &key, &err);
    outbox_close(other);
    return status;
}

static int look(void *context, const struct outgoing_item *item,
                struct err *err)
{
    (void)err;
    assert_int_equal(is_stored(context, item), 1);
    return 0;
}

static void what_is_told_holds_nobody_up(void **state)
{
    struct night_sample *sample = *state;

    add_usual(sample);
    sample->night.function = look;
    night_sample_run(sample, "");
    assert_int_equal(sample->counts.n_items[OUTGOING_MADE], 2);
}

/* Notes an item that nobody else sees yet. */
static int note(void *context, const struct outgoing_item *item,
                struct err *err)
{
    struct night_sample *sample = context;

    if (item->verdict == OUTGOING_MADE)
        assert_int_equal(is_stored(sample, item), 0);
    buffer_add_format(&sample->seen, "%s;", item->domain);
    return strcmp(item->domain, "z.example") == 0
               ? err_set(err, ERR_SYSTEM, "no more")
               : 0;
}

static void end_notes(void *context, bool is_kept)
{
    struct night_sample *sample = context;

    buffer_add_text(&sample->seen, is_kept ? "kept " : "forgotten ");
}

static void what_is_only_noted_is_told_once_it_is_stored(void **state)
{
    struct night_sample *sample = *state;
    struct outgoing_counts counts;

    add_usual(sample);
    sample->night.function = note;
    sample->night.hand_on = end_notes;
    assert_int_equal(outgoing_night_run(&sample->night, &counts, &sample->err),
                     0);
    assert_non_null(strstr(buffer_text(&sample->seen), "b.example;kept "));
    night_sample_add(sample, 0, "z.example", NULL, NIGHT_NONE, "", 5, 0);
    buffer_reset(&sample->seen);
    assert_int_equal(outgoing_night_run(&sample->night, &counts, &sample->err),
                     -1);
    assert_non_null(strstr(buffer_text(&sample->seen), "z.example;forgotten "));
    night_sample_deliveries(sample, "a.example>mailto:tls@a.example:waiting;"
                                    "b.example>mailto:tls@b.example:waiting;");
}

static void what_has_no_use_is_passed_over_with_a_reason(void **state)
{
    struct night_sample *sample = *state;

    night_sample_add(sample, 0, "a.example",
                     "v=TLSRPTv1;;rua=mailto:a@b.example", NIGHT_NONE, "", 5,
                     0);
    night_sample_add(sample, 0, "b.example", "v=TLSRPTv1;rua=ftp://b.example/",
                     NIGHT_NONE, "", 5, 0);
    night_sample_add(sample, 0, "c.example", NULL, "{\"policy-type\":", "", 5,
                     0);
    night_sample_add(sample, 0, "192.0.2.1", NULL, NIGHT_NONE, "", 5, 0);
    night_sample_add(sample, 0, "d d.example", NULL, NIGHT_NONE, "", 5, 0);
    night_sample_add(sample, 0, "e.example", NULL, NIGHT_NONE, "", 5, 0);
    buffer_reset(&sample->seen);
    assert_int_equal(
        outgoing_night_run(&sample->night, &sample->counts, &sample->err), 0);
    assert_non_null(strstr(buffer_text(&sample->seen),
                           "a.example:skipped:the record cannot be used: "));
    assert_non_null(strstr(buffer_text(&sample->seen), ", octet 11;"));
    /* R-POL-13 */
    assert_non_null(strstr(buffer_text(&sample->seen),
                           "192.0.2.1:skipped:it is no domain name;"));
    assert_non_null(strstr(buffer_text(&sample->seen),
                           "b.example:skipped:the record cannot be used: "));
    assert_non_null(strstr(buffer_text(&sample->seen),
                           "c.example:skipped:one of its sums cannot be read;"
                           "d d.example:skipped:it is no domain name;"
                           "e.example:made:;"));
    night_sample_deliveries(sample, "e.example>mailto:tls@e.example:waiting;");
}

static void our_own_mails_are_no_reason_for_more(void **state)
{
    struct night_sample *sample = *state;

    night_sample_mails(sample, "a.example", 2);
    /* One session under sts and tlsa is one session. */
    night_sample_add(sample, 0, "a.example", NULL, NIGHT_STS, "", 2, 2);
    night_sample_add(sample, 0, "a.example", NULL, NIGHT_TLSA, "", 2, 0);
    night_sample_run(sample, "a.example:skipped:its sessions carried our own"
                             " report mails alone;");
}

/* The sessions of its other record are of others, and so may these be. */
static void another_record_of_the_domain_counts(void **state)
{
    struct night_sample *sample = *state;

    night_sample_mails(sample, "a.example", 2);
    night_sample_add(sample, 0, "a.example",
                     "v=TLSRPTv1;rua=mailto:x@a.example", NIGHT_STS, "", 2, 0);
    night_sample_add(sample, 0, "a.example",
                     "v=TLSRPTv1;rua=mailto:y@a.example", NIGHT_STS, "", 1, 0);
    night_sample_run(sample, "a.example:made:;a.example:made:;");
}

static void a_session_of_others_is_reported(void **state)
{
    struct night_sample *sample = *state;

    night_sample_mails(sample, "a.example", 2);
    night_sample_add(sample, 0, "a.example", NULL, NIGHT_STS, "", 3, 0);
    night_sample_run(sample, "a.example:made:;");
}

/* Fills a text of n octets with a letter, behind what it begins with. */
static char *make_text(const char *begin, size_t n)
{
    char *text = malloc(n + 1);

    assert_non_null(text);
    memset(text, 'x', n);
    memcpy(text, begin, strlen(begin));
    text[n] = '\0';
    return text;
}

/* Rows that two tallies have of it do not fit into memory together. */
static void one_domain_beyond_memory_stops_no_other(void **state)
{
    struct night_sample *sample = *state;
    char *detail = make_text("", 1 << 20);

    sample->identities[0].tallies =
        (struct outgoing_texts){ sample->tallies, 2 };
    for (char i = 0; i < 33; i++) {
        detail[0] = (char)('A' + i);
        night_sample_add(sample, i % 2, "a.example", NULL, NIGHT_STS, detail, 1,
                         0);
    }
    free(detail);
    night_sample_add(sample, 1, "b.example", NULL, NIGHT_NONE, "", 5, 0);
    night_sample_run(sample, "a.example:skipped:it is too large to be composed;"
                             "b.example:made:;");
    night_sample_run(sample, "a.example:stands:it stands in the outbox already;"
                             "b.example:stands:it stands in the outbox"
                             " already;");
}

/* Made again by hand, it would be sent again. */
static void what_was_sent_and_forgotten_is_made_no_more(void **state)
{
    struct night_sample *sample = *state;

    night_sample_add(sample, 0, "a.example", NULL, NIGHT_STS, "", 5, 0);
    night_sample_run(sample, "a.example:made:;");
    assert_int_equal(
        outbox_change(sample->outbox, 1, OUTBOX_DROPPED, 0, "", &sample->err),
        0);
    assert_int_equal(
        outbox_prune(sample->outbox, NIGHT_DAY + 1, 10, &sample->err), 0);
    night_sample_deliveries(sample, "");
    night_sample_run(sample, "a.example:stands:what was sent about its day is"
                             " forgotten already;");
    night_sample_deliveries(sample, "");
}

static void failures_alone_are_reported_where_asked(void **state)
{
    struct night_sample *sample = *state;

    add_usual(sample);
    sample->settings.is_failures_only = true;
    night_sample_run(sample,
                     "a.example:made:;b.example:skipped:nothing failed, and"
                     " only failures are reported;");
}

/* The policy in the cache was good, and could not be fetched anew: R-REP-35. */
static void a_detail_of_no_failed_session_is_a_failure_to_report(void **state)
{
    struct night_sample *sample = *state;

    night_sample_add(sample, 0, "a.example", NULL, NIGHT_STS, "", 10, 0);
    night_sample_add(sample, 0, "a.example", NULL, NIGHT_STS,
                     "{\"result-type\":\"sts-policy-fetch-error\"}", 10, 0);
    sample->settings.is_failures_only = true;
    night_sample_run(sample, "a.example:made:;");
}

static void several_collectors_are_one_report(void **state)
{
    struct night_sample *sample = *state;

    night_sample_add(sample, 0, "a.example", NULL, NIGHT_STS, "", 10, 3);
    night_sample_add(sample, 0, "a.example", NULL, NIGHT_STS, NIGHT_EXPIRED, 3,
                     0);
    night_sample_add(sample, 1, "a.example", NULL, NIGHT_STS, "", 5, 1);
    night_sample_add(sample, 1, "a.example", NULL, NIGHT_STS, NIGHT_EXPIRED, 1,
                     0);
    night_sample_add(sample, 1, "0.example", NULL, NIGHT_NONE, "", 1, 0);
    night_sample_add(sample, 0, "b.example", NULL, NIGHT_NONE, "", 1, 0);
    sample->identities[0].tallies.n_items = 2;
    night_sample_run(sample,
                     "0.example:made:;a.example:made:;b.example:made:;");
    sample->night.is_dry = true;
    sample->night.outbox = NULL;
    sample->night.domain = "a.example";
    night_sample_run(sample, "a.example:made:;");
    assert_non_null(strstr(buffer_text(&sample->json),
                           "\"total-successful-session-count\":11,"
                           "\"total-failure-session-count\":4}"));
    assert_non_null(
        strstr(buffer_text(&sample->json), "\"failed-session-count\":4}]}]}"));
}

static void tenants_report_each_for_their_own(void **state)
{
    struct night_sample *sample = *state;

    night_sample_add(sample, 0, "a.example", NULL, NIGHT_STS, "", 10, 0);
    night_sample_add(sample, 1, "a.example", NULL, NIGHT_STS, "", 20, 0);
    sample->settings.n_identities = 2;
    sample->identities[1].contact_info = "tls@acme.example";
    night_sample_run(sample, "a.example:made:;a.example:made:;");
    assert_non_null(strstr(buffer_text(&sample->json), "@acme.example\""));
    night_sample_deliveries(sample, "a.example>mailto:tls@a.example:waiting;"
                                    "a.example>mailto:tls@a.example:waiting;");
}

static void what_is_suppressed_stands_but_does_not_wait(void **state)
{
    struct night_sample *sample = *state;

    add_usual(sample);
    assert_int_equal(outbox_suppress(sample->outbox, "@b.example", "bounced",
                                     UTC_NONE, &sample->err),
                     0);
    night_sample_run(sample, "a.example:made:;b.example:made:;");
    assert_int_equal(sample->counts.n_suppressed, 1);
    night_sample_deliveries(sample,
                            "a.example>mailto:tls@a.example:waiting;"
                            "b.example>mailto:tls@b.example:suppressed;");
}

/* Runs statements on a tally, as the sample's own hands are closed. */
static void change_tally(const struct night_sample *sample, const char *text)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(sample->urls[0] + strlen("sqlite:"), &db),
                     SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* Of a collector that went before there was a newer one. */
static void a_tally_of_before_is_read(void **state)
{
    struct night_sample *sample = *state;

    add_usual(sample);
    change_tally(sample, "DROP TABLE tail; PRAGMA user_version = 1;"
                         "UPDATE setting SET value = 20700"
                         " WHERE name = 'closed_day'");
    night_sample_run(sample, "a.example:made:;b.example:made:;");
}

/* Of one that stopped before the day did: it is brought up to date. */
static void a_day_is_closed_in_a_tally_of_before(void **state)
{
    struct night_sample *sample = *state;

    add_usual(sample);
    change_tally(sample, "DROP TABLE tail; PRAGMA user_version = 1");
    sample->night.closes_tallies = true;
    night_sample_run(sample, "a.example:made:;b.example:made:;");
}

static void what_is_damaged_is_told_as_the_day_is_closed(void **state)
{
    struct night_sample *sample = *state;
    struct said said;

    add_usual(sample);
    change_tally(sample, "INSERT INTO tail (octets) VALUES (x'')");
    sample->night.closes_tallies = true;
    said_begin(&said);
    night_sample_run(sample, "a.example:made:;b.example:made:;");
    assert_non_null(
        strstr(said_end(&said), "tally-damaged batches_left_out=1"));
}

static void a_tally_that_cannot_be_read_ends_the_night(void **state)
{
    struct night_sample *sample = *state;
    const char *urls[] = { sample->urls[0], "sqlite:/nowhere/tally.db" };

    add_usual(sample);
    sample->identities[0].tallies = (struct outgoing_texts){ urls, 2 };
    assert_int_equal(
        outgoing_night_run(&sample->night, &sample->counts, &sample->err), -1);
    night_sample_deliveries(sample, "");
}

#define test(f)                                                                \
    cmocka_unit_test_setup_teardown(f, night_sample_open, night_sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(each_domain_gets_a_report_once),
        test(the_text_is_as_the_rfc_has_it),
        test(a_dry_run_makes_nothing),
        test(a_run_cut_off_is_made_up),
        test(a_part_of_the_tallies_closes_no_day),
        test(what_is_told_holds_nobody_up),
        test(what_is_only_noted_is_told_once_it_is_stored),
        test(what_has_no_use_is_passed_over_with_a_reason),
        test(our_own_mails_are_no_reason_for_more),
        test(another_record_of_the_domain_counts),
        test(a_session_of_others_is_reported),
        test(one_domain_beyond_memory_stops_no_other),
        test(what_was_sent_and_forgotten_is_made_no_more),
        test(failures_alone_are_reported_where_asked),
        test(a_detail_of_no_failed_session_is_a_failure_to_report),
        test(several_collectors_are_one_report),
        test(tenants_report_each_for_their_own),
        test(what_is_suppressed_stands_but_does_not_wait),
        test(a_tally_of_before_is_read),
        test(a_day_is_closed_in_a_tally_of_before),
        test(what_is_damaged_is_told_as_the_day_is_closed),
        test(a_tally_that_cannot_be_read_ends_the_night),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
