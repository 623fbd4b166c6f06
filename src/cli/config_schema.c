/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/config_schema.h"

#include "service/limits.h"
#include "service/settings.h"

enum { MINUTE_S = 60, DAY_S = 86400 };

#define MIB INT64_C(1048576)
#define TIB INT64_C(1099511627776)

static const struct config_key tenant_keys[] = {
    { .name = "domains",
      .kind = CONFIG_DOMAIN,
      .offset = offsetof(struct settings_tenant, domains),
      .is_list = true,
      .unique = "domain" },
    { .name = "recipients",
      .kind = CONFIG_RECIPIENT,
      .offset = offsetof(struct settings_tenant, recipients),
      .is_list = true,
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

/* In the order of enum settings_rule. */
static const char *const rule_words[] = { "require", "mark", NULL };

static const struct config_key lmtp_keys[] = {
    { .name = "listen",
      .kind = CONFIG_LISTEN,
      .offset = offsetof(struct settings_lmtp, listen),
      .is_required = true,
      .unique = "listen" },
    { .name = "dkim",
      .kind = CONFIG_WORD,
      .offset = offsetof(struct settings_lmtp, rule),
      .words = rule_words },
    { .name = "tenant",
      .kind = CONFIG_TENANT,
      .offset = offsetof(struct settings_lmtp, tenant) },
    { .name = "recipients",
      .kind = CONFIG_RECIPIENT,
      .offset = offsetof(struct settings_lmtp, recipients),
      .is_list = true },
    { .name = "destination",
      .kind = CONFIG_MAIL_URI,
      .offset = offsetof(struct settings_lmtp, destination) },
    { 0 }
};

static const struct config_section lmtp = {
    .name = "lmtp",
    .keys = lmtp_keys,
    .offset = offsetof(struct settings, lmtp),
    .count_offset = offsetof(struct settings, n_lmtp),
    .item_bytes = sizeof(struct settings_lmtp)
};

static void init_mailbox(void *item)
{
    struct mailbox_options *mailbox = item;

    mailbox->rule = INTAKE_REQUIRE;
    mailbox->interval_s = SERVICE_MAILBOX_INTERVAL_S;
    mailbox->max_bytes = SERVICE_MAILBOX_MAIL_BYTES;
}

static int check_mailbox(const void *item, struct err *err)
{
    return mailbox_check(item, err);
}

static const unsigned intake_rules[] = { INTAKE_REQUIRE, INTAKE_MARK };

/* In the order of enum mailbox_after. */
static const char *const after_words[] = { "leave", "flag", "move", "delete",
                                           NULL };

#define MAILBOX(key, type, member)                                             \
    .name = key, .kind = type,                                                 \
    .offset = offsetof(struct mailbox_options, member)

static const struct config_key mailbox_keys[] = {
    { MAILBOX("url", CONFIG_TEXT, url), .is_required = true,
      .unique = "mailbox" },
    { MAILBOX("password-file", CONFIG_SECRET, password_file) },
    { MAILBOX("token-command", CONFIG_TEXT, token_command), .is_list = true },
    { MAILBOX("ca-file", CONFIG_PATH, ca_file) },
    { MAILBOX("plain", CONFIG_FLAG, is_plain) },
    { MAILBOX("after", CONFIG_WORD, after), .words = after_words },
    { MAILBOX("folder", CONFIG_TEXT, folder) },
    { MAILBOX("keyword", CONFIG_TEXT, keyword) },
    { MAILBOX("interval", CONFIG_DURATION, interval_s), .min = 1,
      .max = 7 * DAY_S },
    { MAILBOX("size", CONFIG_SIZE, max_bytes), .min = 1024, .max = 64 * MIB },
    { MAILBOX("dkim", CONFIG_WORD, rule), .words = rule_words,
      .values = intake_rules },
    { MAILBOX("tenant", CONFIG_TENANT, tenant) },
    { MAILBOX("destination", CONFIG_MAIL_URI, destination) },
    { 0 }
};

static const struct config_section mailbox = {
    .name = "mailbox",
    .keys = mailbox_keys,
    .offset = offsetof(struct settings, mailboxes),
    .count_offset = offsetof(struct settings, n_mailboxes),
    .item_bytes = sizeof(struct mailbox_options),
    .init = init_mailbox,
    .check = check_mailbox
};

static const struct config_key resolver_keys[] = {
    { .name = "forward",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct settings_resolver, forward),
      .is_list = true },
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
        .name = key, .kind = CONFIG_DURATION,                                  \
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
        .name = key, .kind = CONFIG_SIZE,                                      \
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

static const struct config_key log_keys[] = { { .name = "level",
                                                .kind = CONFIG_WORD,
                                                .offset = offsetof(
                                                    struct settings_log, level),
                                                .words = level_words,
                                                .values = level_values },
                                              { 0 } };

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
      .offset = offsetof(struct settings, domains),
      .is_list = true,
      .unique = "domain" },
    { .name = "reserve",
      .kind = CONFIG_SIZE,
      .offset = offsetof(struct settings, reserve_bytes),
      .max = TIB },
    { 0 }
};

static const struct config_section *const root_sections[] = {
    &tenant, &lmtp, &mailbox, &resolver, &retention, &quota, &log_section, NULL
};

const struct config_section config_root = { .keys = root_keys,
                                            .sections = root_sections };
