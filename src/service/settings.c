/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_S = 24 * 60 * 60, MIB = 1024 * 1024 };

/* Ten thousand domains with their names fit many times over. */
enum { ARENA_MAX_BYTES = 64 * MIB };

int settings_new(struct settings **out_settings, struct err *err)
{
    struct settings *settings = calloc(1, sizeof(*settings));

    if (!settings)
        return err_memory(err);
    settings->listen = SETTINGS_LISTEN;
    settings->retention = (struct settings_retention){
        .raw_s = SETTINGS_FOREVER,
        .facts_s = SETTINGS_FOREVER,
        .quarantine_s = (int64_t)90 * DAY_S,
    };
    settings->quota = (struct settings_quota){
        .unproven_bytes = (int64_t)1024 * MIB,
        .unclaimed_bytes = (int64_t)256 * MIB,
        .quarantine_bytes = (int64_t)1024 * MIB,
        .source_bytes = (int64_t)512 * MIB,
    };
    settings->reserve_bytes = (int64_t)256 * MIB;
    settings->report.own.name = "";
    outgoing_settings_init(&settings->report.options);
    settings->log.level = LOG_LEVEL_NOTICE;
    collector_settings_init(&settings->collect);
    arena_init(&settings->arena, ARENA_MAX_BYTES);
    atomic_init(&settings->n_holders, 1);
    *out_settings = settings;
    return 0;
}

struct settings *settings_hold(struct settings *settings)
{
    atomic_fetch_add(&settings->n_holders, 1);
    return settings;
}

void settings_drop(struct settings *settings)
{
    if (!settings || atomic_fetch_sub(&settings->n_holders, 1) != 1)
        return;
    arena_deinit(&settings->arena);
    free(settings);
}

const struct settings_tenant *settings_find_tenant(
    const struct settings *settings, const char *name)
{
    for (size_t i = 0; name && i < settings->n_tenants; i++)
        if (strcmp(settings->tenants[i].name, name) == 0)
            return &settings->tenants[i];
    return NULL;
}

/* ---- Domains ------------------------------------------------------------- */

/* A name with a dot before it means itself, too. */
static bool is_covered(const char *by, const char *domain)
{
    size_t len = strlen(domain), by_len = strlen(by);

    if (*by != '.')
        return strcmp(by, domain) == 0;
    return strcmp(by + 1, domain) == 0 ||
           (len > by_len && strcmp(domain + len - by_len, by) == 0);
}

static bool names_cover(const struct settings_names *names, const char *domain)
{
    for (size_t i = 0; i < names->n_items; i++)
        if (is_covered(names->items[i], domain))
            return true;
    return false;
}

bool settings_has_domain(const struct settings *settings, const char *domain)
{
    if (names_cover(&settings->domains, domain))
        return true;
    for (size_t i = 0; i < settings->n_tenants; i++)
        if (names_cover(&settings->tenants[i].domains, domain))
            return true;
    return false;
}

bool settings_is_foreign(const struct settings *settings, const char *tenant,
                         const char *domain)
{
    const struct settings_tenant *own = settings_find_tenant(settings, tenant);

    return settings_has_domain(settings, domain) &&
           !(own && names_cover(&own->domains, domain));
}

bool settings_has_domains(const struct settings *settings)
{
    for (size_t i = 0; i < settings->n_tenants; i++)
        if (settings->tenants[i].domains.n_items)
            return true;
    return settings->domains.n_items > 0;
}

bool settings_have_sources(const struct settings *settings)
{
    return settings->n_lmtp + settings->n_https + settings->n_folders +
               settings->n_mailboxes >
           0;
}

/* ---- What is changed ----------------------------------------------------- */

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool are_same(const struct settings_names *a,
                     const struct settings_names *b)
{
    for (size_t i = 0; i < a->n_items && i < b->n_items; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    return a->n_items == b->n_items;
}

static bool is_same_mailbox(const struct mailbox_options *a,
                            const struct mailbox_options *b)
{
    return is_same(a->name, b->name) && is_same(a->url, b->url) &&
           is_same(a->password_file, b->password_file) &&
           are_same(&a->token_command, &b->token_command) &&
           is_same(a->ca_file, b->ca_file) && a->is_plain == b->is_plain &&
           a->after == b->after && is_same(a->folder, b->folder) &&
           is_same(a->keyword, b->keyword) && a->interval_s == b->interval_s &&
           a->max_bytes == b->max_bytes && is_same(a->tenant, b->tenant) &&
           is_same(a->destination, b->destination) && a->rule == b->rule &&
           a->recipient_from == b->recipient_from;
}

bool settings_have_same_mailboxes(const struct settings *a,
                                  const struct settings *b)
{
    for (size_t i = 0; i < a->n_mailboxes && i < b->n_mailboxes; i++)
        if (!is_same_mailbox(&a->mailboxes[i], &b->mailboxes[i]))
            return false;
    return a->n_mailboxes == b->n_mailboxes;
}

static bool is_same_folder(const struct folder_options *a,
                           const struct folder_options *b)
{
    return a->kind == b->kind && a->after == b->after &&
           is_same(a->path, b->path) && is_same(a->name, b->name) &&
           a->interval_s == b->interval_s && a->settle_s == b->settle_s &&
           a->max_bytes == b->max_bytes &&
           is_same(a->origin.tenant, b->origin.tenant) &&
           is_same(a->origin.destination, b->origin.destination) &&
           a->origin.way == b->origin.way && a->origin.rule == b->origin.rule &&
           a->recipient_from == b->recipient_from;
}

bool settings_have_same_folders(const struct settings *a,
                                const struct settings *b)
{
    for (size_t i = 0; i < a->n_folders && i < b->n_folders; i++)
        if (!is_same_folder(&a->folders[i], &b->folders[i]))
            return false;
    return a->n_folders == b->n_folders;
}

/* ---- What a restart is needed for ---------------------------------------- */

static const struct settings_lmtp *find_lmtp(const struct settings *settings,
                                             const char *name)
{
    for (size_t i = 0; i < settings->n_lmtp; i++)
        if (strcmp(settings->lmtp[i].name, name) == 0)
            return &settings->lmtp[i];
    return NULL;
}

/* Tells of each listener that `a` has and `b` has not, or has elsewhere. */
static void each_lmtp(const struct settings *a, const struct settings *b,
                      bool is_changed_told,
                      void (*function)(void *context, const char *what),
                      void *context)
{
    for (size_t i = 0; i < a->n_lmtp; i++) {
        const struct settings_lmtp *other = find_lmtp(b, a->lmtp[i].name);
        char what[160];

        snprintf(what, sizeof(what), "lmtp %s: listen", a->lmtp[i].name);
        if (other ? is_changed_told &&
                        strcmp(other->listen, a->lmtp[i].listen) != 0
                  : true)
            function(context, what);
    }
}

void settings_each_restart(const struct settings *old,
                           const struct settings *fresh,
                           void (*function)(void *context, const char *what),
                           void *context)
{
    if (!is_same(old->store_url, fresh->store_url))
        function(context, "store");
    if (!is_same(old->listen, fresh->listen))
        function(context, "listen");
    if (!are_same(&old->resolver.forward, &fresh->resolver.forward) ||
        !is_same(old->resolver.anchor, fresh->resolver.anchor))
        function(context, "resolver");
    if (!are_same(&old->sending.tallies, &fresh->sending.tallies) ||
        !is_same(old->sending.outbox_url, fresh->sending.outbox_url))
        function(context, "tally or outbox, as shown");
    each_lmtp(old, fresh, true, function, context);
    each_lmtp(fresh, old, false, function, context);
}
