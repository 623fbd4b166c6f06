/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"

#include <errno.h>

#include "row.h"

static void an_error_keeps_kind_and_sentence(void **state)
{
    struct err err = { .offset = 9, .system_errno = 5 };

    (void)state;
    assert_int_equal(err_set(&err, ERR_INPUT, "line %d of %s", 3, "x"), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.text, "line 3 of x");
    assert_int_equal(err.offset, 0);
    assert_int_equal(err.system_errno, 0);
    assert_int_equal(err_memory(&err), -1);
    assert_int_equal(err.kind, ERR_MEMORY);
}

static void nobody_need_listen(void **state)
{
    (void)state;
    assert_int_equal(err_set(NULL, ERR_INPUT, "x"), -1);
    assert_int_equal(err_system(NULL, "x"), -1);
    assert_int_equal(err_memory(NULL), -1);
    assert_int_equal(err_prefix(NULL, "x"), -1);
}

static void a_system_error_says_what_errno_means(void **state)
{
    struct err err;

    (void)state;
    errno = ENOENT;
    assert_int_equal(err_system(&err, "cannot open %s", "a.json"), -1);
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_int_equal(err.system_errno, ENOENT);
    assert_string_equal(err.text, "cannot open a.json: "
                                  "No such file or directory");
    errno = 99999;
    err_system(&err, "x");
    assert_string_equal(err.text, "x: unknown");
}

static void each_layer_puts_its_context_in_front(void **state)
{
    struct err err = { 0 };

    (void)state;
    err_set(&err, ERR_STORE, "disk full");
    assert_int_equal(err_prefix(&err, "message %d", 3), -1);
    assert_int_equal(err_prefix(&err, "a.mbox"), -1);
    assert_string_equal(err.text, "a.mbox: message 3: disk full");
    assert_int_equal(err.kind, ERR_STORE);
}

static void text_that_is_too_long_is_cut(void **state)
{
    struct err err = { 0 };
    char filler[2 * ERR_TEXT_BYTES];

    (void)state;
    memset(filler, 'x', sizeof(filler) - 1);
    filler[sizeof(filler) - 1] = '\0';
    err_set(&err, ERR_INPUT, "%s", filler);
    assert_int_equal(strlen(err.text), ERR_TEXT_BYTES - 1);
    err_prefix(&err, "%s", filler);
    assert_int_equal(strlen(err.text), ERR_TEXT_BYTES - 1);
    assert_non_null(strstr(err.text, ": xxx"));
    errno = EACCES;
    err_system(&err, "%s", filler);
    assert_int_equal(strlen(err.text), ERR_TEXT_BYTES - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_keeps_kind_and_sentence),
        cmocka_unit_test(nobody_need_listen),
        cmocka_unit_test(a_system_error_says_what_errno_means),
        cmocka_unit_test(each_layer_puts_its_context_in_front),
        cmocka_unit_test(text_that_is_too_long_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
