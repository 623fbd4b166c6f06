/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include "base/buffer.h"
#include "row.h"

/* Reads a record in which one element has another text. */
static void read_record(struct reads *reads, const char *element,
                        const char *value)
{
    static const char *const names[] = { "source_ip", "count", "disposition",
                                         "dkim",      "spf",   "header_from" };
    static const char *const usual[] = { "192.0.2.1", "3",    "none",
                                         "fail",      "fail", "example.org" };
    const char *values[6];
    struct buffer text;

    for (size_t i = 0; i < 6; i++)
        values[i] = strcmp(element, names[i]) == 0 ? value : usual[i];
    buffer_init(&text, 1 << 16);
    buffer_add_text(&text, READS_HEAD READS_POLICY);
    buffer_add_format(
        &text,
        "<record><row><source_ip>%s</source_ip><count>%s</count>"
        "<policy_evaluated><disposition>%s</disposition><dkim>%s</dkim>"
        "<spf>%s</spf></policy_evaluated></row><identifiers><header_from>%s"
        "</header_from></identifiers></record>",
        values[0], values[1], values[2], values[3], values[4], values[5]);
    reads_init_inner(reads, buffer_text(&text));
    buffer_deinit(&text);
}

#define AT "/feedback/record[1]/row/"

static void counts(void **state)
{
    static const struct {
        const char *text;
        int64_t count;
        const char *findings;
    } rows[] = {
        { "7", 7, "" },
        { " 7\n", 7, "" },
        { "007", 7, "" },
        { "+7", 7, "dmarc-count-form " AT "count +7\n" },
        { "7.0", 7, "dmarc-count-form " AT "count 7.0\n" },
        { "7.9", 7, "dmarc-count-form " AT "count 7.9\n" },
        { "1,234", 1234, "dmarc-count-form " AT "count 1,234\n" },
        { "-7", 0, "dmarc-count-negative " AT "count -7\n" },
        { "-0", 0, "dmarc-count-form " AT "count -0\n" },
        { "seven", 0, "dmarc-count-unreadable " AT "count seven\n" },
        { "7 8", 0, "dmarc-count-unreadable " AT "count 7 8\n" },
        { ".", 0, "dmarc-count-unreadable " AT "count .\n" },
        { "", 0,
          "dmarc-value-empty " AT "count \ndmarc-count-missing " AT
          "count \n" },
        { "1000000000000", INT64_C(1000000000000), "" },
        { "1000000000001", INT64_C(1000000000001),
          "dmarc-count-implausible " AT "count 1000000000001\n" },
        { "9223372036854775807", INT64_MAX,
          "dmarc-count-implausible " AT "count 9223372036854775807\n" },
        { "9223372036854775808", INT64_MAX,
          "dmarc-count-too-large " AT "count 9223372036854775808\n" },
        { "99999999999999999999999", INT64_MAX,
          "dmarc-count-too-large " AT "count 99999999999999999999999\n" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct reads reads;

        read_record(&reads, "count", rows[i].text);
        ROW_NUMBER(rows[i].text, reads_report(&reads)->records[0].count,
                   rows[i].count);
        ROW_TEXT(rows[i].text, reads_findings(&reads), rows[i].findings);
        reads_deinit(&reads);
    }
}

static void words(void **state)
{
    static const struct {
        const char *text, *word, *findings;
    } rows[] = {
        { "quarantine", "quarantine", "" },
        { "\n reject\t", "reject", "" },
        { "Reject", "reject",
          "dmarc-value-case " AT "policy_evaluated/disposition Reject\n" },
        { "nothing", "nothing",
          "dmarc-value-unknown " AT "policy_evaluated/disposition nothing\n" },
        { "none quarantine", "none quarantine",
          "dmarc-value-unknown " AT
          "policy_evaluated/disposition none quarantine\n" },
        { "non", "non",
          "dmarc-value-unknown " AT "policy_evaluated/disposition non\n" },
        { "", NULL, "dmarc-value-empty " AT "policy_evaluated/disposition \n" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct reads reads;

        read_record(&reads, "disposition", rows[i].text);
        ROW_TEXT(rows[i].text, reads_report(&reads)->records[0].disposition,
                 rows[i].word);
        ROW_TEXT(rows[i].text, reads_findings(&reads), rows[i].findings);
        reads_deinit(&reads);
    }
}

static void a_word_of_a_hundred_octets_is_kept(void **state)
{
    char text[101];
    struct reads reads;

    (void)state;
    memset(text, 'X', 100);
    text[100] = '\0';
    read_record(&reads, "dkim", text);
    ROW_TEXT("kept", reads_report(&reads)->records[0].dkim, text);
    assert_non_null(strstr(reads_findings(&reads), "dmarc-value-unknown"));
    reads_deinit(&reads);
}

static void addresses_and_names(void **state)
{
    static const struct {
        const char *element, *text, *value, *findings;
    } rows[] = {
        { "source_ip", "198.51.100.7", "198.51.100.7", "" },
        { "source_ip", "2001:DB8::0:1", "2001:db8::1", "" },
        { "source_ip", "[192.0.2.1]", "192.0.2.1",
          "dmarc-address-form " AT "source_ip [192.0.2.1]\n" },
        { "source_ip", "mail.example.org", "mail.example.org",
          "dmarc-address-bad " AT "source_ip mail.example.org\n" },
        { "header_from", "Example.ORG.", "example.org",
          "dmarc-domain-form /feedback/record[1]/identifiers/header_from "
          "Example.ORG.\n" },
        { "header_from",
          "b\xc3\xbc"
          "cher.example",
          "xn--bcher-kva.example",
          "dmarc-domain-form /feedback/record[1]/identifiers/header_from "
          "b\xc3\xbc"
          "cher.example\n" },
        { "header_from", "a b", "a b",
          "dmarc-domain-bad /feedback/record[1]/identifiers/header_from "
          "a b\n" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct dmarc_record *record;
        struct reads reads;

        read_record(&reads, rows[i].element, rows[i].text);
        record = &reads_report(&reads)->records[0];
        ROW_TEXT(rows[i].text,
                 *rows[i].element == 's' ? record->source_ip
                                         : record->header_from,
                 rows[i].value);
        ROW_TEXT(rows[i].text, reads_findings(&reads), rows[i].findings);
        reads_deinit(&reads);
    }
}

static void dates(void **state)
{
    static const struct {
        const char *text;
        utc_time time;
        const char *code;
    } rows[] = {
        { "1790812800", 1790812800, "" },
        { "1790812800.5", 1790812800, "dmarc-date-form" },
        { "1790812800000", 1790812800, "dmarc-date-form" },
        { "2026-10-01T00:00:00Z", 1790812800, "dmarc-date-form" },
        { "2026-10-01 00:00:00", 1790812800, "dmarc-date-form" },
        { "-5", UTC_NONE, "dmarc-date-unreadable" },
        { "99999999999999999999", UTC_NONE, "dmarc-date-unreadable" },
        { "tomorrow", UTC_NONE, "dmarc-date-unreadable" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        char text[1000];
        struct reads reads;

        snprintf(
            text, sizeof(text),
            "<report_metadata><org_name>S</org_name><report_id>1"
            "</report_id><date_range><begin>%s</begin><end>1790899199"
            "</end></date_range></report_metadata>" READS_POLICY READS_RECORD,
            rows[i].text);
        reads_init_inner(&reads, text);
        ROW_NUMBER(rows[i].text, reads_report(&reads)->start, rows[i].time);
        ROW_TEXT(rows[i].text, reads_report(&reads)->start_text, rows[i].text);
        snprintf(text, sizeof(text),
                 "%s /feedback/report_metadata/date_range/begin %s\n",
                 rows[i].code, rows[i].text);
        ROW_TEXT(rows[i].text, reads_findings(&reads),
                 *rows[i].code ? text : "");
        reads_deinit(&reads);
    }
}

static void percents(void **state)
{
    static const struct {
        const char *text;
        int64_t percent;
        const char *code;
    } rows[] = {
        { "0", 0, "" },
        { "100", 100, "" },
        { "50%", 50, "" },
        { "101", DMARC_PCT_NONE, "dmarc-pct-bad" },
        { "-1", DMARC_PCT_NONE, "dmarc-pct-bad" },
        { "all", DMARC_PCT_NONE, "dmarc-pct-bad" },
        { "", DMARC_PCT_NONE, "dmarc-value-empty" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        char text[1000];
        struct reads reads;

        snprintf(text, sizeof(text),
                 READS_HEAD
                 "<policy_published><domain>example.org</domain>"
                 "<p>none</p><pct>%s</pct></policy_published>" READS_RECORD,
                 rows[i].text);
        reads_init_inner(&reads, text);
        ROW_NUMBER(rows[i].text, reads_report(&reads)->policy.pct,
                   rows[i].percent);
        snprintf(text, sizeof(text), "%s /feedback/policy_published/pct %s\n",
                 rows[i].code, rows[i].text);
        ROW_TEXT(rows[i].text, reads_findings(&reads),
                 *rows[i].code ? text : "");
        reads_deinit(&reads);
    }
}

/* Values that repeat are held once; others must not be mixed up with them. */
static void each_record_has_its_own_values(void **state)
{
    struct reads reads;
    struct buffer text;

    (void)state;
    buffer_init(&text, 1 << 20);
    buffer_add_text(&text, READS_HEAD READS_POLICY);
    for (int i = 0; i < 100; i++)
        buffer_add_format(&text,
                          "<record><row><policy_evaluated><dkim>%s</dkim>"
                          "</policy_evaluated></row><identifiers><header_from>"
                          "%s</header_from><envelope_from>%d.example"
                          "</envelope_from></identifiers></record>",
                          i % 3 ? "pass" : "fail",
                          i % 5 ? "a.example" : "B.example", i / 2);
    reads_init_inner(&reads, buffer_text(&text));
    for (int i = 0; i < 100; i++) {
        const struct dmarc_record *record = &reads_report(&reads)->records[i];
        char expected[32];

        snprintf(expected, sizeof(expected), "%d.example", i / 2);
        ROW_TEXT(expected, record->dkim, i % 3 ? "pass" : "fail");
        ROW_TEXT(expected, record->header_from,
                 i % 5 ? "a.example" : "b.example");
        ROW_TEXT(expected, record->envelope_from, expected);
    }
    reads_deinit(&reads);
    buffer_deinit(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts),
        cmocka_unit_test(words),
        cmocka_unit_test(a_word_of_a_hundred_octets_is_kept),
        cmocka_unit_test(addresses_and_names),
        cmocka_unit_test(dates),
        cmocka_unit_test(percents),
        cmocka_unit_test(each_record_has_its_own_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
