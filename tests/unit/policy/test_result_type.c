/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/result_type.h"

#include "row.h"

static void values_are_grouped_under_one_key(void **state)
{
    static const struct {
        const char *text, *key;
        enum result_type type;
    } rows[] = {
        { "starttls-not-supported", "starttls-not-supported",
          RESULT_TYPE_STARTTLS_NOT_SUPPORTED },
        { "Certificate-Expired", "certificate-expired",
          RESULT_TYPE_CERTIFICATE_EXPIRED },
        { "certificate_not_trusted", "certificate-not-trusted",
          RESULT_TYPE_CERTIFICATE_NOT_TRUSTED },
        { " validation failure ", "validation-failure",
          RESULT_TYPE_VALIDATION_FAILURE },
        { "certificate-name-mismatch", "certificate-host-mismatch",
          RESULT_TYPE_CERTIFICATE_HOST_MISMATCH },
        { "CERTIFICATE_HOSTNAME_MISMATCH", "certificate-host-mismatch",
          RESULT_TYPE_CERTIFICATE_HOST_MISMATCH },
        { "sts-policy-fetch-failure", "sts-policy-fetch-error",
          RESULT_TYPE_STS_POLICY_FETCH_ERROR },
        { "webpki-invalid", "sts-webpki-invalid",
          RESULT_TYPE_STS_WEBPKI_INVALID },
        { "", "unspecified", RESULT_TYPE_OTHER },
        { " \t", "unspecified", RESULT_TYPE_OTHER },
        { "Something_New Here", "something-new-here", RESULT_TYPE_OTHER },
        { "gr\xc3\x9c\xc3\x9f", "gr\xc3\x9c\xc3\x9f", RESULT_TYPE_OTHER },
        { "certificate-expire", "certificate-expire", RESULT_TYPE_OTHER },
        { "other", "other", RESULT_TYPE_OTHER },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena, 100000);
    for (size_t i = 0; i < ROWS(rows); i++) {
        enum result_type type = RESULT_TYPE_COUNT;
        const char *key =
            result_type_key(&arena, slice_of(rows[i].text), &type);

        ROW_TEXT(rows[i].text, key, rows[i].key);
        ROW_NUMBER(rows[i].text, type, rows[i].type);
        /* A key is its own key: rows of one group never part again. */
        if (rows[i].key[0] && strcmp(key, "unspecified") != 0)
            ROW_TEXT(rows[i].text, result_type_key(&arena, slice_of(key), NULL),
                     key);
    }
    arena_deinit(&arena);
}

static void registered_names_need_no_memory(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 0);
    for (int i = 1; i < RESULT_TYPE_COUNT; i++) {
        const char *name = result_type_name((enum result_type)i);
        enum result_type type;

        assert_ptr_equal(result_type_key(&arena, slice_of(name), &type), name);
        ROW_NUMBER(name, type, i);
    }
    assert_string_equal(result_type_name(RESULT_TYPE_OTHER), "other");
    assert_non_null(result_type_key(&arena, SLICE(""), NULL));
    assert_null(result_type_key(&arena, SLICE("new"), NULL));
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_grouped_under_one_key),
        cmocka_unit_test(registered_names_need_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
