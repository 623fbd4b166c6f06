/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "fetch/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/tally_sample.h"

#define HEAD "TLSRPT FETCHER v1devel-c domain list\n2026-09-05 00:00:10\n"
#define DAY_TEXT "2026-09-04" /* TALLY_SAMPLE_DAY */

/* A shell stands for the other host: $1 is the day, $2 a domain. */
static struct fetch_source source_of(struct tally_sample *sample,
                                     const char *argv[static 5],
                                     const char *script)
{
    argv[0] = "sh";
    argv[1] = "-c";
    argv[2] = script;
    argv[3] = "there";
    argv[4] = NULL;
    return (struct fetch_source){ .name = "there",
                                  .command = argv,
                                  .tally_url = sample->url,
                                  .n_domains = 1,
                                  .time_ms = 20000 };
}

/* The day after, with no earlier day owed. */
static int fetch(struct tally_sample *sample, const char *script,
                 struct fetch_sums *sums)
{
    const char *argv[5];
    struct fetch_source source = source_of(sample, argv, script);

    source.first = TALLY_SAMPLE_DAY;
    sample->clock =
        clock_fixed((utc_time)(TALLY_SAMPLE_DAY + 1) * UTC_DAY_SECONDS);
    return fetch_day(&source, TALLY_SAMPLE_DAY, -1, &sample->clock, sums,
                     &sample->err);
}

#define DETAILS                                                                 \
    "{\"d\":\"a.example\",\"policies\":{\"v=TLSRPTv1;rua=mailto:a@a.example\":" \
    "{\"{\\\"policy-type\\\": 9}\":{\"cntrtotal\":3,\"cntrfailure\":0,"         \
    "\"failures\":{}}}}}"
#define GOOD                                                                   \
    "if [ \"$2\" ]; then cat <<'E'\n" DETAILS "\nE\n"                          \
    "else cat <<'E'\n" HEAD DAY_TEXT "\na.example\n.\nE\nfi"

static void a_day_is_fetched_once(void **state)
{
    struct tally_sample *sample = *state;
    struct fetch_sums sums;

    assert_int_equal(fetch(sample, GOOD, &sums), FETCH_STORED);
    assert_int_equal(sums.n_domains, 1);
    assert_int_equal(sums.n_rows, 1);
    assert_int_equal(sums.n_bad, 0);
    assert_int_equal(sums.clock_off_s, 10);
    assert_int_equal(fetch(sample, "exit 1", &sums), FETCH_STANDS);
}

/* One session event names both policies; elsewhere that is a sum each. */
#define BOTH                                                                    \
    "{\"d\":\"a.example\",\"policies\":{\"v=TLSRPTv1;rua=mailto:a@a.example\":" \
    "{\"{\\\"policy-type\\\":2,\\\"policy-string\\\":[\\\"mode: none\\\"]}\":"  \
    "{\"cntrtotal\":3,\"cntrfailure\":0,\"failures\":{}},"                      \
    "\"{\\\"policy-type\\\":1,\\\"policy-string\\\":[\\\"3 1 1 AB\\\"]}\":"     \
    "{\"cntrtotal\":3,\"cntrfailure\":0,\"failures\":{}}}}}"

static void a_session_beside_what_is_switched_off_is_one(void **state)
{
    struct tally_sample *sample = *state;
    struct fetch_sums sums;
    char *text;

    assert_int_equal(fetch(sample,
                           "if [ \"$2\" ]; then cat <<'E'\n" BOTH
                           "\nE\nelse cat <<'E'\n" HEAD DAY_TEXT
                           "\na.example\n.\nE\nfi",
                           &sums),
                     FETCH_STORED);
    assert_int_equal(sums.n_rows, 1);
    text = tally_sample_dump(sample, TALLY_SAMPLE_DAY);
    assert_string_equal(
        text, "a.example|v=TLSRPTv1;rua=mailto:a@a.example|{\"policy-type\":"
              "\"tlsa\",\"policy-string\":[\"3 1 1 AB\"],\"policy-domain\":"
              "\"a.example\"}| 3/0\n");
    free(text);
}

static void a_day_that_is_not_complete_is_waited_for(void **state)
{
    struct tally_sample *sample = *state;
    struct fetch_sums sums;

    assert_int_equal(
        fetch(sample, "echo '" HEAD "2026-09-03\na.example\n.'", &sums),
        FETCH_NOT_READY);
    assert_int_equal(fetch(sample, GOOD, &sums), FETCH_STORED);
}

static void a_later_day_without_domains_is_gone(void **state)
{
    struct tally_sample *sample = *state;
    struct fetch_sums sums;

    assert_int_equal(fetch(sample, "echo '" HEAD "2026-09-05\n.'", &sums),
                     FETCH_STORED);
    assert_true(sums.is_gone);
}

static void a_failure_leaves_the_day_to_be_fetched(void **state)
{
    struct tally_sample *sample = *state;
    struct fetch_sums sums;

    assert_int_equal(fetch(sample, "exit 3", &sums), -1);
    assert_int_equal(fetch(sample, "echo x", &sums), -1);
    assert_int_equal(fetch(sample,
                           "[ -z \"$2\" ] || exit 1; echo '" HEAD DAY_TEXT
                           "\na.example\n.'",
                           &sums),
                     -1);
    assert_int_equal(fetch(sample, GOOD, &sums), FETCH_STORED);
}

#define LIST_OF_THREE                                                          \
    "if [ -z \"$2\" ]; then echo '" HEAD DAY_TEXT                              \
    "\na.example\nb.example\nc.example\n.'; exit; fi; day=$1; shift; "
#define TELL_EACH                                                              \
    "for d; do echo '{\"d\":\"'$d'\",\"policies\":{\"v=TLSRPTv1;rua=mailto:a@" \
    "'$d'\":{\"{\\\"policy-type\\\": 9}\":{\"cntrtotal\":3,\"cntrfailure\":0," \
    "\"failures\":{}}}}}'; done"

static int fetch_three(struct tally_sample *sample, const char *script,
                       size_t max_bytes, struct fetch_sums *sums)
{
    const char *argv[5];
    struct fetch_source source = source_of(sample, argv, script);

    source.first = TALLY_SAMPLE_DAY;
    source.n_domains = 3;
    source.max_bytes = max_bytes;
    sample->clock =
        clock_fixed((utc_time)(TALLY_SAMPLE_DAY + 1) * UTC_DAY_SECONDS);
    return fetch_day(&source, TALLY_SAMPLE_DAY, -1, &sample->clock, sums,
                     &sample->err);
}

static void a_domain_that_says_too_much_costs_no_other(void **state)
{
    struct tally_sample *sample = *state;
    struct fetch_sums sums;

    assert_int_equal(fetch_three(sample,
                                 LIST_OF_THREE TELL_EACH
                                 "; case \"$*\" in *b.example*) seq 100000;; "
                                 "esac",
                                 1 << 20, &sums),
                     FETCH_STORED);
    assert_int_equal(sums.n_rows, 2);
    assert_int_equal(sums.n_bad, 1);
    assert_non_null(strstr(sums.bad, "b.example"));
    assert_int_equal(fetch(sample, "exit 1", &sums), FETCH_STANDS);
}

/* It is asked for again with the whole day, until there is no more time. */
static void a_domain_that_cannot_be_asked_for_costs_no_other(void **state)
{
    struct tally_sample *sample = *state;
    struct fetch_sums sums;

    assert_int_equal(fetch_three(sample,
                                 LIST_OF_THREE
                                 "case \"$*\" in *b.example*) exit 7;; "
                                 "esac; " TELL_EACH,
                                 0, &sums),
                     FETCH_PART);
    assert_int_equal(sums.n_rows, 2);
    assert_non_null(strstr(sample->err.text, "status 7"));
    assert_int_equal(fetch_three(sample, LIST_OF_THREE TELL_EACH, 0, &sums),
                     FETCH_STORED);
    assert_int_equal(sums.n_rows, 3);
    assert_int_equal(fetch(sample, "exit 1", &sums), FETCH_STANDS);
}

static void a_day_beyond_the_memory_of_its_source_is_refused(void **state)
{
    struct tally_sample *sample = *state;
    struct fetch_sums sums;

    assert_int_equal(
        fetch_three(sample, LIST_OF_THREE TELL_EACH, 4 << 10, &sums), -1);
    assert_int_equal(sample->err.kind, ERR_LIMIT);
}

static void who_stops_is_not_kept_waiting(void **state)
{
    struct tally_sample *sample = *state;
    const char *argv[5];
    const struct fetch_source source =
        source_of(sample, argv, "sleep 1000 & wait");
    struct fetch_sums sums;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(fetch_day(&source, TALLY_SAMPLE_DAY, ends[0],
                               &sample->clock, &sums, &sample->err),
                     FETCH_STOPPED);
    close(ends[0]);
    close(ends[1]);
}

static void days_before_the_first_are_not_asked_for(void **state)
{
    struct tally_sample *sample = *state;
    const char *argv[5];
    struct fetch_source source = source_of(sample, argv, "exit 1");
    struct fetch_sums sums;
    utc_day closed;

    source.first = TALLY_SAMPLE_DAY + 1;
    assert_int_equal(fetch_day(&source, TALLY_SAMPLE_DAY, -1, &sample->clock,
                               &sums, &sample->err),
                     FETCH_STANDS);
    assert_fine(sample,
                fetch_ready(&source, &sample->clock, &closed, &sample->err));
    assert_int_equal(closed, UTC_DAY_NONE);
}

/* Nobody would ask for the days before it any more. */
static void a_day_that_is_fetched_alone_closes_none_that_is_owed(void **state)
{
    struct tally_sample *sample = *state;
    const char *argv[5];
    struct fetch_source source = source_of(sample, argv, GOOD);
    struct fetch_sums sums;
    utc_day closed;

    sample->clock =
        clock_fixed((utc_time)(TALLY_SAMPLE_DAY + 1) * UTC_DAY_SECONDS);
    source.first = TALLY_SAMPLE_DAY - 1;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(fetch_day(&source, TALLY_SAMPLE_DAY, -1,
                                   &sample->clock, &sums, &sample->err),
                         FETCH_STORED);
        assert_fine(sample, fetch_ready(&source, &sample->clock, &closed,
                                        &sample->err));
        assert_int_equal(closed, UTC_DAY_NONE);
    }
    assert_int_equal(fetch_day(&source, TALLY_SAMPLE_DAY - 1, -1,
                               &sample->clock, &sums, &sample->err),
                     FETCH_STORED);
    assert_int_equal(fetch_day(&source, TALLY_SAMPLE_DAY, -1, &sample->clock,
                               &sums, &sample->err),
                     FETCH_STORED);
    assert_int_equal(fetch(sample, "exit 1", &sums), FETCH_STANDS);
}

static void a_day_that_has_not_ended_is_never_closed(void **state)
{
    struct tally_sample *sample = *state;
    const char *argv[5];
    struct fetch_source source = source_of(sample, argv, GOOD);
    struct fetch_sums sums;
    utc_day closed;

    source.first = TALLY_SAMPLE_DAY;
    sample->clock = clock_fixed((utc_time)TALLY_SAMPLE_DAY * UTC_DAY_SECONDS);
    assert_int_equal(fetch_day(&source, TALLY_SAMPLE_DAY, -1, &sample->clock,
                               &sums, &sample->err),
                     FETCH_STORED);
    assert_fine(sample,
                fetch_ready(&source, &sample->clock, &closed, &sample->err));
    assert_int_equal(closed, UTC_DAY_NONE);
}

#define test(f)                                                                \
    cmocka_unit_test_setup_teardown(f, tally_sample_open, tally_sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_day_is_fetched_once),
        test(a_session_beside_what_is_switched_off_is_one),
        test(a_day_that_is_not_complete_is_waited_for),
        test(a_later_day_without_domains_is_gone),
        test(a_failure_leaves_the_day_to_be_fetched),
        test(a_domain_that_says_too_much_costs_no_other),
        test(a_domain_that_cannot_be_asked_for_costs_no_other),
        test(a_day_beyond_the_memory_of_its_source_is_refused),
        test(who_stops_is_not_kept_waiting),
        test(days_before_the_first_are_not_asked_for),
        test(a_day_that_is_fetched_alone_closes_none_that_is_owed),
        test(a_day_that_has_not_ended_is_never_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
