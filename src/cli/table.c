/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { TABLE_MAX_BYTES = 256 * 1024 * 1024, GAP = 2 };

void table_init(struct table *table, const struct table_column *columns,
                size_t n_columns)
{
    *table = (struct table){ .columns = columns, .n_columns = n_columns };
    arena_init(&table->arena, TABLE_MAX_BYTES);
}

void table_deinit(struct table *table)
{
    free(table->cells);
    arena_deinit(&table->arena);
    *table = (struct table){ 0 };
}

static bool grow(struct table *table)
{
    size_t capacity = table->capacity ? 2 * table->capacity : 128;
    void *grown = reallocarray(table->cells, capacity, sizeof(*table->cells));

    if (!grown)
        return false;
    table->cells = grown;
    table->capacity = capacity;
    return true;
}

/* The text as it will stand in the line, so that its width can be measured. */
static const char *escape(struct table *table, const char *text)
{
    const char *copy;
    struct buffer escaped;

    buffer_init(&escaped, TABLE_MAX_BYTES);
    text_add_terminal(&escaped, slice_of(text));
    copy = escaped.failed ? NULL
                          : arena_copy(&table->arena, buffer_slice(&escaped));
    buffer_deinit(&escaped);
    return copy;
}

void table_add(struct table *table, enum printer_style style, const char *text)
{
    const char *copy = escape(table, text ? text : "");

    if (!copy || (table->n_cells == table->capacity && !grow(table))) {
        table->failed = true;
        return;
    }
    table->cells[table->n_cells++] =
        (struct table_cell){ .text = copy, .style = style };
}

static void print_csv(const struct table *table, struct printer *printer)
{
    struct buffer *out = &printer->out;
    bool is_first = true;

    for (size_t i = 0; i < table->n_columns; i++) {
        if (!table->columns[i].csv_name)
            continue;
        buffer_add_text(out, is_first ? "" : ",");
        buffer_add_text(out, table->columns[i].csv_name);
        is_first = false;
    }
    for (size_t i = 0; table->n_columns && i < table->n_cells; i++) {
        size_t column = i % table->n_columns;

        if (column == 0) {
            buffer_add_text(out, "\r\n");
            printer_flush(printer, false);
            is_first = true;
        }
        if (!table->columns[column].csv_name)
            continue;
        buffer_add_text(out, is_first ? "" : ",");
        text_add_csv(out, slice_of(table->cells[i].text));
        is_first = false;
    }
    buffer_add_text(out, "\r\n");
}

static void measure(const struct table *table,
                    size_t widths[static TABLE_COLUMNS_MAX])
{
    for (size_t i = 0; i < table->n_columns; i++)
        widths[i] = printer_columns(table->columns[i].name);
    for (size_t i = 0; table->n_columns && i < table->n_cells; i++) {
        size_t width = printer_columns(table->cells[i].text);

        if (width > widths[i % table->n_columns])
            widths[i % table->n_columns] = width;
    }
}

/* Prints the cells of one line; blanks at its end are left out. */
static void print_line(const struct table *table, struct printer *printer,
                       const size_t *widths, const struct table_cell *cells)
{
    size_t due = 0;

    for (size_t i = 0; i < table->n_columns; i++) {
        size_t width = printer_columns(cells[i].text);
        size_t blanks = widths[i] - width;
        bool is_number = table->columns[i].is_number;

        if (table->columns[i].is_csv_only)
            continue;
        if (width > 0) {
            printer_say(printer, "%*s", (int)(due + (is_number ? blanks : 0)),
                        "");
            printer_say_style(printer, cells[i].style, "%s", cells[i].text);
            due = 0;
        } else {
            due += is_number ? blanks : 0;
        }
        due += GAP + (is_number ? 0 : blanks);
    }
    printer_say(printer, "\n");
}

void table_print(const struct table *table, struct printer *printer)
{
    size_t widths[TABLE_COLUMNS_MAX] = { 0 };
    struct table_cell head[TABLE_COLUMNS_MAX];

    if (table->n_columns == 0)
        return;
    if (printer->format == COMMAND_FORMAT_CSV) {
        print_csv(table, printer);
        return;
    }
    measure(table, widths);
    for (size_t i = 0; i < table->n_columns; i++)
        head[i] = (struct table_cell){ .text = table->columns[i].name,
                                       .style = PRINTER_HEAD };
    print_line(table, printer, widths, head);
    for (size_t i = 0; i + table->n_columns <= table->n_cells;
         i += table->n_columns)
        print_line(table, printer, widths, table->cells + i);
}
