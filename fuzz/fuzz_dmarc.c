/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * DMARC report texts: read and added up. Every string is UTF-8, every sum fits
 * to its parts, every finding has its place, and reading again says the same.
 */

#include <stdlib.h>

#include "base/text.h"
#include "dmarc/dmarc.h"

enum { ARENA_BYTES = 64 * 1024 * 1024 };

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            abort();                                                           \
    } while (0)

static void check_text(const char *text)
{
    CHECK(!text || text_utf8_prefix(slice_of(text)) == strlen(text));
}

static void check_record(const struct dmarc_record *record)
{
    check_text(record->source_ip);
    check_text(record->disposition);
    check_text(record->dkim);
    check_text(record->spf);
    check_text(record->header_from);
    check_text(record->envelope_from);
    check_text(record->envelope_to);
    CHECK(record->count >= 0);
    for (size_t i = 0; i < record->n_reasons; i++) {
        check_text(record->reasons[i].type);
        check_text(record->reasons[i].comment);
    }
    for (size_t i = 0; i < record->n_dkims; i++) {
        check_text(record->dkims[i].domain);
        check_text(record->dkims[i].selector);
        check_text(record->dkims[i].result);
        check_text(record->dkims[i].human_result);
    }
    for (size_t i = 0; i < record->n_spfs; i++) {
        check_text(record->spfs[i].domain);
        check_text(record->spfs[i].scope);
        check_text(record->spfs[i].result);
        check_text(record->spfs[i].human_result);
    }
}

static void check_head(const struct dmarc_report *report)
{
    check_text(report->version);
    check_text(report->name_space);
    check_text(report->organization_name);
    check_text(report->email);
    check_text(report->extra_contact_info);
    check_text(report->report_id);
    check_text(report->start_text);
    check_text(report->end_text);
    check_text(report->generator);
    check_text(report->policy.domain);
    check_text(report->policy.p);
    check_text(report->policy.fo);
    for (size_t i = 0; i < report->n_errors; i++)
        check_text(report->errors[i]);
    for (size_t i = 0; i < report->n_others; i++) {
        CHECK(report->others[i].where[0] == '/');
        check_text(report->others[i].where);
        check_text(report->others[i].value);
    }
    CHECK(report->policy.pct >= DMARC_PCT_NONE && report->policy.pct <= 100);
    CHECK(report->start == UTC_NONE || report->end == UTC_NONE ||
          report->start <= report->end);
    CHECK((dmarc_day(report) == UTC_DAY_NONE) ==
          (report->start == UTC_NONE || report->end == UTC_NONE));
}

static void check_report(const struct dmarc_report *report)
{
    struct dmarc_totals totals = dmarc_totals_compute(report);

    check_head(report);
    for (size_t i = 0; i < report->n_records; i++)
        check_record(&report->records[i]);
    CHECK(totals.dkim_pass <= totals.dmarc_pass);
    CHECK(totals.spf_pass <= totals.dmarc_pass);
    CHECK(totals.dmarc_pass <= totals.messages);
    CHECK(totals.dmarc_pass <= count_add(totals.dkim_pass, totals.spf_pass));
    for (size_t i = 0; i < report->findings.n_items; i++) {
        CHECK(report->findings.items[i].where);
        check_text(report->findings.items[i].where);
        check_text(report->findings.items[i].value);
    }
}

static void check_again(struct slice text, const struct dmarc_list *list)
{
    struct dmarc_list again;
    struct arena arena;

    arena_init(&arena, ARENA_BYTES);
    CHECK(dmarc_read(&arena, text, NULL, &again, NULL) == 0);
    CHECK(again.n_reports == list->n_reports);
    for (size_t i = 0; i < list->n_reports; i++) {
        struct dmarc_totals a = dmarc_totals_compute(&list->reports[i]);
        struct dmarc_totals b = dmarc_totals_compute(&again.reports[i]);

        CHECK(memcmp(&a, &b, sizeof(a)) == 0);
        CHECK(list->reports[i].findings.n_items ==
              again.reports[i].findings.n_items);
        CHECK(list->reports[i].n_others == again.reports[i].n_others);
    }
    arena_deinit(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_make(data, size);
    struct err err = { .kind = ERR_NONE };
    struct dmarc_list list;
    struct arena arena;

    arena_init(&arena, ARENA_BYTES);
    if (dmarc_read(&arena, text, NULL, &list, &err) == 0) {
        CHECK(list.n_reports > 0);
        for (size_t i = 0; i < list.n_reports; i++)
            check_report(&list.reports[i]);
        check_again(text, &list);
    } else {
        CHECK(err.kind != ERR_NONE && err.text[0]);
    }
    arena_deinit(&arena);
    return 0;
}
