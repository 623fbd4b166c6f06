/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "insight/mailer.h"
#include "row.h"

static void each_kind_is_told(void **state)
{
    static const struct {
        const char *name;
        const char *sender;
        int64_t well, no_spf, forwarded, failing;
        enum insight_mailer_kind want;
    } rows[] = {
        { "itself", "example.org", 9, 0, 0, 0, INSIGHT_MAILER_OWN },
        { "below", "mail.example.org", 0, 0, 0, 9, INSIGHT_MAILER_OWN },
        { "around", "org", 0, 0, 0, 9, INSIGHT_MAILER_OWN },
        { "ends alike", "notexample.org", 0, 0, 0, 9, INSIGHT_MAILER_OTHER },
        { "a service", "sendgrid.net", 9, 0, 0, 9, INSIGHT_MAILER_SERVICE },
        { "a service below", "tenant.onmicrosoft.com", 0, 0, 0, 9,
          INSIGHT_MAILER_SERVICE },
        { "no service", "notsendgrid.net", 0, 0, 0, 9, INSIGHT_MAILER_OTHER },
        { "leaves signatures", "lists.example", 0, 9, 0, 3,
          INSIGHT_MAILER_FORWARDER },
        { "leaves some", "lists.example", 0, 3, 0, 9, INSIGHT_MAILER_OTHER },
        { "excused", "lists.example", 0, 0, 9, 3, INSIGHT_MAILER_FORWARDER },
        { "nobody", "", 0, 0, 0, 9, INSIGHT_MAILER_NOBODY },
        { "nobody, excused", "", 0, 0, 9, 3, INSIGHT_MAILER_FORWARDER },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct store_dmarc_sums sums = {
            .messages = rows[i].well + rows[i].no_spf + rows[i].forwarded +
                        rows[i].failing,
            .by_case = { [DMARC_CASE_WELL] = rows[i].well,
                         [DMARC_CASE_NO_SPF] = rows[i].no_spf,
                         [DMARC_CASE_FORWARDED] = rows[i].forwarded,
                         [DMARC_CASE_OTHER] = rows[i].failing }
        };

        ROW_NUMBER(rows[i].name,
                   insight_mailer_kind_of("example.org", rows[i].sender, &sums),
                   rows[i].want);
    }
}

static void what_fails_most_is_the_case(void **state)
{
    struct store_dmarc_sums sums = { .by_case = { [DMARC_CASE_WELL] = 1000 } };

    (void)state;
    assert_int_equal(insight_mailer_case(&sums), DMARC_CASE_WELL);
    sums.by_case[DMARC_CASE_NO_SPF] = 2000;
    assert_int_equal(insight_mailer_case(&sums), DMARC_CASE_NO_SPF);
    sums.by_case[DMARC_CASE_UNKNOWN] = 3;
    sums.by_case[DMARC_CASE_BROKEN] = 5;
    assert_int_equal(insight_mailer_case(&sums), DMARC_CASE_BROKEN);
    assert_int_equal(insight_mailer_failing(&sums), 8);
}

static void what_proved_nothing_is_not_lost(void **state)
{
    struct store_dmarc_sums sums = { .reports = 0 };

    (void)state;
    for (int i = 0; i < DMARC_CASE_COUNT; i++)
        sums.away_by_case[i] = INT64_C(1) << i;
    assert_int_equal(insight_mailer_lost(&sums),
                     1 << DMARC_CASE_BROKEN | 1 << DMARC_CASE_OTHER |
                         1 << DMARC_CASE_STRICT | 1 << DMARC_CASE_DNS);
}

static void kinds_and_services_have_names(void **state)
{
    (void)state;
    assert_string_equal(insight_mailer_kind_name(INSIGHT_MAILER_OWN), "own");
    assert_string_equal(insight_mailer_kind_name(INSIGHT_MAILER_NOBODY),
                        "nobody");
    assert_string_equal(insight_mailer_kind_name(INSIGHT_MAILER_KIND_COUNT),
                        "unknown");
    assert_string_equal(insight_mailer_service("amazonses.com"), "Amazon SES");
    assert_null(insight_mailer_service("example.org"));
    assert_null(insight_mailer_service(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_told),
        cmocka_unit_test(what_fails_most_is_the_case),
        cmocka_unit_test(what_proved_nothing_is_not_lost),
        cmocka_unit_test(kinds_and_services_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
