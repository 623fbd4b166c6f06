/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * The parsing core alone: this program holds every object of it and is linked
 * with libidn2 and nothing else. It reads a report, writes it and explains its
 * failure; alone.sh looks at what the program needs.
 */

#include <stdio.h>

#include "advice/advice.h"
#include "report/report.h"
#include "json/writer.h"

static char text[] =
    "{\"organization-name\":\"Sender\",\"report-id\":\"1\",\"policies\":["
    "{\"policy\":{\"policy-type\":\"sts\",\"policy-domain\":\"example.org\"},"
    "\"summary\":{\"total-successful-session-count\":4,"
    "\"total-failure-session-count\":1},\"failure-details\":["
    "{\"result-type\":\"certificate-expired\",\"failed-session-count\":1}]}]}";

static void explain(const struct report *report)
{
    const struct report_failure *failure = &report->policies[0].failures[0];
    struct advice_failure told = {
        .result_type = failure->result_type,
        .organization = report->organization_name,
        .domain = report->policies[0].domain,
        .sessions = failure->sessions,
    };
    struct json_writer writer;
    struct buffer out;

    buffer_init(&out, 10000);
    json_writer_init(&writer, &out);
    report_write(report, &writer);
    buffer_add_char(&out, '\n');
    advice_add_sentence(&out, &told);
    puts(buffer_text(&out));
    buffer_deinit(&out);
}

int main(void)
{
    struct report_list list;
    struct arena arena;
    struct err err;
    int rc;

    arena_init(&arena, 100000);
    rc = report_read(&arena, text, sizeof(text) - 1, NULL, &list, &err);
    if (rc == 0)
        explain(&list.reports[0]);
    arena_deinit(&arena);
    return rc ? 1 : 0;
}
