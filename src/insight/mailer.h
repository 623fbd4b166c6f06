/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Mailer: who sends in a domain's name, and what to do about it.
 *
 * Reports name addresses; an owner thinks in services. What passed on the way
 * (DKIM or SPF of another domain) tells which one it was: the domain itself, a
 * service that many hire, somebody who forwards, or nobody that proved to be
 * anybody. Workload: some ten of a domain.
 */

#include "base/arena.h"
#include "base/err.h"
#include "dmarc/case.h"
#include "store/store.h"

enum insight_mailer_kind {
    INSIGHT_MAILER_OWN,       /* the domain, or one within or around it */
    INSIGHT_MAILER_SERVICE,   /* a service known to send for others */
    INSIGHT_MAILER_FORWARDER, /* most of it was sent by the domain before */
    INSIGHT_MAILER_OTHER,     /* another domain */
    INSIGHT_MAILER_NOBODY, /* nothing passed: a forger, or a server forgotten */
    INSIGHT_MAILER_KIND_COUNT
};

/* "own", "service", "forwarder", "other", "nobody": names for programs. */
const char *insight_mailer_kind_name(enum insight_mailer_kind kind);

/* The name of a service that sends for many, NULL where it is not known. domain:
 * the registered domain that passed. */
const char *insight_mailer_service(const char *domain);

/* What is the matter with most of the messages that need somebody: of those that
 * fail without an excuse, else of all. */
enum dmarc_case insight_mailer_case(const struct store_dmarc_sums *sums);

/* Messages that failed without an excuse. */
int64_t insight_mailer_failing(const struct store_dmarc_sums *sums);

/*
 * Messages turned away that may be the owner's: they carried his signature, or
 * proved to be somebody he may have hired. What proved nothing may be a server
 * forgotten, but is a forger's as a rule.
 */
int64_t insight_mailer_lost(const struct store_dmarc_sums *sums);

/* Who it is. sender: as stored, "" for nobody; domain: whose name was used. */
enum insight_mailer_kind insight_mailer_kind_of(
    const char *domain, const char *sender,
    const struct store_dmarc_sums *sums);
