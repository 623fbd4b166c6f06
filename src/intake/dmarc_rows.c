/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/dmarc_rows.h"

#include <stdio.h>
#include <string.h>

#include "dmarc/case.h"
#include "intake/rows.h"
#include "record/organisation.h"

_Static_assert((int)DMARC_CASE_COUNT <= (int)STORE_DMARC_CASES,
               "each case has a number");

/* Copies a text, unless it is empty. Returns: NULL when out of memory. */
static const char *copy(struct arena *arena, const char *text)
{
    return text && *text ? arena_copy(arena, slice_of(text)) : "";
}

/* What was copied last: the records of a report say the same again and again. */
struct last {
    const char *from;
    const char *to;
};

static const char *copy_again(struct arena *arena, const char *text,
                              struct last *last)
{
    if (!text)
        text = "";
    if (!last->to || strcmp(last->to, text) != 0)
        last->to = copy(arena, text);
    return last->to;
}

/* ---- Policy -------------------------------------------------------------- */

static void add_tag(struct buffer *buffer, const char *tag, const char *value)
{
    if (!value || !*value)
        return;
    buffer_add_format(buffer, "%s%s=", buffer->len ? "; " : "", tag);
    for (; *value; value++) {
        if (*value == ';')
            buffer_add_text(buffer, "\xef\xbf\xbd");
        else
            buffer_add_char(buffer, *value);
    }
}

/* The policy as a record would say it. A semicolon in a value of a stranger
 * would make two tags of one; it is shown as U+FFFD. */
static const char *make_policy(const struct dmarc_policy *policy,
                               struct arena *arena)
{
    enum { POLICY_MAX_BYTES = 4096 };
    char percent[8] = "";
    struct buffer text;
    const char *made;

    buffer_init(&text, POLICY_MAX_BYTES);
    if (policy->pct != DMARC_PCT_NONE)
        snprintf(percent, sizeof(percent), "%d", (int)policy->pct);
    add_tag(&text, "p", policy->p);
    add_tag(&text, "sp", policy->sp);
    add_tag(&text, "np", policy->np);
    add_tag(&text, "adkim", policy->adkim);
    add_tag(&text, "aspf", policy->aspf);
    add_tag(&text, "pct", percent);
    add_tag(&text, "fo", policy->fo);
    add_tag(&text, "t", policy->testing);
    made = text.failed ? "" : arena_copy(arena, buffer_slice(&text));
    buffer_deinit(&text);
    return made;
}

/* ---- Records ------------------------------------------------------------- */

static enum store_disposition disposition_of(const struct dmarc_record *record)
{
    const char *text = record->disposition ? record->disposition : "";

    if (strcmp(text, "quarantine") == 0)
        return STORE_QUARANTINED;
    return strcmp(text, "reject") == 0 ? STORE_REJECTED : STORE_DELIVERED;
}

/* Who sent: services have many names below one domain. */
static int make_sender(const struct dmarc_report *report,
                       const struct dmarc_record *record, struct arena *arena,
                       struct last *last, const char **out_sender,
                       struct err *err)
{
    const char *sender = dmarc_case_sender(report, record);

    if (!*sender || sender == report->policy.domain) {
        *out_sender = copy(arena, sender);
        return *out_sender ? 0 : arena_error(arena, err);
    }
    if (!last->from || strcmp(last->from, sender) != 0) {
        const char *organisation = NULL;

        if (organisation_find(arena, slice_of(sender), &organisation, err))
            return -1;
        last->from = sender;
        last->to = organisation ? organisation : copy(arena, sender);
    }
    *out_sender = last->to;
    return *out_sender ? 0 : arena_error(arena, err);
}

/* What rows have in common is copied once. */
struct lasts {
    struct last source;
    struct last from;
    struct last sender;
};

static int make_row(const struct dmarc_report *report,
                    const struct dmarc_record *record, struct arena *arena,
                    struct lasts *lasts, struct store_dmarc_row *row,
                    struct err *err)
{
    row->source = copy_again(arena, record->source_ip, &lasts->source);
    row->header_from = copy_again(arena, record->header_from, &lasts->from);
    row->disposition = disposition_of(record);
    row->dkim = dmarc_is_pass(record->dkim);
    row->spf = dmarc_is_pass(record->spf);
    row->fault = dmarc_case_of(report, record);
    row->messages = record->count;
    if (!row->source || !row->header_from)
        return arena_error(arena, err);
    return make_sender(report, record, arena, &lasts->sender, &row->sender,
                       err);
}

static int make_rows(const struct dmarc_report *report, struct arena *arena,
                     struct store_dmarc *dmarc, struct err *err)
{
    struct store_dmarc_row *rows =
        arena_calloc(arena, report->n_records + 1, sizeof(*rows));
    struct lasts lasts = { .sender.from = NULL };

    if (!rows)
        return arena_error(arena, err);
    for (size_t i = 0; i < report->n_records; i++) {
        if (make_row(report, &report->records[i], arena, &lasts, &rows[i], err))
            return -1;
    }
    dmarc->rows = rows;
    dmarc->n_rows = report->n_records;
    return 0;
}

static void add_sums(const struct dmarc_report *report,
                     struct store_report *rows)
{
    for (size_t i = 0; i < report->n_records; i++) {
        const struct dmarc_record *record = &report->records[i];
        int64_t *sum = dmarc_record_passes(record) ? &rows->success_sessions
                                                   : &rows->failure_sessions;

        if (!dmarc_record_is_implausible(record))
            *sum = count_add(*sum, record->count);
    }
}

/* ---- The whole ----------------------------------------------------------- */

/* Whose policy it is about; a report that does not say is about the domain in
 * From. */
static const char *domain_of(const struct dmarc_report *report)
{
    if (report->policy.domain)
        return report->policy.domain;
    return report->n_records ? report->records[0].header_from : NULL;
}

/* A date that could not be read is in the key as it was written. */
static const char *odd_date(struct arena *arena, utc_time time,
                            const char *text)
{
    return time == UTC_NONE && text ? copy(arena, text) : NULL;
}

static int make_head(const struct dmarc_report *report, struct arena *arena,
                     struct store_dmarc *dmarc, struct store_report *rows)
{
    rows->organization = copy(arena, report->organization_name);
    rows->contact_info = copy(arena, report->email);
    rows->report_id = copy(arena, report->report_id);
    rows->start = report->start;
    rows->end = report->end;
    rows->start_odd = odd_date(arena, report->start, report->start_text);
    rows->end_odd = odd_date(arena, report->end, report->end_text);
    rows->day = dmarc_day(report);
    dmarc->domain = copy(arena, domain_of(report));
    dmarc->policy = make_policy(&report->policy, arena);
    return rows->organization && rows->contact_info && rows->report_id &&
                   dmarc->domain && dmarc->policy
               ? 0
               : -1;
}

int intake_dmarc_rows_make(const struct dmarc_report *report,
                           struct arena *arena, struct store_report *out_rows,
                           struct err *err)
{
    struct store_report rows = { .n_findings = report->findings.n_items };
    struct store_dmarc *dmarc = arena_calloc(arena, 1, sizeof(*dmarc));

    if (dmarc)
        rows.findings = intake_rows_findings(&report->findings, arena);
    if (!dmarc || (rows.n_findings && !rows.findings) ||
        make_head(report, arena, dmarc, &rows))
        return arena_error(arena, err);
    if (make_rows(report, arena, dmarc, err))
        return -1;
    add_sums(report, &rows);
    rows.dmarc = dmarc;
    *out_rows = rows;
    return 0;
}

struct slice intake_dmarc_contact_domain(const struct dmarc_report *report)
{
    const char *at = report->email ? strrchr(report->email, '@') : NULL;

    return slice_of(at ? at + 1 : "");
}
