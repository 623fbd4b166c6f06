/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/compose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "outgoing/limits.h"
#include "unwrap/gzip.h"

enum { DAY = 19731 }; /* 2024-01-09 */

struct sample {
    struct outgoing_composer composer;
    struct outgoing_draft draft;
    struct outgoing_identity identity;
    struct buffer seen; /* "PART ID FILE SUCCESSES/FAILURES;" */
    struct buffer text; /* the reports, inflated, one behind the other */
    struct err err;
};

static int open_sample(void **state)
{
    struct sample *s = calloc(1, sizeof(*s));

    if (!s || outgoing_composer_init(&s->composer, &s->err) ||
        outgoing_draft_init(&s->draft, &s->err))
        return -1;
    s->identity = (struct outgoing_identity){ .name = "",
                                              .organization_name = "Org",
                                              .contact_info = "t@mta.example" };
    buffer_init(&s->seen, 1 << 20);
    buffer_init(&s->text, 256 << 20);
    *state = s;
    return 0;
}

static int close_sample(void **state)
{
    struct sample *s = *state;

    outgoing_composer_deinit(&s->composer);
    outgoing_draft_deinit(&s->draft);
    buffer_deinit(&s->seen);
    buffer_deinit(&s->text);
    free(s);
    return 0;
}

static void add(struct sample *s, const char *policy, const char *detail,
                int64_t sessions, int64_t failures)
{
    const struct tally_row row = { .day = DAY,
                                   .domain = SLICE("a.example"),
                                   .record = SLICE("v"),
                                   .policy = slice_of(policy),
                                   .detail = slice_of(detail),
                                   .sessions = sessions,
                                   .failures = failures };

    if (!outgoing_draft_takes(&s->draft, &row))
        assert_int_equal(outgoing_draft_begin(&s->draft, &row, &s->err), 0);
    assert_int_equal(outgoing_draft_add(&s->draft, &row, &s->err), 0);
}

static int see(void *context, const struct outbox_report *report,
               struct err *err)
{
    struct sample *s = context;

    (void)err;
    buffer_add_format(&s->seen, "%d %s %s %lld/%lld;", report->part,
                      report->report_id.ptr, report->file_name.ptr,
                      (long long)report->success_sessions,
                      (long long)report->failure_sessions);
    assert_int_equal((unsigned char)report->octets.ptr[0], 0x1f);
    assert_int_equal((unsigned char)report->octets.ptr[1], 0x8b);
    return gzip_restore(report->octets, (size_t)report->json_bytes, &s->text,
                        &s->err);
}

static void compose(struct sample *s)
{
    buffer_reset(&s->seen);
    buffer_reset(&s->text);
    assert_int_equal(outgoing_draft_end(&s->draft, &s->err), 0);
    if (outgoing_compose(&s->composer, &s->identity, &s->draft, see, s,
                         &s->err))
        fail_msg("%s", s->err.text);
    s->draft.day = 0; /* the next row begins anew */
}

#define NONE "{\"policy-type\":\"no-policy-found\",\"policy-domain\":\"b\"}"
#define SEVEN "{\"policy-type\":7,\"policy-domain\":\"b\"}"

/* Takes the token out of "0 20240109.a.example.TOKEN@...". */
static void token_of(struct sample *s, char token[static 13])
{
    assert_memory_equal(buffer_text(&s->seen), "0 20240109.a.example.", 21);
    snprintf(token, 13, "%.12s", buffer_text(&s->seen) + 21);
    assert_int_equal(strspn(token, "0123456789abcdef"), 12);
}

static void names_are_of_day_domain_and_submitter(void **state)
{
    struct sample *s = *state;
    char expected[300], first[13], again[13], other[13];

    add(s, NONE, "", 5, 0);
    compose(s);
    token_of(s, first);
    snprintf(expected, sizeof(expected),
             "0 20240109.a.example.%s@mta.example "
             "mta.example!a.example!1704758400!1704844799!%s.json.gz 5/0;",
             first, first);
    assert_string_equal(buffer_text(&s->seen), expected);
    add(s, NONE, "", 5, 0);
    compose(s);
    token_of(s, again);
    assert_string_equal(again, first);
    add(s, NONE, "", 6, 0);
    compose(s);
    token_of(s, other);
    assert_string_not_equal(other, first);
    s->identity.contact_info = "u@mta.example";
    add(s, NONE, "", 6, 0);
    compose(s);
    token_of(s, again);
    assert_string_not_equal(again, other);
}

static void what_has_no_name_joins_what_has(void **state)
{
    struct sample *s = *state;

    add(s, SEVEN, "", 5, 1);
    add(s, NONE, "", 2, 0);
    add(s, "{\"policy-type\":\"sts\",\"policy-domain\":\"c\"}", "", 0, 0);
    compose(s);
    assert_non_null(strstr(buffer_text(&s->text),
                           "\"policies\":[{\"policy\":{\"policy-type\":"
                           "\"no-policy-found\",\"policy-string\":[],"
                           "\"policy-domain\":\"b\"},\"summary\":{"
                           "\"total-successful-session-count\":6,"
                           "\"total-failure-session-count\":1},"
                           "\"failure-details\":[{\"result-type\":"
                           "\"validation-failure\",\"failed-session-count\":1,"
                           "\"failure-reason-code\":\"unspecified\"}]}]}"));
}

static void counts_end_where_they_are_exact(void **state)
{
    struct sample *s = *state;

    add(s, NONE, "", INT64_MAX, 0);
    compose(s);
    assert_non_null(
        strstr(buffer_text(&s->text), "session-count\":9007199254740991,"));
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;

    for (; (text = strstr(text, what)); text++)
        n++;
    return n;
}

static void too_many_details_are_folded(void **state)
{
    struct sample *s = *state;
    char detail[200];

    add(s, NONE, "", 5000, 5000);
    for (int i = 0; i < 5000; i++) {
        snprintf(detail, sizeof(detail),
                 "{\"result-type\":\"certificate-expired\",\"receiving-ip\":"
                 "\"2001:db8::%x\"}",
                 i + 1);
        add(s, NONE, detail, i == 4321 ? 2 : 1, 0);
    }
    compose(s);
    assert_int_equal(s->draft.n_folded, 4000);
    assert_int_equal(count(buffer_text(&s->text), "\"result-type\""), 1001);
    assert_non_null(strstr(buffer_text(&s->text), "2001:db8::10e2"));
    assert_non_null(strstr(buffer_text(&s->text),
                           "{\"result-type\":\"certificate-expired\","
                           "\"failed-session-count\":4000,"
                           "\"failure-reason-code\":\"aggregated\"}"));
}

static void what_is_too_large_becomes_several_reports(void **state)
{
    enum { N = 2 * OUTGOING_PART_POLICIES + 1 };
    struct sample *s = *state;
    char policy[200];

    for (int i = 0; i < N; i++) {
        snprintf(
            policy, sizeof(policy),
            "{\"policy-type\":\"tlsa\",\"policy-domain\":\"m%05d.example\"}",
            i);
        add(s, policy, "", 1, 0);
    }
    compose(s);
    assert_int_equal(count(buffer_text(&s->seen), ";"), 3);
    assert_int_equal(count(buffer_text(&s->text), "\"report-id\""), 3);
    assert_int_equal(count(buffer_text(&s->text), "\"policy-domain\""), N);
    assert_non_null(strstr(buffer_text(&s->seen), " 500/0;1 20240109.a"));
    assert_non_null(strstr(buffer_text(&s->seen), " 500/0;2 20240109.a"));
    assert_non_null(strstr(buffer_text(&s->seen), " 1/0;"));
}

#define test(f) cmocka_unit_test_setup_teardown(f, open_sample, close_sample)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(names_are_of_day_domain_and_submitter),
        test(what_has_no_name_joins_what_has),
        test(counts_end_where_they_are_exact),
        test(too_many_details_are_folded),
        test(what_is_too_large_becomes_several_reports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
