/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "row.h"

static struct outgoing_identity good(void)
{
    return (struct outgoing_identity){ .name = "",
                                       .organization_name = "Example Ltd",
                                       .contact_info = "tls@mta.example.org",
                                       .dkim_selector = "s1",
                                       .dkim_key_file = "/etc/key" };
}

/* Each row changes one thing of a good identity; why: a part of what is said,
 * NULL where nothing is wrong. */
static const struct {
    const char *name;
    struct outgoing_identity with;
    bool drops_key;
    const char *why;
} identities[] = {
    { "as it is", { .name = "" }, false, NULL },
    { "a display name",
      { .contact_info = "Reports <tls@mta.example.org>" },
      false,
      "no bare mail address" },
    { "mailto", { .contact_info = "mailto:t@a.example" }, false, "no bare" },
    { "no domain", { .contact_info = "tls" }, false, "no bare" },
    { "capitals", { .contact_info = "tls@MTA.example.org" }, false, "no bare" },
    { "a host alone", { .contact_info = "tls@localhost" }, false, "no bare" },
    { "an empty organisation", { .organization_name = "" }, false, "missing" },
    { "a sender of the same organisation",
      { .sender = "bounce@example.org" },
      false,
      NULL },
    { "a sender elsewhere",
      { .sender = "bounce@other.example" },
      false,
      "different organisations" },
    { "a signature elsewhere",
      { .dkim_domain = "other.example" },
      false,
      "different organisations" },
    { "a signature above", { .dkim_domain = "example.org" }, false, NULL },
    { "nobody signs", { .name = "" }, true, "must be signed" },
    { "the relay signs", { .is_signed_by_relay = true }, true, NULL },
    { "both sign", { .is_signed_by_relay = true }, false, "either" },
};

static void identities_are_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(identities); i++) {
        const struct outgoing_identity *with = &identities[i].with;
        struct outgoing_identity identity = good();
        struct err err = { .text = "" };
        int status;

        if (with->contact_info)
            identity.contact_info = with->contact_info;
        if (with->organization_name)
            identity.organization_name = with->organization_name;
        identity.sender = with->sender;
        identity.dkim_domain = with->dkim_domain;
        identity.is_signed_by_relay = with->is_signed_by_relay;
        if (identities[i].drops_key)
            identity.dkim_selector = identity.dkim_key_file = NULL;
        status = outgoing_identity_check(&identity, &err);
        ROW_NUMBER(identities[i].name, status, identities[i].why ? -1 : 0);
        if (status)
            ROW_NUMBER(err.text, !!strstr(err.text, identities[i].why), true);
    }
}

static const char *const copies[] = { "mailto:archive@example.org" };
static const char *const folders[] = { "directory:/var/spool/sent" };
static const char *const wrong[] = { "directory:sent" };
static const char *const others[] = { "ftp://example.org/in" };
static const char *const names[] = { "example.com" };

#define TEXTS(array)                                                           \
    {                                                                          \
        (const char **)(array), 1                                              \
    }

static const struct {
    const char *name;
    struct outgoing_rule rule;
    const char *why;
} rules[] = {
    { "nothing to match", { .name = "r" }, "either domains or destinations" },
    { "both to match",
      { .name = "r", .domains = TEXTS(names), .destinations = TEXTS(names) },
      "either domains or destinations" },
    { "discard",
      { .name = "r", .domains = TEXTS(names), .action = OUTGOING_DISCARD },
      NULL },
    { "discard with URIs",
      { .name = "r",
        .domains = TEXTS(names),
        .action = OUTGOING_DISCARD,
        .uris = TEXTS(copies) },
      "replace and append alone" },
    { "replace by nothing",
      { .name = "r", .domains = TEXTS(names), .action = OUTGOING_REPLACE },
      "are missing" },
    { "append a folder",
      { .name = "r",
        .destinations = TEXTS(names),
        .action = OUTGOING_APPEND,
        .uris = TEXTS(folders) },
      NULL },
    { "append a relative folder",
      { .name = "r",
        .destinations = TEXTS(names),
        .action = OUTGOING_APPEND,
        .uris = TEXTS(wrong) },
      "from the root" },
    { "append another scheme",
      { .name = "r",
        .destinations = TEXTS(names),
        .action = OUTGOING_APPEND,
        .uris = TEXTS(others) },
      "mailto, https or directory" },
};

static void a_password_in_the_clear_stays_on_this_machine(void **state)
{
    static const struct {
        const char *url;
        bool is_fine;
    } relays[] = {
        { "smtp://127.0.0.1:25", true },
        { "smtp://localhost", true },
        { "smtp://[::1]:587", true },
        { "smtp://relay.example.org", false },
        { "smtp://192.0.2.1:25", false },
        { "smtp://127.example.org", false },
        { "smtp://localhost.example.org", false },
    };
    struct outgoing_identity identity = good();
    struct outgoing_settings settings;

    (void)state;
    outgoing_settings_init(&settings);
    settings.identities = &identity;
    settings.n_identities = 1;
    settings.relay.is_plain = true;
    for (size_t i = 0; i < ROWS(relays); i++) {
        struct err err = { .text = "" };

        settings.relay.url = relays[i].url;
        settings.relay.user = NULL;
        ROW_NUMBER(relays[i].url, outgoing_settings_check(&settings, &err), 0);
        settings.relay.user = "me";
        ROW_NUMBER(relays[i].url, outgoing_settings_check(&settings, &err),
                   relays[i].is_fine ? 0 : -1);
    }
}

static void rules_are_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rules); i++) {
        struct outgoing_identity identity = good();
        struct outgoing_rule rule = rules[i].rule;
        struct outgoing_settings settings;
        struct err err = { .text = "" };
        int status;

        outgoing_settings_init(&settings);
        settings.identities = &identity;
        settings.n_identities = 1;
        settings.rules = &rule;
        settings.n_rules = 1;
        status = outgoing_settings_check(&settings, &err);
        ROW_NUMBER(rules[i].name, status, rules[i].why ? -1 : 0);
        if (status)
            ROW_NUMBER(err.text, !!strstr(err.text, rules[i].why), true);
    }
}

static void nobody_reports_without_being_named(void **state)
{
    struct outgoing_settings settings;
    struct err err;

    (void)state;
    outgoing_settings_init(&settings);
    assert_int_equal(settings.spread_s, 14400);
    assert_int_equal(settings.retry_s, 86400);
    assert_int_equal(outgoing_settings_check(&settings, &err), -1);
    assert_non_null(strstr(err.text, "nobody to report as"));
}

static void an_identity_is_found_by_name(void **state)
{
    struct outgoing_identity both[] = { good(), good() };
    struct outgoing_settings settings;

    (void)state;
    outgoing_settings_init(&settings);
    both[1].name = "acme";
    settings.identities = both;
    settings.n_identities = 2;
    assert_ptr_equal(outgoing_identity_find(&settings, ""), &both[0]);
    assert_ptr_equal(outgoing_identity_find(&settings, "acme"), &both[1]);
    assert_null(outgoing_identity_find(&settings, "none"));
    assert_string_equal(outgoing_identity_submitter(&both[0]),
                        "mta.example.org");
    assert_string_equal(outgoing_identity_sender(&both[0]),
                        "tls@mta.example.org");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identities_are_checked),
        cmocka_unit_test(a_password_in_the_clear_stays_on_this_machine),
        cmocka_unit_test(rules_are_checked),
        cmocka_unit_test(nobody_reports_without_being_named),
        cmocka_unit_test(an_identity_is_found_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
