/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Sending: the settings that `report` and `outbox` go by.
 *
 * Those of the configuration's section `report`; where it does not say, outbox.db
 * and tally.db stand beside the store. The command line comes before both.
 */

#include <stdbool.h>

#include "base/arena.h"
#include "cli/command.h"
#include "net/resolver.h"
#include "outgoing/settings.h"
#include "service/settings.h"

struct sending {
    struct outgoing_settings settings;
    struct outgoing_identity
        *identities;       /* those of settings, ours to change */
    const char *tally_url; /* of the collector on this machine */
    bool is_configured;    /* false: the identity is a stand-in, for dry runs */
    struct arena arena;
};

/* What the command line says; NULL where it does not. */
struct sending_options {
    const char *outbox;   /* URL or path */
    const char *identity; /* with tallies: whose; NULL: the default one's */
    const char *const *tallies; /* URLs or paths, ended by NULL; in the place of
                                   all that is configured */
};

/*
 * Names the files of sending in settings of `serve`, those of all identities. A
 * collector's own tally is among them where no identity names any.
 * Returns: 0, -1 with err (ERR_USAGE, ERR_MEMORY).
 */
int sending_show(struct settings *settings,
                 const struct sending_options *options, struct err *err);

/*
 * Makes the settings of a call.
 * Owns: the caller, sending_deinit, after -1 too.
 * Returns: 0, -1 with err (ERR_USAGE, ERR_MEMORY).
 */
int sending_init(struct sending *sending, const struct command_call *call,
                 const struct sending_options *options, struct err *err);

/* Where DNS is asked, as the configuration says. */
struct resolver_options sending_resolver(const struct command_call *call);

/* Frees them. */
void sending_deinit(struct sending *sending);
