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
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_of_one_reporter_share_a_key),
        cmocka_unit_test(the_key_of_a_key_is_the_key),
        cmocka_unit_test(a_name_of_any_length_has_a_key),
        cmocka_unit_test(too_little_memory_is_an_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
