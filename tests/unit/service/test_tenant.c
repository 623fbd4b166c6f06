/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "service/tenant.h"

static const char *acme[] = { "tls@acme.example", "+acme" };
static const char *other[] = { "@acme.example", "+other",
                               "tls+acme@example.com" };
static const char *swiss[] = { "@xn--bcher-kva.example" };
static struct settings_tenant tenants[] = {
    { .name = "nobody" },
    { .name = "acme", .recipients = { acme, 2 } },
    { .name = "other", .recipients = { other, 3 } },
    { .name = "swiss", .recipients = { swiss, 1 } },
};
static const struct settings settings = { .tenants = tenants, .n_tenants = 4 };

static void the_closest_recipient_decides(void **state)
{
    static const char *const rows[][2] = {
        { "tls@acme.example", "acme" },
        { "TLS@Acme.Example", "acme" },
        { "tls@acme.example.", "acme" },
        { "any@acme.example", "other" },
        { "any+acme@acme.example", "acme" },
        { "any+Acme@example.net", "acme" },
        { "tls+acme@example.com", "other" },
        { "a+other@example.net", "other" },
        { "a+b+other@example.net", NULL },
        { "a+@example.net", NULL },
        { "a@example.net", NULL },
        { "a@sub.acme.example", NULL },
        { "acme", NULL },
        { "", NULL },
        { "+acme", NULL },
        { "\"a+b@x\"+acme@example.net", NULL },
        { "a@b\xc3\xbc"
          "cher.example",
          "swiss" },
        { "a@B\xc3\x9c"
          "cher.example",
          "swiss" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct settings_tenant *met = tenant_find(&settings, rows[i][0]);
        const char *name = met ? met->name : NULL;

        if (name != rows[i][1] &&
            (!name || !rows[i][1] || strcmp(name, rows[i][1]) != 0))
            fail_msg("%s: expected %s, got %s", rows[i][0],
                     rows[i][1] ? rows[i][1] : "none", name ? name : "none");
    }
}

static void lists_mean_addresses(void **state)
{
    const struct settings_names list = { other, 3 }, none = { NULL, 0 };

    (void)state;
    assert_true(tenant_has_recipient(&list, "x@acme.example"));
    assert_true(tenant_has_recipient(&list, "x+other@y.example"));
    assert_false(tenant_has_recipient(&list, "x@y.example"));
    assert_false(tenant_has_recipient(&none, "x@acme.example"));
}

static void addresses_beyond_any_length_are_nobodys(void **state)
{
    static char address[5000];

    (void)state;
    memset(address, 'a', sizeof(address) - 1);
    memcpy(address + 4000, "@acme.example", 14);
    assert_null(tenant_find(&settings, address));
    address[2] = '@';
    address[4000] = 'a';
    assert_null(tenant_find(&settings, address));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_closest_recipient_decides),
        cmocka_unit_test(lists_mean_addresses),
        cmocka_unit_test(addresses_beyond_any_length_are_nobodys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
