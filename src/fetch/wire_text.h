/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Wire text: policies and failures as texts, which the fetcher's protocol sums
 * under.
 *
 * Whoever reads it adds up what has the same octets, so what a tlsrpt-collectd
 * would have kept for the same datagram is written with the same octets: members
 * in the order of the datagram, a blank behind comma and colon, ASCII alone.
 */

#include "base/buffer.h"
#include "report/report.h"

/* Appends a policy without its counts. RFC 8460 section 4.4 knows its type. */
void wire_text_policy(const struct report_policy *policy, struct buffer *out);

/* Appends a failure without its count. */
void wire_text_failure(const struct report_failure *failure,
                       struct buffer *out);
