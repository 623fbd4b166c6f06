/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Letter: a mail as a container, and what is odd about it as findings.
 */

#include "unwrap/parcel.h"

/*
 * Opens a mail: each part that may hold a report, or one refusal.
 * Returns: what unwrap_each is to return.
 */
int letter_open(struct unwrap_run *run, const struct parcel *mail);
