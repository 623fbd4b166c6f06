/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Review: what a record or a report lacks once it is read, and what in it does
 * not fit together. Private to the room.
 */

#include "dmarc/feedback.h"

/* Notes findings about the record just read, at the innermost element. */
void review_record(struct feedback *feedback,
                   const struct dmarc_record *record);

/*
 * Tells whether <feedback> is a report: it holds metadata, a policy or a record.
 * seen: the rows met in it.
 */
bool review_is_report(uint64_t seen);

/*
 * Notes findings about the report just read, at the innermost element, and puts
 * its range in order.
 */
void review_report(struct feedback *feedback);
