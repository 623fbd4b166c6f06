/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Doctor: whether this machine is right for sending and receiving.
 *
 * Looks at all that the configuration names, asks DNS, the collector and Postfix,
 * and writes what it found onto a chart. Changes nothing. Takes a second, more
 * where DNS is silent.
 */

#include "base/clock.h"
#include "base/err.h"
#include "doctor/chart.h"
#include "net/resolver.h"
#include "outgoing/settings.h"
#include "service/settings.h"

struct doctor_options {
    const struct settings *settings;         /* NULL: no configuration */
    const char *config_file;                 /* where it was looked for */
    const struct outgoing_settings *sending; /* its URLs filled in */
    bool is_sending;       /* there is somebody to report as */
    const char *store_url; /* of reports received */
    const char *tally_url; /* of the collector here */
    struct resolver_options resolver;
    const struct clock *clock;
};

/*
 * Examines the machine.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int doctor_examine(const struct doctor_options *options, struct chart *chart,
                   struct err *err);
