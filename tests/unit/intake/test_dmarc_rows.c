/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "dmarc/case.h"
#include "intake/dmarc_rows.h"
#include "intake/read.h"

/* What is asked of the rows while the report they borrow from is there. */
typedef void check_function(const struct store_report *rows);

static int make(void *context, const struct intake_result *result,
                struct err *err)
{
    check_function *const *check = context;
    struct store_report rows;
    struct arena arena;

    assert_non_null(result->dmarc);
    arena_init(&arena, 1 << 20);
    assert_int_equal(intake_dmarc_rows_make(result->dmarc, &arena, &rows, err),
                     0);
    (*check)(&rows);
    arena_deinit(&arena);
    return 0;
}

static void check_rows(const char *text, check_function *check)
{
    struct err err;

    assert_int_equal(intake_read_kinds(slice_of(text), NULL, NULL,
                                       INTAKE_KIND_DMARC, make, &check, &err),
                     0);
}

#define HEAD                                                                   \
    "<feedback><report_metadata><org_name>Mailer Ltd</org_name>"               \
    "<email>dmarc@mailer.example</email><report_id>r-1</report_id>"            \
    "<date_range><begin>1790812800</begin><end>1790899199</end></date_range>"  \
    "</report_metadata>"
#define POLICY                                                                 \
    "<policy_published><domain>Example.org</domain><adkim>r</adkim>"           \
    "<p>quarantine</p><sp>none</sp><pct>50</pct></policy_published>"
#define RECORD(ip, count, disposition, dkim, spf, from, results)               \
    "<record><row><source_ip>" ip "</source_ip><count>" count "</count>"       \
    "<policy_evaluated><disposition>" disposition "</disposition><dkim>" dkim  \
    "</dkim><spf>" spf "</spf></policy_evaluated></row><identifiers>"          \
    "<header_from>" from "</header_from></identifiers><auth_results>" results  \
    "</auth_results></record>"
#define DKIM(domain, result)                                                   \
    "<dkim><domain>" domain "</domain><result>" result "</result></dkim>"
#define SPF(domain, result)                                                    \
    "<spf><domain>" domain "</domain><result>" result "</result></spf>"

static void check_usual(const struct store_report *rows)
{
    const struct store_dmarc *dmarc = rows->dmarc;

    assert_string_equal(rows->organization, "Mailer Ltd");
    assert_string_equal(rows->contact_info, "dmarc@mailer.example");
    assert_string_equal(rows->report_id, "r-1");
    assert_int_equal(rows->start, 1790812800);
    assert_int_equal(rows->end, 1790899199);
    assert_int_equal(rows->day, utc_day_from_civil(2026, 10, 1));
    assert_null(rows->start_odd);
    assert_int_equal(rows->n_policies, 0);
    assert_int_equal(rows->success_sessions, 90);
    assert_int_equal(rows->failure_sessions, 12);
    assert_string_equal(dmarc->domain, "example.org");
    assert_string_equal(dmarc->policy,
                        "p=quarantine; sp=none; adkim=r; pct=50");
    assert_int_equal(dmarc->n_rows, 4);
    assert_string_equal(dmarc->rows[0].source, "192.0.2.1");
    assert_string_equal(dmarc->rows[0].sender, "example.org");
    assert_string_equal(dmarc->rows[0].header_from, "example.org");
    assert_true(dmarc->rows[0].dkim && dmarc->rows[0].spf);
    assert_int_equal(dmarc->rows[0].fault, DMARC_CASE_WELL);
    assert_int_equal(dmarc->rows[0].disposition, STORE_DELIVERED);
    assert_int_equal(dmarc->rows[0].messages, 80);
}

/* A service is known by its registered domain, whatever host of it sent. */
static void check_senders(const struct store_report *rows)
{
    const struct store_dmarc_row *bulk = &rows->dmarc->rows[1];

    check_usual(rows);
    assert_string_equal(bulk[0].sender, "bulk.example");
    assert_string_equal(bulk[0].header_from, "news.example.org");
    assert_int_equal(bulk[0].disposition, STORE_QUARANTINED);
    assert_int_equal(bulk[0].fault, DMARC_CASE_OTHER);
    assert_false(bulk[0].dkim || bulk[0].spf);
    assert_string_equal(bulk[1].sender, "bulk.example");
    assert_int_equal(bulk[1].fault, DMARC_CASE_NO_SPF);
    assert_true(bulk[1].dkim && !bulk[1].spf);
    assert_string_equal(bulk[2].sender, "");
    assert_string_equal(bulk[2].source, "2001:db8::7");
    assert_int_equal(bulk[2].disposition, STORE_REJECTED);
    assert_int_equal(bulk[2].fault, DMARC_CASE_UNKNOWN);
}

static void records_become_rows(void **state)
{
    (void)state;
    check_rows(HEAD POLICY RECORD(
                   "192.0.2.1", "80", "none", "pass", "pass", "example.org",
                   DKIM("example.org", "pass") SPF("example.org", "pass"))
                   RECORD("192.0.2.2", "5", "quarantine", "fail", "fail",
                          "news.example.org",
                          DKIM("o1.mail.bulk.example", "pass")
                              SPF("bounce.bulk.example", "pass"))
                       RECORD("192.0.2.2", "10", "none", "pass", "fail",
                              "example.org",
                              DKIM("example.org", "pass")
                                  SPF("bounce.bulk.example", "pass"))
                           RECORD("2001:DB8:0::7", "7", "reject", "fail",
                                  "fail", "example.org",
                                  SPF("example.org", "fail")) "</feedback>",
               check_senders);
}

static void check_sparse(const struct store_report *rows)
{
    assert_string_equal(rows->organization, "");
    assert_string_equal(rows->report_id, "");
    assert_int_equal(rows->day, UTC_DAY_NONE);
    assert_string_equal(rows->start_odd, "yesterday");
    assert_null(rows->end_odd);
    assert_true(rows->n_findings > 0);
    assert_string_equal(rows->dmarc->domain, "example.org");
    assert_string_equal(rows->dmarc->policy, "");
    assert_int_equal(rows->success_sessions, 0);
    assert_int_equal(rows->failure_sessions, 3);
    assert_int_equal(rows->dmarc->n_rows, 2);
    assert_int_equal(rows->dmarc->rows[0].messages, INT64_C(2000000000000));
}

static void what_is_missing_is_empty(void **state)
{
    (void)state;
    check_rows("<feedback><report_metadata><date_range><begin>yesterday"
               "</begin></date_range></report_metadata>" RECORD(
                   "192.0.2.1", "2000000000000", "none", "fail", "fail",
                   "example.org", "")
                   RECORD("192.0.2.1", "3", "none", "fail", "fail",
                          "example.org", "") "</feedback>",
               check_sparse);
}

static void check_semicolon(const struct store_report *rows)
{
    assert_string_equal(rows->dmarc->policy, "p=none\xef\xbf\xbd sp=reject");
}

static void a_value_cannot_become_two_tags(void **state)
{
    (void)state;
    check_rows(HEAD "<policy_published><domain>example.org</domain>"
                    "<p>none; sp=reject</p></policy_published></feedback>",
               check_semicolon);
}

static void the_contact_has_a_domain(void **state)
{
    struct dmarc_report report = { .email = "a@b@mailer.example" };

    (void)state;
    assert_true(slice_equal(intake_dmarc_contact_domain(&report),
                            slice_of("mailer.example")));
    report.email = "nobody";
    assert_int_equal(intake_dmarc_contact_domain(&report).len, 0);
    report.email = NULL;
    assert_int_equal(intake_dmarc_contact_domain(&report).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_become_rows),
        cmocka_unit_test(what_is_missing_is_empty),
        cmocka_unit_test(a_value_cannot_become_two_tags),
        cmocka_unit_test(the_contact_has_a_domain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
