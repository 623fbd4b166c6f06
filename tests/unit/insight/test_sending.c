/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/sending.h"

#include <stdio.h>
#include <string.h>

#include "store/tally_sample.h"

#define STS                                                                    \
    "{\"policy-type\":\"sts\",\"policy-string\":[\"version: STSv1\","          \
    "\"mode: enforce\"],\"policy-domain\":\"a.example\"}"
#define EXPIRED(mx)                                                            \
    "{\"result-type\":\"certificate-expired\","                                \
    "\"receiving-mx-hostname\":\"" mx "\","                                    \
    "\"failure-reason-code\":\"certificate has expired\"}"
#define ODD "{\"result-type\":299}"

enum { DAY = TALLY_SAMPLE_DAY };

struct bench {
    struct tally_sample *sample;
    struct tally_sample *second;
    void *other;
    const char *urls[2];
    struct insight_tallies tallies;
    struct arena arena;
    struct insight_sending_domain domain;
};

static void put(struct tally_sample *sample, utc_day day, const char *detail,
                int64_t sessions, int64_t failures)
{
    struct tally_row row =
        tally_sample_row("a.example", STS, detail, sessions, failures);

    row.day = day;
    row.record = slice_of("v=TLSRPTv1; rua=mailto:a@a.example,"
                          "https://a.example/v1");
    assert_int_equal(tally_sample_put(sample, &row), 0);
}

static void begin(struct bench *bench, void **state)
{
    *bench = (struct bench){ .sample = *state };
    assert_int_equal(tally_sample_open(&bench->other), 0);
    bench->second = bench->other;
    bench->urls[0] = bench->sample->url;
    bench->urls[1] = bench->second->url;
    arena_init(&bench->arena, 16 << 20);
}

static void end(struct bench *bench)
{
    arena_deinit(&bench->arena);
    tally_sample_close(&bench->other);
}

static int find(struct bench *bench, const char *name, struct store_range range,
                enum insight_sending_depth depth)
{
    const struct insight_sending_question question = { name, range, DAY + 2,
                                                       depth };
    int status;

    insight_tallies_open(&bench->tallies, bench->urls, 2,
                         &bench->sample->clock);
    status = insight_sending_find(&bench->tallies, &question, &bench->arena,
                                  &bench->domain, &bench->sample->err);
    insight_tallies_close(&bench->tallies);
    return status;
}

static const struct store_range all = { UTC_DAY_NONE, UTC_DAY_NONE };

static void a_domain_is_told_whole(void **state)
{
    const struct insight_sending_domain *d;
    struct bench bench;

    begin(&bench, state);
    put(bench.sample, DAY, "", 10, 0);
    put(bench.sample, DAY + 1, "", 10, 4);
    put(bench.sample, DAY + 1, EXPIRED("mx1.a.example"), 1, 0);
    put(bench.sample, DAY + 1, EXPIRED("mx2.a.example"), 3, 0);
    put(bench.second, DAY + 1, "", 5, 2);
    put(bench.second, DAY + 1, EXPIRED("mx1.a.example"), 2, 0);
    put(bench.second, DAY + 2, "", 5, 1);
    put(bench.second, DAY + 2, ODD, 1, 0);
    assert_fine(bench.sample,
                find(&bench, "a.example", all, INSIGHT_SENDING_WHOLE));
    d = &bench.domain;
    assert_int_equal(d->n_days, 3);
    assert_int_equal(d->days[1].sessions, 15);
    assert_int_equal(d->sum.sessions, 30);
    assert_int_equal(d->sum.failures, 7);
    assert_int_equal(d->so_far.sessions, 5);
    assert_int_equal(d->verdict.state, INSIGHT_TROUBLE);
    assert_int_equal(d->since, DAY + 1);
    assert_false(d->is_since_first);
    assert_true(d->is_open);
    assert_int_equal(d->n_reasons, 2);
    assert_string_equal(d->reasons[0].result_type, "certificate-expired");
    assert_int_equal(d->reasons[0].failures, 6);
    assert_string_equal(d->reasons[0].mx, "mx2.a.example");
    assert_string_equal(d->reasons[0].side, "theirs");
    assert_non_null(strstr(d->reasons[0].look, "mx2.a.example"));
    assert_string_equal(d->reasons[1].result_type, "validation-failure");
    assert_string_equal(d->reasons[1].reason, "result-type-299");
    assert_int_equal(d->next.day, DAY + 2);
    assert_int_equal(d->next.after, (utc_time)(DAY + 3) * UTC_DAY_SECONDS);
    assert_int_equal(d->next.n_destinations, 2);
    assert_string_equal(d->next.destinations[1], "https://a.example/v1");
    assert_int_equal(d->n_policies, 1);
    assert_string_equal(d->policies[0].text, "version: STSv1\nmode: enforce");
    assert_string_equal(d->sentence,
                        "7 of 30 sessions failed in the last 7 days, today so"
                        " far, most often: Certificate expired");
    end(&bench);
}

static void a_row_has_the_reason_of_its_last_bad_day(void **state)
{
    struct bench bench;

    begin(&bench, state);
    put(bench.sample, DAY, "", 10, 9);
    put(bench.sample, DAY, EXPIRED("mx1.a.example"), 9, 0);
    put(bench.sample, DAY + 1, "", 10, 1);
    put(bench.sample, DAY + 1, ODD, 1, 0);
    put(bench.sample, DAY + 2, "", 10, 0);
    assert_fine(bench.sample,
                find(&bench, "a.example", all, INSIGHT_SENDING_ROW));
    assert_int_equal(bench.domain.n_reasons, 1);
    assert_string_equal(bench.domain.reasons[0].reason, "result-type-299");
    assert_int_equal(bench.domain.n_policies, 0);
    assert_fine(bench.sample,
                find(&bench, "a.example", (struct store_range){ DAY, DAY },
                     INSIGHT_SENDING_ROW));
    assert_string_equal(bench.domain.reasons[0].result_type,
                        "certificate-expired");
    assert_int_equal(bench.domain.sum.sessions, 10);
    assert_int_equal(bench.domain.n_days, 1);
    end(&bench);
}

static void a_domain_without_sessions_is_unknown(void **state)
{
    struct bench bench;

    begin(&bench, state);
    put(bench.sample, DAY + 2 - INSIGHT_LEDGER_DAYS, "", 1, 0);
    assert_int_equal(find(&bench, "b.example", all, INSIGHT_SENDING_ROW), 1);
    assert_int_equal(find(&bench, "a.example", all, INSIGHT_SENDING_ROW), 1);
    assert_int_equal(find(&bench, "", all, INSIGHT_SENDING_ROW), 1);
    /* A text that is no domain of a row: a record. */
    assert_int_equal(find(&bench,
                          "v=TLSRPTv1; rua=mailto:a@a.example,"
                          "https://a.example/v1",
                          all, INSIGHT_SENDING_ROW),
                     1);
    put(bench.sample, DAY - 20, "", 1, 1);
    assert_fine(bench.sample,
                find(&bench, "a.example", all, INSIGHT_SENDING_WHOLE));
    assert_int_equal(bench.domain.verdict.state, INSIGHT_UNKNOWN);
    assert_int_equal(bench.domain.next.day, UTC_DAY_NONE);
    assert_int_equal(bench.domain.n_reasons, 0);
    assert_non_null(strstr(bench.domain.sentence, "No session in the last"));
    end(&bench);
}

static void sentences_fit_the_numbers(void **state)
{
    static const struct {
        size_t trouble, watch, well, unknown;
        const char *text;
    } rows[] = {
        { 0, 0, 0, 0, "No session was counted in the last 7 days" },
        { 0, 0, 1, 0, "The one domain that we sent to is well" },
        { 1, 0, 0, 0, "The one domain that we sent to has trouble" },
        { 1, 1, 2, 0, "1 of 4 domains that we send to has trouble" },
        { 2, 1, 2, 0, "2 of 5 domains that we send to have trouble" },
        { 0, 3, 2, 0, "3 of 5 domains that we send to are worth watching" },
        { 0, 0, 5, 0, "All 5 domains that we send to are well" },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 16);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct insight_ledger_answer answer = {
            .is_ready = true,
            .n_by_state = { [INSIGHT_TROUBLE] = rows[i].trouble,
                            [INSIGHT_WATCH] = rows[i].watch,
                            [INSIGHT_WELL] = rows[i].well,
                            [INSIGHT_UNKNOWN] = rows[i].unknown }
        };

        assert_string_equal(insight_sending_sentence(&answer, &arena),
                            rows[i].text);
    }
    arena_deinit(&arena);
}

static void many_at_once_are_our_own_fault(void **state)
{
    struct insight_ledger_day day = { .day = DAY,
                                      .n_domains = 10,
                                      .n_failing = 5 };
    struct insight_ledger_answer answer = {
        .is_ready = true, .so_far = day, .days = &day, .n_days = 1
    };
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 16);
    assert_non_null(insight_sending_note(&answer, &arena));
    answer.so_far.n_failing = 4;
    assert_null(insight_sending_note(&answer, &arena));
    /* Hardly anything was sent today: the day before tells. */
    answer.so_far.n_domains = 4;
    assert_non_null(insight_sending_note(&answer, &arena));
    day.n_domains = 11;
    assert_null(insight_sending_note(&answer, &arena));
    answer.n_days = 0;
    assert_null(insight_sending_note(&answer, &arena));
    arena_deinit(&arena);
}

#define IN_A_TALLY(test)                                                       \
    cmocka_unit_test_setup_teardown(test, tally_sample_open, tally_sample_close)

/* All that is behind the first page of its file is garbage by now. */
static void spoil(struct tally_sample *sample)
{
    char octets[4096];
    FILE *file;
    long size;

    tally_close(sample->tally);
    sample->tally = NULL;
    memset(octets, 0xa5, sizeof(octets));
    file = fopen(sample->path, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size = ftell(file);
    for (long at = sizeof(octets); at < size; at += (long)sizeof(octets)) {
        assert_int_equal(fseek(file, at, SEEK_SET), 0);
        assert_int_equal(fwrite(octets, sizeof(octets), 1, file), 1);
    }
    assert_int_equal(fclose(file), 0);
}

static void a_damaged_tally_leaves_the_others(void **state)
{
    struct bench bench;

    begin(&bench, state);
    put(bench.sample, DAY + 1, "", 10, 4);
    put(bench.second, DAY + 1, "", 5, 2);
    spoil(bench.second);
    assert_fine(bench.sample,
                find(&bench, "a.example", all, INSIGHT_SENDING_WHOLE));
    assert_int_equal(bench.domain.sum.sessions, 10);
    assert_int_equal(bench.tallies.files[0].state, INSIGHT_FILE_READ);
    assert_int_equal(bench.tallies.files[1].state, INSIGHT_FILE_FAILED);
    spoil(bench.sample);
    assert_int_equal(find(&bench, "a.example", all, INSIGHT_SENDING_WHOLE), 1);
    assert_int_equal(bench.tallies.files[0].state, INSIGHT_FILE_FAILED);
    end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_TALLY(a_domain_is_told_whole),
        IN_A_TALLY(a_row_has_the_reason_of_its_last_bad_day),
        IN_A_TALLY(a_domain_without_sessions_is_unknown),
        IN_A_TALLY(a_damaged_tally_leaves_the_others),
        cmocka_unit_test(sentences_fit_the_numbers),
        cmocka_unit_test(many_at_once_are_our_own_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
