/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Samples: report texts put into the containers that senders use.
 */

#include "base/buffer.h"
#include "deviations.h"

/* Writes the octets of a row's sample into out. */
void sample_make(const struct deviation *row, struct buffer *out);
