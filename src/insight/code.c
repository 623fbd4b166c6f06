/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/code.h"

#include "dmarc/dmarc.h"
#include "record/finding.h"
#include "report/report.h"
#include "unwrap/unwrap.h"
#include "json/writer.h"

static const struct finding_kind *find_finding(struct slice code)
{
    const struct finding_kind *kind;
    const struct finding_kind *table;
    size_t n;

    table = report_finding_kinds(&n);
    kind = finding_kind_find(table, n, code);
    if (kind)
        return kind;
    table = dmarc_finding_kinds(&n);
    kind = finding_kind_find(table, n, code);
    if (kind)
        return kind;
    table = unwrap_finding_kinds(&n);
    kind = finding_kind_find(table, n, code);
    if (kind)
        return kind;
    table = record_finding_kinds(&n);
    return finding_kind_find(table, n, code);
}

int insight_code_find(const char *code, struct insight_code *out_code)
{
    struct insight_code found = { .finding = find_finding(slice_of(code)) };

    if (!found.finding)
        found.advice = advice_find_code(slice_of(code));
    if (!found.finding && !found.advice)
        return 1;
    *out_code = found;
    return 0;
}

static void write_finding(struct json_writer *writer,
                          const struct finding_kind *kind)
{
    json_member_string(writer, "code", kind->code);
    json_member_string(writer, "severity",
                       finding_severity_name(kind->severity));
    json_member_string(writer, "message", kind->message);
    json_member_string(writer, "fix", kind->fix);
    json_member_string(writer, "rfc", kind->rfc);
}

void insight_code_write(struct json_writer *writer,
                        const struct insight_code *code)
{
    if (code->finding) {
        write_finding(writer, code->finding);
        return;
    }
    json_member_string(writer, "code", code->advice->code);
    json_member_string(writer, "title", code->advice->title);
    insight_code_write_advice(writer, code->advice, code->advice->look);
}

void insight_code_write_advice(struct json_writer *writer,
                               const struct advice *advice, const char *look)
{
    json_member_string(writer, "meaning", advice->meaning);
    json_member_string(writer, "consequence", advice->consequence);
    json_member_string(writer, "side", advice->side);
    json_key(writer, "causes");
    json_begin_array(writer);
    for (size_t i = 0; i < ADVICE_MAX_CAUSES && advice->causes[i]; i++)
        json_string(writer, advice->causes[i]);
    json_end_array(writer);
    json_member_string(writer, "look", look);
    json_member_string(writer, "fix", advice->fix);
    json_member_string(writer, "rfc", advice->rfc);
}
