/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Settings of sending: who we are, what goes out, to whom, when and how.
 *
 * Plain values. Whoever starts the reporter fills them, from the section
 * `report` of the configuration; nothing here reads text or asks for files.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/utc.h"

/* Texts; NULL and 0 where there are none. */
struct outgoing_texts {
    const char **items;
    size_t n_items;
};

/* Who reports: the default one, or a tenant with collectors of its own. */
struct outgoing_identity {
    const char *name;              /* "" = the default one */
    const char *organization_name; /* as the report says */
    const char *contact_info; /* bare address; its domain is the submitter */
    const char *sender;       /* envelope and From; NULL: contact_info */
    const char *sender_name;  /* shown before it; NULL: organization_name */
    struct outgoing_texts tallies; /* URLs of the sums it reports about */
    /* DKIM: all three, or the relay signs. */
    const char *dkim_domain;   /* d=; NULL: the submitter */
    const char *dkim_selector; /* s= */
    const char *dkim_key_file; /* PEM: RSA or Ed25519 */
    /* A second signature, of the other algorithm: both or neither. */
    const char *dkim_second_selector;
    const char *dkim_second_key_file;
    bool is_signed_by_relay;  /* as stated; a self-test mail proves it */
    bool has_mails_elsewhere; /* the sessions of our report mails stand in none
                                  of its tallies, so none of them is an echo */
};

/* What a rule does with the destinations of a report. */
enum outgoing_action {
    OUTGOING_ACCEPT,  /* take them as they are; no later rule is asked */
    OUTGOING_DISCARD, /* nothing goes out */
    OUTGOING_REPLACE, /* the rule's own in their place */
    OUTGOING_APPEND,  /* the rule's own beside them */
    OUTGOING_ACTION_COUNT
};

/*
 * A rule. Of those with domains the first that matches the domain of a report
 * decides about all its destinations; of those with destinations the first that
 * matches decides about each one that is left. Patterns as in outgoing/match.h.
 */
struct outgoing_rule {
    const char *name;
    struct outgoing_texts domains;      /* of reports; or */
    struct outgoing_texts destinations; /* what records name */
    enum outgoing_action action;
    struct outgoing_texts uris; /* mailto:, https: or directory:/path */
};

/* How mail leaves: by SMTP to a relay, or through a command. */
struct outgoing_relay {
    const char *url;  /* smtp://host:port or smtps://host; NULL: none */
    const char *user; /* submission; NULL: no authentication */
    const char *password_file;      /* of one line */
    const char *ca_file;            /* instead of the system's; or NULL */
    bool is_plain;                  /* without TLS: loopback and tests alone */
    struct outgoing_texts sendmail; /* argv of a command, no shell; url NULL */
};

struct outgoing_settings {
    const char *outbox_url;               /* "sqlite:PATH" */
    struct outgoing_identity *identities; /* [0] is the default one */
    size_t n_identities;
    bool is_part; /* not all that is configured: no day is closed by these */
    struct outgoing_rule *rules; /* in the order of the configuration */
    size_t n_rules;
    struct outgoing_texts copies; /* blind copies: mailto: or directory: URIs */
    bool is_failures_only;        /* no report for a day without failures */
    bool is_checked_again; /* the record is asked for again before delivery */
    bool allows_private;   /* destinations at non-public addresses (tests) */
    bool requires_certificate; /* an HTTPS endpoint must have a valid one */
    struct outgoing_relay relay;
    const char *https_ca_file; /* instead of the system's; or NULL */
    int64_t spread_s;          /* deliveries start at random within it */
    int64_t retry_s;   /* tried for so long after the first try; 0: once */
    int64_t attempt_s; /* one try takes at most; 0: as is usual for its way */
    int64_t sessions_per_mail; /* that one report mail makes at most */
    int64_t max_a_minute;      /* deliveries that start at one host; 0: any */
    int64_t keep_s; /* the outbox keeps what was sent; INT64_MAX: ever */
    struct outgoing_source *sources;
    size_t n_sources;
    const char
        *awaited_tally;    /* of a collector that may come to this machine and
                                  is reported about as soon as there is one; or
                                  NULL */
    int64_t patience_s;    /* a day waits so long for all collectors */
    int64_t lookback_days; /* closed days before yesterday that are made up */
};

/* Where sums come from that another host, or another program, has. Fetched sums
 * stand in the source's tally, which is one of its identity's tallies. */
struct outgoing_source {
    const char *name;
    struct outgoing_texts command; /* argv in the fetcher's protocol; or */
    const char *database;          /* path of a tlsrpt-collectd's */
    const char *tally;             /* URL; NULL: beside the store */
    const char *identity;          /* whose; NULL: the default one's */
    const char *since;             /* the first day, as text; NULL: any */
    utc_day first;                 /* likewise; 0: any */
    int64_t n_domains;             /* asked for in one call; 0: one */
    int64_t time_s;                /* one call may take; 0: as is usual */
};

enum {
    OUTGOING_PATIENCE_S = 3600,
    OUTGOING_SPREAD_S = 4 * 3600, /* RFC 8460 section 4.1 */
    OUTGOING_RETRY_S = 24 * 3600, /* RFC 8460 section 5.5 */
    OUTGOING_SESSIONS_PER_MAIL = 1,
    OUTGOING_MAX_A_MINUTE = 30,
    OUTGOING_KEEP_DAYS = 30,
    OUTGOING_LOOKBACK_DAYS = 7
};

/* Fills settings as they are without a configuration: nobody to report as. */
void outgoing_settings_init(struct outgoing_settings *settings);

/*
 * Checks what can be told without touching a file: that there is an identity,
 * that contact-info and sender are bare addresses, that From and submitter agree
 * (R-SND-14, R-SND-22), that URIs of rules and copies are usable, and that either
 * a key or the relay signs.
 * Returns: 0, -1 with err (ERR_USAGE), which says what to write.
 */
int outgoing_settings_check(const struct outgoing_settings *settings,
                            struct err *err);

/*
 * Checks one identity.
 * Returns: 0, -1 with err (ERR_USAGE).
 */
int outgoing_identity_check(const struct outgoing_identity *identity,
                            struct err *err);

/* Returns: the identity of a name ("" the default one), NULL where none is. */
const struct outgoing_identity *outgoing_identity_find(
    const struct outgoing_settings *settings, const char *name);

/* The submitter of an identity: the domain of its contact-info, behind the "@".
 * Returns: it, borrowed; "" where there is none. */
const char *outgoing_identity_submitter(
    const struct outgoing_identity *identity);

/* The address that its mails are from. */
static inline const char *outgoing_identity_sender(
    const struct outgoing_identity *identity)
{
    return identity->sender ? identity->sender : identity->contact_info;
}
