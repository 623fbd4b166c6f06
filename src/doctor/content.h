/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Content: whether what stands in stores can be read.
 *
 * A store that opens may have a page that a disk or a copy has spoilt.
 */

#include <stdint.h>

#include "doctor/chart.h"
#include "store/pages.h"

enum { CONTENT_MAX_BYTES = 512 << 20 /* looked through in two seconds */ };

/* What can be done about damage. */
enum content_kind { CONTENT_REPORTS, CONTENT_TALLY, CONTENT_OUTBOX };

/* Judges the pages of a file. */
void content_judge(struct chart *chart, enum content_kind kind,
                   const char *path, const struct pages *pages);

/* Judges the batches of a tally of which some could not be read. */
void content_judge_batches(struct chart *chart, const char *path,
                           int64_t n_damaged);

/* What to do about a file that is damaged throughout. Returns: a literal. */
const char *content_cure(enum content_kind kind);
