/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "doctor/permission_acl.h"

/* What the kernel gave of a file of mode 0640 with u:100:r. */
static const char octets[] = "\2\0\0\0"
                             "\1\0\6\0\377\377\377\377"
                             "\2\0\4\0\144\0\0\0"
                             "\4\0\4\0\377\377\377\377"
                             "\20\0\4\0\377\377\377\377"
                             "\40\0\0\0\377\377\377\377";

static void the_kernels_octets_are_read(void **state)
{
    struct permission_acl acl;

    (void)state;
    assert_true(
        permission_acl_parse(slice_make(octets, sizeof(octets) - 1), &acl));
    assert_int_equal(acl.n, 5);
    assert_int_equal(acl.entries[0].tag, PERMISSION_ACL_OWNER);
    assert_int_equal(acl.entries[0].bits, 6);
    assert_int_equal(acl.entries[1].tag, PERMISSION_ACL_USER);
    assert_int_equal(acl.entries[1].bits, 4);
    assert_int_equal(acl.entries[1].id, 100);
    assert_int_equal(acl.entries[4].tag, PERMISSION_ACL_OTHERS);
}

static void others_are_refused(void **state)
{
    char long_one[4 + 8 * (PERMISSION_ACL_ENTRIES + 1)] = "\2";
    struct permission_acl acl = { .n = 7 };

    (void)state;
    for (size_t n = 0; n < sizeof(octets) - 1; n++) {
        if (n < 4 || (n - 4) % 8)
            assert_false(permission_acl_parse(slice_make(octets, n), &acl));
    }
    assert_false(permission_acl_parse(SLICE("\3\0\0\0"), &acl));
    assert_false(
        permission_acl_parse(slice_make(long_one, sizeof(long_one)), &acl));
    assert_int_equal(acl.n, 7);
    assert_true(
        permission_acl_parse(slice_make(long_one, sizeof(long_one) - 8), &acl));
    assert_int_equal(acl.n, PERMISSION_ACL_ENTRIES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kernels_octets_are_read),
        cmocka_unit_test(others_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
