/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/dmarc_text.h"

#include <inttypes.h>
#include <string.h>

#include "cli/number.h"
#include "cli/phrase.h"
#include "cli/printer.h"
#include "dmarc/dmarc.h"
#include "insight/sender.h"

enum {
    SENDERS_SHOWN = 10, /* unless all are wanted */
    RESULTS_SHOWN = 4,  /* DKIM or SPF results of a record */
    OTHERS_SHOWN = 5,
    INDENT = 4,
    SCRATCH_MAX_BYTES = 256 * 1024 * 1024,
    TEXT_MAX_BYTES = 1024 * 1024
};

/* What printing one report needs all along. */
struct telling {
    struct printer *printer;
    const struct dmarc_report *report;
    enum report_text_length length;
    struct insight_sender *senders;
    size_t n_senders;
    struct arena arena;
    struct buffer text; /* one paragraph at a time */
};

/* "Sender reports on mail in the name of example.org: DAYS" */
static void add_head(struct telling *telling)
{
    buffer_add_text(&telling->text,
                    phrase_or(telling->report->organization_name,
                              "A reporter without name"));
    buffer_add_text(&telling->text, " reports on mail in the name of ");
    phrase_add_domain(&telling->text, &telling->arena,
                      telling->report->policy.domain);
    buffer_add_text(&telling->text, ": ");
    phrase_add_days(&telling->text, telling->report->start,
                    telling->report->end, dmarc_day(telling->report));
}

/* "12 messages: 10 pass DMARC, 2 fail (16 %)", failures in colour. */
static void say_messages(struct printer *printer, int64_t messages,
                         int64_t passed, bool is_trouble)
{
    char text[NUMBER_TEXT_BYTES];
    int64_t failed = messages - passed;

    printer_say(printer, "%s message%s: ", number_count(messages, text),
                number_plural(messages));
    printer_say(printer, "%s pass%s DMARC, ", number_count(passed, text),
                passed == 1 ? "es" : "");
    printer_say_style(printer,
                      failed == 0  ? PRINTER_GOOD
                      : is_trouble ? PRINTER_BAD
                                   : PRINTER_WARNING,
                      "%s fail%s", number_count(failed, text),
                      failed == 1 ? "s" : "");
    if (failed > 0)
        printer_say(printer, " (%s)", number_share(failed, messages, text));
}

static void add_field(struct buffer *text, const char *name, const char *value)
{
    if (value && *value)
        buffer_add_format(text, "; %s=%s", name, value);
}

static void tell_policy(struct telling *telling)
{
    const struct dmarc_policy *policy = &telling->report->policy;
    struct buffer *text = &telling->text;

    buffer_add_format(text, "Published: p=%s",
                      phrase_or(policy->p, "(not told)"));
    add_field(text, "sp", policy->sp);
    add_field(text, "np", policy->np);
    add_field(text, "adkim", policy->adkim);
    add_field(text, "aspf", policy->aspf);
    if (policy->pct != DMARC_PCT_NONE)
        buffer_add_format(text, "; pct=%" PRId64, policy->pct);
    add_field(text, "fo", policy->fo);
    add_field(text, "t", policy->testing);
    if (policy->discovery_method)
        buffer_add_format(text, ", found by %s", policy->discovery_method);
    phrase_end_paragraph(&telling->text, telling->printer, 2, INDENT);
}

static void tell_head(struct telling *telling)
{
    const struct dmarc_report *report = telling->report;
    struct buffer *text = &telling->text;

    add_head(telling);
    phrase_end_paragraph(&telling->text, telling->printer, 2, INDENT);
    buffer_add_format(text, "DMARC report %s, contact %s",
                      phrase_or(report->report_id, "without id"),
                      phrase_or(report->email, "not given"));
    if (report->extra_contact_info && *report->extra_contact_info)
        buffer_add_format(text, ", %s", report->extra_contact_info);
    phrase_end_paragraph(&telling->text, telling->printer, 2, INDENT);
    tell_policy(telling);
    for (size_t i = 0; i < report->n_errors && i < OTHERS_SHOWN; i++) {
        buffer_add_format(text, "The reporter says of itself: %s",
                          report->errors[i]);
        phrase_end_paragraph(&telling->text, telling->printer, 2, INDENT);
    }
}

static bool has_trouble(const struct telling *telling)
{
    return telling->n_senders > 0 &&
           dmarc_case_is_trouble(telling->senders[0].worst);
}

static void tell_totals(struct telling *telling)
{
    struct dmarc_totals totals = dmarc_totals_compute(telling->report);
    struct printer *printer = telling->printer;
    char dkim[NUMBER_TEXT_BYTES], spf[NUMBER_TEXT_BYTES];

    printer_say(printer, "\n  ");
    say_messages(printer, totals.messages, totals.dmarc_pass,
                 has_trouble(telling));
    printer_say(printer, "; DKIM %s, SPF %s\n",
                number_count(totals.dkim_pass, dkim),
                number_count(totals.spf_pass, spf));
    for (size_t i = 0; i < telling->report->n_records; i++) {
        if (dmarc_record_is_implausible(&telling->report->records[i])) {
            printer_paragraph(printer, 2, 2,
                              "No receiver gets so many messages in a day: "
                              "such counts enter no stored sum.");
            break;
        }
    }
}

/* The results of one kind, the first few: " pass (example.org, s1)". */
static void add_result(struct buffer *text, const char *result,
                       const char *domain, const char *detail, const char *said)
{
    buffer_add_format(text, " %s", phrase_or(result, "no result"));
    if (domain && *domain)
        buffer_add_format(text, " for %s", domain);
    if (detail && *detail)
        buffer_add_format(text, " (%s)", detail);
    if (said && *said)
        buffer_add_format(text, " \"%s\"", said);
}

static void add_evidence(struct buffer *text, const struct dmarc_record *record)
{
    buffer_add_format(text, "From %s; DKIM",
                      phrase_or(record->header_from, "not told"));
    if (record->n_dkims == 0)
        buffer_add_text(text, " no signature");
    for (size_t i = 0; i < record->n_dkims && i < RESULTS_SHOWN; i++) {
        const struct dmarc_dkim *dkim = &record->dkims[i];

        buffer_add_text(text, i ? "," : "");
        add_result(text, dkim->result, dkim->domain, dkim->selector,
                   dkim->human_result);
    }
    buffer_add_text(text, "; SPF");
    if (record->n_spfs == 0)
        buffer_add_text(text, " not told");
    for (size_t i = 0; i < record->n_spfs && i < RESULTS_SHOWN; i++) {
        const struct dmarc_spf *spf = &record->spfs[i];

        buffer_add_text(text, i ? "," : "");
        add_result(text, spf->result, spf->domain, spf->scope,
                   spf->human_result);
    }
    for (size_t i = 0; i < record->n_reasons && i < RESULTS_SHOWN; i++) {
        buffer_add_format(text, "; reason %s",
                          phrase_or(record->reasons[i].type, "not told"));
        if (record->reasons[i].comment && *record->reasons[i].comment)
            buffer_add_format(text, " \"%s\"", record->reasons[i].comment);
    }
}

static void say_disposition(struct printer *printer,
                            const struct insight_sender *sender)
{
    char text[NUMBER_TEXT_BYTES];

    if (sender->quarantined > 0)
        printer_say(printer, ", %s quarantined",
                    number_count(sender->quarantined, text));
    if (sender->rejected > 0)
        printer_say(printer, ", %s rejected",
                    number_count(sender->rejected, text));
}

/* Meaning and remedy, once for each case. */
static void tell_case(struct telling *telling, size_t index)
{
    enum dmarc_case which = telling->senders[index].worst;
    const char *fix = insight_sender_fix(which);

    if (index > 0 && telling->senders[index - 1].worst == which) {
        printer_say_style(telling->printer, PRINTER_FAINT,
                          "      Meaning and remedy as above.\n");
        return;
    }
    printer_paragraph(telling->printer, 6, 6, insight_sender_meaning(which));
    if (!*fix)
        return;
    buffer_add_format(&telling->text, "Do: %s", fix);
    phrase_end_paragraph(&telling->text, telling->printer, 6, 8);
}

static void tell_sender(struct telling *telling, size_t index)
{
    const struct insight_sender *sender = &telling->senders[index];
    struct printer *printer = telling->printer;

    printer_say(printer, "\n  ");
    printer_outside(printer, phrase_or(sender->address, "(no address)"));
    printer_say(printer, "  ");
    say_messages(printer, sender->messages, sender->dmarc_pass,
                 dmarc_case_is_trouble(sender->worst));
    say_disposition(printer, sender);
    printer_say(printer, "\n");
    add_evidence(&telling->text, sender->record);
    if (sender->n_records > 1)
        buffer_add_format(&telling->text, " (the worst of %zu records)",
                          sender->n_records);
    phrase_end_paragraph(&telling->text, telling->printer, 6, 8);
    tell_case(telling, index);
}

/* Addresses beyond those shown, in sums. */
static void tell_rest(struct telling *telling, size_t shown)
{
    char addresses[NUMBER_TEXT_BYTES], count[NUMBER_TEXT_BYTES];
    int64_t messages = 0, passed = 0;

    if (shown == telling->n_senders)
        return;
    for (size_t i = shown; i < telling->n_senders; i++) {
        messages = count_add(messages, telling->senders[i].messages);
        passed = count_add(passed, telling->senders[i].dmarc_pass);
    }
    printer_say(telling->printer, "\n  and %s more address%s with %s message%s",
                number_count((int64_t)(telling->n_senders - shown), addresses),
                telling->n_senders - shown == 1 ? "" : "es",
                number_count(messages, count), number_plural(messages));
    printer_say(telling->printer, ", %s of which pass (all: --verbose)\n",
                number_count(passed, count));
}

/* Where there is trouble, those that are well are not told one by one. */
static size_t count_shown(const struct telling *telling)
{
    size_t n = 0;

    if (telling->length == REPORT_TEXT_ALL)
        return telling->n_senders;
    while (n < telling->n_senders && n < SENDERS_SHOWN &&
           (n < 1 || telling->senders[n].worst != DMARC_CASE_WELL))
        n++;
    return n;
}

static void tell_others(struct telling *telling)
{
    const struct dmarc_report *report = telling->report;
    size_t shown =
        telling->length == REPORT_TEXT_ALL ? report->n_others : OTHERS_SHOWN;
    size_t all = report->n_others + report->n_others_dropped;

    if (all == 0)
        return;
    printer_say(telling->printer, "\n  Beside that it holds\n");
    for (size_t i = 0; i < report->n_others && i < shown; i++) {
        buffer_add_format(&telling->text, "%s: %s", report->others[i].where,
                          report->others[i].value);
        phrase_end_paragraph(&telling->text, telling->printer, INDENT,
                             INDENT + 2);
    }
    if (shown < all)
        printer_say(telling->printer, "    and %zu more\n", all - shown);
}

static void tell_line(struct telling *telling)
{
    struct dmarc_totals totals = dmarc_totals_compute(telling->report);

    printer_say(telling->printer, ": ");
    add_head(telling);
    printer_outside(telling->printer, buffer_text(&telling->text));
    printer_say(telling->printer, ": ");
    say_messages(telling->printer, totals.messages, totals.dmarc_pass,
                 has_trouble(telling));
    printer_say(telling->printer, "\n");
}

static void tell_all(struct telling *telling)
{
    size_t shown = count_shown(telling);

    printer_say(telling->printer, "\n");
    tell_head(telling);
    tell_totals(telling);
    for (size_t i = 0; i < shown; i++)
        tell_sender(telling, i);
    tell_rest(telling, shown);
    printer_say(telling->printer, "\n");
    insight_sender_add_policy(&telling->text, telling->report);
    phrase_end_paragraph(&telling->text, telling->printer, 2, 2);
    tell_others(telling);
}

int dmarc_text_print(struct printer *printer, const struct dmarc_report *report,
                     enum report_text_length length, struct err *err)
{
    struct telling telling = { .printer = printer,
                               .report = report,
                               .length = length };
    int rc;

    arena_init(&telling.arena, SCRATCH_MAX_BYTES);
    buffer_init(&telling.text, TEXT_MAX_BYTES);
    rc = insight_sender_all(report, &telling.arena, &telling.senders,
                            &telling.n_senders, err);
    if (rc == 0 && length == REPORT_TEXT_LINE)
        tell_line(&telling);
    else if (rc == 0)
        tell_all(&telling);
    buffer_deinit(&telling.text);
    arena_deinit(&telling.arena);
    return rc;
}
