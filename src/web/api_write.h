/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Pieces of JSON that several answers share; see docs/api.md.
 */

#include "base/utc.h"
#include "insight/insight.h"
#include "insight/sender.h"
#include "store/store.h"
#include "web/api.h"
#include "json/writer.h"

/* Begins the answer's object with its "range". */
void api_write_begin(struct json_writer *writer, const struct api_call *call,
                     struct api_answer *answer);

/* The members reports, sessions and failures. */
void api_write_sums(struct json_writer *writer, const struct store_sums *sums);

/* A member with an object of them. */
void api_write_sums_of(struct json_writer *writer, const char *name,
                       const struct store_sums *sums);

/* The members reports, messages, passed, failed, dkim, spf, quarantined and
 * rejected. */
void api_write_messages(struct json_writer *writer,
                        const struct store_dmarc_sums *sums);

/* A member "reports_ever": of each kind, of everything stored. */
void api_write_reports_ever(struct json_writer *writer, int64_t dmarc,
                            int64_t tls);

/* The members case, is_trouble, meaning and fix: how mail of a source fared. */
void api_write_case(struct json_writer *writer, enum dmarc_case which);

/* A member with failures / sessions, 0 where there are none. */
void api_write_share(struct json_writer *writer, const struct store_sums *sums);

/* A member "states" with the number of domains in each. */
void api_write_states(struct json_writer *writer,
                      const size_t n_by_state[INSIGHT_STATE_COUNT]);

/* A day of a sparkline, short because they are many: [day, sessions, failures]. */
void api_write_spark_day(struct json_writer *writer, utc_day day,
                         const struct store_sums *sums);

/* The name of a proof: "none", "https", "file", "secret-path", "dkim". */
const char *api_write_proof(enum store_proof proof);

/* A member with a SHA-256 in hex. */
void api_write_hash(struct json_writer *writer, const char *name,
                    const unsigned char hash[static DIGEST_BYTES]);

/* The object of a stored finding, with what its code means. Returns: 0. */
int api_write_finding(void *writer, const struct store_finding *finding,
                      struct err *err);

/* A member with an array of strings that a NULL ends, at most n long. */
void api_write_strings(struct json_writer *writer, const char *name,
                       const char *const *texts, size_t n);

struct dmarc_report;

/*
 * The members senders, n_senders and policy_sentence: what a DMARC report says of
 * each address.
 * Returns: 0, -1 with err.
 */
int api_write_senders(struct json_writer *writer,
                      const struct dmarc_report *report, struct arena *arena,
                      struct err *err);

/* A member with an array of words that blanks separate. */
void api_write_words(struct json_writer *writer, const char *name,
                     const char *words);

/*
 * A member with the sums of a range day by day. domain NULL = all.
 * Returns: 0, -1 with err.
 */
int api_write_days(struct json_writer *writer, const char *name,
                   struct store *store, const char *domain,
                   struct store_range range, struct err *err);

/*
 * A member with an array of the lines of a breakdown. domain NULL = all.
 * function: writes one line; its context is the writer.
 * Returns: 0, -1 with err.
 */
int api_write_groups(struct json_writer *writer, const char *name,
                     const struct api_call *call,
                     enum store_dimension dimension, const char *domain,
                     store_group_function *function, struct err *err);

/* Lines of a breakdown, for api_write_groups. Returns: 0. */
int api_write_organization(void *writer, const struct store_group *group,
                           struct err *err);
int api_write_result_type(void *writer, const struct store_group *group,
                          struct err *err);
