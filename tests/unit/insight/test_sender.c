/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "insight/sender.h"
#include "row.h"

static void each_case_has_its_sentences(void **state)
{
    (void)state;
    for (unsigned i = 0; i < DMARC_CASE_COUNT; i++) {
        const char *meaning = insight_sender_meaning(i);

        assert_true(meaning[strlen(meaning) - 1] == '.');
        if (dmarc_case_is_trouble(i))
            assert_true(*insight_sender_fix(i));
    }
}

static struct dmarc_record record_of(const char *address, int64_t count,
                                     const char *dkim, const char *disposition)
{
    return (struct dmarc_record){ .source_ip = address,
                                  .count = count,
                                  .dkim = dkim,
                                  .spf = dkim,
                                  .disposition = disposition };
}

static void addresses_are_joined_the_worst_first(void **state)
{
    struct dmarc_record records[] = {
        record_of("192.0.2.1", 100, "pass", "none"),
        record_of("192.0.2.2", 3, "fail", "reject"),
        record_of("192.0.2.3", 4, "fail", "quarantine"),
        record_of("192.0.2.1", 2, "fail", "none"),
        record_of(NULL, 50, "pass", "none"),
        record_of("192.0.2.3", 1, "fail", "reject"),
        record_of("192.0.2.4", 0, "fail", "none"),
        record_of("192.0.2.4", 7, "pass", "none"),
    };
    struct dmarc_report report = { .records = records,
                                   .n_records = ROWS(records) };
    struct insight_sender *senders;
    struct arena arena;
    struct err err;
    size_t n;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_int_equal(insight_sender_all(&report, &arena, &senders, &n, &err),
                     0);
    ROW_NUMBER("senders", n, 5);
    ROW_TEXT("first", senders[0].address, "192.0.2.3");
    ROW_NUMBER("messages", senders[0].messages, 5);
    ROW_NUMBER("quarantined", senders[0].quarantined, 4);
    ROW_NUMBER("rejected", senders[0].rejected, 1);
    ROW_NUMBER("records", senders[0].n_records, 2);
    assert_ptr_equal(senders[0].record, &records[2]);
    ROW_TEXT("second", senders[1].address, "192.0.2.2");
    ROW_TEXT("third", senders[2].address, "192.0.2.1");
    ROW_NUMBER("messages", senders[2].messages, 102);
    ROW_NUMBER("passed", senders[2].dmarc_pass, 100);
    ROW_NUMBER("dkim", senders[2].dkim_pass, 100);
    ROW_NUMBER("spf", senders[2].spf_pass, 100);
    assert_ptr_equal(senders[2].record, &records[3]);
    ROW_TEXT("fourth", senders[3].address, "");
    /* A record of no messages does not make it bad. */
    ROW_TEXT("last", senders[4].address, "192.0.2.4");
    ROW_NUMBER("last", senders[4].worst, DMARC_CASE_WELL);
    arena_deinit(&arena);
}

static void a_report_without_records_has_no_senders(void **state)
{
    struct dmarc_report report = { .n_records = 0 };
    struct insight_sender *senders;
    struct arena arena;
    struct err err;
    size_t n = 7;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_int_equal(insight_sender_all(&report, &arena, &senders, &n, &err),
                     0);
    assert_int_equal(n, 0);
    arena_deinit(&arena);
}

static void the_policy_is_weighed(void **state)
{
    static const struct {
        const char *p, *testing, *result;
        int64_t pct;
        const char *says, *says_not;
    } rows[] = {
        { "none", NULL, "fail", 100, "then publish p=quarantine", "pct" },
        { "none", NULL, "pass", 100, "the next step", "fails" },
        { "reject", NULL, "fail", 100, "The policy is reject: what fails",
          "testing" },
        { "quarantine", NULL, "pass", DMARC_PCT_NONE, "nothing here failed",
          "pct" },
        { "reject", "y", "pass", 20, "testing=y", "inbox" },
        { "reject", "n", "pass", 20, "pct=20", "testing" },
        { NULL, NULL, "fail", DMARC_PCT_NONE, "does not say which", "pct" },
        { "odd", NULL, "fail", DMARC_PCT_NONE, "does not say which", "pct" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct dmarc_record record = record_of("x", 1, rows[i].result, NULL);
        struct dmarc_report report = { .policy = { .p = rows[i].p,
                                                   .testing = rows[i].testing,
                                                   .pct = rows[i].pct },
                                       .records = &record,
                                       .n_records = 1 };
        struct buffer text;

        buffer_init(&text, 2000);
        insight_sender_add_policy(&text, &report);
        if (!strstr(buffer_text(&text), rows[i].says) ||
            strstr(buffer_text(&text), rows[i].says_not))
            fail_msg("row %zu: %s", i, buffer_text(&text));
        buffer_deinit(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_has_its_sentences),
        cmocka_unit_test(addresses_are_joined_the_worst_first),
        cmocka_unit_test(a_report_without_records_has_no_senders),
        cmocka_unit_test(the_policy_is_weighed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
