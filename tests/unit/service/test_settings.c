/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "service/settings.h"

static const char *domains[] = { "example.com", ".example.org" };
static const char *others[] = { "acme.example" };
static struct settings_tenant tenants[] = {
    { .name = "acme", .domains = { others, 1 } },
};

static void domains_are_wanted_with_those_below(void **state)
{
    struct settings *settings;
    struct err err;

    (void)state;
    assert_int_equal(settings_new(&settings, &err), 0);
    assert_false(settings_has_domains(settings));
    assert_false(settings_has_domain(settings, "example.com"));
    settings->tenants = tenants;
    settings->n_tenants = 1;
    assert_true(settings_has_domains(settings));
    settings->domains = (struct settings_names){ domains, 2 };
    assert_true(settings_has_domain(settings, "example.com"));
    assert_false(settings_has_domain(settings, "mail.example.com"));
    assert_false(settings_has_domain(settings, "badexample.com"));
    assert_true(settings_has_domain(settings, "example.org"));
    assert_true(settings_has_domain(settings, "a.b.example.org"));
    assert_false(settings_has_domain(settings, "anexample.org"));
    assert_true(settings_has_domain(settings, "acme.example"));
    assert_false(settings_is_foreign(settings, "acme", "acme.example"));
    assert_true(settings_is_foreign(settings, "acme", "example.com"));
    assert_true(settings_is_foreign(settings, "other", "acme.example"));
    assert_false(settings_is_foreign(settings, "acme", "nobodys.example"));
    assert_false(settings_has_domain(settings, ""));
    assert_ptr_equal(settings_find_tenant(settings, "acme"), &tenants[0]);
    assert_null(settings_find_tenant(settings, "nobody"));
    assert_null(settings_find_tenant(settings, NULL));
    settings_drop(settings);
}

static void note(void *context, const char *what)
{
    char *all = context;

    snprintf(all + strlen(all), 256 - strlen(all), "%s;", what);
}

static void what_needs_a_restart_is_named(void **state)
{
    struct settings_lmtp before[] = { { .name = "a", .listen = "unix:/a" },
                                      { .name = "b", .listen = "unix:/b" } };
    struct settings_lmtp after[] = { { .name = "b", .listen = "unix:/bb" },
                                     { .name = "c", .listen = "unix:/c" } };
    struct settings *old, *fresh;
    char all[256] = "";
    struct err err;

    (void)state;
    assert_int_equal(settings_new(&old, &err), 0);
    assert_int_equal(settings_new(&fresh, &err), 0);
    old->store_url = fresh->store_url = "sqlite:/x";
    old->lmtp = fresh->lmtp = before;
    old->n_lmtp = fresh->n_lmtp = 2;
    fresh->retention.raw_s = 5;
    fresh->domains = (struct settings_names){ domains, 2 };
    settings_each_restart(old, fresh, note, all);
    assert_string_equal(all, "");
    fresh->store_url = "sqlite:/y";
    fresh->listen = "127.0.0.1:1";
    fresh->resolver.forward = (struct settings_names){ others, 1 };
    fresh->lmtp = after;
    settings_each_restart(old, fresh, note, all);
    assert_string_equal(all, "store;listen;resolver;lmtp a: listen;"
                             "lmtp b: listen;lmtp c: listen;");
    settings_drop(old);
    settings_drop(fresh);
}

static void what_is_looked_at_is_compared(void **state)
{
    struct folder_options before = { .path = "/a", .name = "x" };
    struct folder_options after = before;
    struct mailbox_options asked = { .name = "m", .url = "imaps://u@h" };
    struct mailbox_options asked_else = asked;
    struct settings *a, *b;
    struct err err;

    (void)state;
    assert_int_equal(settings_new(&a, &err), 0);
    assert_int_equal(settings_new(&b, &err), 0);
    assert_false(settings_have_sources(a));
    assert_true(settings_have_same_folders(a, b));
    a->folders = &before;
    b->folders = &after;
    a->n_folders = 1;
    assert_true(settings_have_sources(a));
    assert_false(settings_have_same_folders(a, b));
    b->n_folders = 1;
    assert_true(settings_have_same_folders(a, b));
    after.origin.tenant = "t";
    assert_false(settings_have_same_folders(a, b));
    after = before;
    after.recipient_from = RECIPIENT_TRACE;
    assert_false(settings_have_same_folders(a, b));
    a->mailboxes = &asked;
    b->mailboxes = &asked_else;
    a->n_mailboxes = b->n_mailboxes = 1;
    assert_true(settings_have_same_mailboxes(a, b));
    asked_else.recipient_from = RECIPIENT_TRACE;
    assert_false(settings_have_same_mailboxes(a, b));
    asked_else = asked;
    asked_else.interval_s = 7;
    assert_false(settings_have_same_mailboxes(a, b));
    settings_drop(a);
    settings_drop(b);
}

static void who_lets_go_last_frees(void **state)
{
    struct settings *settings;
    struct err err;

    (void)state;
    settings_drop(NULL);
    assert_int_equal(settings_new(&settings, &err), 0);
    assert_ptr_equal(settings_hold(settings), settings);
    settings_drop(settings);
    /* Still there: the sanitizer would tell. */
    assert_string_equal(settings->listen, SETTINGS_LISTEN);
    assert_int_equal(settings->n_holders, 1);
    settings_drop(settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(domains_are_wanted_with_those_below),
        cmocka_unit_test(what_needs_a_restart_is_named),
        cmocka_unit_test(what_is_looked_at_is_compared),
        cmocka_unit_test(who_lets_go_last_frees),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
