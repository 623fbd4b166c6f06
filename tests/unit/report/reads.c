/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <string.h>

#include "base/buffer.h"

void reads_init(struct reads *reads, const char *text,
                const struct report_origin *origin)
{
    char *copy;

    arena_init(&reads->arena, 64 << 20);
    copy = arena_copy(&reads->arena, slice_of(text));
    assert_non_null(copy);
    for (char *p = copy; *p; p++) {
        if (*p == '\'')
            *p = '"';
    }
    reads->list = (struct report_list){ 0 };
    memset(&reads->err, 0, sizeof(reads->err));
    reads->rc = report_read(&reads->arena, copy, strlen(text), origin,
                            &reads->list, &reads->err);
}

void reads_init_policies(struct reads *reads, const char *policies,
                         const struct report_origin *origin)
{
    struct buffer text;

    buffer_init(&text, 1 << 20);
    buffer_add_format(&text,
                      "{'organization-name':'S','date-range':{"
                      "'start-datetime':'2026-10-01T00:00:00Z',"
                      "'end-datetime':'2026-10-01T23:59:59Z'},"
                      "'contact-info':'a@s.example','report-id':'r1',"
                      "'policies':[%s]}",
                      policies);
    reads_init(reads, buffer_text(&text), origin);
    buffer_deinit(&text);
}

void reads_deinit(struct reads *reads)
{
    arena_deinit(&reads->arena);
}

const struct report *reads_report(const struct reads *reads)
{
    if (reads->rc != 0)
        fail_msg("refused: %s", reads->err.text);
    assert_true(reads->list.n_reports > 0);
    return &reads->list.reports[0];
}

int reads_count(const struct reads *reads, const char *code)
{
    const struct finding_list *findings = &reads_report(reads)->findings;
    int n = 0;

    for (size_t i = 0; i < findings->n_items; i++)
        n += strcmp(findings->items[i].kind->code, code) == 0;
    return n;
}

void reads_expect(const struct reads *reads, const char *code,
                  const char *where)
{
    const struct finding_list *findings = &reads_report(reads)->findings;

    for (size_t i = 0; i < findings->n_items; i++) {
        if (strcmp(findings->items[i].kind->code, code) == 0 &&
            strcmp(findings->items[i].where, where) == 0)
            return;
    }
    fail_msg("no finding %s at %s", code, where);
}
