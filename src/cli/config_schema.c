/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/config_schema.h"

#include "cli/config_file.h"
#include "service/limits.h"
#include "service/settings.h"

enum { MINUTE_S = 60, DAY_S = 86400 };

#define MIB INT64_C(1048576)
#define TIB INT64_C(1099511627776)

/* The two offsets of a list that is a struct settings_names. */
#define NAMES(type, member)                                                    \
    .offset = offsetof(type, member) + offsetof(struct settings_names, items), \
    .is_list = true,                                                           \
    .count_offset =                                                            \
        offsetof(type, member) + offsetof(struct settings_names, n_items)

static const struct config_key tenant_keys[] = {
    { .name = "domains",
      .kind = CONFIG_DOMAIN,
      NAMES(struct settings_tenant, domains),
      .unique = "domain" },
    { .name = "recipients",
      .kind = CONFIG_RECIPIENT,
      NAMES(struct settings_tenant, recipients),
      .unique = "recipient" },
    { 0 }
};

static const struct config_section tenant = {
    .name = "tenant",
    .keys = tenant_keys,
    .offset = offsetof(struct settings, tenants),
    .count_offset = offsetof(struct settings, n_tenants),
    .item_bytes = sizeof(struct settings_tenant)
};

/* In the order of enum intake_rule. */
static const char *const rule_words[] = { "mark", "require", NULL };

/* In the order of enum recipient_from. */
static const char *const recipient_words[] = { "none", "trace", "header",
                                               NULL };

static const struct config_key lmtp_keys[] = {
    { .name = "listen",
      .kind = CONFIG_LISTEN,
      .offset = offsetof(struct settings_lmtp, listen),
      .is_required = true,
      .unique = "listen" },
    { .name = "proof",
      .kind = CONFIG_WORD,
      .offset = offsetof(struct settings_lmtp, rule),
      .words = rule_words },
    { .name = "tenant",
      .kind = CONFIG_TENANT,
      .offset = offsetof(struct settings_lmtp, tenant) },
    { .name = "recipients",
      .kind = CONFIG_RECIPIENT,
      NAMES(struct settings_lmtp, recipients) },
    { .name = "destination",
      .kind = CONFIG_MAIL_URI,
      .offset = offsetof(struct settings_lmtp, destination) },
    { 0 }
};

static void init_lmtp(void *item)
{
    struct settings_lmtp *row = item;

    row->rule = INTAKE_REQUIRE;
}

static const struct config_section lmtp = {
    .name = "lmtp",
    .init = init_lmtp,
    .keys = lmtp_keys,
    .offset = offsetof(struct settings, lmtp),
    .count_offset = offsetof(struct settings, n_lmtp),
    .item_bytes = sizeof(struct settings_lmtp)
};

/* ---- HTTPS --------------------------------------------------------------- */

static const struct config_key path_keys[] = {
    { .name = "tenant",
      .kind = CONFIG_TENANT,
      .offset = offsetof(struct settings_path, tenant) },
    { .name = "secret_file",
      .kind = CONFIG_SECRET,
      .offset = offsetof(struct settings_path, secret_file) },
    { 0 }
};

static void init_path(void *item)
{
    struct settings_path *row = item;

    row->tenant = "";
}

static const struct config_section path = {
    .name = "path",
    .keys = path_keys,
    .offset = offsetof(struct settings_https, paths),
    .count_offset = offsetof(struct settings_https, n_paths),
    .item_bytes = sizeof(struct settings_path),
    .init = init_path
};

#define HTTPS(member) offsetof(struct settings_https, options.member)

static const struct config_key https_keys[] = {
    { .name = "listen",
      .kind = CONFIG_LISTEN,
      .offset = HTTPS(listen),
      .is_required = true,
      .unique = "listen" },
    { .name = "host", .kind = CONFIG_AUTHORITY, .offset = HTTPS(name) },
    { .name = "certificate",
      .kind = CONFIG_PATH,
      .offset = HTTPS(certificate_file) },
    { .name = "key", .kind = CONFIG_SECRET, .offset = HTTPS(key_file) },
    { .name = "trusted_proxies",
      .kind = CONFIG_TEXT,
      .offset = HTTPS(proxies),
      .is_list = true,
      .count_offset = HTTPS(n_proxies) },
    { .name = "proof",
      .kind = CONFIG_WORD,
      .offset = HTTPS(rule),
      .words = rule_words },
    { 0 }
};

static const struct config_section *const https_sections[] = { &path, NULL };

static void init_https(void *item)
{
    struct settings_https *row = item;

    row->options.rule = INTAKE_REQUIRE;
}

/* The paths as the server wants them: those that are secret read from files. */
static int finish_https(void *item, struct arena *arena, struct err *err)
{
    struct settings_https *row = item;
    struct https_path *paths =
        arena_calloc(arena, row->n_paths + 1, sizeof(*paths));

    if (!paths)
        return arena_error(arena, err);
    for (size_t i = 0; i < row->n_paths; i++) {
        const struct settings_path *from = &row->paths[i];

        paths[i] = (struct https_path){ .path = from->title,
                                        .tenant = from->tenant,
                                        .is_secret = from->secret_file };
        if (from->secret_file &&
            config_file_read_secret(from->secret_file, arena, &paths[i].path,
                                    err))
            return -1;
    }
    row->options.paths = paths;
    row->options.n_paths = row->n_paths;
    return https_server_check(&row->options, err);
}

static const struct config_section https = {
    .name = "https",
    .keys = https_keys,
    .sections = https_sections,
    .offset = offsetof(struct settings, https),
    .count_offset = offsetof(struct settings, n_https),
    .item_bytes = sizeof(struct settings_https),
    .init = init_https,
    .finish = finish_https
};

/* ---- Mailboxes ----------------------------------------------------------- */

static const char *const mailbox_words[] = { "leave", "flag", "move", "delete",
                                             NULL };

#define MAILBOX(member) offsetof(struct mailbox_options, member)

static const struct config_key mailbox_keys[] = {
    { .name = "url",
      .kind = CONFIG_TEXT,
      .offset = MAILBOX(url),
      .is_required = true,
      .unique = "url" },
    { .name = "password_file",
      .kind = CONFIG_SECRET,
      .offset = MAILBOX(password_file) },
    { .name = "token_command",
      .kind = CONFIG_TEXT,
      NAMES(struct mailbox_options, token_command) },
    { .name = "ca_file", .kind = CONFIG_PATH, .offset = MAILBOX(ca_file) },
    { .name = "plain", .kind = CONFIG_FLAG, .offset = MAILBOX(is_plain) },
    { .name = "after",
      .kind = CONFIG_WORD,
      .offset = MAILBOX(after),
      .words = mailbox_words },
    { .name = "folder", .kind = CONFIG_TEXT, .offset = MAILBOX(folder) },
    { .name = "keyword", .kind = CONFIG_TEXT, .offset = MAILBOX(keyword) },
    { .name = "interval",
      .kind = CONFIG_DURATION,
      .offset = MAILBOX(interval_s),
      .min = 1,
      .max = DAY_S },
    { .name = "max_size",
      .kind = CONFIG_SIZE,
      .offset = MAILBOX(max_bytes),
      .min = 64 * 1024,
      .max = 256 * MIB },
    { .name = "proof",
      .kind = CONFIG_WORD,
      .offset = MAILBOX(rule),
      .words = rule_words },
    { .name = "tenant", .kind = CONFIG_TENANT, .offset = MAILBOX(tenant) },
    { .name = "recipient_from",
      .kind = CONFIG_WORD,
      .offset = MAILBOX(recipient_from),
      .words = recipient_words },
    { .name = "destination",
      .kind = CONFIG_MAIL_URI,
      .offset = MAILBOX(destination) },
    { 0 }
};

static void init_mailbox(void *item)
{
    struct mailbox_options *row = item;

    row->rule = INTAKE_REQUIRE;
    row->recipient_from = RECIPIENT_HEADER;
    row->interval_s = SERVICE_MAILBOX_INTERVAL_S;
    row->max_bytes = SERVICE_MAILBOX_MAIL_BYTES;
}

static int finish_mailbox(void *item, struct arena *arena, struct err *err)
{
    (void)arena;
    return mailbox_check(item, err);
}

static const struct config_section mailbox = {
    .name = "mailbox",
    .keys = mailbox_keys,
    .offset = offsetof(struct settings, mailboxes),
    .count_offset = offsetof(struct settings, n_mailboxes),
    .item_bytes = sizeof(struct mailbox_options),
    .title_offset = MAILBOX(name),
    .init = init_mailbox,
    .finish = finish_mailbox
};

/* ---- Folders ------------------------------------------------------------- */

/* In the order of enum folder_kind. */
static const char *const kind_words[] = { "maildir", "drop", "mbox", NULL };
static const char *const after_words[] = { "leave", "move", "delete", NULL };
static const unsigned after_values[] = { FOLDER_LEAVE, FOLDER_MOVE,
                                         FOLDER_DELETE };

/* Stands for a rule that the file does not name. */
enum { RULE_BY_KIND = INTAKE_REQUIRE + 1 };

#define FOLDER(member) offsetof(struct folder_options, member)

static const struct config_key folder_keys[] = {
    { .name = "kind",
      .kind = CONFIG_WORD,
      .offset = FOLDER(kind),
      .is_required = true,
      .words = kind_words },
    { .name = "path",
      .kind = CONFIG_PATH,
      .offset = FOLDER(path),
      .is_required = true,
      .unique = "folder" },
    { .name = "after",
      .kind = CONFIG_WORD,
      .offset = FOLDER(after),
      .words = after_words,
      .values = after_values },
    { .name = "interval",
      .kind = CONFIG_SECONDS,
      .offset = FOLDER(interval_s),
      .min = 1,
      .max = DAY_S },
    { .name = "settle",
      .kind = CONFIG_SECONDS,
      .offset = FOLDER(settle_s),
      .min = 1,
      .max = DAY_S },
    { .name = "max_size",
      .kind = CONFIG_SIZE,
      .offset = FOLDER(max_bytes),
      .min = 64 * 1024,
      .max = 256 * MIB },
    { .name = "proof",
      .kind = CONFIG_WORD,
      .offset = FOLDER(origin.rule),
      .words = rule_words },
    { .name = "tenant",
      .kind = CONFIG_TENANT,
      .offset = FOLDER(origin.tenant) },
    { .name = "recipient_from",
      .kind = CONFIG_WORD,
      .offset = FOLDER(recipient_from),
      .words = recipient_words },
    { .name = "destination",
      .kind = CONFIG_MAIL_URI,
      .offset = FOLDER(origin.destination) },
    { 0 }
};

static void init_folder(void *item)
{
    struct folder_options *row = item;

    row->recipient_from = RECIPIENT_HEADER;
    row->interval_s = MINUTE_S;
    row->settle_s = 10;
    row->max_bytes = 32 * MIB;
    row->origin =
        (struct intake_origin){ .source = "",
                                .tenant = "",
                                .destination = "",
                                .way = INTAKE_WAY_MAIL,
                                .rule = (enum intake_rule)RULE_BY_KIND,
                                .is_live = true };
}

/* What is dropped as a file has no signature to be proven by. */
static int finish_folder(void *item, struct arena *arena, struct err *err)
{
    struct folder_options *row = item;

    (void)arena;
    if (row->kind == FOLDER_DROP)
        row->origin.way = INTAKE_WAY_FILE;
    if (row->origin.rule == (enum intake_rule)RULE_BY_KIND)
        row->origin.rule =
            row->kind == FOLDER_DROP ? INTAKE_MARK : INTAKE_REQUIRE;
    if (row->kind == FOLDER_MBOX && row->after != FOLDER_AFTER_DEFAULT &&
        row->after != FOLDER_LEAVE)
        return err_set(err, ERR_USAGE,
                       "an mbox is always left as it is; drop the line with "
                       "after");
    return 0;
}

static const struct config_section folder = {
    .name = "folder",
    .keys = folder_keys,
    .offset = offsetof(struct settings, folders),
    .count_offset = offsetof(struct settings, n_folders),
    .item_bytes = sizeof(struct folder_options),
    .title_offset = FOLDER(name),
    .init = init_folder,
    .finish = finish_folder
};

/* ---- Collecting ---------------------------------------------------------- */

#define COLLECT(member) offsetof(struct collector_settings, member)

static const struct config_key collect_keys[] = {
    { .name = "socket", .kind = CONFIG_PATH, .offset = COLLECT(socket) },
    { .name = "user", .kind = CONFIG_TEXT, .offset = COLLECT(user) },
    { .name = "group", .kind = CONFIG_TEXT, .offset = COLLECT(group) },
    { .name = "mode", .kind = CONFIG_TEXT, .offset = COLLECT(mode) },
    { .name = "tally", .kind = CONFIG_STORE, .offset = COLLECT(tally_url) },
    { .name = "samples", .kind = CONFIG_PATH, .offset = COLLECT(samples) },
    { .name = "metrics", .kind = CONFIG_PATH, .offset = COLLECT(metrics) },
    { .name = "addresses",
      .kind = CONFIG_TEXT,
      NAMES(struct collector_settings, addresses) },
    { .name = "keep_result_types",
      .kind = CONFIG_FLAG,
      .offset = COLLECT(is_reason_ignored) },
    { .name = "rows",
      .kind = CONFIG_COUNT,
      .offset = COLLECT(rows),
      .min = 10,
      .max = 1000000 },
    { .name = "keep",
      .kind = CONFIG_DURATION,
      .offset = COLLECT(keep_s),
      .min = 2 * DAY_S,
      .max = SETTINGS_FOREVER },
    { 0 }
};

static int finish_collect(void *item, struct arena *arena, struct err *err)
{
    return collector_check(item, arena, NULL, err);
}

static const struct config_section collect = { .name = "collect",
                                               .keys = collect_keys,
                                               .offset = offsetof(
                                                   struct settings, collect),
                                               .finish = finish_collect };

/* ---- The rest ------------------------------------------------------------ */

static const struct config_key resolver_keys[] = {
    { .name = "forward",
      .kind = CONFIG_TEXT,
      NAMES(struct settings_resolver, forward) },
    { .name = "anchor",
      .kind = CONFIG_PATH,
      .offset = offsetof(struct settings_resolver, anchor) },
    { 0 }
};

static const struct config_section resolver = {
    .name = "resolver",
    .keys = resolver_keys,
    .offset = offsetof(struct settings, resolver)
};

#define RETENTION(key, member)                                                 \
    {                                                                          \
        .name = (key), .kind = CONFIG_DURATION,                                \
        .offset = offsetof(struct settings_retention, member), .min = DAY_S,   \
        .max = SETTINGS_FOREVER                                                \
    }

static const struct config_key retention_keys[] = { RETENTION("raw", raw_s),
                                                    RETENTION("facts", facts_s),
                                                    RETENTION("quarantine",
                                                              quarantine_s),
                                                    { 0 } };

static const struct config_section retention = {
    .name = "retention",
    .keys = retention_keys,
    .offset = offsetof(struct settings, retention)
};

#define QUOTA(key, member)                                                     \
    {                                                                          \
        .name = (key), .kind = CONFIG_SIZE,                                    \
        .offset = offsetof(struct settings_quota, member), .min = MIB,         \
        .max = TIB                                                             \
    }

static const struct config_key quota_keys[] = {
    QUOTA("unproven", unproven_bytes),
    QUOTA("unclaimed", unclaimed_bytes),
    QUOTA("quarantine", quarantine_bytes),
    QUOTA("source", source_bytes),
    { 0 }
};

static const struct config_section quota = { .name = "quota",
                                             .keys = quota_keys,
                                             .offset = offsetof(struct settings,
                                                                quota) };

static const char *const level_words[] = { "error", "warning", "notice",
                                           "info",  "debug",   NULL };
static const unsigned level_values[] = { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING,
                                         LOG_LEVEL_NOTICE, LOG_LEVEL_INFO,
                                         LOG_LEVEL_DEBUG };

/* In the order of enum log_format. */
static const char *const log_format_words[] = { "logfmt", "json", NULL };

static const struct config_key log_keys[] = {
    { .name = "level",
      .kind = CONFIG_WORD,
      .offset = offsetof(struct settings_log, level),
      .words = level_words,
      .values = level_values },
    { .name = "format",
      .kind = CONFIG_WORD,
      .offset = offsetof(struct settings_log, format),
      .words = log_format_words },
    { 0 }
};

static const struct config_section log_section = {
    .name = "log", .keys = log_keys, .offset = offsetof(struct settings, log)
};

static const struct config_key root_keys[] = {
    { .name = "store",
      .kind = CONFIG_STORE,
      .offset = offsetof(struct settings, store_url) },
    { .name = "listen",
      .kind = CONFIG_LOOPBACK,
      .offset = offsetof(struct settings, listen),
      .unique = "listen" },
    { .name = "domains",
      .kind = CONFIG_DOMAIN,
      NAMES(struct settings, domains),
      .unique = "domain" },
    { .name = "reserve",
      .kind = CONFIG_SIZE,
      .offset = offsetof(struct settings, reserve_bytes),
      .max = TIB },
    { 0 }
};

static const struct config_section *const root_sections[] = {
    &tenant,   &lmtp,      &https, &mailbox,     &folder,        &collect,
    &resolver, &retention, &quota, &log_section, &config_report, NULL
};

const struct config_section config_root = { .keys = root_keys,
                                            .sections = root_sections };
