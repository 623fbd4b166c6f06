/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/doctor_print.h"

#include <stdio.h>

#include "cli/options.h"
#include "cli/printer.h"

enum { INDENT = 10, LINE_BYTES = 2200 };

static enum printer_style style_of(enum chart_severity severity)
{
    return severity == CHART_GOOD    ? PRINTER_GOOD
           : severity == CHART_NOTE  ? PRINTER_FAINT
           : severity == CHART_ERROR ? PRINTER_BAD
                                     : PRINTER_WARNING;
}

/* ---- JSON ---------------------------------------------------------------- */

static void print_row_json(struct printer *printer, const struct chart_row *row)
{
    struct json_writer *json = printer_json_begin(printer);

    json_begin_object(json);
    json_member_string(json, "check", row->check->id);
    json_member_string(json, "looks_at", row->check->looks_at);
    json_member_string(json, "severity", chart_severity_name(row->severity));
    json_member_string(json, "subject", row->subject);
    json_member_string(json, "evidence", row->evidence);
    json_member_string(json, "next", row->next);
    json_member_string(json, "reason", row->check->reason);
    json_end_object(json);
    printer_json_end(printer);
}

static void print_total_json(struct printer *printer, const struct chart *chart)
{
    struct json_writer *json = printer_json_begin(printer);

    json_begin_object(json);
    json_key(json, "total");
    json_begin_object(json);
    for (int i = 0; i < CHART_SEVERITY_COUNT; i++)
        json_member_int(json, chart_severity_name((enum chart_severity)i),
                        (int64_t)chart_count(chart, (enum chart_severity)i));
    json_end_object(json);
    json_end_object(json);
    printer_json_end(printer);
}

/* ---- Text ---------------------------------------------------------------- */

static void print_line(struct printer *printer, const char *head,
                       const char *text)
{
    char line[LINE_BYTES];

    snprintf(line, sizeof(line), "%s%s", head, text);
    printer_paragraph(printer, INDENT, INDENT + 5, line);
}

static void print_row(struct printer *printer, const struct chart_row *row)
{
    const bool is_finding =
        row->severity != CHART_GOOD && row->severity != CHART_NOTE;
    const char *severity = chart_severity_name(row->severity);

    if (arg_quiet && !is_finding)
        return;
    printer_say_style(printer, style_of(row->severity), "%-9s", severity);
    printer_say(printer, " %s", row->check->id);
    if (*row->subject) {
        printer_say(printer, " ");
        printer_outside(printer, row->subject);
    }
    printer_say(printer, ": ");
    printer_outside(printer, row->evidence);
    printer_say(printer, "\n");
    if (*row->next)
        print_line(printer, "do:  ", row->next);
    if (arg_verbose)
        print_line(printer, "at:  ", row->check->looks_at);
    if (is_finding || arg_verbose)
        print_line(printer, "why: ", row->check->reason);
}

static void print_total(struct printer *printer, const struct chart *chart)
{
    printer_say(printer,
                "%zu good, %zu to note, %zu unknown, %zu to be mended, %zu"
                " wrong\n",
                chart_count(chart, CHART_GOOD), chart_count(chart, CHART_NOTE),
                chart_count(chart, CHART_UNKNOWN),
                chart_count(chart, CHART_WARNING),
                chart_count(chart, CHART_ERROR));
}

void doctor_print(struct printer *printer, const struct chart *chart)
{
    const bool is_json = printer->format == COMMAND_FORMAT_JSON;

    for (size_t i = 0; i < chart->n_rows; i++) {
        if (is_json)
            print_row_json(printer, &chart->rows[i]);
        else
            print_row(printer, &chart->rows[i]);
    }
    if (is_json)
        print_total_json(printer, chart);
    else
        print_total(printer, chart);
}
