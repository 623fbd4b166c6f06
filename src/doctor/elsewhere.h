/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Elsewhere: collectors on this machine that sum where nobody here looks.
 *
 * A collector listens at a socket beside its tally, and the kernel's table names
 * all such sockets. Who started one by hand, or by a unit that names another
 * file, is told so: else the dashboard stays empty and no day is reported.
 */

#include "doctor/chart.h"
#include "outgoing/settings.h"

/*
 * The tally of whom a line of /proc/net/unix may be about: a listening socket
 * whose absolute path ends with ".status".
 * Returns: "sqlite:PATH", in the chart's arena; NULL where it is no such line.
 */
const char *elsewhere_tally(struct chart *chart, const char *line);

/*
 * Judges a collector that sums into `other`, while `tally` and what the
 * configuration names are looked at.
 * is_told: it said that it is one; else it may not be asked.
 */
void elsewhere_judge(struct chart *chart, const char *tally, const char *other,
                     bool is_told);

/* Looks for such collectors, and judges each. tally: of the collector here. */
void elsewhere_look(struct chart *chart, const char *tally,
                    const struct outgoing_settings *sending);
