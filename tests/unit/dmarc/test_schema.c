/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dmarc/schema.h"
#include "row.h"

static void rows_hold_what_their_type_needs(void **state)
{
    size_t n;
    const struct schema_row *rows = schema_rows(&n);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        ROW_NUMBER(rows[i].name, rows[i].words != NULL,
                   rows[i].type == SCHEMA_WORD);
        if (rows[i].words) {
            struct slice words = slice_of(rows[i].words);

            assert_true(words.ptr[0] == ' ' && words.ptr[words.len - 1] == ' ');
        }
        ROW_NUMBER(rows[i].name, rows[i].node != SCHEMA_ROOT,
                   rows[i].type == SCHEMA_CONTAINER);
        for (size_t j = 0; j < i; j++)
            assert_false(rows[i].parent == rows[j].parent &&
                         strcmp(rows[i].name, rows[j].name) == 0);
    }
}

static void finds_names_in_their_place(void **state)
{
    static const struct {
        enum schema_node parent;
        const char *local, *name;
        bool is_odd;
    } rows[] = {
        { SCHEMA_ROOT, "feedback", "feedback", false },
        { SCHEMA_ROOT, "FeedBack", "feedback", true },
        { SCHEMA_FEEDBACK, "feedback", NULL, false },
        { SCHEMA_EVALUATED, "dkim", "dkim", false },
        { SCHEMA_RECORD, "dkim", NULL, false },
        { SCHEMA_ROW, "source-ip", "source_ip", true },
        { SCHEMA_ROW, "source_i", NULL, false },
        { SCHEMA_ROW, "source_ips", NULL, false },
        { SCHEMA_RECORD, "identities", "identifiers", true },
        { SCHEMA_ROW, "identities", NULL, false },
        { SCHEMA_OTHER, "count", NULL, false },
        { SCHEMA_ROW, "", NULL, false },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        bool is_odd = true;
        const struct schema_row *row =
            schema_find(rows[i].parent, slice_of(rows[i].local), &is_odd);

        ROW_TEXT(rows[i].local, row ? row->name : NULL, rows[i].name);
        ROW_NUMBER(rows[i].local, is_odd, rows[i].is_odd);
    }
}

static void knows_the_namespaces(void **state)
{
    (void)state;
    assert_true(schema_is_space(SLICE("")));
    assert_true(schema_is_space(SLICE("urn:ietf:params:xml:ns:dmarc-2.0")));
    assert_true(schema_is_space(SLICE("http://dmarc.org/dmarc-xml/0.1")));
    assert_true(schema_is_space(SLICE("http://dmarc.org/dmarc-xml/0.2")));
    assert_false(schema_is_space(SLICE("urn:ietf:params:xml:ns:dmarc")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_hold_what_their_type_needs),
        cmocka_unit_test(finds_names_in_their_place),
        cmocka_unit_test(knows_the_namespaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
