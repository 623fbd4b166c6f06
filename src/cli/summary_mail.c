/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/summary_mail.h"

#include <string.h>

#include "cli/number.h"
#include "cli/printer.h"
#include "cli/table.h"

static const struct table_column columns[] = {
    { .name = "state", .csv_name = "state" },
    { .name = "DMARC of domain", .csv_name = "domain" },
    { .name = "reports", .csv_name = "reports", .is_number = true },
    { .name = "messages", .csv_name = "messages", .is_number = true },
    { .name = "failed", .csv_name = "failed", .is_number = true },
    { .name = "share", .csv_name = "share", .is_number = true },
    { .name = "turned away", .csv_name = "turned_away", .is_number = true },
    { .name = "last day", .csv_name = "last_day" },
};

const struct insight_authentication_row *summary_mail_find(
    const struct summary_print_sums *sums, const char *domain)
{
    for (size_t i = 0; i < sums->n_mail; i++) {
        if (strcmp(sums->mail[i].domain, domain) == 0)
            return &sums->mail[i];
    }
    return NULL;
}

bool summary_mail_is_told(const struct summary_print_sums *sums,
                          const char *domain)
{
    for (size_t i = 0; i < sums->overview->n_domains; i++) {
        if (strcmp(sums->overview->domains[i].domain, domain) == 0)
            return true;
    }
    return false;
}

static void add_count(struct table *table, int64_t count)
{
    char text[NUMBER_TEXT_BYTES];

    table_add(table, PRINTER_PLAIN, number_count(count, text));
}

static void add_sums(struct table *table, const struct store_dmarc_sums *sums)
{
    char text[NUMBER_TEXT_BYTES];
    int64_t failed = sums->messages - sums->passed;

    add_count(table, sums->reports);
    add_count(table, sums->messages);
    add_count(table, failed);
    table_add(table, PRINTER_PLAIN, number_share(failed, sums->messages, text));
    add_count(table, sums->quarantined + sums->rejected);
}

static void add_row(struct table *table,
                    const struct insight_authentication_row *row)
{
    static const enum printer_style styles[INSIGHT_STATE_COUNT] = {
        [INSIGHT_UNKNOWN] = PRINTER_FAINT,
        [INSIGHT_WELL] = PRINTER_GOOD,
        [INSIGHT_WATCH] = PRINTER_WARNING,
        [INSIGHT_TROUBLE] = PRINTER_BAD,
    };
    char day[UTC_DAY_BYTES];

    table_add(table, styles[row->verdict.state],
              insight_state_name(row->verdict.state));
    table_add(table, PRINTER_PLAIN, *row->domain ? row->domain : "(unknown)");
    add_sums(table, &row->sums);
    table_add(table, PRINTER_PLAIN, utc_day_format(row->last_day, day));
}

int summary_mail_print(struct printer *printer,
                       const struct summary_print_sums *sums, struct err *err)
{
    struct table table;
    char day[UTC_DAY_BYTES];
    int rc = 0;

    if (sums->n_mail == 0)
        return 0;
    table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < sums->n_mail; i++)
        add_row(&table, &sums->mail[i]);
    table_add(&table, PRINTER_PLAIN, "");
    table_add(&table, PRINTER_HEAD, "total");
    add_sums(&table, &sums->mail_totals.sums);
    table_add(&table, PRINTER_PLAIN,
              utc_day_format(sums->mail_totals.last_day, day));
    if (table.failed) {
        rc = err_memory(err);
    } else {
        if (sums->overview->n_domains > 0)
            printer_say(printer, "\n");
        table_print(&table, printer);
    }
    table_deinit(&table);
    return rc;
}

static void write_sums(struct json_writer *json,
                       const struct store_dmarc_sums *sums)
{
    json_member_int(json, "reports", sums->reports);
    json_member_int(json, "messages", sums->messages);
    json_member_int(json, "dmarc_pass", sums->passed);
    json_member_int(json, "dkim_pass", sums->dkim);
    json_member_int(json, "spf_pass", sums->spf);
    json_member_int(json, "quarantined", sums->quarantined);
    json_member_int(json, "rejected", sums->rejected);
}

void summary_mail_write(struct json_writer *json,
                        const struct insight_authentication_row *row)
{
    json_key(json, "dmarc");
    if (!row) {
        json_null(json);
        return;
    }
    json_begin_object(json);
    json_member_string(json, "state", insight_state_name(row->verdict.state));
    write_sums(json, &row->sums);
    json_member_day(json, "last_day", row->last_day);
    json_end_object(json);
}

void summary_mail_write_totals(struct json_writer *json,
                               const struct summary_print_sums *sums)
{
    json_key(json, "dmarc");
    json_begin_object(json);
    write_sums(json, &sums->mail_totals.sums);
    json_end_object(json);
}
