/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/events.h"
#include "event/limits.h"

struct fixture {
    struct book_rules rules;
    struct book book;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    if (!fixture)
        return -1;
    fixture->rules.max_rows = 10;
    book_init(&fixture->book, &fixture->rules);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    book_deinit(&fixture->book);
    free(fixture);
    return 0;
}

static void assert_dump(const struct book *book, const char *expected)
{
    char *got = events_dump_book(book);

    assert_string_equal(got, expected);
    free(got);
}

static void sessions_and_failures_are_counted(void **state)
{
    struct fixture *fixture = *state;
    char text[EVENTS_BYTES];

    for (int i = 0; i < 3; i++)
        assert_int_equal(events_add(&fixture->book, EVENTS_DAY,
                                    events_success(text, "a.example")),
                         BOOK_SUMMED);
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            events_add(&fixture->book, EVENTS_DAY,
                       events_failure(text, "a.example", 204, "why")),
            BOOK_SUMMED);
    assert_int_equal(fixture->book.n_datagrams, 5);
    assert_dump(&fixture->book,
                "20700 a.example R sts - - 5/2\n"
                "20700 a.example R sts certificate-expired why 2/0\n");
}

static void letter_case_makes_no_other_sum(void **state)
{
    struct fixture *fixture = *state;
    char text[EVENTS_BYTES];

    events_add(&fixture->book, EVENTS_DAY, events_success(text, "a.example"));
    events_add(&fixture->book, EVENTS_DAY, events_success(text, "A.Example."));
    assert_dump(&fixture->book, "20700 a.example R sts - - 2/0\n");
}

static void each_policy_counts_once(void **state)
{
    struct fixture *fixture = *state;

    events_add(&fixture->book, EVENTS_DAY,
               "{\"d\":\"a.example\",\"pr\":\"v=TLSRPTv1; "
               "rua=mailto:t@example.com\",\"policies\":["
               "{\"policy-type\":2,\"policy-domain\":\"a.example\",\"failure-"
               "details\":[{\"c\":303},{\"c\":202}],\"t\":2,\"f\":1},"
               "{\"policy-type\":9,\"t\":0,\"f\":0}]}");
    assert_dump(&fixture->book,
                "20700 a.example R no-policy-found - - 1/0\n"
                "20700 a.example R sts - - 1/1\n"
                "20700 a.example R sts certificate-host-mismatch - 1/0\n"
                "20700 a.example R sts sts-webpki-invalid - 1/0\n");
}

/* As they come, and by cleaning: the second of the next two gives its
 * reason with a blank. */
static void a_failed_session_counts_once_for_a_detail(void **state)
{
    struct fixture *fixture = *state;

    events_add(&fixture->book, EVENTS_DAY,
               "{\"d\":\"a.example\",\"pr\":\"v=TLSRPTv1; "
               "rua=mailto:t@example.com\",\"policies\":["
               "{\"policy-type\":2,\"policy-domain\":\"a.example\",\"failure-"
               "details\":[{\"c\":202},{\"c\":202},{\"c\":204,\"f\":\"why\"},"
               "{\"c\":204,\"f\":\" why\"}],\"t\":4,\"f\":1},"
               "{\"policy-type\":9,\"failure-details\":[{\"c\":202}],\"t\":1,"
               "\"f\":1}]}");
    assert_dump(&fixture->book,
                "20700 a.example R no-policy-found - - 1/1\n"
                "20700 a.example R no-policy-found certificate-host-mismatch -"
                " 1/0\n"
                "20700 a.example R sts - - 1/1\n"
                "20700 a.example R sts certificate-expired why 1/0\n"
                "20700 a.example R sts certificate-host-mismatch - 1/0\n");
}

/* One policy of MTA-STS, as its lines and the failures say. */
#define STS(lines, failures, failed)                                           \
    "{\"d\":\"a.example\",\"pr\":\"v=TLSRPTv1; rua=mailto:t@example.com\","    \
    "\"policies\":[{\"policy-type\":2,\"policy-domain\":\"a.example\","        \
    "\"policy-string\":[" lines "],\"failure-details\":[" failures             \
    "],\"t\":1,\"f\":" failed "}]}"
#define SUM "20700 a.example R sts "

/* RFC 8460 section 4.2: whether it failed is the MTA's to say, for it alone knows
 * what was in force; what it says of details changes nothing of it. */
static void a_session_fails_as_the_mta_says(void **state)
{
    static const struct {
        const char *name, *text, *sums;
    } rows[] = {
        { "in line with the policy", STS("\"mode: enforce\"", "", "0"),
          SUM "- - 1/0\n" },
        { "no TLS at all, and the mail went", STS("", "{\"c\":201}", "1"),
          SUM "- - 1/1\n" SUM "starttls-not-supported - 1/0\n" },
        { "against a policy in testing",
          STS("\"mode: testing\"", "{\"c\":204}", "1"),
          SUM "- - 1/1\n" SUM "certificate-expired - 1/0\n" },
        { "in line with an older copy of the policy",
          STS("\"mode: enforce\"", "{\"c\":301}", "0"),
          SUM "- - 1/0\n" SUM "sts-policy-fetch-error - 1/0\n" },
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        book_deinit(&fixture->book);
        book_init(&fixture->book, &fixture->rules);
        assert_int_equal(events_add(&fixture->book, EVENTS_DAY, rows[i].text),
                         BOOK_SUMMED);
        print_message("%s\n", rows[i].name);
        assert_dump(&fixture->book, rows[i].sums);
    }
}

static void each_host_that_was_tried_is_a_session(void **state)
{
    struct fixture *fixture = *state;

    events_add(&fixture->book, EVENTS_DAY,
               STS("", "{\"c\":202,\"n\":\"mx1.a.example\"}", "1"));
    events_add(&fixture->book, EVENTS_DAY, STS("", "", "0"));
    assert_dump(&fixture->book,
                SUM "- - 2/1\n" SUM "certificate-host-mismatch - 1/0\n");
}

static void days_are_kept_apart(void **state)
{
    struct fixture *fixture = *state;
    char text[EVENTS_BYTES];

    events_add(&fixture->book, EVENTS_DAY, events_success(text, "a.example"));
    events_add(&fixture->book, EVENTS_DAY + 1,
               events_success(text, "a.example"));
    events_add(&fixture->book, EVENTS_DAY + 1,
               events_success(text, "a.example"));
    assert_dump(&fixture->book, "20700 a.example R sts - - 1/0\n"
                                "20701 a.example R sts - - 2/0\n");
}

static void what_is_malformed_is_kept_as_it_came(void **state)
{
    struct fixture *fixture = *state;
    static const char *const rows[] = {
        "", "nonsense", "{\"d\":\"a.example\"", "[1]", "{\"d\": 7}", "\xff\xfe",
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        assert_int_equal(events_add(&fixture->book, EVENTS_DAY, rows[i]),
                         BOOK_MALFORMED);
        /* The second time it is known. */
        assert_int_equal(events_add(&fixture->book, EVENTS_DAY, rows[i]),
                         BOOK_MALFORMED);
    }
    assert_int_equal(fixture->book.n_samples, COLLECT_SAMPLES);
    assert_int_equal(fixture->book.samples[1].bytes, 8);
    assert_memory_equal(fixture->book.samples[1].octets, "nonsense", 8);
    assert_int_equal(fixture->book.samples[2].bytes, strlen(rows[2]));
    assert_memory_equal(fixture->book.samples[2].octets, rows[2],
                        strlen(rows[2]));
    assert_dump(&fixture->book, "");
    assert_int_equal(fixture->book.n_datagrams, 0);
}

static void another_version_is_summed_and_told(void **state)
{
    struct fixture *fixture = *state;
    char text[EVENTS_BYTES];

    events_success(text, "a.example");
    text[9] = '2';
    for (int i = 0; i < 2; i++)
        assert_int_equal(events_add(&fixture->book, EVENTS_DAY, text),
                         BOOK_ODD);
    assert_int_equal(fixture->book.n_samples, 1);
    assert_dump(&fixture->book, "20700 a.example R sts - - 2/0\n");
}

static void what_is_too_much_is_summed_less_finely(void **state)
{
    struct fixture *fixture = *state;
    char text[EVENTS_BYTES], reason[16];
    char *got;
    int64_t n = 0;

    for (int i = 0; i < 30; i++) {
        snprintf(reason, sizeof(reason), "r%02d", i);
        for (int j = 0; j < 2; j++)
            assert_int_equal(events_add(&fixture->book, EVENTS_DAY,
                                        events_failure(text, "a.example",
                                                       201 + i % 2, reason)),
                             BOOK_SUMMED);
    }
    events_add(&fixture->book, EVENTS_DAY, events_success(text, "b.example"));
    got = events_dump_book(&fixture->book);
    for (char *line = got; *line; line = strchr(line, '\n') + 1)
        n++;
    /* The policy, nine details, one more of each type; the other domain. */
    assert_int_equal(n, 10 + 2 + 1);
    assert_non_null(strstr(got, "20700 a.example R sts - - 60/60\n"));
    assert_non_null(strstr(
        got, "a.example R sts starttls-not-supported aggregated 20/0\n"));
    assert_non_null(strstr(
        got, "a.example R sts certificate-host-mismatch aggregated 22/0\n"));
    assert_non_null(strstr(got, "20700 b.example R sts - - 1/0\n"));
    assert_true(fixture->book.n_folded > 0);
    free(got);
}

/* In one session, too: so they add up wherever they are folded. */
static void two_details_that_are_folded_are_two(void **state)
{
    struct fixture *fixture = *state;
    char text[EVENTS_BYTES];

    fixture->rules.max_rows = 2;
    events_add(&fixture->book, EVENTS_DAY,
               events_failure(text, "a.example", 202, "first"));
    events_add(&fixture->book, EVENTS_DAY,
               "{\"d\":\"a.example\",\"pr\":\"v=TLSRPTv1; "
               "rua=mailto:t@example.com\",\"policies\":["
               "{\"policy-type\":9,\"failure-details\":["
               "{\"c\":204,\"f\":\"one\"},{\"c\":204,\"f\":\"two\"},"
               "{\"c\":204,\"f\":\"one\"}],\"t\":3,\"f\":1}]}");
    assert_dump(&fixture->book,
                "20700 a.example R no-policy-found - - 1/1\n"
                "20700 a.example R no-policy-found certificate-expired"
                " aggregated 2/0\n"
                "20700 a.example R sts - - 1/1\n"
                "20700 a.example R sts certificate-host-mismatch first 1/0\n");
}

/* Policies, then records, that are too many. */
static void a_flood_of_policies_and_records_is_bounded(void **state)
{
    struct fixture *fixture = *state;
    char text[EVENTS_BYTES];
    int64_t failures = 0, n = 0;
    char *got;

    for (int i = 0; i < 2000; i++) {
        snprintf(text, sizeof(text),
                 "{\"d\":\"a.example\",\"pr\":\"r%d\",\"policies\":[{\"policy-"
                 "type\":%d,\"policy-domain\":\"p%d.example\",\"t\":1,\"f\":1,"
                 "\"failure-details\":[{\"c\":%d}]}]}",
                 i % 500, i % 50, i, i);
        assert_int_equal(events_add(&fixture->book, EVENTS_DAY, text),
                         BOOK_SUMMED);
    }
    got = events_dump_book(&fixture->book);
    for (char *line = got; *line; line = strchr(line, '\n') + 1) {
        long long each;

        if (sscanf(line, "%*d a.example %*s %*s %*s %*s %*d/%lld", &each) == 1)
            failures += each;
        n++;
    }
    assert_int_equal(failures, 2000);
    assert_true(n <= 30 + 3 * 12);
    free(got);
}

static void what_was_seen_is_forgotten_when_it_is_too_much(void **state)
{
    struct fixture *fixture = *state;
    char text[EVENTS_BYTES];
    size_t most = 0;

    /* The same domain with other white space behind it each time: one sum of
     * many datagrams. */
    for (int i = 0; i < 60000; i++) {
        size_t len = strlen(events_success(text, "a.example"));

        memset(text + len, ' ', 1000);
        for (int bit = 0; bit < 16; bit++)
            text[len + (size_t)bit] = i >> bit & 1 ? '\t' : ' ';
        text[len + 1000] = '\0';
        assert_int_equal(events_add(&fixture->book, EVENTS_DAY, text),
                         BOOK_SUMMED);
        if (fixture->book.seen.keys.held_bytes > most)
            most = fixture->book.seen.keys.held_bytes;
    }
    assert_true(most > 1 << 20);
    assert_true(most <= COLLECT_SEEN_BYTES);
    assert_dump(&fixture->book, "20700 a.example R sts - - 60000/0\n");
}

/* A datagram of as many policies and failures as there may be. */
static char *make_long(void)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    assert_non_null(out);
    fputs("{\"d\":\"a.example\",\"pr\":\"r\",\"policies\":[", out);
    for (int i = 0; i < EVENT_MAX_POLICIES; i++) {
        fprintf(out,
                "%s{\"policy-type\":2,\"t\":%d,\"f\":1,\"failure-details\":[",
                i ? "," : "", EVENT_MAX_FAILURES);
        for (int j = 0; j < EVENT_MAX_FAILURES; j++)
            fputs(j ? ",{\"c\":204}" : "{\"c\":204}", out);
        fputs("]}", out);
    }
    fputs("]}", out);
    fclose(out);
    return text;
}

static void long_datagrams_are_summed_for_ever(void **state)
{
    struct fixture *fixture = *state;
    char *text = make_long();
    size_t len = strlen(text);
    size_t list = EVENT_MAX_POLICIES * (EVENT_MAX_FAILURES + 1) * 16;
    size_t n = 2 * COLLECT_SEEN_BYTES / list + 100;
    char *copy = malloc(len);

    assert_non_null(copy);
    assert_true(len > COLLECT_SEEN_LONGEST);
    for (size_t i = 0; i < n; i++) {
        memcpy(copy, text, len);
        assert_int_equal(book_add(&fixture->book, EVENTS_DAY, copy, len),
                         BOOK_SUMMED);
    }
    assert_int_equal(fixture->book.n_datagrams, n);
    free(copy);
    free(text);
}

static void an_emptied_book_begins_anew(void **state)
{
    struct fixture *fixture = *state;
    char text[EVENTS_BYTES];

    events_add(&fixture->book, EVENTS_DAY, events_success(text, "a.example"));
    events_add(&fixture->book, EVENTS_DAY, "nonsense");
    book_reset(&fixture->book);
    assert_dump(&fixture->book, "");
    assert_int_equal(fixture->book.n_samples, 0);
    assert_int_equal(fixture->book.n_datagrams, 0);
    events_add(&fixture->book, EVENTS_DAY, events_success(text, "a.example"));
    assert_dump(&fixture->book, "20700 a.example R sts - - 1/0\n");
}

/* What leads to a sum of another day must not be followed. */
static void what_was_seen_is_of_its_day(void **state)
{
    struct fixture *fixture = *state;
    char text[EVENTS_BYTES];

    for (int day = EVENTS_DAY; day < EVENTS_DAY + 3; day++) {
        events_add(&fixture->book, day, events_success(text, "a.example"));
        book_reset(&fixture->book);
        fixture->book.day = day + 1;
    }
    /* Sums of days before are not kept either. */
    assert_int_equal(fixture->book.cells.n_entries, 1);
    events_add(&fixture->book, EVENTS_DAY + 3,
               events_success(text, "a.example"));
    assert_dump(&fixture->book, "20703 a.example R sts - - 1/0\n");
}

#define WITH_BOOK(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BOOK(sessions_and_failures_are_counted),
        WITH_BOOK(letter_case_makes_no_other_sum),
        WITH_BOOK(each_policy_counts_once),
        WITH_BOOK(a_failed_session_counts_once_for_a_detail),
        WITH_BOOK(a_session_fails_as_the_mta_says),
        WITH_BOOK(each_host_that_was_tried_is_a_session),
        WITH_BOOK(days_are_kept_apart),
        WITH_BOOK(what_is_malformed_is_kept_as_it_came),
        WITH_BOOK(another_version_is_summed_and_told),
        WITH_BOOK(what_is_too_much_is_summed_less_finely),
        WITH_BOOK(two_details_that_are_folded_are_two),
        WITH_BOOK(a_flood_of_policies_and_records_is_bounded),
        WITH_BOOK(what_was_seen_is_forgotten_when_it_is_too_much),
        WITH_BOOK(long_datagrams_are_summed_for_ever),
        WITH_BOOK(an_emptied_book_begins_anew),
        WITH_BOOK(what_was_seen_is_of_its_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
