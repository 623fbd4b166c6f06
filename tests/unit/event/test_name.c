/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "event/event.h"
#include "row.h"

static const struct {
    int number;
    const char *name;
} results[] = {
    { 201, "starttls-not-supported" },
    { 202, "certificate-host-mismatch" },
    { 203, "certificate-not-trusted" },
    { 204, "certificate-expired" },
    { 205, "validation-failure" },
    { 301, "sts-policy-fetch-error" },
    { 302, "sts-policy-invalid" },
    { 303, "sts-webpki-invalid" },
    { 304, "tlsa-invalid" },
    { 305, "dnssec-invalid" },
    { 306, "dane-required" },
};

static void results_have_names(void **state)
{
    size_t n_known = 0;

    (void)state;
    for (size_t i = 0; i < ROWS(results); i++) {
        ROW_TEXT(results[i].name, event_result_name(results[i].number),
                 results[i].name);
        ROW_NUMBER(results[i].name,
                   event_result_number(slice_of(results[i].name)),
                   results[i].number);
    }
    for (int i = -1; i < 1000; i++)
        n_known += event_result_name(i) != NULL;
    assert_int_equal(n_known, ROWS(results));
    assert_int_equal(event_result_number(SLICE("Certificate_Expired")), 204);
    assert_int_equal(event_result_number(SLICE("204")), 204);
    assert_int_equal(event_result_number(SLICE("901")), 901);
}

static void policies_have_names(void **state)
{
    (void)state;
    assert_string_equal(event_policy_name(1), "tlsa");
    assert_string_equal(event_policy_name(2), "sts");
    assert_string_equal(event_policy_name(9), "no-policy-found");
    assert_null(event_policy_name(0));
    assert_null(event_policy_name(3));
    assert_int_equal(event_policy_number(SLICE("TLSA")), 1);
    assert_int_equal(event_policy_number(SLICE("sts")), 2);
    assert_int_equal(event_policy_number(SLICE("no-policy-found")), 9);
    assert_int_equal(event_policy_number(SLICE("7")), 7);
}

static void other_words_have_no_number(void **state)
{
    static const char *const words[] = { "",    "other", "-1",        "+1",
                                         "2 3", "0x9",   "1234567890" };

    (void)state;
    for (size_t i = 0; i < ROWS(words); i++) {
        ROW_NUMBER(words[i], event_policy_number(slice_of(words[i])), -1);
        ROW_NUMBER(words[i], event_result_number(slice_of(words[i])), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_have_names),
        cmocka_unit_test(policies_have_names),
        cmocka_unit_test(other_words_have_no_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
