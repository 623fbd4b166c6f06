/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/settings.h"

#include <string.h>

#include "base/arena.h"
#include "base/domain.h"
#include "base/utc.h"
#include "outgoing/limits.h"
#include "outgoing/target.h"
#include "record/organisation.h"

enum { SCRATCH_BYTES = 64 * 1024, ADDRESS_BYTES = 254 };

void outgoing_settings_init(struct outgoing_settings *settings)
{
    *settings = (struct outgoing_settings){
        .spread_s = OUTGOING_SPREAD_S,
        .retry_s = OUTGOING_RETRY_S,
        .sessions_per_mail = OUTGOING_SESSIONS_PER_MAIL,
        .max_a_minute = OUTGOING_MAX_A_MINUTE,
        .keep_s = (int64_t)OUTGOING_KEEP_DAYS * UTC_DAY_SECONDS,
        .patience_s = OUTGOING_PATIENCE_S,
        .lookback_days = OUTGOING_LOOKBACK_DAYS,
    };
}

const char *outgoing_identity_submitter(
    const struct outgoing_identity *identity)
{
    const char *at =
        identity->contact_info ? strrchr(identity->contact_info, '@') : NULL;

    return at ? at + 1 : "";
}

const struct outgoing_identity *outgoing_identity_find(
    const struct outgoing_settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->n_identities; i++) {
        if (strcmp(settings->identities[i].name, name) == 0)
            return &settings->identities[i];
    }
    return NULL;
}

/* ---- Checking ------------------------------------------------------------ */

static bool is_local_part(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] <= ' ' || (unsigned char)text[i] >= 0x7f ||
            strchr("<>()[]:;,\\\"", text[i]))
            return false;
    }
    return len > 0 && len <= 64;
}

/* A bare address with a domain as it stands in names: R-REP-10. */
static int check_address(const char *what, const char *address, struct err *err)
{
    const char *at = address ? strrchr(address, '@') : NULL;

    if (!address || !*address)
        return err_set(err, ERR_USAGE, "%s is missing", what);
    if (!at || strlen(address) > ADDRESS_BYTES ||
        !is_local_part(address, (size_t)(at - address)) ||
        !domain_is_plain(slice_of(at + 1)) || !strchr(at, '.'))
        return err_set(err, ERR_USAGE,
                       "%s \"%.100s\" is no bare mail address; write it as"
                       " tls-reports@mta.example.org, the domain in lower case"
                       " A-labels",
                       what, address);
    return 0;
}

/* DMARC of the receiver wants the domain of From and d= to belong together. */
static int check_aligned(const char *what, const char *domain,
                         const char *submitter, struct err *err)
{
    enum organisation_alignment alignment = ORGANISATION_APART;
    struct arena arena;
    int status;

    arena_init(&arena, SCRATCH_BYTES);
    status = organisation_compare(&arena, slice_of(domain), slice_of(submitter),
                                  &alignment, err);
    arena_deinit(&arena);
    if (status)
        return -1;
    if (alignment != ORGANISATION_APART)
        return 0;
    return err_set(err, ERR_USAGE,
                   "%s \"%.100s\" and the domain of contact_info, \"%.100s\","
                   " belong to different organisations; receivers would not"
                   " believe the reports",
                   what, domain, submitter);
}

static int check_signing(const struct outgoing_identity *identity,
                         struct err *err)
{
    const bool has_key = identity->dkim_selector && identity->dkim_key_file;
    const bool has_second =
        identity->dkim_second_selector || identity->dkim_second_key_file;

    if (has_second && (!has_key || !identity->dkim_second_selector ||
                       !identity->dkim_second_key_file))
        return err_set(err, ERR_USAGE,
                       "dkim_second_selector and dkim_second_key go together,"
                       " beside dkim_selector and dkim_key");
    if (identity->is_signed_by_relay && !identity->dkim_selector &&
        !identity->dkim_key_file)
        return 0;
    if (identity->is_signed_by_relay)
        return err_set(err, ERR_USAGE,
                       "either the relay signs or a key of ours; drop"
                       " signed_by_relay or the lines of dkim");
    if (!has_key)
        return err_set(err, ERR_USAGE,
                       "reports must be signed (RFC 8460 section 3): give"
                       " dkim_selector and dkim_key, or say signed_by_relay ="
                       " yes where the relay does it");
    return 0;
}

int outgoing_identity_check(const struct outgoing_identity *identity,
                            struct err *err)
{
    const char *sender = outgoing_identity_sender(identity);

    if (!identity->organization_name || !*identity->organization_name)
        return err_set(err, ERR_USAGE, "organization is missing");
    if (check_address("contact", identity->contact_info, err) ||
        check_address("sender", sender, err) || check_signing(identity, err) ||
        check_aligned("the domain of sender", strrchr(sender, '@') + 1,
                      outgoing_identity_submitter(identity), err))
        return -1;
    if (!identity->dkim_domain)
        return 0;
    return check_aligned("dkim_domain", identity->dkim_domain,
                         outgoing_identity_submitter(identity), err);
}

static int check_uris(const char *what, const struct outgoing_texts *uris,
                      struct err *err)
{
    struct outgoing_target target;
    struct arena arena;
    int status = 0;

    arena_init(&arena, SCRATCH_BYTES);
    for (size_t i = 0; status == 0 && i < uris->n_items; i++)
        status = outgoing_target_read(&arena, slice_of(uris->items[i]), &target,
                                      err);
    arena_deinit(&arena);
    return status ? err_prefix(err, "%s", what) : 0;
}

static int check_rule(const struct outgoing_rule *rule, struct err *err)
{
    const bool has_uris = rule->uris.n_items > 0;
    const bool wants_uris =
        rule->action == OUTGOING_REPLACE || rule->action == OUTGOING_APPEND;

    if ((rule->domains.n_items > 0) == (rule->destinations.n_items > 0))
        return err_set(err, ERR_USAGE,
                       "rule %s: give either domains or destinations",
                       rule->name);
    if (has_uris != wants_uris)
        return err_set(err, ERR_USAGE, "rule %s: uris %s", rule->name,
                       has_uris ? "go with replace and append alone"
                                : "are missing");
    return check_uris(rule->name, &rule->uris, err);
}

static int check_source(const struct outgoing_settings *settings,
                        const struct outgoing_source *source, struct err *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

    if (!*source->name || *source->name == '.' ||
        source->name[strspn(source->name, letters)])
        return err_set(err, ERR_USAGE,
                       "source %.64s: a name is of letters, digits, \"-\","
                       " \"_\" and \".\"",
                       source->name);
    if ((source->command.n_items > 0) == (source->database != NULL))
        return err_set(err, ERR_USAGE,
                       "source %.64s: give either a command or a database",
                       source->name);
    if (source->command.n_items > OUTGOING_COMMAND_WORDS)
        return err_set(err, ERR_USAGE, "source %.64s: more than %d words",
                       source->name, OUTGOING_COMMAND_WORDS);
    if (!outgoing_identity_find(settings,
                                source->identity ? source->identity : ""))
        return err_set(err, ERR_USAGE,
                       "source %.64s: there is no identity \"%.64s\"",
                       source->name, source->identity);
    return 0;
}

/* Whether a relay is on this machine, so that nobody reads what it is told. */
static bool is_on_this_machine(const char *url)
{
    const char *host = strstr(url, "://");
    size_t len;

    host = host ? host + 3 : url;
    if (strncmp(host, "[::1]", 5) == 0)
        return true;
    len = strcspn(host, ":/");
    if (strncmp(host, "127.", 4) == 0)
        return strspn(host, "0123456789.") == len;
    return len == 9 && strncmp(host, "localhost", len) == 0;
}

static int check_relay(const struct outgoing_relay *relay, struct err *err)
{
    if (relay->url && relay->sendmail.n_items)
        return err_set(err, ERR_USAGE,
                       "either a relay or a sendmail command; drop one");
    if (relay->url && relay->user && relay->is_plain &&
        !is_on_this_machine(relay->url))
        return err_set(err, ERR_USAGE,
                       "relay_plain would send the password of relay_user in"
                       " the clear to %.100s; drop relay_plain",
                       relay->url);
    return 0;
}

int outgoing_settings_check(const struct outgoing_settings *settings,
                            struct err *err)
{
    if (settings->n_identities == 0)
        return err_set(err, ERR_USAGE,
                       "nobody to report as: organization and"
                       " contact are missing");
    for (size_t i = 0; i < settings->n_identities; i++) {
        const struct outgoing_identity *identity = &settings->identities[i];

        if (outgoing_identity_check(identity, err))
            return *identity->name
                       ? err_prefix(err, "tenant %s", identity->name)
                       : -1;
    }
    for (size_t i = 0; i < settings->n_rules; i++) {
        if (check_rule(&settings->rules[i], err))
            return -1;
    }
    for (size_t i = 0; i < settings->n_sources; i++) {
        if (check_source(settings, &settings->sources[i], err))
            return -1;
    }
    return check_relay(&settings->relay, err)
               ? -1
               : check_uris("copies", &settings->copies, err);
}
