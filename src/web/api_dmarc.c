/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/sender.h"
#include "web/api_write.h"
#include "web/limits.h"

/* ---- The list ------------------------------------------------------------ */

static struct store_dmarc_filter filter_of(const struct request *request)
{
    return (struct store_dmarc_filter){
        .range = request->filter.range,
        .domain = request->filter.domain,
        .organization = request->filter.organization,
        .source = request->source,
        .failed_only = request->filter.failed_only,
        .standing = request->filter.standing,
    };
}

static void write_filter(struct json_writer *writer,
                         const struct store_dmarc_filter *filter)
{
    json_key(writer, "filter");
    json_begin_object(writer);
    json_member_string(writer, "domain", filter->domain);
    json_member_string(writer, "organization", filter->organization);
    json_member_string(writer, "source", filter->source);
    json_member_bool(writer, "failed", filter->failed_only);
    json_member_string(writer, "standing",
                       store_standing_name(filter->standing));
    json_end_object(writer);
}

/* Sums under a filter, whose other members nobody counts. */
static void write_sums(struct json_writer *writer, int64_t messages,
                       int64_t passed)
{
    json_member_int(writer, "messages", messages);
    json_member_int(writer, "passed", passed);
    json_member_int(writer, "failed", messages - passed);
}

static int write_listed(void *context, const struct store_dmarc_listed *listed,
                        struct err *err)
{
    struct json_writer *writer = context;
    (void)err;
    json_begin_object(writer);
    json_member_int(writer, "id", listed->id);
    json_member_string(writer, "organization", listed->organization);
    json_member_string(writer, "report_id", listed->report_id);
    json_member_string(writer, "domain", listed->domain);
    json_member_time(writer, "start", listed->start);
    json_member_time(writer, "end", listed->end);
    json_member_day(writer, "day", listed->day);
    json_member_time(writer, "stored_at", listed->stored_at);
    json_member_string(writer, "proof", api_write_proof(listed->proof));
    json_member_string(writer, "standing",
                       store_standing_name(listed->standing));
    json_member_int(writer, "findings", listed->n_findings);
    write_sums(writer, listed->messages, listed->passed);
    json_end_object(writer);
    return 0;
}

static int write_list(struct json_writer *writer, const struct api_call *call,
                      const struct store_dmarc_filter *filter, struct err *err)
{
    const struct request *request = call->request;
    char next[STORE_CURSOR_BYTES] = "";
    struct store_dmarc_sums sums;
    if (store_dmarc_filter_sums(call->store, filter, &sums, err) < 0)
        return -1;
    json_key(writer, "totals");
    json_begin_object(writer);
    json_member_int(writer, "reports", sums.reports);
    write_sums(writer, sums.messages, sums.passed);
    json_end_object(writer);
    json_key(writer, "reports");
    json_begin_array(writer);
    if (store_dmarc_each_report(call->store, filter, request->cursor,
                                request->limit, next, write_listed, writer,
                                err) < 0)
        return -1;
    json_end_array(writer);
    json_member_string(writer, "next_cursor", next[0] != '\0' ? next : NULL);
    return 0;
}

int api_authentication_reports(const struct api_call *call,
                               struct api_answer *answer, struct err *err)
{
    struct store_dmarc_filter filter = filter_of(call->request);
    struct json_writer writer;
    if (filter.source && !filter.domain) {
        err_set(err, ERR_INPUT, "source can be given with domain alone");
        return 400;
    }
    api_write_begin(&writer, call, answer);
    write_filter(&writer, &filter);
    if (write_list(&writer, call, &filter, err) < 0)
        return -1;
    json_end_object(&writer);
    return 0;
}

/* ---- One report ---------------------------------------------------------- */

static void write_sender(struct json_writer *writer,
                         const struct insight_sender *sender)
{
    json_begin_object(writer);
    json_member_string(writer, "source", sender->address);
    api_write_case(writer, sender->worst);
    json_member_int(writer, "records", (int64_t)sender->n_records);
    json_member_int(writer, "messages", sender->messages);
    json_member_int(writer, "passed", sender->dmarc_pass);
    json_member_int(writer, "failed", sender->messages - sender->dmarc_pass);
    json_member_int(writer, "dkim", sender->dkim_pass);
    json_member_int(writer, "spf", sender->spf_pass);
    json_member_int(writer, "quarantined", sender->quarantined);
    json_member_int(writer, "rejected", sender->rejected);
    json_end_object(writer);
}

int api_write_senders(struct json_writer *writer,
                      const struct dmarc_report *report, struct arena *arena,
                      struct err *err)
{
    struct insight_sender *senders;
    struct buffer text;
    size_t n;
    if (insight_sender_all(report, arena, &senders, &n, err) < 0)
        return -1;
    json_key(writer, "senders");
    json_begin_array(writer);
    for (size_t i = 0; i < n && i < WEB_MAX_EXPLAINED; i++)
        write_sender(writer, &senders[i]);
    json_end_array(writer);
    json_member_int(writer, "n_senders", (int64_t)n);
    buffer_init(&text, WEB_SENTENCE_BYTES);
    insight_sender_add_policy(&text, report);
    json_member_string(writer, "policy_sentence", buffer_text(&text));
    buffer_deinit(&text);
    return 0;
}
