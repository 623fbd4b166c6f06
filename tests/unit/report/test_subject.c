/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"

#define P(type, domain)                                                        \
    "{'policy':{'policy-type':'" type "','policy-domain':'" domain             \
    "'},'summary':{'total-successful-session-count':1,"                        \
    "'total-failure-session-count':0}}"
#define NO_DOMAIN                                                              \
    "{'policy':{'policy-type':'no-policy-found'},'summary':{"                  \
    "'total-successful-session-count':1,'total-failure-session-count':0}}"

static void finds_whom_the_last_policy_is_about(void **state)
{
    /* clang-format off */
    static const struct {
        const char *name, *policies, *want;
        struct report_origin origin;
    } rows[] = {
        { "the policy itself", P("sts", "a.example"), "a.example", { 0 } },
        { "the mail's field", NO_DOMAIN, "b.example",
          { .tls_report_domain = "B.example" } },
        { "the file name", NO_DOMAIN, "c.example",
          { .file_name = "s.example!c.example!1!2!u.json.gz" } },
        { "the field before the file name", NO_DOMAIN, "b.example",
          { .tls_report_domain = "b.example",
            .file_name = "s.example!c.example!1!2.json" } },
        { "the Subject", NO_DOMAIN, "d.example",
          { .mail_subject = "Report Domain: d.example Submitter: s.example" } },
        { "the sole mail domain", P("sts", "a.example") "," NO_DOMAIN,
          "a.example", { 0 } },
        { "several mail domains tell nothing",
          P("sts", "a.example") "," P("sts", "b.example") "," NO_DOMAIN, "",
          { 0 } },
        { "an MX host of DANE", P("sts", "a.example") "," P("tlsa", "mx.a.example"),
          "a.example", { 0 } },
        { "a mail domain under DANE, whatever the field says",
          P("sts", "a.example") "," P("tlsa", "a.example"), "a.example",
          { .tls_report_domain = "b.example" } },
        { "an MX host with nothing beside it", P("tlsa", "mx.a.example"),
          "mx.a.example", { 0 } },
        { "a file name that is none", NO_DOMAIN, "",
          { .file_name = "report!.json" } },
        { "the report wins over the field", P("sts", "a.example"), "a.example",
          { .tls_report_domain = "b.example" } },
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct report_policy *last;
        struct reads reads;

        reads_init_policies(&reads, rows[i].policies, &rows[i].origin);
        last = &reads_report(&reads)
                    ->policies[reads_report(&reads)->n_policies - 1];
        if (strcmp(last->subject_domain, rows[i].want) != 0)
            fail_msg("%s: got '%s'", rows[i].name, last->subject_domain);
        reads_deinit(&reads);
    }
}

static void reads_domains_out_of_report_ids(void **state)
{
    static const struct {
        const char *id, *want;
    } rows[] = {
        { "2026-10-01T00:00:00Z_a.example", "a.example" },
        { "2026-10-01T00:00:00Z_idx1_a.example", "a.example" },
        { "134101000000000000+a.example", "a.example" },
        { "20261001.a.example@s.example", "a.example" },
        { "20261001.a.example.4f2c91@s.example", "a.example" },
        { "1768089600_5665667737528564296", "" },
        { "b28254de-7b2e@s.example", "" },
        { "1234567890+", "" },
        { "5.6.7.8", "" },
        { "", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[256];
        struct reads reads;

        snprintf(text, sizeof(text),
                 "{'report-id':'%s','policies':[" NO_DOMAIN "]}", rows[i].id);
        reads_init(&reads, text, NULL);
        if (strcmp(reads_report(&reads)->policies[0].subject_domain,
                   rows[i].want) != 0)
            fail_msg("'%s' gave '%s'", rows[i].id,
                     reads_report(&reads)->policies[0].subject_domain);
        reads_deinit(&reads);
    }
}

static void a_field_that_names_another_domain_is_noted(void **state)
{
    const struct report_origin origin = { .tls_report_domain = "b.example" };
    struct reads reads;

    (void)state;
    reads_init_policies(&reads, P("sts", "a.example"), &origin);
    reads_expect(&reads, "header-domain-differs", "");
    reads_deinit(&reads);
}

/* A mail domain may be named by a policy far behind that of its MX. */
static void every_policy_is_looked_at(void **state)
{
    enum { N = 100 };
    const struct report_origin origin = { .tls_report_domain = "d0.example" };
    struct buffer text;
    struct reads reads;

    (void)state;
    buffer_init(&text, 1 << 20);
    for (int i = 0; i < N; i++)
        buffer_add_format(&text,
                          "%s{'policy':{'policy-type':'tlsa','policy-domain':"
                          "'d%d.example'}},{'policy':{'policy-type':'sts',"
                          "'policy-domain':'d%d.example'}}",
                          i ? "," : "", i, i);
    reads_init_policies(&reads, buffer_text(&text), &origin);
    buffer_deinit(&text);
    for (int i = 0; i < 2 * N; i++) {
        char want[32];

        snprintf(want, sizeof(want), "d%d.example", i / 2);
        assert_string_equal(reads_report(&reads)->policies[i].subject_domain,
                            want);
    }
    reads_deinit(&reads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_whom_the_last_policy_is_about),
        cmocka_unit_test(every_policy_is_looked_at),
        cmocka_unit_test(reads_domains_out_of_report_ids),
        cmocka_unit_test(a_field_that_names_another_domain_is_noted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
