/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Role: what this machine is for, as far as can be seen.
 *
 * Only what belongs to a role is looked at; so what was looked for and is not there
 * has to be told, or an empty machine would look like a good one.
 */

#include <stdbool.h>

#include "doctor/chart.h"

struct role_view {
    const char *config; /* the configuration that is not there; NULL: it is */
    const char *store_path; /* of reports received; NULL: no file of ours */
    const char *tally_path; /* of the collector here */
    bool is_receiving;
    bool is_collecting;
    bool is_reporting;
};

/* Writes a row for each of the three, and what to do first where there is none. */
void role_judge(struct chart *chart, const struct role_view *view);
