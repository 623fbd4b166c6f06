/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/import_print.h"

#include <stdio.h>

#include "cli/number.h"
#include "cli/options.h"
#include "cli/printer.h"
#include "cli/refusals.h"
#include "intake/import.h"

enum { REASONS_SHOWN = 10 };

static void print_line(struct printer *printer, const char *word, int64_t count,
                       enum printer_style style, const char *note)
{
    char text[NUMBER_TEXT_BYTES];

    printer_say(printer, "  %-11s", word);
    printer_say_style(printer, count ? style : PRINTER_PLAIN, "%10s",
                      number_count(count, text));
    printer_say(printer, "%s%s\n", *note ? "  " : "", note);
}

static void print_reasons(struct printer *printer,
                          const struct refusals *refusals)
{
    size_t n = refusals->n_groups;
    size_t shown = n > REASONS_SHOWN && !arg_verbose ? REASONS_SHOWN : n;

    for (size_t i = 0; i < shown; i++) {
        const struct refusals_group *group = &refusals->groups[i];
        char text[NUMBER_TEXT_BYTES];

        printer_say(printer, "    %s: ", number_count(group->n_inputs, text));
        printer_outside(printer, group->reason);
        printer_say(printer, group->n_inputs > 1 ? ", such as " : ", ");
        printer_outside(printer, group->example);
        printer_say(printer, "\n");
    }
    if (shown < n)
        printer_say(printer, "    and %zu other reason%s (all: --verbose)\n",
                    n - shown, number_plural((int64_t)(n - shown)));
}

/* How many of what was stored are DMARC reports, and of what they tell. */
static void print_dmarc(struct printer *printer,
                        const struct intake_import_counts *counts)
{
    char messages[NUMBER_TEXT_BYTES], failed[NUMBER_TEXT_BYTES], note[160];

    if (counts->dmarc_reports == 0)
        return;
    snprintf(note, sizeof(note), "with %s messages, of which %s failed",
             number_count(counts->messages, messages),
             number_count(counts->failed_messages, failed));
    print_line(printer, "of DMARC", counts->dmarc_new, PRINTER_GOOD,
               counts->dmarc_new ? note : "");
}

/* What the signatures of mails are worth. */
static void print_proof(struct printer *printer,
                        const struct intake_import_counts *counts)
{
    static const struct {
        const char *word, *note;
        enum printer_style style;
    } rows[DKIM_VERDICT_COUNT] = {
        [DKIM_NONE] = { "unsigned", "by who sent it", PRINTER_PLAIN },
        [DKIM_PASS] = { "proven", "signed by who sent it", PRINTER_GOOD },
        [DKIM_FAIL] = { "failed", "their signatures are wrong",
                        PRINTER_WARNING },
        [DKIM_UNVERIFIABLE] = { "key gone", "nobody can verify them any more",
                                PRINTER_WARNING },
        [DKIM_TEMPORARY] = { "no answer", "DNS has not told their keys",
                             PRINTER_WARNING },
    };

    for (size_t i = 0; i < DKIM_VERDICT_COUNT; i++)
        if (counts->verdicts[i] || i == DKIM_PASS)
            print_line(printer, rows[i].word, counts->verdicts[i],
                       rows[i].style, rows[i].note);
    if (counts->unproven)
        print_line(printer, "unproven", counts->unproven, PRINTER_WARNING,
                   "kept beside the sums");
    if (counts->waiting)
        print_line(printer, "waiting", counts->waiting, PRINTER_WARNING,
                   "tlsrpt serve, or importing again, asks DNS again");
}

/* What became of the inputs, with what it means. */
static void print_counts(struct printer *printer,
                         const struct intake_import_counts *counts)
{
    char sessions[NUMBER_TEXT_BYTES], failures[NUMBER_TEXT_BYTES], note[160];

    snprintf(note, sizeof(note), "with %s sessions, of which %s failed",
             number_count(counts->sessions, sessions),
             number_count(counts->failures, failures));
    print_line(printer, "stored", counts->outcomes[STORE_NEW], PRINTER_GOOD,
               counts->outcomes[STORE_NEW] > counts->dmarc_new ? note : "");
    print_dmarc(printer, counts);
    print_line(printer, "duplicates", counts->outcomes[STORE_DUPLICATE],
               PRINTER_PLAIN, "known already, nothing stored");
    print_line(printer, "conflicts", counts->outcomes[STORE_CONFLICT],
               PRINTER_WARNING,
               "another content under a known id: kept, in no sum");
    if (counts->outcomes[STORE_TAKEOVER])
        print_line(printer, "takeovers", counts->outcomes[STORE_TAKEOVER],
                   PRINTER_PLAIN, "better proven than what was stored");
    print_line(printer, "refused", counts->refused, PRINTER_WARNING,
               counts->refused ? "kept in quarantine where they could be read"
                               : "");
}

static void print_next(struct printer *printer)
{
    printer_say(printer, "Next: tlsrpt summary");
    if (arg_store) {
        printer_say(printer, " --store ");
        printer_outside(printer, arg_store);
    }
    printer_say(printer, ", or tlsrpt serve for the dashboard.\n");
}

void import_print_text(struct printer *printer,
                       const struct import_print_outcome *outcome)
{
    const struct intake_import_counts *counts = outcome->counts;
    double seconds = (double)outcome->elapsed_ms / 1000;
    char inputs[NUMBER_TEXT_BYTES], reports[NUMBER_TEXT_BYTES];

    printer_say(printer, "%s input%s read in %.1f s, %s report%s in them\n",
                number_count(counts->inputs, inputs),
                number_plural(counts->inputs), seconds,
                number_count(counts->reports, reports),
                number_plural(counts->reports));
    print_counts(printer, counts);
    if (outcome->is_proof_asked)
        print_proof(printer, counts);
    print_reasons(printer, outcome->refusals);
    if (outcome->is_stopped)
        printer_say(printer, "Stopped before the end. What is counted here is "
                             "stored; import again to go on.\n");
    else if (counts->inputs == 0)
        printer_say(printer, "There was no file to read.\n");
    else if (!arg_quiet)
        print_next(printer);
}

static void write_proof(struct json_writer *json,
                        const struct intake_import_counts *counts)
{
    json_key(json, "dkim");
    json_begin_object(json);
    for (int i = 0; i < DKIM_VERDICT_COUNT; i++)
        json_member_int(json, dkim_reason_verdict_name((enum dkim_verdict)i),
                        counts->verdicts[i]);
    json_end_object(json);
    json_member_int(json, "unproven", counts->unproven);
    json_member_int(json, "waiting", counts->waiting);
}

static void write_reasons(struct json_writer *json,
                          const struct refusals *refusals)
{
    json_key(json, "reasons");
    json_begin_array(json);
    for (size_t i = 0; i < refusals->n_groups; i++) {
        json_begin_object(json);
        json_member_string(json, "reason", refusals->groups[i].reason);
        json_member_int(json, "inputs", refusals->groups[i].n_inputs);
        json_member_string(json, "example", refusals->groups[i].example);
        json_end_object(json);
    }
    json_end_array(json);
}

void import_print_json(struct printer *printer,
                       const struct import_print_outcome *outcome)
{
    const struct intake_import_counts *counts = outcome->counts;
    struct json_writer *json = printer_json_begin(printer);

    json_begin_object(json);
    json_member_string(json, "store", outcome->store_url);
    json_member_int(json, "inputs", counts->inputs);
    json_member_int(json, "reports", counts->reports);
    json_member_int(json, "stored", counts->outcomes[STORE_NEW]);
    json_member_int(json, "duplicates", counts->outcomes[STORE_DUPLICATE]);
    json_member_int(json, "conflicts", counts->outcomes[STORE_CONFLICT]);
    json_member_int(json, "takeovers", counts->outcomes[STORE_TAKEOVER]);
    json_member_int(json, "refused", counts->refused);
    json_member_int(json, "sessions", counts->sessions);
    json_member_int(json, "failures", counts->failures);
    json_member_int(json, "dmarc_reports", counts->dmarc_reports);
    json_member_int(json, "dmarc_stored", counts->dmarc_new);
    json_member_int(json, "messages", counts->messages);
    json_member_int(json, "failed_messages", counts->failed_messages);
    if (outcome->is_proof_asked)
        write_proof(json, counts);
    json_member_bool(json, "stopped", outcome->is_stopped);
    write_reasons(json, outcome->refusals);
    json_end_object(json);
    printer_json_end(printer);
}
