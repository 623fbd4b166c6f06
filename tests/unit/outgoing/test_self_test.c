/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/self_test.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "report/report.h"
#include "row.h"
#include "unwrap/gzip.h"

enum { NOW = 1800000000, DAY = UTC_DAY_SECONDS };

static const struct outgoing_identity identity = {
    .name = "acme",
    .organization_name = "Acme \"TLS\"",
    .contact_info = "tls@mta.example.org",
};

static void a_proof_is_worth_what_its_age_and_way_are(void **state)
{
    static const struct {
        const char *name;
        int64_t age_s;
        const char *way;
        enum self_test_worth worth;
        bool suffices;
    } rows[] = {
        { "new", 0, "here", SELF_TEST_FRESH, true },
        { "90 days", 90 * (int64_t)DAY, "here", SELF_TEST_FRESH, true },
        { "a second more", 90 * (int64_t)DAY + 1, "here", SELF_TEST_OLD, true },
        { "400 days", 400 * (int64_t)DAY, "here", SELF_TEST_OLD, true },
        { "still older", 400 * (int64_t)DAY + 1, "here", SELF_TEST_EXPIRED,
          false },
        { "another way", 0, "there", SELF_TEST_OTHER, false },
        { "of tomorrow", -DAY, "here", SELF_TEST_FRESH, true },
    };
    struct outbox_proof proof = { .proven_way = "here" };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        enum self_test_worth worth;

        proof.proven_at = NOW - rows[i].age_s;
        worth = self_test_judge(&proof, rows[i].way, NOW);
        ROW_NUMBER(rows[i].name, worth, rows[i].worth);
        ROW_NUMBER(rows[i].name, self_test_suffices(worth), rows[i].suffices);
        assert_non_null(self_test_sentence(worth));
    }
    proof.proven_at = UTC_NONE;
    assert_int_equal(self_test_judge(&proof, "here", NOW), SELF_TEST_NONE);
    assert_int_equal(self_test_judge(NULL, "here", NOW), SELF_TEST_NONE);
}

static void the_way_names_relay_and_sender(void **state)
{
    const char *words[] = { "/usr/sbin/sendmail", "-oi" };
    struct outgoing_settings settings = { .relay = { .url = "smtp://a:25" } };
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 16);
    assert_string_equal(self_test_way(&arena, &settings, &identity),
                        "smtp://a:25 as tls@mta.example.org");
    settings.relay = (struct outgoing_relay){ .sendmail = { words, 2 } };
    assert_string_equal(self_test_way(&arena, &settings, &identity),
                        "/usr/sbin/sendmail as tls@mta.example.org");
    arena_deinit(&arena);
}

static void its_report_is_one_without_sessions(void **state)
{
    struct buffer octets, text;
    struct report_list list;
    struct gzip_facts facts;
    struct outbox_load load;
    struct arena arena;
    struct err err;

    (void)state;
    arena_init(&arena, 1 << 20);
    buffer_init(&octets, 1 << 16);
    buffer_init(&text, 1 << 16);
    assert_int_equal(self_test_compose(&arena, &identity, "0123456789abcdef",
                                       NOW, &octets, &load, &err),
                     0);
    assert_true(
        slice_equal(load.report.report_id,
                    SLICE("self-test.0123456789abcdef@mta.example.org")));
    assert_true(slice_equal(load.delivery.tenant, SLICE("acme")));
    assert_int_equal(gzip_inflate(load.report.octets, &text, &facts, &err), 0);
    assert_int_equal(report_read(&arena, text.ptr, text.len, NULL, &list, &err),
                     0);
    assert_int_equal(list.n_reports, 1);
    assert_int_equal(list.reports[0].findings.n_items, 0);
    assert_int_equal(list.reports[0].n_policies, 1);
    assert_int_equal(list.reports[0].policies[0].success_sessions, 0);
    assert_string_equal(list.reports[0].policies[0].domain, "mta.example.org");
    assert_int_equal(report_day(&list.reports[0]), utc_day_of(NOW));
    buffer_deinit(&text);
    buffer_deinit(&octets);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proof_is_worth_what_its_age_and_way_are),
        cmocka_unit_test(the_way_names_relay_and_sender),
        cmocka_unit_test(its_report_is_one_without_sessions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
