/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "intake/aggregate.h"
#include "row.h"
#include "unwrap/unwrap_finding.h"

static char utf16_text[] = "<?xml version='1.0' encoding='UTF-16'?>"
                           "<feedback><record/></feedback>";

/* Reads with one finding of the containers; *out_codes gets what is left. */
static size_t read_with(struct arena *arena, enum unwrap_finding finding,
                        struct finding_list *list,
                        const struct dmarc_report **out_report)
{
    struct unwrap_candidate candidate = { .text = utf16_text,
                                          .len = sizeof(utf16_text) - 1,
                                          .findings = list };
    struct dmarc_list reports;
    struct err err;

    finding_list_init(list, arena);
    finding_list_add(list, unwrap_finding_kind(finding), "x", SLICE("v"));
    assert_int_equal(aggregate_read(arena, &candidate, &reports, &err), 0);
    *out_report = &reports.reports[0];
    return list->n_items;
}

static void findings_become_those_of_a_dmarc_report(void **state)
{
    static const struct {
        enum unwrap_finding finding;
        const char *code; /* NULL: it is none */
    } rows[] = {
        { UNWRAP_NAME_MISMATCH, "dmarc-name-mismatch" },
        { UNWRAP_CONTAINER_ZIP, "dmarc-zip" },
        { UNWRAP_CONTAINER_NESTED, "dmarc-nested-container" },
        { UNWRAP_GZIP_PADDING, "gzip-padding" },
        { UNWRAP_BASE64_ODD, "base64-odd" },
        { UNWRAP_BOM, NULL },
        { UNWRAP_MEDIA_TYPE, NULL },
        { UNWRAP_MAIL_NO_FIELDS, NULL },
        { UNWRAP_SUBJECT_FORM, NULL },
        { UNWRAP_NOT_COMPRESSED, NULL },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct dmarc_report *report;
        struct finding_list list;
        struct arena arena;

        arena_init(&arena, 1 << 20);
        read_with(&arena, rows[i].finding, &list, &report);
        ROW_NUMBER(rows[i].code, list.n_items, rows[i].code != NULL);
        if (rows[i].code) {
            ROW_TEXT("code", list.items[0].kind->code, rows[i].code);
            ROW_TEXT("where", list.items[0].where, "x");
            ROW_TEXT("value", list.items[0].value, "v");
        }
        arena_deinit(&arena);
    }
}

static bool has(const struct dmarc_report *report, const char *code)
{
    for (size_t i = 0; i < report->findings.n_items; i++) {
        if (strcmp(report->findings.items[i].kind->code, code) == 0)
            return true;
    }
    return false;
}

/* That it declares UTF-16 is a lie only where it was not. */
static void what_was_utf16_may_say_so(void **state)
{
    const struct dmarc_report *report;
    struct finding_list list;
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_int_equal(read_with(&arena, UNWRAP_UTF16, &list, &report), 0);
    assert_false(has(report, "dmarc-encoding"));
    read_with(&arena, UNWRAP_BOM, &list, &report);
    assert_true(has(report, "dmarc-encoding"));
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(findings_become_those_of_a_dmarc_report),
        cmocka_unit_test(what_was_utf16_may_say_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
