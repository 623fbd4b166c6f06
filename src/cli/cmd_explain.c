/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdbool.h>
#include <stdio.h>

#include "advice/advice.h"
#include "cli/cmd.h"
#include "cli/command.h"
#include "cli/exit.h"
#include "cli/options.h"
#include "cli/printer.h"
#include "cli/suggest.h"
#include "cli/table.h"
#include "dmarc/dmarc.h"
#include "insight/code.h"
#include "record/finding.h"
#include "report/report.h"
#include "unwrap/unwrap.h"

enum { TEXT_MAX_BYTES = 64 * 1024 };

/* ---- What is known ------------------------------------------------------- */

/* The finding tables in the order they are listed. */
static const struct {
    const char *title;
    const struct finding_kind *(*kinds)(size_t *out_n);
} finding_tables[] = {
    { "Findings on a report", report_finding_kinds },
    { "Findings on its container", unwrap_finding_kinds },
    { "Findings on a DMARC report", dmarc_finding_kinds },
    { "Findings on a DNS record", record_finding_kinds },
};

enum { N_FINDING_TABLES = sizeof(finding_tables) / sizeof(finding_tables[0]) };

/* The code nearest to a misspelt one, or NULL. */
static const char *nearest_code(const char *code)
{
    const struct advice *advice;
    struct suggest suggest;
    size_t n;

    suggest_init(&suggest, code);
    advice = advice_table(&n);
    for (size_t i = 0; i < n; i++)
        suggest_add(&suggest, advice[i].code);
    for (size_t t = 0; t < N_FINDING_TABLES; t++) {
        const struct finding_kind *kinds = finding_tables[t].kinds(&n);

        for (size_t i = 0; i < n; i++)
            suggest_add(&suggest, kinds[i].code);
    }
    return suggest.nearest;
}

/* ---- As text ------------------------------------------------------------- */

static void print_code(struct printer *printer, const char *code,
                       const char *title)
{
    printer_say_style(printer, PRINTER_HEAD, "%s", code);
    printer_say(printer, "\n  %s\n\n", title);
}

static void print_part(struct printer *printer, const char *name,
                       const char *text)
{
    if (!text || !*text)
        return;
    printer_say_style(printer, PRINTER_HEAD, "  %s\n", name);
    printer_paragraph(printer, 4, 4, text);
}

static void print_advice(struct printer *printer, const struct advice *advice)
{
    static const struct advice_failure nothing;
    struct buffer look;

    buffer_init(&look, TEXT_MAX_BYTES);
    advice_add_look(&look, advice, &nothing);
    print_code(printer, advice->code, advice->title);
    print_part(printer, "What it means", advice->meaning);
    print_part(printer, "What it does to mail", advice->consequence);
    print_part(printer, "Whose side", advice->side);
    printer_say_style(printer, PRINTER_HEAD, "  Causes, most likely first\n");
    for (size_t i = 0; i < ADVICE_MAX_CAUSES && advice->causes[i]; i++) {
        printer_say(printer, "    %zu.", i + 1);
        printer_paragraph(printer, 1, 7, advice->causes[i]);
    }
    print_part(printer, "Look", buffer_text(&look));
    print_part(printer, "Do", advice->fix);
    print_part(printer, "See", advice->rfc);
    buffer_deinit(&look);
}

static void print_finding(struct printer *printer,
                          const struct finding_kind *kind)
{
    print_code(printer, kind->code, kind->message);
    print_part(printer, "How much it matters",
               finding_severity_name(kind->severity));
    print_part(printer, "What to do", kind->fix);
    print_part(printer, "See", kind->rfc);
}

static void list_text(struct printer *printer)
{
    static const struct table_column columns[] = {
        { .name = "  Result types and reasons" }, { .name = "" }
    };
    const struct advice *advice;
    struct table table;
    char code[160];
    size_t n;

    table_init(&table, columns, 2);
    advice = advice_table(&n);
    for (size_t i = 0; i < n; i++) {
        snprintf(code, sizeof(code), "    %s", advice[i].code);
        table_add(&table, PRINTER_PLAIN, code);
        table_add(&table, PRINTER_PLAIN, advice[i].title);
    }
    for (size_t t = 0; t < N_FINDING_TABLES; t++) {
        const struct finding_kind *kinds = finding_tables[t].kinds(&n);

        snprintf(code, sizeof(code), "  %s", finding_tables[t].title);
        table_add(&table, PRINTER_HEAD, code);
        table_add(&table, PRINTER_PLAIN, "");
        for (size_t i = 0; i < n; i++) {
            snprintf(code, sizeof(code), "    %s", kinds[i].code);
            table_add(&table, PRINTER_PLAIN, code);
            table_add(&table, PRINTER_PLAIN, kinds[i].message);
        }
    }
    table_print(&table, printer);
    table_deinit(&table);
}

/* ---- As JSON ------------------------------------------------------------- */

static void write_code(struct printer *printer, const struct insight_code *code)
{
    struct json_writer *json = printer_json_begin(printer);

    json_begin_object(json);
    insight_code_write(json, code);
    json_end_object(json);
    printer_json_end(printer);
}

static void list_json(struct printer *printer)
{
    const struct advice *advice;
    size_t n;

    advice = advice_table(&n);
    for (size_t i = 0; i < n; i++)
        write_code(printer, &(struct insight_code){ .advice = &advice[i] });
    for (size_t t = 0; t < N_FINDING_TABLES; t++) {
        const struct finding_kind *kinds = finding_tables[t].kinds(&n);

        for (size_t i = 0; i < n; i++)
            write_code(printer, &(struct insight_code){ .finding = &kinds[i] });
    }
}

/* ---- The command --------------------------------------------------------- */

static void print_one(struct printer *printer, const struct insight_code *code)
{
    if (code->finding)
        print_finding(printer, code->finding);
    else
        print_advice(printer, code->advice);
}

int cmd_explain(const struct command_call *call)
{
    bool is_json = arg_format == COMMAND_FORMAT_JSON;
    struct insight_code code;
    const char *nearest;

    if (call->n_arguments == 0) {
        (is_json ? list_json : list_text)(call->printer);
        return EXIT_GOOD;
    }
    if (insight_code_find(call->arguments[0], &code) == 0) {
        (is_json ? write_code : print_one)(call->printer, &code);
        return EXIT_GOOD;
    }
    nearest = nearest_code(call->arguments[0]);
    fprintf(stderr, "tlsrpt explain: there is no code %s%s%s%s\n",
            call->arguments[0], nearest ? "; did you mean " : "",
            nearest ? nearest : "", nearest ? "?" : "");
    fprintf(stderr, "Try: tlsrpt explain\n");
    return EXIT_USAGE;
}
