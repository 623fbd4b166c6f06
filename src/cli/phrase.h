/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Phrases: what the tellings of a TLS and of a DMARC report say alike.
 */

#include "base/arena.h"
#include "base/buffer.h"
#include "base/utc.h"

struct printer;

/* Returns: a text; the other one where it is NULL or empty. */
const char *phrase_or(const char *text, const char *otherwise);

/*
 * Adds a domain, with its U-label form where it has another; words for NULL and
 * for an empty one.
 * scratch: where that form is made.
 */
void phrase_add_domain(struct buffer *text, struct arena *scratch,
                       const char *domain);

/*
 * Adds the time of a report: one day, from when to when, or none.
 * start, end: its range, UTC_NONE unknown; day: which one it is counted on.
 */
void phrase_add_days(struct buffer *text, utc_time start, utc_time end,
                     utc_day day);

/* Prints what is gathered as printer_paragraph does, and empties it. */
void phrase_end_paragraph(struct buffer *text, struct printer *printer,
                          unsigned first, unsigned rest);
