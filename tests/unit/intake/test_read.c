/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "intake/read.h"
#include "unit/intake/samples.h"

/* What the results of one input were, in short. */
struct seen {
    size_t n_reports;
    size_t n_refused;
    size_t payloads[8];
    size_t ordinals[8];
    char reason[200];
    char id[64];
    char first_code[64];
    char first_where[64];
    int answer; /* what to return */
};

static int note(void *context, const struct intake_result *result,
                struct err *err)
{
    struct seen *seen = context;
    size_t n = seen->n_reports + seen->n_refused;

    (void)err;
    assert_true(!result->report == !!result->refused);
    assert_non_null(result->findings);
    seen->payloads[n] = result->payload;
    seen->ordinals[n] = result->ordinal;
    if (result->findings->n_items > 0) {
        snprintf(seen->first_code, sizeof(seen->first_code), "%s",
                 result->findings->items[0].kind->code);
        snprintf(seen->first_where, sizeof(seen->first_where), "%s",
                 result->findings->items[0].where);
    }
    if (result->report) {
        seen->n_reports++;
        snprintf(seen->id, sizeof(seen->id), "%s", result->report->report_id);
        assert_ptr_equal(result->findings, &result->report->findings);
    } else {
        seen->n_refused++;
        snprintf(seen->reason, sizeof(seen->reason), "%s", result->refused);
    }
    return seen->answer;
}

static struct seen read_text(const char *text, const char *name)
{
    struct seen seen = { 0 };
    struct err err;

    assert_int_equal(intake_read(slice_of(text), name, note, &seen, &err), 0);
    return seen;
}

/* What a text is by its kind; "r" a report, "d" a DMARC report, "!" none. */
static int note_kind(void *context, const struct intake_result *result,
                     struct err *err)
{
    (void)err;
    assert_int_equal(!result->report + !result->dmarc + !result->refused, 2);
    buffer_add_char(context, result->report ? 'r' : result->dmarc ? 'd' : '!');
    if (result->refused)
        buffer_add_text(context, result->refused);
    return 0;
}

static void kinds_are_told_and_restricted(void **state)
{
    static const char tls[] = "{\"policies\":[]}";
    static const char dmarc[] = "<feedback><record/></feedback>";
    static const struct {
        const char *text;
        unsigned kinds;
        const char *want;
    } rows[] = {
        { tls, INTAKE_KIND_ALL, "r" },
        { tls, INTAKE_KIND_TLS, "r" },
        { tls, INTAKE_KIND_DMARC, "!TLS report, not a DMARC aggregate report" },
        { dmarc, INTAKE_KIND_ALL, "d" },
        { dmarc, INTAKE_KIND_DMARC, "d" },
        { dmarc, INTAKE_KIND_TLS, "!DMARC aggregate report, not a TLS report" },
        { "<html/>", INTAKE_KIND_ALL, "!XML, but no DMARC report" },
        { "<html/>", INTAKE_KIND_TLS, "!not JSON" },
        { "hello", INTAKE_KIND_ALL, "!not JSON" },
        { "hello", INTAKE_KIND_DMARC, "!XML is not well formed" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (int in_place = 0; in_place < 2; in_place++) {
            struct buffer got, text;
            struct err err;

            buffer_init(&got, 1000);
            buffer_init(&text, 1000);
            buffer_add_text(&text, rows[i].text);
            assert_int_equal(intake_read_kinds(buffer_slice(&text),
                                               in_place ? text.ptr : NULL, NULL,
                                               rows[i].kinds, note_kind, &got,
                                               &err),
                             0);
            if (strncmp(buffer_text(&got), rows[i].want,
                        strlen(rows[i].want)) != 0)
                fail_msg("row %zu: %s", i, buffer_text(&got));
            buffer_deinit(&got);
            buffer_deinit(&text);
        }
    }
}

static void a_plain_report_is_one_result(void **state)
{
    struct seen seen = read_text(sample_report, "r.json");

    (void)state;
    assert_int_equal(seen.n_reports, 1);
    assert_int_equal(seen.n_refused, 0);
    assert_string_equal(seen.id, "id-1");
}

static void a_mail_gives_its_report_and_header(void **state)
{
    struct seen seen = read_text(sample_mail, "m.eml");

    (void)state;
    assert_int_equal(seen.n_reports, 1);
    assert_int_equal(seen.n_refused, 0);
}

static void reports_one_after_the_other_are_numbered(void **state)
{
    char text[8192];
    struct seen seen;

    (void)state;
    snprintf(text, sizeof(text), "%s\n%s\n", sample_report,
             sample_report_conflict);
    seen = read_text(text, NULL);
    assert_int_equal(seen.n_reports, 2);
    assert_int_equal(seen.ordinals[0], 0);
    assert_int_equal(seen.ordinals[1], 1);
    assert_int_equal(seen.payloads[1], 0);
}

static void what_is_no_report_is_refused_with_the_reason(void **state)
{
    static const struct {
        const char *text, *holds;
    } rows[] = {
        { "", "empty" },
        { "hello there", "JSON" },
        { "{\"a\":1}", "policies" },
        { "{\"policies\":", "JSON" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct seen seen = read_text(rows[i].text, "x");

        assert_int_equal(seen.n_refused, 1);
        assert_int_equal(seen.n_reports, 0);
        if (!strstr(seen.reason, rows[i].holds))
            fail_msg("'%s': reason is '%s'", rows[i].text, seen.reason);
    }
}

static void the_answer_of_the_function_stops_and_returns(void **state)
{
    struct seen seen = { .answer = 7 };
    char text[8192];
    struct err err;

    (void)state;
    snprintf(text, sizeof(text), "%s%s", sample_report, sample_report);
    assert_int_equal(intake_read(slice_of(text), NULL, note, &seen, &err), 7);
    assert_int_equal(seen.n_reports, 1);
}

static void the_input_is_not_changed(void **state)
{
    size_t n = strlen(sample_mail);
    char *text = test_malloc(n);
    struct seen seen = { 0 };
    struct err err;

    (void)state;
    memcpy(text, sample_mail, n);
    assert_int_equal(intake_read(slice_make(text, n), NULL, note, &seen, &err),
                     0);
    assert_memory_equal(text, sample_mail, n);
    test_free(text);
}

static void findings_of_the_container_come_first(void **state)
{
    /* UTF-16 with BOM, which is a finding of unwrapping. */
    size_t n = strlen(sample_report);
    char *text = test_calloc(n + 1, 2);
    struct seen seen = { 0 };
    struct err err;

    (void)state;
    memcpy(text, "\xff\xfe", 2);
    for (size_t i = 0; i < n; i++)
        text[2 + 2 * i] = sample_report[i];
    assert_int_equal(
        intake_read(slice_make(text, 2 + 2 * n), NULL, note, &seen, &err), 0);
    assert_int_equal(seen.n_reports, 1);
    assert_non_null(strstr(seen.first_code, "utf-16"));
    test_free(text);
}

static void a_report_of_too_many_parts_is_refused(void **state)
{
    static const char head[] = "{\"policies\":[";
    size_t n = 400000, used = strlen(head);
    char *text = test_malloc(used + 3 * n + 2);
    struct seen seen;

    (void)state;
    memcpy(text, head, used);
    for (size_t i = 0; i < n; i++, used += 3)
        memcpy(text + used, "{},", 3);
    memcpy(text + used - 1, "]}", 3);
    seen = read_text(text, NULL);
    assert_int_equal(seen.n_refused, 1);
    assert_non_null(strstr(seen.reason, "too much memory"));
    test_free(text);
}

static void the_text_of_a_payload_is_found_again(void **state)
{
    struct buffer out;
    struct err err;

    (void)state;
    buffer_init(&out, 1 << 20);
    assert_int_equal(intake_payload(slice_of(sample_mail), NULL, 0, &out, &err),
                     0);
    assert_true(slice_starts(buffer_slice(&out), slice_of(sample_report)));
    assert_int_equal(intake_payload(slice_of(sample_mail), NULL, 1, &out, &err),
                     1);
    assert_int_equal(intake_payload(slice_of("x"), NULL, 9, &out, &err), 1);
    buffer_deinit(&out);
}

/* Whoever sent it learns what to mend. */
static void a_refusal_has_its_finding(void **state)
{
    struct seen seen = read_text("{\"policies\": nothing}", NULL);

    (void)state;
    assert_int_equal(seen.n_refused, 1);
    assert_string_equal(seen.first_code, "json-damaged");
    assert_string_equal(seen.first_where, "octet 13");
    seen = read_text("{\"report-id\": \"a\"}", NULL);
    assert_int_equal(seen.n_refused, 1);
    assert_string_equal(seen.first_code, "policies-missing");
    assert_string_equal(seen.first_where, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_told_and_restricted),
        cmocka_unit_test(a_refusal_has_its_finding),
        cmocka_unit_test(a_plain_report_is_one_result),
        cmocka_unit_test(a_mail_gives_its_report_and_header),
        cmocka_unit_test(reports_one_after_the_other_are_numbered),
        cmocka_unit_test(what_is_no_report_is_refused_with_the_reason),
        cmocka_unit_test(the_answer_of_the_function_stops_and_returns),
        cmocka_unit_test(the_input_is_not_changed),
        cmocka_unit_test(findings_of_the_container_come_first),
        cmocka_unit_test(a_report_of_too_many_parts_is_refused),
        cmocka_unit_test(the_text_of_a_payload_is_found_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
