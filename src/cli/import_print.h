/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What became of an import, told at its end.
 */

#include <stdbool.h>
#include <stdint.h>

struct intake_import_counts;
struct printer;
struct refusals;

/* What there is to tell. */
struct import_print_outcome {
    const struct intake_import_counts *counts;
    const struct refusals *refusals; /* sorted */
    const char *store_url;
    int64_t elapsed_ms;
    bool is_proof_asked; /* signatures were verified */
    bool is_stopped;     /* by Ctrl-C */
};

/* Prints counts, reasons of refusals and what to do next. */
void import_print_text(struct printer *printer,
                       const struct import_print_outcome *outcome);

/* Prints the same as one object. */
void import_print_json(struct printer *printer,
                       const struct import_print_outcome *outcome);
