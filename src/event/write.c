/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "event/event.h"
#include "json/writer.h"

static void write_text(struct json_writer *writer, const char *name,
                       const char *text)
{
    if (text)
        json_member_string(writer, name, text);
}

static void write_texts(struct json_writer *writer, const char *name,
                        const char *const *texts, size_t n)
{
    if (n == 0)
        return;
    json_key(writer, name);
    json_begin_array(writer);
    for (size_t i = 0; i < n; i++)
        json_string(writer, texts[i]);
    json_end_array(writer);
}

static void write_failure(struct json_writer *writer,
                          const struct event_failure *failure)
{
    json_begin_object(writer);
    json_member_int(writer, "c", failure->code);
    write_text(writer, "s", failure->sending_mta_ip);
    write_text(writer, "n", failure->receiving_mx_hostname);
    write_text(writer, "h", failure->receiving_mx_helo);
    write_text(writer, "r", failure->receiving_ip);
    write_text(writer, "a", failure->additional_information);
    write_text(writer, "f", failure->failure_reason_code);
    json_end_object(writer);
}

static void write_policy(struct json_writer *writer,
                         const struct event_policy *policy)
{
    json_begin_object(writer);
    json_member_int(writer, "policy-type", policy->type);
    write_text(writer, "policy-domain", policy->domain);
    write_texts(writer, "policy-string", policy->strings, policy->n_strings);
    write_texts(writer, "mx-host", policy->mx_hosts, policy->n_mx_hosts);
    if (policy->n_failures) {
        json_key(writer, "failure-details");
        json_begin_array(writer);
        for (size_t i = 0; i < policy->n_failures; i++)
            write_failure(writer, &policy->failures[i]);
        json_end_array(writer);
    }
    json_member_int(writer, "t", (int64_t)policy->n_failures);
    json_member_int(writer, "f", policy->is_failure);
    json_end_object(writer);
}

void event_write(const struct event *event, struct json_writer *writer)
{
    json_begin_object(writer);
    json_member_string(writer, "dpv", "1");
    json_member_string(writer, "d", event->domain);
    json_member_string(writer, "pr", event->record);
    json_key(writer, "policies");
    json_begin_array(writer);
    for (size_t i = 0; i < event->n_policies; i++)
        write_policy(writer, &event->policies[i]);
    json_end_array(writer);
    json_end_object(writer);
}
