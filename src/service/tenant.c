/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/tenant.h"

#include <stdio.h>
#include <string.h>

#include "base/domain.h"

enum { ADDRESS_BYTES = 1024, NAME_BYTES = 16 * 1024 };

/* How closely a recipient means an address. */
enum closeness { NOT_AT_ALL, BY_DOMAIN, BY_EXTENSION, BY_ADDRESS };

/* An address in the form that recipients of settings have. */
struct parts {
    char text[ADDRESS_BYTES];      /* "tls+acme@example.com" */
    char extension[ADDRESS_BYTES]; /* "+acme", "" for none */
    const char *domain;            /* "@example.com", in text */
};

static void fold(char *text)
{
    for (; *text; text++)
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text + ('a' - 'A'));
}

/* Puts address into its parts. Returns: whether it is one, and fits. */
static bool take_apart(const char *address, struct parts *parts)
{
    const char *at = strrchr(address, '@'), *name, *plus;
    struct arena arena;
    int n = -1;

    if (!at)
        return false;
    arena_init(&arena, NAME_BYTES);
    name = domain_normalise(&arena, slice_of(at + 1), NULL);
    if (name)
        n = snprintf(parts->text, sizeof(parts->text), "%.*s@%s",
                     (int)(at - address), address, name);
    arena_deinit(&arena);
    if (n < 0 || n >= (int)sizeof(parts->text))
        return false;
    fold(parts->text);
    parts->domain = strrchr(parts->text, '@');
    plus = memchr(parts->text, '+', (size_t)(parts->domain - parts->text));
    *parts->extension = '\0';
    if (plus && plus + 1 < parts->domain)
        snprintf(parts->extension, sizeof(parts->extension), "%.*s",
                 (int)(parts->domain - plus), plus);
    return true;
}

static enum closeness compare(const char *recipient, const struct parts *parts)
{
    if (*recipient == '+')
        return strcmp(recipient, parts->extension) == 0 ? BY_EXTENSION
                                                        : NOT_AT_ALL;
    if (*recipient == '@')
        return strcmp(recipient, parts->domain) == 0 ? BY_DOMAIN : NOT_AT_ALL;
    return strcmp(recipient, parts->text) == 0 ? BY_ADDRESS : NOT_AT_ALL;
}

static enum closeness closest(const struct settings_names *recipients,
                              const struct parts *parts)
{
    enum closeness best = NOT_AT_ALL;

    for (size_t i = 0; i < recipients->n_items; i++) {
        enum closeness each = compare(recipients->items[i], parts);

        if (each > best)
            best = each;
    }
    return best;
}

/* Finds the tenant that is meant more closely than that. */
static const struct settings_tenant *find(const struct settings *settings,
                                          const char *address,
                                          enum closeness best)
{
    const struct settings_tenant *found = NULL;
    struct parts parts;

    if (!take_apart(address, &parts))
        return NULL;
    for (size_t i = 0; i < settings->n_tenants; i++) {
        enum closeness each = closest(&settings->tenants[i].recipients, &parts);

        if (each > best) {
            best = each;
            found = &settings->tenants[i];
        }
    }
    return found;
}

const struct settings_tenant *tenant_find(const struct settings *settings,
                                          const char *address)
{
    return find(settings, address, NOT_AT_ALL);
}

const struct settings_tenant *tenant_find_address(
    const struct settings *settings, const char *address)
{
    return find(settings, address, BY_EXTENSION);
}

bool tenant_has_recipient(const struct settings_names *recipients,
                          const char *address)
{
    struct parts parts;

    return take_apart(address, &parts) &&
           closest(recipients, &parts) != NOT_AT_ALL;
}
