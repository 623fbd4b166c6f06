/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "doctor/content.h"

const char *content_cure(enum content_kind kind)
{
    if (kind == CONTENT_REPORTS)
        return "stop who writes it and put it aside, with its -wal and -shm, or"
               " a backup in its place; tlsrpt db verify tells what is lost,"
               " tlsrpt import reads kept mails again";
    return "stop who writes it and put it aside, with its -wal and -shm, or a"
           " backup in its place; a new one is made at the start";
}

void content_judge(struct chart *chart, enum content_kind kind,
                   const char *path, const struct pages *pages)
{
    const long long mib = (long long)(pages->bytes >> 20);

    switch (pages->verdict) {
    case PAGES_WHOLE:
        chart_add(chart, CHART_STORE_CONTENT, CHART_GOOD, path, "",
                  "its pages are whole");
        break;
    case PAGES_DAMAGED:
        chart_add(chart, CHART_STORE_CONTENT, CHART_ERROR, path,
                  content_cure(kind), "it is damaged: %s", pages->fault);
        break;
    case PAGES_TOO_LARGE:
        chart_add(chart, CHART_STORE_CONTENT, CHART_NOTE, path,
                  kind == CONTENT_REPORTS
                      ? "tlsrpt db verify looks at all of it"
                      : "",
                  "with %lld MiB it is too large for a quick look", mib);
        break;
    }
}

void content_judge_batches(struct chart *chart, const char *path,
                           int64_t n_damaged)
{
    if (n_damaged > 0)
        chart_add(chart, CHART_STORE_CONTENT, CHART_WARNING, path,
                  "look after disk and memory of this machine; the log of the"
                  " collector tells when",
                  "%lld batches of sums are damaged, and in no report",
                  (long long)n_damaged);
}
