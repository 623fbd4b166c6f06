/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/problem.h"

#include "json/writer.h"

const char problem_media_type[] = "application/problem+json";

/* The reason phrase of a status this server uses. */
static const char *title_of(unsigned status)
{
    switch (status) {
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 421: return "Misdirected Request";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "Error";
    }
}

void problem_write(struct buffer *buffer, unsigned status, const char *detail)
{
    struct json_writer writer;
    json_writer_init(&writer, buffer);
    json_begin_object(&writer);
    json_member_string(&writer, "type", "about:blank");
    json_member_string(&writer, "title", title_of(status));
    json_member_int(&writer, "status", status);
    json_member_string(&writer, "detail", detail);
    json_end_object(&writer);
}
