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
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "Error";
    }
}

static void begin(struct json_writer *writer, unsigned status,
                  const char *detail)
{
    json_begin_object(writer);
    json_member_string(writer, "type", "about:blank");
    json_member_string(writer, "title", title_of(status));
    json_member_int(writer, "status", status);
    json_member_string(writer, "detail", detail);
}

void problem_write(struct buffer *buffer, unsigned status, const char *detail)
{
    struct json_writer writer;
    json_writer_init(&writer, buffer);
    begin(&writer, status, detail);
    json_end_object(&writer);
}

static void add_known(struct json_writer *writer, const char *name,
                      const char *value)
{
    if (value[0] != '\0')
        json_member_string(writer, name, value);
}

void problem_write_finding(struct buffer *buffer, unsigned status,
                           const char *detail,
                           const struct problem_finding *finding)
{
    struct json_writer writer;
    json_writer_init(&writer, buffer);
    begin(&writer, status, detail);
    add_known(&writer, "code", finding->code);
    add_known(&writer, "where", finding->where);
    add_known(&writer, "rfc", finding->rfc);
    json_end_object(&writer);
}
