/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Settings: what a running `serve` goes by, as plain values.
 *
 * Whoever starts it fills them, from a configuration file or the command line;
 * nothing here reads text. Once handed over they never change: a reload hands
 * over new ones, and whoever still works by the old ones holds them until done.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "outgoing/settings.h"
#include "service/collector.h"
#include "service/folder.h"
#include "service/https_server.h"
#include "service/mailbox.h"
#include "service/names.h"

/* Whose reports: domains, and where their reports come in. */
struct settings_tenant {
    const char *name;
    struct settings_names domains;    /* ".example.com" = and all below */
    struct settings_names recipients; /* "a@b", "@b" or "+extension" */
};

struct settings_lmtp {
    const char *name;
    const char *listen; /* an address of net/endpoint.h */
    const char *tenant; /* of what no recipient maps; NULL = none */
    struct settings_names recipients; /* none = all are taken */
    const char *destination; /* "mailto:a@b" published; NULL = the recipient */
    enum intake_rule rule;   /* of mail that is not proven */
};

/* A path at which reports are taken. */
struct settings_path {
    const char *title;       /* the path itself, unless it is secret */
    const char *tenant;      /* "" = none */
    const char *secret_file; /* holds the path that nobody is to see; or NULL */
};

struct settings_https {
    const char *name;
    struct https_server_options options; /* its paths made of those below */
    struct settings_path *paths;
    size_t n_paths;
};

struct settings_resolver {
    struct settings_names forward; /* as resolver_options.forwards */
    const char *anchor;            /* as resolver_options.anchor_file */
};

/* How long what is kept; SETTINGS_FOREVER = never dropped. */
struct settings_retention {
    int64_t raw_s;
    int64_t facts_s;
    int64_t quarantine_s;
};

/* What strangers may fill, in octets of raw input. */
struct settings_quota {
    int64_t unproven_bytes;
    int64_t unclaimed_bytes;
    int64_t quarantine_bytes;
    int64_t source_bytes; /* of each of them, by one source */
};

struct settings_log {
    enum log_level level;
    enum log_format format;
};

/* What the command `report` goes by. */
struct settings_report {
    struct outgoing_identity own;     /* the default one, as configured */
    struct outgoing_identity *others; /* tenants */
    size_t n_others;
    struct outgoing_settings options; /* its identities are those above */
};

/* The files that the dashboard shows the outgoing side from; they need not
 * exist. */
struct settings_sending {
    struct settings_names tallies; /* URLs */
    const char *outbox_url;        /* NULL: none */
    int64_t retry_s;               /* how long a delivery is tried */
};

#define SETTINGS_FOREVER INT64_MAX
#define SETTINGS_LISTEN "127.0.0.1:8460"

struct settings {
    const char *store_url; /* NULL = the caller's default */
    const char *listen;    /* of the dashboard */
    struct settings_names domains;
    struct settings_tenant *tenants;
    size_t n_tenants;
    struct settings_lmtp *lmtp;
    size_t n_lmtp;
    struct settings_https *https;
    size_t n_https;
    struct folder_options *folders;
    size_t n_folders;
    struct mailbox_options *mailboxes;
    size_t n_mailboxes;
    struct collector_settings collect; /* of `tlsrpt collect` */
    struct settings_resolver resolver;
    struct settings_retention retention;
    struct settings_quota quota;
    int64_t reserve_bytes; /* left free on the store's disk */
    struct settings_log log;
    struct settings_sending sending;
    struct settings_report report; /* without identities: nothing is sent */

    struct arena arena; /* of all that the above points to */
    atomic_uint n_holders;
};

/*
 * Makes settings that all are as documented without a configuration file.
 * Owns: the caller holds them, once.
 * Returns: 0, -1 with err.
 */
int settings_new(struct settings **out_settings, struct err *err);

/* Holds settings once more, from any thread. Returns: settings. */
struct settings *settings_hold(struct settings *settings);

/* Lets go of settings; who does last frees them. NULL is allowed. */
void settings_drop(struct settings *settings);

/* Returns: the tenant of that name, NULL where there is none. */
const struct settings_tenant *settings_find_tenant(
    const struct settings *settings, const char *name);

/*
 * Tells whether reports about a domain are wanted: it is configured, at the top
 * or by a tenant. domain: in lower case, A-labels.
 */
bool settings_has_domain(const struct settings *settings, const char *domain);

/*
 * Tells whether a domain is configured, and not by that tenant.
 * domain: in lower case, A-labels.
 */
bool settings_is_foreign(const struct settings *settings, const char *tenant,
                         const char *domain);

/* Tells whether any domain is configured. */
bool settings_has_domains(const struct settings *settings);

/* Tells whether reports are to come in by anything. */
bool settings_have_sources(const struct settings *settings);

/* Tell whether folders or mailboxes are the same, in the same order. */
bool settings_have_same_folders(const struct settings *a,
                                const struct settings *b);
bool settings_have_same_mailboxes(const struct settings *a,
                                  const struct settings *b);

/*
 * Names what differs in new settings and takes effect only at a restart.
 * what: "listen", "store", "lmtp postfix: listen", ...
 */
void settings_each_restart(const struct settings *old,
                           const struct settings *fresh,
                           void (*function)(void *context, const char *what),
                           void *context);
