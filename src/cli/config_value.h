/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Values of a configuration, from text.
 *
 * Strict: a number without its unit, a word that is nearly right, a path that
 * depends on where the program was started are refused, with what to write
 * instead. Errors are sentences that go on behind the name of the key.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

/*
 * Reads a duration: a number and s, min, h, d or w, e.g. "90d"; "forever" where
 * max_s is INT64_MAX, which it then is.
 * min_s, max_s: what is allowed, in seconds.
 * Returns: 0, -1 with err (ERR_USAGE).
 */
int config_value_duration(const char *text, int64_t min_s, int64_t max_s,
                          int64_t *out_s, struct err *err);

/*
 * Reads a size: a number and B, kB, MB, GB, TB (powers of 1000) or KiB, MiB,
 * GiB, TiB (of 1024), e.g. "256MiB"; 0 needs no unit.
 * Returns: 0, -1 with err (ERR_USAGE).
 */
int config_value_size(const char *text, int64_t min_bytes, int64_t max_bytes,
                      int64_t *out_bytes, struct err *err);

/* Reads a whole number. Returns: 0, -1 with err (ERR_USAGE). */
int config_value_count(const char *text, int64_t min, int64_t max,
                       int64_t *out_count, struct err *err);

/* Reads yes or no. Returns: 0, -1 with err (ERR_USAGE). */
int config_value_flag(const char *text, bool *out_flag, struct err *err);

/*
 * Finds a word in a list that NULL ends.
 * Returns: 0, -1 with err (ERR_USAGE), which names the nearest.
 */
int config_value_word(const char *text, const char *const *words,
                      unsigned *out_index, struct err *err);

/*
 * Normalises a domain name; ".example.com" means all names below, too.
 * Returns: 0 with text in the arena, -1 with err.
 */
int config_value_domain(struct arena *arena, const char *text,
                        const char **out_domain, struct err *err);

/*
 * Normalises the host of an https URI, with a port behind a colon or without;
 * the usual port is left out.
 * Returns: 0 with text in the arena, -1 with err.
 * RFC: 3986 section 3.2, 9110 section 4.2.2.
 */
int config_value_authority(struct arena *arena, const char *text,
                           const char **out_authority, struct err *err);

/*
 * Checks a recipient: "user@example.com", "@example.com" for all of a domain,
 * or "+extension" for what stands behind the plus sign of an address. The
 * domain is normalised, letters are folded.
 * Returns: 0 with text in the arena, -1 with err.
 */
int config_value_recipient(struct arena *arena, const char *text,
                           const char **out_recipient, struct err *err);

/* Checks that a path is absolute. Returns: 0, -1 with err (ERR_USAGE). */
int config_value_path(const char *text, struct err *err);

/* Writes a duration as config_value_duration reads it, in the largest unit that
 * leaves no rest. Returns: out. */
const char *config_value_format_duration(int64_t s, char out[static 32]);

/* Writes a size likewise. Returns: out. */
const char *config_value_format_size(int64_t bytes, char out[static 32]);
