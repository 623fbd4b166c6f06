/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Table: cells gathered, then printed in columns or as CSV.
 *
 * Cells are text from outside as far as the table knows: escaped for the
 * terminal, or for CSV against formulas.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "cli/printer.h"

enum { TABLE_COLUMNS_MAX = 16 };

struct table_column {
    const char *name;     /* head of the column */
    const char *csv_name; /* head in CSV, NULL: the column is not in CSV */
    bool is_number;       /* aligned at the right */
    bool is_csv_only;
};

struct table_cell {
    const char *text;
    enum printer_style style;
};

struct table {
    const struct table_column *columns;
    size_t n_columns;
    struct arena arena;
    struct table_cell *cells; /* row by row */
    size_t n_cells;
    size_t capacity;
    bool failed; /* a cell was lost for want of memory */
};

/* Readies a table; columns must outlive it. */
void table_init(struct table *table, const struct table_column *columns,
                size_t n_columns);

/* Frees it. */
void table_deinit(struct table *table);

/* Adds the next cell, row by row; text is copied, NULL is an empty cell. */
void table_add(struct table *table, enum printer_style style, const char *text);

/* Prints head and rows, as CSV where the printer's format is that. */
void table_print(const struct table *table, struct printer *printer);
