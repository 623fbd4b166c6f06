/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dmarc/case.h"
#include "row.h"

static void each_case_is_told(void **state)
{
    static const struct {
        const char *name;
        const char *dkim, *spf; /* evaluated */
        const char *reason;
        const char *dkim_domain, *dkim_result;
        const char *spf_domain, *spf_result;
        enum dmarc_case want;
        const char *sender;
    } rows[] = {
        { "both", "pass", "pass", NULL, NULL, NULL, NULL, NULL, DMARC_CASE_WELL,
          "example.org" },
        { "DKIM alone", "pass", "fail", NULL, NULL, NULL, NULL, NULL,
          DMARC_CASE_NO_SPF, "example.org" },
        { "SPF alone", "fail", "pass", "forwarded", NULL, NULL, NULL, NULL,
          DMARC_CASE_NO_DKIM, "example.org" },
        { "a list", "fail", "fail", "mailing_list", "example.org", "fail", NULL,
          NULL, DMARC_CASE_FORWARDED, "" },
        { "a reason that is no excuse", "fail", "fail", "local_policy", NULL,
          NULL, NULL, NULL, DMARC_CASE_SILENT, "" },
        { "nothing told", "fail", "fail", NULL, NULL, NULL, NULL, NULL,
          DMARC_CASE_SILENT, "" },
        { "nothing passed", "fail", "fail", NULL, NULL, NULL, "example.org",
          "softfail", DMARC_CASE_UNKNOWN, "" },
        { "a foreign signature failed", "fail", "fail", NULL, "other.example",
          "fail", "example.org", "fail", DMARC_CASE_UNKNOWN, "" },
        { "a signature of ours failed", "fail", "fail", NULL, "example.org",
          "fail", "other.example", "pass", DMARC_CASE_BROKEN, "other.example" },
        { "a signature of ours below failed", "fail", "fail", NULL,
          "mail.example.org", "permerror", NULL, NULL, DMARC_CASE_BROKEN, "" },
        { "as another domain by SPF", "fail", "fail", NULL, NULL, NULL,
          "other.example", "pass", DMARC_CASE_OTHER, "other.example" },
        { "as another that ends alike", "fail", "fail", NULL, "notexample.org",
          "pass", NULL, NULL, DMARC_CASE_OTHER, "notexample.org" },
        { "as a relative", "fail", "fail", NULL, "mail.example.org", "pass",
          NULL, NULL, DMARC_CASE_STRICT, "example.org" },
        { "as the domain above", "fail", "fail", NULL, "org", "pass", NULL,
          NULL, DMARC_CASE_STRICT, "example.org" },
        { "an error", NULL, NULL, NULL, NULL, NULL, "example.org", "temperror",
          DMARC_CASE_DNS, "" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct dmarc_report report = { .policy.domain = "example.org" };
        struct dmarc_reason reason = { .type = rows[i].reason };
        struct dmarc_dkim dkim = { .domain = rows[i].dkim_domain,
                                   .result = rows[i].dkim_result };
        struct dmarc_spf spf = { .domain = rows[i].spf_domain,
                                 .result = rows[i].spf_result };
        struct dmarc_record record = { .dkim = rows[i].dkim,
                                       .spf = rows[i].spf,
                                       .header_from = "news.example.org",
                                       .reasons = &reason,
                                       .n_reasons = rows[i].reason != NULL,
                                       .dkims = &dkim,
                                       .n_dkims = rows[i].dkim_domain != NULL,
                                       .spfs = &spf,
                                       .n_spfs = rows[i].spf_domain != NULL };

        ROW_NUMBER(rows[i].name, dmarc_case_of(&report, &record), rows[i].want);
        ROW_TEXT(rows[i].name, dmarc_case_sender(&report, &record),
                 rows[i].sender);
    }
}

/* Cases are stored by number. */
static void cases_keep_their_numbers(void **state)
{
    static const struct {
        const char *name;
        unsigned number;
        bool is_trouble;
    } rows[] = {
        { "unknown", 0, true },    { "broken", 1, true },
        { "other", 2, true },      { "strict", 3, true },
        { "dns", 4, true },        { "silent", 5, true },
        { "forwarded", 6, false }, { "no-dkim", 7, false },
        { "no-spf", 8, false },    { "well", 9, false },
    };

    (void)state;
    ROW_NUMBER("all", ROWS(rows), DMARC_CASE_COUNT);
    for (size_t i = 0; i < ROWS(rows); i++) {
        ROW_TEXT(rows[i].name, dmarc_case_name(rows[i].number), rows[i].name);
        ROW_NUMBER(rows[i].name, dmarc_case_is_trouble(rows[i].number),
                   rows[i].is_trouble);
    }
    assert_string_equal(dmarc_case_name(DMARC_CASE_COUNT), "unknown");
}

static void another_domain_tells_more_than_the_own_one(void **state)
{
    struct dmarc_report report = { .policy.domain = "example.org" };
    struct dmarc_dkim dkims[] = {
        { .domain = "example.org", .result = "pass" },
        { .domain = "bulk.example", .result = "fail" },
        { .domain = "mail.bulk.example", .result = "pass" },
    };
    struct dmarc_spf spf = { .domain = "relay.example", .result = "pass" };
    struct dmarc_record record = { .dkim = "pass",
                                   .header_from = "example.org",
                                   .dkims = dkims,
                                   .n_dkims = 3,
                                   .spfs = &spf,
                                   .n_spfs = 1 };

    (void)state;
    assert_string_equal(dmarc_case_sender(&report, &record),
                        "mail.bulk.example");
    record.n_dkims = 2;
    assert_string_equal(dmarc_case_sender(&report, &record), "relay.example");
    record.n_spfs = 0;
    assert_string_equal(dmarc_case_sender(&report, &record), "example.org");
    report.policy.domain = NULL;
    record.header_from = "news.example.org";
    assert_string_equal(dmarc_case_sender(&report, &record),
                        "news.example.org");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_is_told),
        cmocka_unit_test(cases_keep_their_numbers),
        cmocka_unit_test(another_domain_tells_more_than_the_own_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
