/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Plan: to whom the report of a domain goes, and why not to others.
 *
 * The record says whom, the rules change it, the suppression list takes away.
 * Every destination that somebody named gets a line, with a sentence for people
 * where nothing is sent to it. Workload: once for each domain and record of a
 * night, some microseconds.
 */

#include <stdbool.h>

#include "outgoing/settings.h"
#include "outgoing/suppression.h"

enum outgoing_fate {
    OUTGOING_SENT,    /* gets the report */
    OUTGOING_HELD,    /* suppressed: stands in the outbox, gets nothing */
    OUTGOING_LEFT_OUT /* cannot be used, or a rule discards it */
};

struct outgoing_line {
    enum outgoing_fate fate;
    enum outbox_origin origin;
    struct outgoing_target target; /* of OUTGOING_LEFT_OUT its uri alone may be
                                      known */
    const char *why;               /* "" where it is sent as the record says */
};

struct outgoing_plan {
    struct outgoing_line *lines;
    size_t n_lines;
    size_t n_sent;      /* to the domain's or a rule's destinations */
    const char *reason; /* why no report is made; NULL where one is */
};

/*
 * Makes the plan for a domain and the record it published. Copies are in it
 * where something is sent or held.
 * Owns: all of *out_plan lives in the arena and in settings.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int outgoing_plan_make(const struct outgoing_settings *settings,
                       const struct outgoing_suppression *suppression,
                       struct arena *arena, struct slice domain,
                       struct slice record, struct outgoing_plan *out_plan,
                       struct err *err);
