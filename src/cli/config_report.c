/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/config_schema.h"

#include <string.h>

#include "fetch/limits.h"
#include "service/settings.h"

enum { DAY_S = 86400 };

/* The two offsets of a list that is a struct outgoing_texts. */
#define TEXTS(type, member)                                                    \
    .offset = offsetof(type, member) + offsetof(struct outgoing_texts, items), \
    .is_list = true,                                                           \
    .count_offset =                                                            \
        offsetof(type, member) + offsetof(struct outgoing_texts, n_items)

/* Keys of who reports: those of the section itself and of an identity. */
#define IDENTITY(type, at)                                                     \
    { .name = "organization",                                                  \
      .kind = CONFIG_TEXT,                                                     \
      .offset = offsetof(type, at organization_name),                          \
      .is_required = true },                                                   \
        { .name = "contact",                                                   \
          .kind = CONFIG_TEXT,                                                 \
          .offset = offsetof(type, at contact_info),                           \
          .is_required = true },                                               \
        { .name = "sender",                                                    \
          .kind = CONFIG_TEXT,                                                 \
          .offset = offsetof(type, at sender) },                               \
        { .name = "sender_name",                                               \
          .kind = CONFIG_TEXT,                                                 \
          .offset = offsetof(type, at sender_name) },                          \
        { .name = "tallies",                                                   \
          .kind = CONFIG_STORE,                                                \
          TEXTS(type, at tallies),                                             \
          .unique = "tally" },                                                 \
        { .name = "dkim_domain",                                               \
          .kind = CONFIG_HOST,                                                 \
          .offset = offsetof(type, at dkim_domain) },                          \
        { .name = "dkim_selector",                                             \
          .kind = CONFIG_TEXT,                                                 \
          .offset = offsetof(type, at dkim_selector) },                        \
        { .name = "dkim_key",                                                  \
          .kind = CONFIG_SECRET,                                               \
          .offset = offsetof(type, at dkim_key_file) },                        \
        { .name = "dkim_second_selector",                                      \
          .kind = CONFIG_TEXT,                                                 \
          .offset = offsetof(type, at dkim_second_selector) },                 \
        { .name = "dkim_second_key",                                           \
          .kind = CONFIG_SECRET,                                               \
          .offset = offsetof(type, at dkim_second_key_file) },                 \
        { .name = "signed_by_relay",                                           \
          .kind = CONFIG_FLAG,                                                 \
          .offset = offsetof(type, at is_signed_by_relay) },                   \
    {                                                                          \
        .name = "mails_elsewhere", .kind = CONFIG_FLAG,                        \
        .offset = offsetof(type, at has_mails_elsewhere)                       \
    }

static const struct config_key identity_keys[] = {
    IDENTITY(struct outgoing_identity, ), { 0 }
};

static const struct config_section identity = {
    .name = "identity",
    .keys = identity_keys,
    .offset = offsetof(struct settings_report, others),
    .count_offset = offsetof(struct settings_report, n_others),
    .item_bytes = sizeof(struct outgoing_identity),
    .title_offset = offsetof(struct outgoing_identity, name)
};

static const struct config_key source_keys[] = {
    { .name = "command",
      .kind = CONFIG_TEXT,
      TEXTS(struct outgoing_source, command) },
    { .name = "database",
      .kind = CONFIG_PATH,
      .offset = offsetof(struct outgoing_source, database) },
    { .name = "tally",
      .kind = CONFIG_STORE,
      .offset = offsetof(struct outgoing_source, tally),
      .unique = "tally" },
    { .name = "identity",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct outgoing_source, identity) },
    { .name = "since",
      .kind = CONFIG_TEXT,
      .offset = offsetof(struct outgoing_source, since) },
    { .name = "domains_a_call",
      .kind = CONFIG_COUNT,
      .offset = offsetof(struct outgoing_source, n_domains),
      .min = 1,
      .max = FETCH_DOMAINS_A_CALL },
    { .name = "timeout",
      .kind = CONFIG_DURATION,
      .offset = offsetof(struct outgoing_source, time_s),
      .min = 1,
      .max = 3600 },
    { 0 }
};

static const struct config_section source = {
    .name = "source",
    .keys = source_keys,
    .offset = offsetof(struct settings_report, options.sources),
    .count_offset = offsetof(struct settings_report, options.n_sources),
    .item_bytes = sizeof(struct outgoing_source),
    .title_offset = offsetof(struct outgoing_source, name)
};

/* In the order of enum outgoing_action. */
static const char *const action_words[] = { "accept", "discard", "replace",
                                            "append", NULL };

static const struct config_key rule_keys[] = {
    { .name = "domains",
      .kind = CONFIG_DOMAINS,
      TEXTS(struct outgoing_rule, domains) },
    { .name = "destinations",
      .kind = CONFIG_TARGETS,
      TEXTS(struct outgoing_rule, destinations) },
    { .name = "action",
      .kind = CONFIG_WORD,
      .offset = offsetof(struct outgoing_rule, action),
      .is_required = true,
      .words = action_words },
    { .name = "uris", .kind = CONFIG_TEXT, TEXTS(struct outgoing_rule, uris) },
    { 0 }
};

static const struct config_section rule = {
    .name = "rule",
    .keys = rule_keys,
    .offset = offsetof(struct settings_report, options.rules),
    .count_offset = offsetof(struct settings_report, options.n_rules),
    .item_bytes = sizeof(struct outgoing_rule),
    .title_offset = offsetof(struct outgoing_rule, name)
};

#define REPORT(member) offsetof(struct settings_report, options.member)

static const struct config_key report_keys[] = {
    IDENTITY(struct settings_report, own.),
    { .name = "outbox", .kind = CONFIG_STORE, .offset = REPORT(outbox_url) },
    { .name = "relay", .kind = CONFIG_TEXT, .offset = REPORT(relay.url) },
    { .name = "relay_user", .kind = CONFIG_TEXT, .offset = REPORT(relay.user) },
    { .name = "relay_password_file",
      .kind = CONFIG_SECRET,
      .offset = REPORT(relay.password_file) },
    { .name = "relay_ca_file",
      .kind = CONFIG_PATH,
      .offset = REPORT(relay.ca_file) },
    { .name = "relay_plain",
      .kind = CONFIG_FLAG,
      .offset = REPORT(relay.is_plain) },
    { .name = "sendmail",
      .kind = CONFIG_TEXT,
      TEXTS(struct settings_report, options.relay.sendmail) },
    { .name = "https_ca_file",
      .kind = CONFIG_PATH,
      .offset = REPORT(https_ca_file) },
    { .name = "https_strict",
      .kind = CONFIG_FLAG,
      .offset = REPORT(requires_certificate) },
    { .name = "copies",
      .kind = CONFIG_TEXT,
      TEXTS(struct settings_report, options.copies) },
    { .name = "failures_only",
      .kind = CONFIG_FLAG,
      .offset = REPORT(is_failures_only) },
    { .name = "check_again",
      .kind = CONFIG_FLAG,
      .offset = REPORT(is_checked_again) },
    { .name = "allow_private",
      .kind = CONFIG_FLAG,
      .offset = REPORT(allows_private) },
    { .name = "spread",
      .kind = CONFIG_DURATION,
      .offset = REPORT(spread_s),
      .max = DAY_S },
    { .name = "retry",
      .kind = CONFIG_DURATION,
      .offset = REPORT(retry_s),
      .max = 2 * DAY_S },
    { .name = "attempt",
      .kind = CONFIG_DURATION,
      .offset = REPORT(attempt_s),
      .max = 3600 },
    { .name = "sessions_per_mail",
      .kind = CONFIG_COUNT,
      .offset = REPORT(sessions_per_mail),
      .min = 1,
      .max = 100 },
    { .name = "max_a_minute",
      .kind = CONFIG_COUNT,
      .offset = REPORT(max_a_minute),
      .max = 100000 },
    { .name = "keep",
      .kind = CONFIG_DURATION,
      .offset = REPORT(keep_s),
      .min = 2 * DAY_S,
      .max = SETTINGS_FOREVER },
    { .name = "patience",
      .kind = CONFIG_DURATION,
      .offset = REPORT(patience_s),
      .min = 60,
      .max = DAY_S / 2 },
    { .name = "lookback_days",
      .kind = CONFIG_COUNT,
      .offset = REPORT(lookback_days),
      .max = 366 },
    { 0 }
};

static const struct config_section *const report_sections[] = { &identity,
                                                                &rule, &source,
                                                                NULL };

/* The first day of each source. */
static int read_days(struct outgoing_settings *options, struct err *err)
{
    for (size_t i = 0; i < options->n_sources; i++) {
        struct outgoing_source *item = &options->sources[i];

        if (item->since && utc_day_parse(slice_of(item->since), &item->first))
            return err_set(err, ERR_USAGE,
                           "source \"%.64s\": since is no day; write"
                           " 2026-10-01",
                           item->name);
    }
    return 0;
}

/* Patterns are compared with names in lower case. */
static int finish_report(void *item, struct arena *arena, struct err *err)
{
    struct settings_report *row = item;
    struct outgoing_settings *options = &row->options;
    const size_t n = row->n_others + 1;
    struct outgoing_identity *identities =
        arena_calloc(arena, n, sizeof(*identities));

    if (!identities)
        return arena_error(arena, err);
    identities[0] = row->own;
    if (row->n_others)
        memcpy(identities + 1, row->others,
               row->n_others * sizeof(*identities));
    options->identities = identities;
    options->n_identities = n;
    for (size_t i = 1; i < n; i++) {
        if (identities[i].tallies.n_items == 0)
            return err_set(err, ERR_USAGE,
                           "identity \"%.64s\" has no tallies of its own to"
                           " report about",
                           identities[i].name);
    }
    if (read_days(options, err))
        return -1;
    return outgoing_settings_check(options, err);
}

/* The records of others name mail addresses, mostly. */
static const char *doubt_report(const void *item)
{
    const struct settings_report *row = item;
    const struct outgoing_relay *relay = &row->options.relay;

    if (relay->url || relay->sendmail.n_items)
        return NULL;
    return "neither relay nor sendmail is set, so that no report goes out by"
           " mail";
}

const struct config_section config_report = { .name = "report",
                                              .keys = report_keys,
                                              .sections = report_sections,
                                              .offset = offsetof(
                                                  struct settings, report),
                                              .finish = finish_report,
                                              .doubt = doubt_report };
