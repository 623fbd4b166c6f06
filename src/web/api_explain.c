/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/code.h"
#include "web/api_write.h"

int api_explain(const struct api_call *call, struct api_answer *answer,
                struct err *err)
{
    struct insight_code code;
    struct json_writer writer;
    if (insight_code_find(call->capture, &code) > 0) {
        err_set(err, ERR_INPUT,
                "no result type, reason or finding has this "
                "code");
        return 404;
    }
    json_writer_init(&writer, &answer->body);
    json_begin_object(&writer);
    insight_code_write(&writer, &code);
    json_end_object(&writer);
    return 0;
}
