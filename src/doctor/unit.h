/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Unit: whether a service of systemd may write where its store is.
 *
 * The units that come with tlsrpt may write below /var/lib/tlsrpt alone. They follow
 * `store =` of the configuration elsewhere, and fail there as if the disk were
 * read-only, unless a drop-in gives them the folder. A drop-in elsewhere than in
 * /etc, and other ways to give it (StateDirectory=, BindPaths=), are not seen, so
 * what is found is no more than a suspicion.
 */

#include "doctor/chart.h"

enum unit_reach {
    UNIT_ABSENT, /* it is not enabled here */
    UNIT_MAY,    /* the folder is its own, or a drop-in names one above it */
    UNIT_MAY_NOT /* nothing was seen that gives it */
};

/*
 * Looks.
 * etc: "/etc/systemd/system", or a test's. unit: "tlsrpt-serve". folder: absolute.
 */
enum unit_reach unit_look(const char *etc, const char *unit,
                          const char *folder);

/* Judges it: a row where nothing lets the unit write. path: of the store. */
void unit_judge(struct chart *chart, const char *unit, const char *folder,
                const char *path, enum unit_reach reach);
