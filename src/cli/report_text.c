/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/report_text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "cli/dmarc_text.h"
#include "cli/number.h"
#include "cli/phrase.h"
#include "cli/printer.h"
#include "insight/explain.h"
#include "insight/insight.h"
#include "intake/read.h"

enum {
    SUBJECTS_SHOWN = 5,  /* domains in the first line */
    FAULTS_SHOWN = 10,   /* of a policy, unless all are wanted */
    FINDINGS_SHOWN = 10, /* of a report */
    CAUSES_SHOWN = 3,
    INDENT = 4,
    SCRATCH_MAX_BYTES = 256 * 1024 * 1024,
    TEXT_MAX_BYTES = 1024 * 1024
};

/* What printing one result needs all along. */
struct telling {
    struct printer *printer;
    const struct intake_result *result;
    enum report_text_length length;
    struct arena arena;
    struct buffer text; /* one paragraph at a time */
    bool *told;         /* by row of the advice table, see is_first */
};

/* The days of the report in words. */
static void add_days(struct buffer *text, const struct report *report)
{
    phrase_add_days(text, report->start, report->end, report_day(report));
}

static bool is_among(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* The domains the report is about, each once, the first few. */
static void add_subjects(struct telling *telling)
{
    const struct report *report = telling->result->report;
    const char *told[SUBJECTS_SHOWN];
    size_t n = 0;

    for (size_t i = 0; i < report->n_policies; i++) {
        const char *subject = report->policies[i].subject_domain;

        if (is_among(told, n, subject))
            continue;
        if (n == SUBJECTS_SHOWN) {
            buffer_add_text(&telling->text, " and others");
            return;
        }
        buffer_add_text(&telling->text, n ? ", " : " about ");
        phrase_add_domain(&telling->text, &telling->arena, subject);
        told[n++] = subject;
    }
}

static void tell_head(struct telling *telling)
{
    const struct report *report = telling->result->report;
    struct buffer *text = &telling->text;

    buffer_add_text(
        text, phrase_or(report->organization_name, "A reporter without name"));
    buffer_add_text(text, " reports");
    add_subjects(telling);
    buffer_add_text(text, ": ");
    add_days(text, report);
    phrase_end_paragraph(&telling->text, telling->printer, 2, INDENT);
    buffer_add_format(text, "Report %s",
                      phrase_or(report->report_id, "without id"));
    buffer_add_format(text, ", contact %s",
                      phrase_or(report->contact_info, "not given"));
    phrase_end_paragraph(&telling->text, telling->printer, 2, INDENT);
}

/* "302 sessions: 300 succeeded, 2 failed (0.66 %)", failures in colour. */
static void say_sessions(struct printer *printer, int64_t success,
                         int64_t failure)
{
    char text[NUMBER_TEXT_BYTES];
    int64_t all = count_add(success, failure);
    struct insight_verdict verdict = insight_judge(all, failure);
    enum printer_style style = verdict.state == INSIGHT_TROUBLE ? PRINTER_BAD
                               : verdict.is_noise || failure == 0
                                   ? PRINTER_GOOD
                                   : PRINTER_WARNING;

    printer_say(printer, "%s session%s: ", number_count(all, text),
                number_plural(all));
    printer_say(printer, "%s succeeded, ", number_count(success, text));
    printer_say_style(printer, all ? style : PRINTER_PLAIN, "%s failed",
                      number_count(failure, text));
    if (failure > 0)
        printer_say(printer, " (%s)", number_share(failure, all, text));
}

static void tell_policy_head(struct telling *telling,
                             const struct report_policy *policy)
{
    struct printer *printer = telling->printer;

    printer_say(printer, "\n  ");
    printer_say_style(printer, PRINTER_HEAD, "%s",
                      policy->type == POLICY_TYPE_OTHER
                          ? "unknown policy type "
                          : policy_type_name(policy->type));
    if (policy->type == POLICY_TYPE_OTHER)
        printer_outside(printer, phrase_or(policy->type_text, "(none given)"));
    printer_say(printer,
                policy->type == POLICY_TYPE_NONE ? " for " : " policy of ");
    phrase_add_domain(&telling->text, &telling->arena, policy->domain);
    printer_outside(printer, buffer_text(&telling->text));
    buffer_reset(&telling->text);
    printer_say(printer, "\n    ");
    say_sessions(printer, policy->success_sessions, policy->failure_sessions);
    printer_say(printer, "\n");
    if (report_policy_is_implausible(policy))
        printer_paragraph(printer, INDENT, INDENT,
                          "No reporter has so many sessions in a day: these "
                          "counts enter no sum.");
}

/* What was published when the reporter looked. */
static void tell_published(struct telling *telling,
                           const struct report_policy *policy)
{
    struct buffer *text = &telling->text;

    if (policy->n_strings == 0 && policy->n_mx_hosts == 0)
        return;
    if (policy->n_strings)
        buffer_add_text(text, "Published:");
    for (size_t i = 0; i < policy->n_strings; i++)
        buffer_add_format(text, "%s %s", i ? ";" : "", policy->strings[i]);
    if (policy->n_mx_hosts)
        buffer_add_format(text, "%sMX:", policy->n_strings ? ". " : "");
    for (size_t i = 0; i < policy->n_mx_hosts; i++)
        buffer_add_format(text, "%s %s", i ? "," : "", policy->mx_hosts[i]);
    phrase_end_paragraph(&telling->text, telling->printer, INDENT, INDENT + 2);
}

/* Causes and remedy of a fault; once for each row of the table. */
static void tell_advice(struct telling *telling,
                        const struct advice_failure *failure,
                        const struct advice *advice)
{
    struct buffer *text = &telling->text;

    advice_add_consequence(text, advice, failure);
    phrase_end_paragraph(&telling->text, telling->printer, 6, 6);
    buffer_add_text(text, "Likely:");
    for (size_t i = 0; i < ADVICE_MAX_CAUSES && advice->causes[i] &&
                       (i < CAUSES_SHOWN || telling->length == REPORT_TEXT_ALL);
         i++)
        buffer_add_format(text, "%s %s", i ? ";" : "", advice->causes[i]);
    phrase_end_paragraph(&telling->text, telling->printer, 6, 8);
    buffer_add_text(text, "Look: ");
    advice_add_look(text, advice, failure);
    phrase_end_paragraph(&telling->text, telling->printer, 6, 8);
    buffer_add_format(text, "Do: %s", advice->fix);
    if (*advice->rfc)
        buffer_add_format(text, " (%s)", advice->rfc);
    phrase_end_paragraph(&telling->text, telling->printer, 6, 8);
}

/* Causes and remedy are told once for each row of the table and policy. */
static void forget_told(struct telling *telling)
{
    size_t n;

    advice_table(&n);
    memset(telling->told, 0, n * sizeof(*telling->told));
}

/* Tells whether a row of the advice table is told for the first time. */
static bool is_first(struct telling *telling, const struct advice *advice)
{
    size_t n;
    size_t row = (size_t)(advice - advice_table(&n));

    if (telling->told[row])
        return false;
    telling->told[row] = true;
    return true;
}

static void tell_fault(struct telling *telling,
                       const struct report_policy *policy,
                       const struct insight_explain_group *group)
{
    struct printer *printer = telling->printer;
    char count[NUMBER_TEXT_BYTES];
    struct advice_failure failure = insight_explain_failure(
        telling->result->report, policy, group, &telling->arena);

    printer_say(printer, "    ");
    printer_say_style(printer, PRINTER_WARNING, "%s failed",
                      number_count(group->sessions, count));
    printer_say(printer, "  ");
    printer_outside(printer,
                    phrase_or(group->failure->result_type, "(no result type)"));
    if (group->n_details > 1)
        printer_say(printer, "  (%s details)",
                    number_count((int64_t)group->n_details, count));
    printer_say(printer, "\n");
    advice_add_sentence(&telling->text, &failure);
    phrase_end_paragraph(&telling->text, telling->printer, 6, 6);
    if (is_first(telling, group->advice))
        tell_advice(telling, &failure, group->advice);
    else
        printer_say_style(printer, PRINTER_FAINT,
                          "      Causes and remedy as above.\n");
}

/* What of the failures the details do not account for. */
static void tell_unexplained(struct telling *telling,
                             const struct report_policy *policy,
                             const struct insight_explain_group *groups,
                             size_t n)
{
    char text[NUMBER_TEXT_BYTES];
    int64_t told = 0;

    for (size_t i = 0; i < n; i++)
        told = count_add(told, groups[i].sessions);
    if (told >= policy->failure_sessions)
        return;
    buffer_add_format(&telling->text,
                      "%s failed session%s: the report does not say why.",
                      number_count(policy->failure_sessions - told, text),
                      number_plural(policy->failure_sessions - told));
    phrase_end_paragraph(&telling->text, telling->printer, INDENT, INDENT);
}

static int tell_policy(struct telling *telling,
                       const struct report_policy *policy, struct err *err)
{
    struct insight_explain_group *groups;
    char text[NUMBER_TEXT_BYTES];
    size_t n, shown;

    tell_policy_head(telling, policy);
    tell_published(telling, policy);
    if (insight_explain_policy(policy, &telling->arena, &groups, &n, err))
        return -1;
    forget_told(telling);
    shown = n > FAULTS_SHOWN && telling->length != REPORT_TEXT_ALL
                ? FAULTS_SHOWN
                : n;
    for (size_t i = 0; i < shown; i++)
        tell_fault(telling, policy, &groups[i]);
    if (shown < n)
        printer_say(telling->printer,
                    "    and %s smaller ones (all: --verbose)\n",
                    number_count((int64_t)(n - shown), text));
    tell_unexplained(telling, policy, groups, n);
    return 0;
}

static int tell_totals(struct telling *telling, struct err *err)
{
    struct report_totals totals;

    if (report_totals_compute(telling->result->report, &telling->arena,
                              &totals))
        return err_memory(err);
    if (telling->result->report->n_policies > 1) {
        printer_say(telling->printer, "\n  In all, each session once: ");
        say_sessions(telling->printer,
                     totals.distinct_sessions - totals.distinct_failures,
                     totals.distinct_failures);
        printer_say(telling->printer, "\n");
    }
    insight_explain_noise(&telling->text, totals.distinct_sessions,
                          totals.distinct_failures);
    if (telling->text.len) {
        printer_say(telling->printer, "\n");
        phrase_end_paragraph(&telling->text, telling->printer, 2, 2);
    }
    return 0;
}

static enum printer_style severity_style(enum finding_severity severity)
{
    return severity == FINDING_INFO      ? PRINTER_FAINT
           : severity == FINDING_WARNING ? PRINTER_WARNING
                                         : PRINTER_BAD;
}

static void tell_finding(struct telling *telling, const struct finding *finding)
{
    const struct finding_kind *kind = finding->kind;
    struct printer *printer = telling->printer;

    printer_say(printer, "    ");
    printer_say_style(printer, severity_style(kind->severity), "%s",
                      finding_severity_name(kind->severity));
    printer_say(printer, " %s", kind->code);
    if (finding->where && *finding->where) {
        printer_say(printer, " at ");
        printer_outside(printer, finding->where);
    }
    if (finding->n_same > FINDING_KIND_MAX)
        printer_say(printer, " (the first of %zu)", finding->n_same);
    printer_say(printer, "\n");
    buffer_add_text(&telling->text, kind->message);
    if (finding->value)
        buffer_add_format(&telling->text, ": '%s'", finding->value);
    if (*kind->rfc)
        buffer_add_format(&telling->text, " (%s)", kind->rfc);
    if (*kind->fix && telling->length == REPORT_TEXT_ALL)
        buffer_add_format(&telling->text, ". %s", kind->fix);
    phrase_end_paragraph(&telling->text, telling->printer, 6, 6);
}

static void tell_findings(struct telling *telling)
{
    const struct finding_list *findings = telling->result->findings;
    size_t n = findings ? findings->n_items : 0;
    size_t shown = n > FINDINGS_SHOWN && telling->length != REPORT_TEXT_ALL
                       ? FINDINGS_SHOWN
                       : n;
    size_t all = n + (findings ? findings->n_dropped : 0);

    if (n == 0)
        return;
    printer_say(telling->printer, "\n  %zu finding%s on the %s itself\n", all,
                number_plural((int64_t)all),
                telling->result->refused ? "input" : "report");
    for (size_t i = 0; i < shown; i++)
        tell_finding(telling, &findings->items[i]);
    if (shown < all)
        printer_say(telling->printer, "    and %zu more%s\n", all - shown,
                    shown < n ? " (all: --verbose)" : "");
}

static void tell_input(struct printer *printer, const char *input)
{
    if (printer->has_color)
        printer_say(printer, "\x1b[1m");
    printer_outside(printer, input);
    if (printer->has_color)
        printer_say(printer, "\x1b[0m");
}

static int tell_line(struct telling *telling, struct err *err)
{
    struct report_totals totals;

    if (report_totals_compute(telling->result->report, &telling->arena,
                              &totals))
        return err_memory(err);
    buffer_add_text(&telling->text,
                    phrase_or(telling->result->report->organization_name,
                              "A reporter without name"));
    add_subjects(telling);
    buffer_add_text(&telling->text, ": ");
    add_days(&telling->text, telling->result->report);
    printer_say(telling->printer, ": ");
    printer_outside(telling->printer, buffer_text(&telling->text));
    printer_say(telling->printer, ": ");
    say_sessions(telling->printer,
                 totals.distinct_sessions - totals.distinct_failures,
                 totals.distinct_failures);
    printer_say(telling->printer, "\n");
    return 0;
}

static void tell_refusal(struct telling *telling)
{
    printer_say(telling->printer, ": ");
    printer_say_style(telling->printer, PRINTER_BAD, "refused");
    printer_say(telling->printer, ": ");
    printer_outside(telling->printer, telling->result->refused);
    printer_say(telling->printer, "\n");
    if (telling->length != REPORT_TEXT_LINE)
        tell_findings(telling);
}

static int tell_report(struct telling *telling, struct err *err)
{
    const struct report *report = telling->result->report;
    int rc = 0;

    if (telling->length == REPORT_TEXT_LINE)
        return tell_line(telling, err);
    printer_say(telling->printer, "\n");
    tell_head(telling);
    if (report->n_policies == 0)
        printer_paragraph(telling->printer, 2, 2,
                          "It holds no policies, so no sessions.");
    for (size_t i = 0; rc == 0 && i < report->n_policies; i++)
        rc = tell_policy(telling, &report->policies[i], err);
    if (rc == 0)
        rc = tell_totals(telling, err);
    tell_findings(telling);
    printer_say(telling->printer, "\n");
    return rc;
}

static int tell_dmarc(struct telling *telling, struct err *err)
{
    if (dmarc_text_print(telling->printer, telling->result->dmarc,
                         telling->length, err))
        return -1;
    if (telling->length == REPORT_TEXT_LINE)
        return 0;
    tell_findings(telling);
    printer_say(telling->printer, "\n");
    return 0;
}

int report_text_print(struct printer *printer, const char *input,
                      const struct intake_result *result,
                      enum report_text_length length, struct err *err)
{
    struct telling telling = { .printer = printer,
                               .result = result,
                               .length = length };
    int rc = 0;
    size_t n;

    arena_init(&telling.arena, SCRATCH_MAX_BYTES);
    advice_table(&n);
    telling.told = arena_calloc(&telling.arena, n, sizeof(*telling.told));
    if (!telling.told) {
        arena_deinit(&telling.arena);
        return err_memory(err);
    }
    buffer_init(&telling.text, TEXT_MAX_BYTES);
    tell_input(printer, input);
    if (result->report)
        rc = tell_report(&telling, err);
    else if (result->dmarc)
        rc = tell_dmarc(&telling, err);
    else
        tell_refusal(&telling);
    buffer_deinit(&telling.text);
    arena_deinit(&telling.arena);
    return rc;
}
