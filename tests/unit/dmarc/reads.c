/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <string.h>

#include "base/buffer.h"

void reads_init(struct reads *reads, struct slice text)
{
    arena_init(&reads->arena, 64 << 20);
    reads->list = (struct dmarc_list){ NULL, 0 };
    memset(&reads->err, 0, sizeof(reads->err));
    reads->rc =
        dmarc_read(&reads->arena, text, NULL, &reads->list, &reads->err);
}

void reads_init_inner(struct reads *reads, const char *inner)
{
    struct buffer text;

    buffer_init(&text, 1 << 20);
    buffer_add_format(&text, "<feedback>%s</feedback>", inner);
    reads_init(reads, buffer_slice(&text));
    buffer_deinit(&text);
}

void reads_deinit(struct reads *reads)
{
    arena_deinit(&reads->arena);
}

const struct dmarc_report *reads_report(const struct reads *reads)
{
    if (reads->rc != 0)
        fail_msg("refused: %s", reads->err.text);
    assert_true(reads->list.n_reports > 0);
    return &reads->list.reports[0];
}

const char *reads_findings(struct reads *reads)
{
    const struct dmarc_report *report = reads_report(reads);
    const char *all = "";

    for (size_t i = 0; i < report->findings.n_items; i++) {
        const struct finding *finding = &report->findings.items[i];

        all = arena_printf(&reads->arena, "%s%s %s %s\n", all,
                           finding->kind->code, finding->where,
                           finding->value ? finding->value : "");
    }
    for (size_t i = 0; i < report->n_others; i++)
        all = arena_printf(&reads->arena, "%s+ %s %s\n", all,
                           report->others[i].where, report->others[i].value);
    return all;
}
