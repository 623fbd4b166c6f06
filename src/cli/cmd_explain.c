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
};

enum { N_FINDING_TABLES = sizeof(finding_tables) / sizeof(finding_tables[0]) };

static const struct finding_kind *find_finding(const char *code)
{
    const struct finding_kind *found = NULL;

    for (size_t t = 0; !found && t < N_FINDING_TABLES; t++) {
        size_t n;
        const struct finding_kind *kinds = finding_tables[t].kinds(&n);

        found = finding_kind_find(kinds, n, slice_of(code));
    }
    return found;
}

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

static void write_advice(struct printer *printer, const struct advice *advice)
{
    struct json_writer *json = printer_json_begin(printer);

    json_begin_object(json);
    json_member_string(json, "code", advice->code);
    json_member_string(json, "title", advice->title);
    json_member_string(json, "meaning", advice->meaning);
    json_member_string(json, "consequence", advice->consequence);
    json_member_string(json, "side", advice->side);
    json_key(json, "causes");
    json_begin_array(json);
    for (size_t i = 0; i < ADVICE_MAX_CAUSES && advice->causes[i]; i++)
        json_string(json, advice->causes[i]);
    json_end_array(json);
    json_member_string(json, "look", advice->look);
    json_member_string(json, "fix", advice->fix);
    json_member_string(json, "rfc", advice->rfc);
    json_end_object(json);
    printer_json_end(printer);
}

static void write_finding(struct printer *printer,
                          const struct finding_kind *kind)
{
    struct json_writer *json = printer_json_begin(printer);

    json_begin_object(json);
    json_member_string(json, "code", kind->code);
    json_member_string(json, "severity", finding_severity_name(kind->severity));
    json_member_string(json, "message", kind->message);
    json_member_string(json, "fix", kind->fix);
    json_member_string(json, "rfc", kind->rfc);
    json_end_object(json);
    printer_json_end(printer);
}

static void list_json(struct printer *printer)
{
    const struct advice *advice;
    size_t n;

    advice = advice_table(&n);
    for (size_t i = 0; i < n; i++)
        write_advice(printer, &advice[i]);
    for (size_t t = 0; t < N_FINDING_TABLES; t++) {
        const struct finding_kind *kinds = finding_tables[t].kinds(&n);

        for (size_t i = 0; i < n; i++)
            write_finding(printer, &kinds[i]);
    }
}

/* ---- The command --------------------------------------------------------- */

int cmd_explain(const struct command_call *call)
{
    bool is_json = arg_format == COMMAND_FORMAT_JSON;
    const struct finding_kind *kind;
    const struct advice *advice;
    const char *nearest;

    if (call->n_arguments == 0) {
        (is_json ? list_json : list_text)(call->printer);
        return EXIT_GOOD;
    }
    kind = find_finding(call->arguments[0]);
    if (kind) {
        (is_json ? write_finding : print_finding)(call->printer, kind);
        return EXIT_GOOD;
    }
    advice = advice_find_code(slice_of(call->arguments[0]));
    if (advice) {
        (is_json ? write_advice : print_advice)(call->printer, advice);
        return EXIT_GOOD;
    }
    nearest = nearest_code(call->arguments[0]);
    fprintf(stderr, "tlsrpt explain: there is no code %s%s%s%s\n",
            call->arguments[0], nearest ? "; did you mean " : "",
            nearest ? nearest : "", nearest ? "?" : "");
    fprintf(stderr, "Try: tlsrpt explain\n");
    return EXIT_USAGE;
}
