/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Inbound: everything live that brings reports, and the threads it lives in.
 */

#include "base/err.h"
#include "service/receiver.h"
#include "service/settings.h"

struct inbound;

struct inbound_options {
    struct receiver_options receiver;
    struct settings *settings; /* must outlive it */
    const char *host;          /* by which it greets */
};

/*
 * Starts to receive, in threads of its own (block signals before). The judges
 * of the receiver are its own.
 * Returns: 0, -1 with err.
 */
int inbound_start(const struct inbound_options *options,
                  struct inbound **out_inbound, struct err *err);

/* Where an LMTP listener of the settings listens, with the port that was chosen.
 */
const char *inbound_lmtp_address(const struct inbound *inbound, size_t index);

/* Likewise where reports are taken by HTTPS, as a URL, by the last settings. */
const char *inbound_https_url(const struct inbound *inbound, size_t index);

/*
 * Goes by the domains, tenants, rules, HTTPS listeners, folders and mailboxes of
 * these settings from now on, and reads certificates again.
 * Returns: 0, -1 with err: what could not be read stays as it was.
 */
int inbound_reload(struct inbound *inbound, struct settings *settings,
                   struct err *err);

/* Keeps the store to what other settings say of retention, quota and reserve. */
void inbound_set_care(struct inbound *inbound, const struct settings *settings);

/* Stops: no new session, what was given is committed and answered, then all is
 * closed and freed. NULL is allowed. */
void inbound_stop(struct inbound *inbound);
