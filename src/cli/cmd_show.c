/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/command.h"
#include "cli/exit.h"
#include "cli/options.h"
#include "cli/printer.h"
#include "cli/report_text.h"
#include "intake/read.h"
#include "intake/render.h"
#include "intake/source.h"
#include "report/finding.h"

static bool arg_strict;
static const char *arg_kind;

const struct command_option cmd_show_options[] = {
    { "strict", NULL, "exit status 1 on any finding, too", &arg_strict, NULL,
      0 },
    { "kind", "KIND", "read reports of one kind alone: tls or dmarc", NULL,
      &arg_kind, 0 },
    { 0 }
};

/* What is kept from one input to the next. */
struct showing {
    struct printer *printer;
    const char *label;
    unsigned kinds; /* enum intake_kind */
    size_t n_refused;
    size_t n_with_findings; /* beyond what a sender need not know */
};

static int show_result(void *context, const struct intake_result *result,
                       struct err *err)
{
    struct showing *showing = context;
    struct printer *printer = showing->printer;

    showing->n_refused += result->refused != NULL;
    showing->n_with_findings +=
        result->findings && report_findings_matter(result->findings);
    if (printer->format == COMMAND_FORMAT_JSON) {
        intake_render_result(printer_json_begin(printer), showing->label,
                             result);
        printer_json_end(printer);
        return 0;
    }
    return report_text_print(printer, showing->label, result,
                             arg_quiet     ? REPORT_TEXT_LINE
                             : arg_verbose ? REPORT_TEXT_ALL
                                           : REPORT_TEXT_USUAL,
                             err);
}

static int show_input(void *context, const struct intake_source_input *input,
                      struct err *err)
{
    struct showing *showing = context;

    showing->label = input->label;
    if (input->refused) {
        struct intake_result result = { .refused = input->refused };

        return show_result(showing, &result, err);
    }
    return intake_read_kinds(input->octets, input->writable, input->name,
                             showing->kinds, show_result, showing, err);
}

static int show_all(const struct command_call *call, struct showing *showing,
                    struct err *err)
{
    struct intake_walk walk;
    int rc = 0;

    intake_walk_init(&walk);
    for (size_t i = 0; rc == 0 && i < call->n_arguments; i++)
        rc = intake_walk_add(&walk, call->arguments[i], err);
    if (rc == 0 && walk.n_entries == 0)
        fprintf(stderr, "tlsrpt show: there is no file to read\n");
    if (rc == 0)
        rc = intake_source_each(&walk, show_input, showing, err);
    intake_walk_deinit(&walk);
    return rc;
}

/* Returns: bits of enum intake_kind; 0 with err. */
static unsigned read_kinds(struct err *err)
{
    if (!arg_kind)
        return INTAKE_KIND_ALL;
    if (strcmp(arg_kind, "tls") == 0)
        return INTAKE_KIND_TLS;
    if (strcmp(arg_kind, "dmarc") == 0)
        return INTAKE_KIND_DMARC;
    err_set(err, ERR_USAGE, "--kind is tls or dmarc, not '%s'", arg_kind);
    return 0;
}

int cmd_show(const struct command_call *call)
{
    struct showing showing = { .printer = call->printer };
    struct err err;

    showing.kinds = read_kinds(&err);
    if (showing.kinds == 0 || show_all(call, &showing, &err)) {
        fprintf(stderr, "tlsrpt show: %s\n", err.text);
        return exit_of(&err);
    }
    if (showing.n_refused > 0 || (arg_strict && showing.n_with_findings > 0))
        return EXIT_FINDINGS;
    return EXIT_GOOD;
}
