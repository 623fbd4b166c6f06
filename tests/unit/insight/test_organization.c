/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "insight/insight.h"

static const struct {
    const char *name;
    const char *key;
} rows[] = {
    { "Google Inc.", "google" },
    { "Google LLC", "google" },
    { "google.com", "google" },
    { "GOOGLE, INC.", "google" },
    { "Microsoft Corporation", "microsoft" },
    { "microsoft.com", "microsoft" },
    { "Microsoft Corp.", "microsoft" },
    { "Mail.ru", "mail.ru" },
    { "LLC Mail.Ru", "mail.ru" },
    { "VK", "mail.ru" },
    { "VK LLC", "mail.ru" },
    { "Yahoo! Inc.", "yahoo" },
    { "Yahoo", "yahoo" },
    { "Comcast", "comcast" },
    { "Comcast Cable Communications, LLC", "comcast" },
    { "Fastmail Pty Ltd", "fastmail" },
    { "GMX", "gmx" },
    { "1&1 Mail & Media GmbH", "gmx" },
    { "web.de", "gmx" },
    { "Mimecast Services Limited", "mimecast" },
    { "Mimecast", "mimecast" },
    { "Proofpoint, Inc.", "proofpoint" },
    { "Cisco Systems, Inc.", "cisco" },
    { "Cisco", "cisco" },
    { "Example GmbH & Co. KG", "example" },
    { "Example GmbH", "example" },
    { "  Example   Mail ", "example mail" },
    { "mx.egressif.io", "mx.egressif.io" },
    { "mail.example.com.", "mail.example.com" },
    { "Inc.", "inc" },
    { "LLC", "llc" },
    { "Colossus", "colossus" },
    { "D\xc3\xb6ner AG", "d\xc3\xb6ner" },
    { "", "" },
    { "&&&", "" },
};

static void spellings_of_one_reporter_share_a_key(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *key = insight_organization_key(&arena, rows[i].name);

        assert_non_null(key);
        if (strcmp(key, rows[i].key) != 0)
            fail_msg("%s: expected %s, got %s", rows[i].name, rows[i].key, key);
    }
    arena_deinit(&arena);
}

/* A key is a fixed point, or a reader that asks by key would miss it. */
static void the_key_of_a_key_is_the_key(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *key = insight_organization_key(&arena, rows[i].name);

        assert_string_equal(insight_organization_key(&arena, key), key);
    }
    arena_deinit(&arena);
}

static const struct {
    const char *name;
    const char *signer;
    const char *key;
} signatures[] = {
    { "Google Inc.", "google.com", "google" },
    { "Google Inc.", "mail.Google.com", "google" },
    { "Google LLC", "evil.example", "google (signed by evil.example)" },
    { "gmail", "tls.evil.example", "google (signed by evil.example)" },
    { "google.com", "google.com.evil.example",
      "google (signed by evil.example)" },
    { "Microsoft", "google.com", "microsoft (signed by google.com)" },
    { "Microsoft Corporation", "protection.outlook.com", "microsoft" },
    { "LLC Mail.Ru", "corp.mail.ru", "mail.ru" },
    { "google", "localhost", "google (signed by localhost)" },
    /* Whose domains nobody knows. */
    { "Example GmbH", "evil.example", "example" },
};

static void who_signs_by_another_domain_is_not_of_the_group(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof(signatures) / sizeof(*signatures); i++) {
        const char *key = insight_organization_signed(
            &arena, insight_organization_key(&arena, signatures[i].name),
            signatures[i].signer);

        assert_string_equal(key, signatures[i].key);
        /* Asked for by its key it is found. */
        assert_string_equal(insight_organization_key(&arena, key), key);
    }
    arena_deinit(&arena);
}

/* Or its reports would all stand apart. */
static void each_group_signs_by_some_domain(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *key = rows[i].key;

        if (strcmp(insight_organization_signed(&arena, key, "evil.example"),
                   key) == 0)
            continue;
        assert_true(
            strcmp(insight_organization_signed(
                       &arena, key, arena_printf(&arena, "x.%s.com", key)),
                   key) == 0 ||
            strcmp(insight_organization_signed(
                       &arena, key, arena_printf(&arena, "x.%s.net", key)),
                   key) == 0 ||
            strcmp(insight_organization_signed(&arena, key, key), key) == 0);
    }
    arena_deinit(&arena);
}

static void a_name_of_any_length_has_a_key(void **state)
{
    char name[1000];
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    for (size_t len = 200; len < sizeof(name); len += 7) {
        memset(name, 'X', len);
        name[len] = '\0';
        assert_non_null(insight_organization_key(&arena, name));
    }
    arena_deinit(&arena);
}

static void too_little_memory_is_an_answer(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 1);
    assert_null(insight_organization_key(&arena, "Example"));
    assert_null(insight_organization_signed(&arena, "google", "evil.example"));
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_of_one_reporter_share_a_key),
        cmocka_unit_test(the_key_of_a_key_is_the_key),
        cmocka_unit_test(who_signs_by_another_domain_is_not_of_the_group),
        cmocka_unit_test(each_group_signs_by_some_domain),
        cmocka_unit_test(a_name_of_any_length_has_a_key),
        cmocka_unit_test(too_little_memory_is_an_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
