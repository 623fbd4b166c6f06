/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Dump: reads a JSON text by the reader and writes it by the writer.
 *
 * A test then compares texts. Numbers go out as they came in.
 */

#include "base/buffer.h"
#include "base/err.h"
#include "json/reader.h"

struct dump_facts {
    unsigned quirks; /* what the reader tolerated */
    size_t n_values; /* at the top level */
};

/*
 * Reads one value and what follows it, as `text` holds them, and appends each
 * value compactly, with a blank between values. The text is copied before, to
 * memory that ends where it ends.
 * out_facts may be NULL.
 * Returns: 0, -1 with err.
 */
int dump_text(struct slice text, unsigned max_depth, struct buffer *out,
              struct dump_facts *out_facts, struct err *err);
