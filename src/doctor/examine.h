/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The parts of an examination; for this room alone.
 */

#include "doctor/chart.h"
#include "doctor/doctor.h"
#include "doctor/permission.h"

struct examine {
    const struct doctor_options *options;
    struct chart *chart;
    const char *units;         /* the folder of enabled units and drop-ins */
    struct permission_who who; /* whose the service runs as */
    bool is_collecting;        /* a collector belongs to this machine */
    bool is_receiving;         /* reports come in here */
};

/* Finds out what is to be looked at, and by whose eyes. */
void examine_init(struct examine *examine, const struct doctor_options *options,
                  struct chart *chart);

/* The folder of a file, in the chart's arena. */
const char *examine_folder(struct chart *chart, const char *path);

/* Stores, what is in them, and their disks. */
void examine_stores(const struct examine *examine);

/* Roles, stores, secrets, folders and certificates. */
void examine_files(const struct examine *examine);

/* What stands on the machine itself: queue, clock, Postfix, the collector. */
void examine_machine(const struct examine *examine);

/*
 * DNS, keys, identities and the reporter.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int examine_sending(const struct examine *examine, struct err *err);
