/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * DMARC samples: reports to put into the store of sample.h.
 */

#include "store/sample.h"

enum { DMARC_SAMPLE_ROWS = 8, DMARC_SAMPLE_MANY = 400 };

/* A report that a test changes before it puts it. */
struct dmarc_sample {
    struct store_dmarc_row rows[DMARC_SAMPLE_ROWS];
    struct store_dmarc dmarc;
    struct store_report report;
};

/* Fills a report: `messages` of 192.0.2.1, of which `failed` are rejected and
 * fail with case 0, while the others pass by DKIM and SPF. */
void dmarc_sample_fill(struct dmarc_sample *sample, const char *organization,
                       const char *domain, int32_t day, int64_t messages,
                       int64_t failed);

/* Puts a report in a batch of its own, with a content hash made of its rows. */
enum store_outcome dmarc_sample_put(struct sample_store *store,
                                    struct dmarc_sample *sample);

/* As dmarc_sample_put, inside the batch that is open. */
enum store_outcome dmarc_sample_put_open(struct sample_store *store,
                                         struct dmarc_sample *sample);

/* The i-th of DMARC_SAMPLE_MANY reports that differ in everything: always the
 * same ones. */
void dmarc_sample_make(size_t i, struct dmarc_sample *sample);

/* Puts all of them in one batch. */
void dmarc_sample_put_many(struct sample_store *store,
                           enum store_outcome expected);

/* Adds a row to sums, told to by no code of the store. */
void dmarc_sample_add(struct store_dmarc_sums *sums,
                      const struct store_dmarc_row *row);

/* Tells whether a day is in a range. */
bool dmarc_sample_is_in(int32_t day, struct store_range range);

void dmarc_sample_assert_sums(const struct store_dmarc_sums *sums,
                              const struct store_dmarc_sums *expected);
