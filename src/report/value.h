/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Values: one JSON value to one field, leniently.
 *
 * Each leaves a finding at `place` where the value is not as RFC 8460 has it.
 * Containers where a scalar belongs are read past. Private to the room. All
 * return 0, or -1 with err (broken JSON, out of memory).
 */

#include "report/reading.h"

/* A string; a number or boolean is taken as its text. */
int value_read_text(struct reading *reading, const struct place *place,
                    const struct json_value *value, const char **out_text,
                    struct err *err);

/* A session count: see json_integer. */
int value_read_count(struct reading *reading, const struct place *place,
                     const struct json_value *value, int64_t *out_count,
                     struct err *err);

/* A domain or host name, normalised. */
int value_read_domain(struct reading *reading, const struct place *place,
                      const struct json_value *value, const char **out_name,
                      struct err *err);

/* An IP address, normalised; NULL where empty. */
int value_read_address(struct reading *reading, const struct place *place,
                       const struct json_value *value, const char **out_text,
                       struct err *err);

/* A date-time; out_text gets it as written. */
int value_read_date(struct reading *reading, const struct place *place,
                    const struct json_value *value, const char **out_text,
                    utc_time *out_time, struct err *err);

/* policy-string: an array of lines, a string of lines, a string with an array. */
int value_read_lines(struct reading *reading, const struct place *place,
                     const struct json_value *value, struct err *err);

/* mx-host: an array of patterns, or one as a string. */
int value_read_hosts(struct reading *reading, const struct place *place,
                     const struct json_value *value, struct err *err);
