/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "dmarc/dmarc.h"
#include "insight/code.h"
#include "record/finding.h"
#include "report/report.h"
#include "unwrap/unwrap.h"
#include "json/writer.h"

static void assert_all_found(const struct finding_kind *table, size_t n)
{
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++) {
        struct insight_code code;

        assert_int_equal(insight_code_find(table[i].code, &code), 0);
        if (code.finding != &table[i])
            fail_msg("%s is taken for %s", table[i].code,
                     code.advice ? code.advice->code : "another finding");
        assert_null(code.advice);
    }
}

/* Also that no code stands in two tables. */
static void findings_are_found_before_words_like_them(void **state)
{
    const struct finding_kind *table;
    size_t n;

    (void)state;
    table = report_finding_kinds(&n);
    assert_all_found(table, n);
    table = dmarc_finding_kinds(&n);
    assert_all_found(table, n);
    table = unwrap_finding_kinds(&n);
    assert_all_found(table, n);
    table = record_finding_kinds(&n);
    assert_all_found(table, n);
}

static void rows_of_the_advice_table_are_found(void **state)
{
    const struct advice *table;
    size_t n;

    (void)state;
    table = advice_table(&n);
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++) {
        struct insight_code code;

        assert_int_equal(insight_code_find(table[i].code, &code), 0);
        assert_ptr_equal(code.advice, &table[i]);
        assert_null(code.finding);
    }
}

static void an_unknown_code_is_none(void **state)
{
    struct insight_code code;

    (void)state;
    assert_int_equal(insight_code_find("no-such-code", &code), 1);
    assert_int_equal(insight_code_find("", &code), 1);
}

/* Writes what is said of a code and looks for two pieces of it. */
static void assert_written(const char *name, const char *first,
                           const char *last)
{
    struct insight_code code;
    struct json_writer writer;
    struct buffer text;

    assert_int_equal(insight_code_find(name, &code), 0);
    buffer_init(&text, 1 << 16);
    json_writer_init(&writer, &text);
    json_begin_object(&writer);
    insight_code_write(&writer, &code);
    json_end_object(&writer);
    assert_int_equal(strncmp(buffer_text(&text), first, strlen(first)), 0);
    assert_non_null(strstr(buffer_text(&text), last));
    buffer_deinit(&text);
}

static void each_kind_has_its_members(void **state)
{
    (void)state;
    assert_written("name-mismatch", "{\"code\":\"name-mismatch\",\"severity\":",
                   "\"rfc\":\"RFC");
    assert_written("certificate-expired",
                   "{\"code\":\"certificate-expired\",\"title\":\"Certificate "
                   "expired\",\"meaning\":",
                   "\"look\":\"openssl");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(findings_are_found_before_words_like_them),
        cmocka_unit_test(rows_of_the_advice_table_are_found),
        cmocka_unit_test(an_unknown_code_is_none),
        cmocka_unit_test(each_kind_has_its_members),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
