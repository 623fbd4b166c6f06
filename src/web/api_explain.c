/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "advice/advice.h"
#include "insight/insight.h"
#include "web/api_write.h"

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

int api_explain(const struct api_call *call, struct api_answer *answer,
                struct err *err)
{
    const struct advice *advice = advice_find_code(slice_of(call->capture));
    const struct finding_kind *kind =
        advice ? NULL : insight_finding_kind_find(call->capture);
    struct json_writer writer;
    if (!advice && !kind) {
        err_set(err, ERR_INPUT,
                "no result type, reason or finding has this "
                "code");
        return 404;
    }
    json_writer_init(&writer, &answer->body);
    json_begin_object(&writer);
    if (advice) {
        json_member_string(&writer, "code", advice->code);
        json_member_string(&writer, "title", advice->title);
        api_write_advice(&writer, advice, advice->look);
    } else {
        write_finding(&writer, kind);
    }
    json_end_object(&writer);
    return 0;
}
