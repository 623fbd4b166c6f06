/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "event/event.h"
#include "json/writer.h"

/* A name where there is one, else the number: whoever makes the report chooses
 * what stands there for it. */
static void write_name(struct json_writer *writer, const char *member,
                       const char *name, int number)
{
    if (name)
        json_member_string(writer, member, name);
    else
        json_member_int(writer, member, number);
}

static void write_text(struct json_writer *writer, const char *member,
                       const char *text)
{
    if (text)
        json_member_string(writer, member, text);
}

static void write_texts(struct json_writer *writer, const char *member,
                        const char *const *texts, size_t n)
{
    if (n == 0)
        return;
    json_key(writer, member);
    json_begin_array(writer);
    for (size_t i = 0; i < n; i++)
        json_string(writer, texts[i]);
    json_end_array(writer);
}

void event_policy_key(const struct event_policy *policy, struct buffer *out)
{
    struct json_writer writer;

    json_writer_init(&writer, out);
    json_begin_object(&writer);
    write_name(&writer, "policy-type", event_policy_name(policy->type),
               policy->type);
    write_texts(&writer, "policy-string", policy->strings, policy->n_strings);
    write_text(&writer, "policy-domain", policy->domain);
    write_texts(&writer, "mx-host", policy->mx_hosts, policy->n_mx_hosts);
    json_end_object(&writer);
}

void event_detail_key(const struct event_failure *failure, struct buffer *out)
{
    struct json_writer writer;

    json_writer_init(&writer, out);
    json_begin_object(&writer);
    write_name(&writer, "result-type", event_result_name(failure->code),
               failure->code);
    write_text(&writer, "sending-mta-ip", failure->sending_mta_ip);
    write_text(&writer, "receiving-mx-hostname",
               failure->receiving_mx_hostname);
    write_text(&writer, "receiving-mx-helo", failure->receiving_mx_helo);
    write_text(&writer, "receiving-ip", failure->receiving_ip);
    write_text(&writer, "additional-information",
               failure->additional_information);
    write_text(&writer, "failure-reason-code", failure->failure_reason_code);
    json_end_object(&writer);
}
