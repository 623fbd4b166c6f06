/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/insight.h"
#include "report/report.h"
#include "unwrap/unwrap.h"

const struct finding_kind *insight_finding_kind_find(const char *code)
{
    const struct finding_kind *kind;
    const struct finding_kind *table;
    size_t n;

    table = report_finding_kinds(&n);
    kind = finding_kind_find(table, n, slice_of(code));
    if (kind)
        return kind;
    table = unwrap_finding_kinds(&n);
    return finding_kind_find(table, n, slice_of(code));
}
