/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Fetch: the sums of a day from one host to another.
 *
 * A collector on each mail host, one reporter: the reporter runs a command (over
 * ssh, as a rule) that says what its collector summed on a day. The language is
 * that of tlsrpt-fetcher of tlsrpt-reporter 0.5 and 0.6, in both directions, so
 * that either side may be exchanged alone:
 *
 *   COMMAND DAY            the line FETCH_VERSION_LINE; the time there, UTC,
 *                          "YYYY-MM-DD HH:MM:SS"; the last day that is complete;
 *                          the domains of DAY, one a line; a line "."
 *   COMMAND DAY DOMAIN...  for each domain one JSON object: "d" the domain,
 *                          "policies" by record, then by policy (JSON text as a
 *                          member name): "cntrtotal", "cntrfailure", "failures" by
 *                          failure (JSON text as well) to its count
 *
 * Policies and failures are written as in the datagrams of docs/event.md. More
 * than one domain a call is understood by our own side alone.
 *
 * What comes from a host stands in a tally of its own, one for each host, and a
 * day goes into it whole and once; all tallies together make the reports.
 */

#define FETCH_VERSION_LINE "TLSRPT FETCHER v1devel-c domain list"

/* The line that ends a list. */
#define FETCH_LAST_LINE "."
