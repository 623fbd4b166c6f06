/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Code: what `explain` and the API say of a code.
 *
 * A code is of a finding, of a result type or of a reason. Findings come first,
 * because their codes are exact, while the words of a sender are matched by
 * their likeness: "name-mismatch" is a finding and is also like what some say of
 * a certificate.
 */

#include "advice/advice.h"
#include "base/finding.h"

struct json_writer;

/* What a code means: one of the two, the other is NULL. */
struct insight_code {
    const struct finding_kind *finding;
    const struct advice *advice;
};

/*
 * Finds what a code means.
 * Returns: 0, 1 where no room knows it.
 */
int insight_code_find(const char *code, struct insight_code *out_code);

/* Writes the members of a code's object, from "code" to "rfc". */
void insight_code_write(struct json_writer *writer,
                        const struct insight_code *code);

/*
 * Writes the members that explain a result type: meaning, consequence, side,
 * causes, look, fix, rfc. look: the command to show.
 */
void insight_code_write_advice(struct json_writer *writer,
                               const struct advice *advice, const char *look);
