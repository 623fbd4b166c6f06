/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "dmarc/dmarc.h"

bool dmarc_is_pass(const char *word)
{
    return word && strcmp(word, "pass") == 0;
}

bool dmarc_record_passes(const struct dmarc_record *record)
{
    return dmarc_is_pass(record->dkim) || dmarc_is_pass(record->spf);
}

bool dmarc_record_is_implausible(const struct dmarc_record *record)
{
    return !count_is_plausible(record->count);
}

struct dmarc_totals dmarc_totals_compute(const struct dmarc_report *report)
{
    struct dmarc_totals totals = { 0 };

    for (size_t i = 0; i < report->n_records; i++) {
        const struct dmarc_record *record = &report->records[i];

        totals.messages = count_add(totals.messages, record->count);
        if (dmarc_is_pass(record->dkim))
            totals.dkim_pass = count_add(totals.dkim_pass, record->count);
        if (dmarc_is_pass(record->spf))
            totals.spf_pass = count_add(totals.spf_pass, record->count);
        if (dmarc_record_passes(record))
            totals.dmarc_pass = count_add(totals.dmarc_pass, record->count);
    }
    return totals;
}

utc_day dmarc_day(const struct dmarc_report *report)
{
    if (report->start == UTC_NONE || report->end == UTC_NONE)
        return UTC_DAY_NONE;
    return utc_day_of(report->start + (report->end - report->start) / 2);
}
