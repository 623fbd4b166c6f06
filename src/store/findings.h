/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Findings: what was odd in a report or in an input that was refused.
 *
 * Two tables of one form; each row is a code, a place and a value.
 */

#include "store/origin.h"

/* Keeps the findings of a new row of a kind. Returns: 0, -1 with err. */
int findings_put(struct store *store, enum store_findings_of of, int64_t id,
                 const struct store_finding *findings, size_t n,
                 struct err *err);
