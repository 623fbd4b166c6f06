/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "fetch/answer.h"

#include <stdlib.h>

#include "outgoing/night_sample.h"

#define RECORD "v=TLSRPTv1;rua=mailto:tls@"

/* A night's two tallies, open as a reporter's question finds them. */
struct asked {
    struct night_sample *sample;
    struct tally *tallies[NIGHT_TALLIES];
    struct answer_source source;
    char *text;
    size_t bytes;
    FILE *out;
};

static void ask(struct asked *asked, struct night_sample *sample, size_t n)
{
    *asked = (struct asked){ .sample = sample };
    for (size_t i = 0; i < n; i++)
        assert_int_equal(tally_open(sample->urls[i], STORE_READ, &sample->clock,
                                    &asked->tallies[i], &sample->err),
                         0);
    asked->source = (struct answer_source){ .tallies = asked->tallies,
                                            .n_tallies = n,
                                            .clock = &sample->clock };
    asked->out = open_memstream(&asked->text, &asked->bytes);
    assert_non_null(asked->out);
}

static void expect(struct asked *asked, const char *expected)
{
    fclose(asked->out);
    assert_string_equal(asked->text, expected);
    free(asked->text);
    for (size_t i = 0; i < asked->source.n_tallies; i++)
        tally_close(asked->tallies[i]);
}

static void close_day(struct night_sample *sample, int which, utc_day day)
{
    struct tally *tally;

    assert_int_equal(tally_open(sample->urls[which], STORE_WRITE,
                                &sample->clock, &tally, &sample->err),
                     0);
    assert_int_equal(tally_close_day(tally, day, &sample->err), 0);
    tally_close(tally);
}

static void a_list_names_the_domains_of_all_tallies_once(void **state)
{
    struct night_sample *sample = *state;
    struct asked asked;

    night_sample_add(sample, 0, "c.example", NULL, NIGHT_NONE, "", 1, 0);
    night_sample_add(sample, 0, "a.example", NULL, NIGHT_NONE, "", 1, 0);
    night_sample_add(sample, 1, "b.example", NULL, NIGHT_NONE, "", 1, 0);
    night_sample_add(sample, 1, "a.example", NULL, NIGHT_NONE, "", 1, 0);
    night_sample_add(sample, 1, "not a name", NULL, NIGHT_NONE, "", 1, 0);
    night_sample_add(sample, 1, "", NULL, NIGHT_NONE, "", 1, 0);
    close_day(sample, 0, NIGHT_DAY);
    close_day(sample, 1, NIGHT_DAY + 1);
    ask(&asked, sample, 2);
    assert_int_equal(
        answer_list(&asked.source, NIGHT_DAY, asked.out, &sample->err), 0);
    expect(&asked, "TLSRPT FETCHER v1devel-c domain list\n"
                   "2026-09-05 00:00:01\n"
                   "2026-09-04\n"
                   "a.example\nb.example\nc.example\n.\n");
}

static void a_day_that_is_not_complete_is_not_told(void **state)
{
    struct night_sample *sample = *state;
    struct asked asked;

    night_sample_add(sample, 0, "a.example", NULL, NIGHT_NONE, "", 1, 0);
    close_day(sample, 1, NIGHT_DAY);
    ask(&asked, sample, 2);
    assert_int_equal(
        answer_list(&asked.source, NIGHT_DAY, asked.out, &sample->err), 1);
    expect(&asked, "TLSRPT FETCHER v1devel-c domain list\n"
                   "2026-09-05 00:00:01\n"
                   "1970-01-01\n.\n");
}

static void details_are_the_sums_of_a_domain(void **state)
{
    struct night_sample *sample = *state;
    struct asked asked;

    night_sample_add(sample, 0, "a.example", NULL, NIGHT_TLSA, "", 3, 2);
    night_sample_add(sample, 0, "a.example", NULL, NIGHT_TLSA, NIGHT_EXPIRED, 2,
                     0);
    night_sample_add(sample, 1, "a.example", NULL, NIGHT_TLSA, "", 4, 0);
    night_sample_add(sample, 1, "a.example", "other \"record\"", NIGHT_NONE, "",
                     5, 0);
    night_sample_add(sample, 1, "b.example", NULL, NIGHT_NONE, "", 6, 0);
    ask(&asked, sample, 2);
    assert_int_equal(answer_details(&asked.source, NIGHT_DAY,
                                    SLICE("a.example"), asked.out,
                                    &sample->err),
                     0);
    expect(&asked,
           "{\"d\":\"a.example\",\"policies\":{"
           "\"other \\\"record\\\"\":{"
           "\"{\\\"policy-type\\\": 9, \\\"policy-domain\\\": "
           "\\\"a.example\\\"}\":"
           "{\"cntrtotal\":5,\"cntrfailure\":0,\"failures\":{}}},"
           "\"" RECORD "a.example\":{"
           "\"{\\\"policy-type\\\": 1, \\\"policy-domain\\\": "
           "\\\"mx.a.example\\\", \\\"policy-string\\\": "
           "[\\\"3 1 1 AB\\\"]}\":"
           "{\"cntrtotal\":7,\"cntrfailure\":2,\"failures\":{"
           "\"{\\\"c\\\": 204, \\\"s\\\": \\\"192.0.2.1\\\", \\\"n\\\": "
           "\\\"mx.a.example\\\"}\":2}}}}}\n");
}

static void a_number_without_a_name_is_told_in_a_legal_form(void **state)
{
    struct night_sample *sample = *state;
    struct asked asked;

    night_sample_add(sample, 0, "a.example", NULL, "{\"policy-type\":77}", "",
                     1, 1);
    night_sample_add(sample, 0, "a.example", NULL, "{\"policy-type\":77}",
                     "{\"result-type\":7}", 1, 0);
    ask(&asked, sample, 1);
    assert_int_equal(answer_details(&asked.source, NIGHT_DAY,
                                    SLICE("a.example"), asked.out,
                                    &sample->err),
                     0);
    expect(&asked, "{\"d\":\"a.example\",\"policies\":{"
                   "\"" RECORD "a.example\":{"
                   "\"{\\\"policy-type\\\": 9, \\\"policy-domain\\\": "
                   "\\\"a.example\\\"}\":"
                   "{\"cntrtotal\":1,\"cntrfailure\":1,\"failures\":{"
                   "\"{\\\"c\\\": 205, \\\"f\\\": "
                   "\\\"result-type-7\\\"}\":1}}}}}\n");
}

static void a_domain_without_sums_has_no_policies(void **state)
{
    struct night_sample *sample = *state;
    struct asked asked;

    ask(&asked, sample, 1);
    assert_int_equal(answer_details(&asked.source, NIGHT_DAY,
                                    SLICE("a.example"), asked.out,
                                    &sample->err),
                     0);
    expect(&asked, "{\"d\":\"a.example\",\"policies\":{}}\n");
}

#define test(f)                                                                \
    cmocka_unit_test_setup_teardown(f, night_sample_open, night_sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_list_names_the_domains_of_all_tallies_once),
        test(a_day_that_is_not_complete_is_not_told),
        test(details_are_the_sums_of_a_domain),
        test(a_number_without_a_name_is_told_in_a_legal_form),
        test(a_domain_without_sums_has_no_policies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
