/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/report_print.h"

#include "base/count.h"

#include "cli/number.h"
#include "cli/options.h"

static const char *const verdicts[OUTGOING_VERDICT_COUNT] = {
    [OUTGOING_MADE] = "report",
    [OUTGOING_STANDS] = "stands",
    [OUTGOING_SKIPPED] = "none",
};

static const char *const fates[] = { [OUTGOING_SENT] = "send",
                                     [OUTGOING_HELD] = "suppressed",
                                     [OUTGOING_LEFT_OUT] = "left-out" };

static const char *const origins[OUTBOX_ORIGIN_COUNT] = {
    [OUTBOX_RECORD] = "record",
    [OUTBOX_RULE] = "rule",
    [OUTBOX_COPY] = "copy",
};

/* ---- JSON ---------------------------------------------------------------- */

static void write_plan(struct json_writer *json,
                       const struct report_outlook *outlook,
                       const struct outgoing_item *item)
{
    const struct outgoing_plan *plan = item->plan;

    json_key(json, "destinations");
    json_begin_array(json);
    for (size_t i = 0; plan && i < plan->n_lines; i++) {
        const struct outgoing_line *line = &plan->lines[i];
        const char *trouble =
            report_outlook_trouble(outlook, item->identity, line);

        json_begin_object(json);
        json_member_string(json, "uri", line->target.uri);
        json_member_string(json, "fate", fates[line->fate]);
        json_member_string(json, "origin", origins[line->origin]);
        json_member_string(json, "why", line->why);
        json_member_string(json, "not_now", trouble ? trouble : "");
        json_end_object(json);
    }
    json_end_array(json);
}

static void write_item(const struct report_outlook *outlook,
                       const struct outgoing_item *item)
{
    struct printer *printer = outlook->printer;
    struct json_writer *json = printer_json_begin(printer);

    json_begin_object(json);
    json_member_day(json, "day", item->day);
    json_member_string(json, "domain", item->domain);
    json_key(json, "record");
    json_string_slice(json, item->record);
    json_member_string(json, "identity", item->identity->name);
    json_member_string(json, "verdict", verdicts[item->verdict]);
    json_member_string(json, "reason", item->reason);
    json_member_int(json, "successes", item->successes);
    json_member_int(json, "failures", item->failures);
    if (item->verdict == OUTGOING_MADE) {
        json_key(json, "report_id");
        json_string_slice(json, item->report_id);
        json_member_int(json, "parts", item->n_parts);
        json_member_int(json, "json_bytes", item->json_bytes);
        json_member_int(json, "gzip_bytes", item->gzip_bytes);
        json_member_int(json, "details_folded", item->n_folded);
    }
    write_plan(json, outlook, item);
    json_end_object(json);
    printer_json_end(printer);
}

static void write_total(const struct report_outlook *outlook, utc_day day,
                        bool is_dry, const struct outgoing_counts *counts)
{
    struct printer *printer = outlook->printer;
    struct json_writer *json = printer_json_begin(printer);

    json_begin_object(json);
    json_key(json, "total");
    json_begin_object(json);
    json_member_day(json, "day", day);
    json_member_bool(json, "dry_run", is_dry);
    json_member_int(json, "reports", counts->n_items[OUTGOING_MADE]);
    json_member_int(json, "standing", counts->n_items[OUTGOING_STANDS]);
    json_member_int(json, "skipped", counts->n_items[OUTGOING_SKIPPED]);
    json_member_int(json, "deliveries", counts->n_deliveries);
    json_member_int(json, "suppressed", counts->n_suppressed);
    json_member_int(json, "not_now", outlook->n_held);
    json_member_int(json, "sessions_without_domain", counts->n_unnamed);
    json_key(json, "not_fetched");
    json_begin_array(json);
    for (size_t i = 0; i < outlook->n_absent; i++)
        json_string(json, outlook->absent[i]);
    json_end_array(json);
    json_end_object(json);
    json_end_object(json);
    printer_json_end(printer);
}

/* ---- Text ---------------------------------------------------------------- */

static void say_line(struct printer *printer, const struct outgoing_line *line,
                     const char *trouble)
{
    if (line->fate == OUTGOING_SENT)
        printer_say(printer, "  to ");
    else
        printer_say_style(printer, PRINTER_WARNING, "  not to ");
    printer_outside(printer, line->target.uri);
    if (*line->why) {
        printer_say(printer, line->fate == OUTGOING_SENT ? " (" : ": ");
        printer_outside(printer, line->why);
        printer_say(printer, line->fate == OUTGOING_SENT ? ")" : "");
    }
    if (trouble) {
        printer_say_style(printer, PRINTER_WARNING, "; not now: ");
        printer_outside(printer, trouble);
    }
    printer_say(printer, "\n");
}

static void say_head(struct printer *printer, const struct outgoing_item *item)
{
    char count[NUMBER_TEXT_BYTES];
    const int64_t sessions = count_add(item->successes, item->failures);

    printer_outside(printer, item->domain);
    if (*item->identity->name) {
        printer_say(printer, " as ");
        printer_outside(printer, item->identity->name);
    }
    if (item->verdict == OUTGOING_STANDS) {
        printer_say(printer, ": %s\n", item->reason);
        return;
    }
    printer_say(printer, ": %s session%s", number_count(sessions, count),
                number_plural(sessions));
    if (item->failures)
        printer_say(printer, ", %s failed",
                    number_count(item->failures, count));
    if (item->verdict == OUTGOING_SKIPPED) {
        printer_say_style(printer, PRINTER_WARNING, "; no report: ");
        printer_outside(printer, item->reason);
    }
    printer_say(printer, "\n");
}

static void say_item(const struct report_outlook *outlook,
                     const struct outgoing_item *item)
{
    struct printer *printer = outlook->printer;

    say_head(printer, item);
    for (size_t i = 0; item->plan && i < item->plan->n_lines; i++) {
        const struct outgoing_line *line = &item->plan->lines[i];

        say_line(printer, line,
                 report_outlook_trouble(outlook, item->identity, line));
    }
    if (item->n_parts > 1)
        printer_say(printer, "  in %lld parts\n", (long long)item->n_parts);
    if (item->n_folded)
        printer_say(printer, "  %lld details folded\n",
                    (long long)item->n_folded);
}

/* Each part is a delivery of its own. */
static void count_held(struct report_outlook *outlook,
                       const struct outgoing_item *item)
{
    for (size_t i = 0; item->plan && i < item->plan->n_lines; i++) {
        if (report_outlook_trouble(outlook, item->identity,
                                   &item->plan->lines[i]))
            outlook->n_held += item->n_parts;
    }
}

int report_print_item(void *context, const struct outgoing_item *item,
                      struct err *err)
{
    struct report_outlook *outlook = context;
    struct printer *printer = outlook->printer;

    (void)err;
    if (item->verdict == OUTGOING_MADE)
        count_held(outlook, item);
    if (printer->format == COMMAND_FORMAT_JSON)
        write_item(outlook, item);
    else if (!arg_quiet)
        say_item(outlook, item);
    printer_flush(printer, false);
    return 0;
}

void report_print_total(const struct report_outlook *outlook, utc_day day,
                        bool is_dry, const struct outgoing_counts *counts)
{
    struct printer *printer = outlook->printer;
    const int64_t made = counts->n_items[OUTGOING_MADE];
    char text[UTC_DAY_BYTES], n[4][NUMBER_TEXT_BYTES];

    if (printer->format == COMMAND_FORMAT_JSON) {
        write_total(outlook, day, is_dry, counts);
        return;
    }
    printer_say(printer, "%s: %s report%s%s, %s deliver%s",
                utc_day_format(day, text), number_count(made, n[0]),
                number_plural(made), is_dry ? " would go out" : " made",
                number_count(counts->n_deliveries, n[1]),
                counts->n_deliveries == 1 ? "y" : "ies");
    if (outlook->n_held)
        printer_say_style(printer, PRINTER_WARNING, ", %s of them not now",
                          number_count(outlook->n_held, n[2]));
    if (counts->n_suppressed)
        printer_say(printer, ", %s suppressed",
                    number_count(counts->n_suppressed, n[2]));
    printer_say(printer, "; %s made before, %s without a report\n",
                number_count(counts->n_items[OUTGOING_STANDS], n[2]),
                number_count(counts->n_items[OUTGOING_SKIPPED], n[3]));
    if (counts->n_unnamed)
        printer_say(printer,
                    "%s sessions stand beyond the caps of the collector, under"
                    " no domain\n",
                    number_count(counts->n_unnamed, n[0]));
}
