/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <stdio.h>

#define P(type, domain, string)                                                \
    "{'policy':{'policy-type':'" type "','policy-domain':'" domain             \
    "','policy-string':['" string "']},'summary':{"                            \
    "'total-successful-session-count':1,'total-failure-session-count':0}}"

static void notes_how_policies_of_one_domain_relate(void **state)
{
    static const struct {
        const char *policies, *code;
        int times;
    } rows[] = {
        { P("sts", "a.example", "x") "," P("sts", "a.example", "x"),
          "policy-repeated", 1 },
        { P("sts", "a.example", "x") "," P("sts", "a.example", "y"),
          "policy-several", 1 },
        { P("sts", "a.example", "x") "," P("sts", "a.example", "y") "," P(
              "sts", "a.example", "z") "," P("sts", "a.example", "x"),
          "policy-several", 2 },
        { P("sts", "a.example", "x") "," P("sts", "a.example", "y") "," P(
              "sts", "a.example", "z") "," P("sts", "a.example", "x"),
          "policy-repeated", 1 },
        { P("sts", "a.example", "x") "," P("sts", "b.example", "x"),
          "policy-repeated", 0 },
        { P("sts", "a.example", "x") "," P("tlsa", "a.example", "x"),
          "sessions-twice", 1 },
        { P("sts", "a.example", "x") "," P("tlsa", "mx.a.example", "x"),
          "sessions-twice", 0 },
        { P("sts", "a.example", "x") "," P("sts", "b.example", "x"),
          "domains-several", 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reads reads;

        reads_init_policies(&reads, rows[i].policies, NULL);
        if (reads_count(&reads, rows[i].code) != rows[i].times)
            fail_msg("row %zu: %s", i, rows[i].code);
        reads_deinit(&reads);
    }
}

static void looks_at_the_range(void **state)
{
    static const struct {
        const char *start, *end, *code;
    } rows[] = {
        { "2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z", "range-midnight" },
        { "2026-10-01T00:00:00Z", "2026-10-02T12:00:01Z", "range-long" },
        { "2026-10-01T00:00:00Z", "2026-10-01T22:59:59Z", "range-short" },
        { "2015-12-31T00:00:00Z", "2015-12-31T23:59:59Z", "date-early" },
        { "2026-10-01T23:59:59Z", "2026-10-01T00:00:00Z", "range-swapped" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[256];
        struct reads reads;

        snprintf(text, sizeof(text),
                 "{'date-range':{'start-datetime':'%s','end-datetime':'%s'},"
                 "'policies':[]}",
                 rows[i].start, rows[i].end);
        reads_init(&reads, text, NULL);
        reads_expect(&reads, rows[i].code, "/date-range");
        assert_true(reads_report(&reads)->start <= reads_report(&reads)->end);
        reads_deinit(&reads);
    }
}

static void says_what_is_missing_and_where(void **state)
{
    struct reads reads;

    (void)state;
    reads_init(&reads, "{'date-range':{'end-datetime':'soon'},'policies':[]}",
               NULL);
    reads_expect(&reads, "organization-missing", "/organization-name");
    reads_expect(&reads, "contact-missing", "/contact-info");
    reads_expect(&reads, "report-id-missing", "/report-id");
    reads_expect(&reads, "date-missing", "/date-range/start-datetime");
    reads_expect(&reads, "date-unreadable", "/date-range/end-datetime");
    reads_expect(&reads, "policies-empty", "/policies");
    reads_deinit(&reads);
}

/* A session that failed in two ways stands under both. */
static void details_are_held_against_the_summary(void **state)
{
    static const struct {
        int failed, first, second, times;
    } rows[] = {
        { 3, 1, 2, 0 }, { 3, 3, 3, 0 }, { 3, 1, 1, 1 },
        { 3, 4, 0, 1 }, { 0, 1, 0, 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reads reads;
        char text[900];

        snprintf(text, sizeof(text),
                 "{'policy':{'policy-type':'sts','policy-domain':'a.example',"
                 "'policy-string':['x']},'summary':{"
                 "'total-successful-session-count':1,"
                 "'total-failure-session-count':%d},'failure-details':["
                 "{'result-type':'certificate-expired',"
                 "'failed-session-count':%d},"
                 "{'result-type':'certificate-host-mismatch',"
                 "'failed-session-count':%d}]}",
                 rows[i].failed, rows[i].first, rows[i].second);
        reads_init_policies(&reads, text, NULL);
        if (reads_count(&reads, "details-sum") != rows[i].times)
            fail_msg("row %zu", i);
        reads_deinit(&reads);
    }
}

/* RFC 8461 section 6: the policy could not be fetched, its older copy held. */
static void a_detail_of_the_policy_needs_no_failed_session(void **state)
{
    static const struct {
        const char *type;
        int times;
    } rows[] = {
        { "sts-policy-fetch-error", 0 }, { "sts-policy-invalid", 0 },
        { "sts-webpki-invalid", 0 },     { "certificate-expired", 1 },
        { "tlsa-invalid", 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reads reads;
        char text[900];

        snprintf(text, sizeof(text),
                 "{'policy':{'policy-type':'sts','policy-domain':'a.example',"
                 "'policy-string':['x']},'summary':{"
                 "'total-successful-session-count':5,"
                 "'total-failure-session-count':0},'failure-details':["
                 "{'result-type':'%s','failed-session-count':5}]}",
                 rows[i].type);
        reads_init_policies(&reads, text, NULL);
        if (reads_count(&reads, "details-sum") != rows[i].times)
            fail_msg("%s", rows[i].type);
        reads_deinit(&reads);
    }
}

static void a_submitter_other_than_the_contact_is_noted(void **state)
{
    static const struct {
        const char *contact, *submitter;
        int times;
    } rows[] = {
        { "tls@s.example", "S.example", 0 },
        { "tls@s.example", "t.example", 1 },
        { "TLS reports <tls@s.example>", "s.example", 0 },
        { "tls@s.example ", "s.example", 0 },
        { "tls@s.example.", "s.example", 0 },
        { "tls@s.example", "s.example.", 0 },
        { "tls@b\xc3\xbc"
          "cher.example",
          "xn--bcher-kva.example", 0 },
        { "by telephone", "s.example", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct report_origin origin = { .tls_report_submitter =
                                                  rows[i].submitter };
        struct reads reads;
        char text[200];

        snprintf(text, sizeof(text), "{'contact-info':'%s','policies':[]}",
                 rows[i].contact);
        reads_init(&reads, text, &origin);
        if (reads_count(&reads, "submitter-differs") != rows[i].times)
            fail_msg("'%s' and '%s'", rows[i].contact, rows[i].submitter);
        reads_deinit(&reads);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_how_policies_of_one_domain_relate),
        cmocka_unit_test(looks_at_the_range),
        cmocka_unit_test(says_what_is_missing_and_where),
        cmocka_unit_test(details_are_held_against_the_summary),
        cmocka_unit_test(a_detail_of_the_policy_needs_no_failed_session),
        cmocka_unit_test(a_submitter_other_than_the_contact_is_noted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
