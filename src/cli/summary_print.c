/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/summary_print.h"
#include "cli/summary_mail.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/number.h"
#include "cli/options.h"
#include "cli/printer.h"
#include "cli/table.h"

static const struct table_column columns[] = {
    { .name = "state", .csv_name = "state" },
    { .name = "domain", .csv_name = "domain" },
    { .name = "", .csv_name = "unicode", .is_csv_only = true },
    { .name = "reports", .csv_name = "reports", .is_number = true },
    { .name = "sessions", .csv_name = "sessions", .is_number = true },
    { .name = "failures", .csv_name = "failures", .is_number = true },
    { .name = "share", .csv_name = "share", .is_number = true },
    { .name = "worst result", .csv_name = "worst_result_type" },
    { .name = "last day", .csv_name = "last_day" },
};

static enum printer_style state_style(enum insight_state state)
{
    return state == INSIGHT_TROUBLE ? PRINTER_BAD
           : state == INSIGHT_WATCH ? PRINTER_WARNING
           : state == INSIGHT_WELL  ? PRINTER_GOOD
                                    : PRINTER_FAINT;
}

/* A name in both forms; for CSV they stand in columns of their own. */
static void add_name(struct table *table, const struct insight_domain *domain)
{
    const char *name = *domain->domain ? domain->domain : "(unknown)";
    char both[1024];

    if (arg_format == COMMAND_FORMAT_TEXT &&
        strcmp(domain->unicode, domain->domain) != 0) {
        snprintf(both, sizeof(both), "%s (%s)", name, domain->unicode);
        name = both;
    }
    if (arg_format == COMMAND_FORMAT_CSV)
        name = domain->domain;
    table_add(table, PRINTER_PLAIN, name);
    table_add(table, PRINTER_PLAIN, domain->unicode);
}

static void add_count(struct table *table, int64_t count)
{
    char text[NUMBER_TEXT_BYTES];

    if (arg_format == COMMAND_FORMAT_CSV)
        snprintf(text, sizeof(text), "%" PRId64, count);
    else
        number_count(count, text);
    table_add(table, PRINTER_PLAIN, text);
}

static void add_sums(struct table *table, const struct store_sums *sums)
{
    char text[NUMBER_TEXT_BYTES];

    add_count(table, sums->reports);
    add_count(table, sums->sessions);
    add_count(table, sums->failures);
    if (arg_format == COMMAND_FORMAT_CSV)
        snprintf(text, sizeof(text), "%.6f",
                 sums->sessions
                     ? (double)sums->failures / (double)sums->sessions
                     : 0.0);
    else
        number_share(sums->failures, sums->sessions, text);
    table_add(table, PRINTER_PLAIN, text);
}

static void add_domain(struct table *table, const struct insight_domain *domain)
{
    char day[UTC_DAY_BYTES];

    table_add(table, state_style(domain->verdict.state),
              insight_state_name(domain->verdict.state));
    add_name(table, domain);
    add_sums(table, &domain->sums);
    table_add(table, PRINTER_PLAIN, domain->worst_result_type);
    table_add(table, PRINTER_PLAIN, utc_day_format(domain->last_day, day));
}

static void add_total(struct table *table,
                      const struct summary_print_sums *sums)
{
    char day[UTC_DAY_BYTES];

    table_add(table, PRINTER_PLAIN, "");
    table_add(table, PRINTER_HEAD, "total");
    table_add(table, PRINTER_PLAIN, "");
    add_sums(table, &sums->overview->totals.sums);
    table_add(table, PRINTER_PLAIN, "");
    table_add(table, PRINTER_PLAIN,
              utc_day_format(sums->overview->totals.last_day, day));
}

/* What is stored and stands in no sum. */
static int64_t n_aside(const struct store_contents *contents)
{
    return contents->totals.conflicts + contents->totals.unproven.reports +
           contents->totals.unclaimed.reports;
}

static void print_empty(struct printer *printer,
                        const struct summary_print_sums *sums)
{
    if (sums->n_mail > 0)
        return;
    if (sums->overview->contents.totals.sums.reports == 0 &&
        n_aside(&sums->overview->contents) > 0) {
        printer_say(printer, "No report counts yet.\n");
        return;
    }
    if (sums->overview->contents.totals.sums.reports == 0) {
        printer_say(printer, "Nothing is stored yet. Import reports first:\n"
                             "  tlsrpt import FILE|FOLDER|MAILDIR...\n");
        return;
    }
    printer_say(printer, "No report");
    if (sums->domain) {
        printer_say(printer, " about ");
        printer_outside(printer, sums->domain);
    }
    printer_say(printer, " in this range; without --since and --domain all "
                         "that is stored is summed.\n");
}

/* Says how many of a kind stand aside, in a whole sentence. */
static void print_aside(struct printer *printer, int64_t n, const char *one,
                        const char *many)
{
    if (n > 0)
        printer_say(printer, "%" PRId64 " %s\n", n, n == 1 ? one : many);
}

static void print_notes(struct printer *printer,
                        const struct summary_print_sums *sums)
{
    const struct store_contents *contents = &sums->overview->contents;
    const struct store_totals *totals = &contents->totals;

    if (arg_quiet)
        return;
    print_aside(printer, totals->conflicts,
                "report contradicts another and is in no sum.",
                "reports contradict others and are in no sum.");
    print_aside(printer, totals->unproven.reports,
                "report of an unproven sender is in no sum.",
                "reports of unproven senders are in no sum.");
    print_aside(printer, totals->unclaimed.reports,
                "report about a domain of others is in no sum.",
                "reports about domains of others are in no sum.");
    print_aside(printer, contents->quarantined,
                "input could not be read and is in quarantine: "
                "tlsrpt db quarantine",
                "inputs could not be read and are in quarantine: "
                "tlsrpt db quarantine");
    if (n_aside(contents) > 0)
        printer_say(printer, "The dashboard's inbox lists what is in no sum, "
                             "and why: tlsrpt serve\n");
}

int summary_print_table(struct printer *printer,
                        const struct summary_print_sums *sums, struct err *err)
{
    const struct insight_overview *overview = sums->overview;
    struct table table;
    int rc = 0;

    table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < overview->n_domains; i++)
        add_domain(&table, &overview->domains[i]);
    if (arg_format == COMMAND_FORMAT_TEXT && overview->n_domains > 0)
        add_total(&table, sums);
    if (table.failed)
        rc = err_memory(err);
    else if (arg_format == COMMAND_FORMAT_TEXT && overview->n_domains == 0)
        print_empty(printer, sums);
    else
        table_print(&table, printer);
    if (rc == 0 && arg_format == COMMAND_FORMAT_TEXT)
        rc = summary_mail_print(printer, sums, err);
    if (rc == 0 && arg_format == COMMAND_FORMAT_TEXT)
        print_notes(printer, sums);
    table_deinit(&table);
    return rc;
}

static void write_domain(struct json_writer *json,
                         const struct insight_domain *domain,
                         const struct insight_authentication_row *mail)
{
    json_begin_object(json);
    json_member_string(json, "domain", domain->domain);
    json_member_string(json, "unicode", domain->unicode);
    json_member_string(json, "state",
                       insight_state_name(domain->verdict.state));
    json_member_bool(json, "is_noise", domain->verdict.is_noise);
    json_member_int(json, "reports", domain->sums.reports);
    json_member_int(json, "sessions", domain->sums.sessions);
    json_member_int(json, "failures", domain->sums.failures);
    json_member_string(json, "worst_result_type", domain->worst_result_type);
    json_member_string(json, "worst_mx", domain->worst_mx);
    json_member_day(json, "last_day", domain->last_day);
    summary_mail_write(json, mail);
    json_end_object(json);
}

/* Domains that DMARC reports alone are about come behind the others. */
static void write_domains(struct printer *printer,
                          const struct summary_print_sums *sums)
{
    for (size_t i = 0; i < sums->overview->n_domains; i++) {
        const struct insight_domain *domain = &sums->overview->domains[i];

        write_domain(printer_json_begin(printer), domain,
                     summary_mail_find(sums, domain->domain));
        printer_json_end(printer);
    }
    for (size_t i = 0; i < sums->n_mail; i++) {
        const struct insight_domain domain = { .domain = sums->mail[i].domain,
                                               .unicode = sums->mail[i].unicode,
                                               .last_day = UTC_DAY_NONE };

        if (summary_mail_is_told(sums, domain.domain))
            continue;
        write_domain(printer_json_begin(printer), &domain, &sums->mail[i]);
        printer_json_end(printer);
    }
}

void summary_print_json(struct printer *printer,
                        const struct summary_print_sums *sums)
{
    const struct store_totals *totals = &sums->overview->totals;
    const struct store_contents *contents = &sums->overview->contents;
    struct json_writer *json;

    write_domains(printer, sums);
    json = printer_json_begin(printer);
    json_begin_object(json);
    json_key(json, "total");
    json_begin_object(json);
    json_member_int(json, "reports", totals->sums.reports);
    json_member_int(json, "success_sessions", totals->success_sessions);
    json_member_int(json, "failure_sessions", totals->failure_sessions);
    json_member_int(json, "distinct_sessions", totals->sums.sessions);
    json_member_int(json, "distinct_failures", totals->sums.failures);
    json_member_int(json, "conflicts", contents->totals.conflicts);
    json_member_int(json, "unproven", contents->totals.unproven.reports);
    json_member_int(json, "unclaimed", contents->totals.unclaimed.reports);
    json_member_int(json, "quarantined", contents->quarantined);
    summary_mail_write_totals(json, sums);
    json_end_object(json);
    json_end_object(json);
    printer_json_end(printer);
}
