/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "advice/advice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "advice/match.h"
#include "policy/result_type.h"

static void every_row_is_complete(void **state)
{
    size_t n;
    const struct advice *rows = advice_table(&n);

    (void)state;
    assert_true(n > 50);
    for (size_t i = 0; i < n; i++) {
        const struct advice *row = &rows[i];

        if (!row->code || !row->title || !row->meaning || !row->consequence ||
            !row->side || !row->causes[0] || !row->look || !row->fix ||
            !row->rfc || !row->because)
            fail_msg("row %zu (%s) lacks a member", i,
                     row->code ? row->code : "?");
        assert_non_null(strstr(row->rfc, "RFC "));
        assert_true(row->harm < ADVICE_HARM_COUNT);
        if (strcmp(row->side, "yours") != 0 &&
            strcmp(row->side, "theirs") != 0 &&
            strcmp(row->side, "either") != 0)
            fail_msg("%s: side is \"%s\"", row->code, row->side);
    }
}

static size_t count_words(const char *text)
{
    size_t n = 1;

    for (; *text; text++)
        n += *text == ' ';
    return n;
}

static void titles_and_clauses_fit_where_they_go(void **state)
{
    size_t n;
    const struct advice *rows = advice_table(&n);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        const char *because = rows[i].because;

        if (count_words(rows[i].title) > 5)
            fail_msg("%s: title of more than five words", rows[i].code);
        if (because[strlen(because) - 1] == '.')
            fail_msg("%s: because ends in a stop", rows[i].code);
        if (rows[i].fix[strlen(rows[i].fix) - 1] != '.')
            fail_msg("%s: fix does not end in a stop", rows[i].code);
        if (!strstr(rows[i].look, "MX") && !strstr(rows[i].look, "DOMAIN"))
            fail_msg("%s: look names no host", rows[i].code);
    }
}

/* The sentence of every row speaks of sessions, not of "emails" or "messages",
 * and leaves placeholders to the command. */
static void rows_use_the_words_of_the_house(void **state)
{
    static const char *const banned[] = { "email", "e-mail", "message",
                                          "DOMAIN", "!" };
    size_t n;
    const struct advice *rows = advice_table(&n);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        const char *texts[4 + ADVICE_MAX_CAUSES] = {
            rows[i].meaning, rows[i].consequence, rows[i].fix, rows[i].because
        };

        for (size_t c = 0; c < ADVICE_MAX_CAUSES; c++)
            texts[4 + c] = rows[i].causes[c];
        for (size_t t = 0; t < sizeof(texts) / sizeof(texts[0]); t++) {
            for (size_t b = 0; b < sizeof(banned) / sizeof(banned[0]); b++) {
                if (texts[t] && strstr(texts[t], banned[b]))
                    fail_msg("%s says \"%s\"", rows[i].code, banned[b]);
            }
        }
    }
}

static void no_two_rows_have_one_code(void **state)
{
    size_t n;
    const struct advice *rows = advice_table(&n);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i + 1; k < n; k++) {
            struct match_text a;
            struct match_text b;

            match_fold(&a, slice_of(rows[i].code));
            match_fold(&b, slice_of(rows[k].code));
            if (strcmp(a.text, b.text) == 0)
                fail_msg("%s stands twice", rows[i].code);
        }
    }
}

static void every_registered_type_has_its_row(void **state)
{
    (void)state;
    for (int t = RESULT_TYPE_OTHER + 1; t < RESULT_TYPE_COUNT; t++) {
        const char *name = result_type_name((enum result_type)t);

        assert_string_equal(advice_find(name, NULL)->code, name);
        assert_string_equal(advice_find_code(slice_of(name))->code, name);
    }
}

static void a_reason_row_belongs_to_a_registered_type(void **state)
{
    size_t n;
    const struct advice *rows = advice_table(&n);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        size_t slash = slice_find(slice_of(rows[i].code), '/');

        if (strcmp(rows[i].code, "unknown") == 0)
            continue;
        if (match_type(slice_make(rows[i].code, slash)) == RESULT_TYPE_OTHER)
            fail_msg("%s: no registered type in front", rows[i].code);
    }
}

static void other_spellings_of_a_type_are_understood(void **state)
{
    static const struct {
        const char *type;
        const char *code;
    } table[] = {
        { "Certificate_Expired", "certificate-expired" },
        { " STARTTLS NOT SUPPORTED ", "starttls-not-supported" },
        { "certificate-name-mismatch", "certificate-host-mismatch" },
        { "quantum-handshake-flux", "unknown" },
        { "", "unknown" },
        { NULL, "unknown" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        assert_string_equal(advice_find(table[i].type, NULL)->code,
                            table[i].code);
}

static void a_reason_nobody_knows_gives_the_row_of_the_type(void **state)
{
    (void)state;
    assert_string_equal(advice_find("tlsa-invalid", "code 7")->code,
                        "tlsa-invalid");
    assert_string_equal(advice_find("certificate-expired", "")->code,
                        "certificate-expired");
}

static void explain_finds_what_people_type(void **state)
{
    static const struct {
        const char *asked;
        const char *code; /* NULL: nothing */
    } table[] = {
        { "certificate-expired", "certificate-expired" },
        { "CERTIFICATE_EXPIRED\n", "certificate-expired" },
        { "validation-failure/sts-mx-mismatch",
          "validation-failure/sts-mx-mismatch" },
        { "validation-failure/STS_MX_MISMATCH",
          "validation-failure/sts-mx-mismatch" },
        { "sts-mx-mismatch", "validation-failure/sts-mx-mismatch" },
        { "MX_HOSTS_MISMATCH", "validation-failure/sts-mx-mismatch" },
        { "X509_V_ERR_CERT_REVOKED",
          "certificate-not-trusted/X509_V_ERR_CERT_REVOKED" },
        { "certificate has expired", "certificate-expired" },
        { "sts-policy-fetch-error/HTTP 404", "sts-policy-fetch-error/404" },
        { "404", "sts-policy-fetch-error/404" },
        { "SERVFAIL", "dnssec-invalid/SERVFAIL" },
        { "unknown", "unknown" },
        { "certificate-expired/nonsense", NULL },
        { "nonsense", NULL },
        { "/", NULL },
        { "", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct advice *row = advice_find_code(slice_of(table[i].asked));

        if (!row != !table[i].code ||
            (row && strcmp(row->code, table[i].code) != 0))
            fail_msg("%s: expected %s, got %s", table[i].asked,
                     table[i].code ? table[i].code : "nothing",
                     row ? row->code : "nothing");
    }
}

static void every_code_is_found_by_itself(void **state)
{
    size_t n;
    const struct advice *rows = advice_table(&n);

    (void)state;
    for (size_t i = 0; i < n; i++)
        assert_ptr_equal(advice_find_code(slice_of(rows[i].code)), &rows[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(titles_and_clauses_fit_where_they_go),
        cmocka_unit_test(rows_use_the_words_of_the_house),
        cmocka_unit_test(no_two_rows_have_one_code),
        cmocka_unit_test(every_registered_type_has_its_row),
        cmocka_unit_test(a_reason_row_belongs_to_a_registered_type),
        cmocka_unit_test(other_spellings_of_a_type_are_understood),
        cmocka_unit_test(a_reason_nobody_knows_gives_the_row_of_the_type),
        cmocka_unit_test(explain_finds_what_people_type),
        cmocka_unit_test(every_code_is_found_by_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
