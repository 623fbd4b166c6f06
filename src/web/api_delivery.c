/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/api_delivery.h"

#include <errno.h>
#include <unistd.h>

void api_delivery_open(const struct api_sending *sending,
                       struct insight_file *file, struct outbox **out_outbox)
{
    struct err err;
    *file = (struct insight_file){ .url = sending->outbox };
    *out_outbox = NULL;
    if (!sending->outbox ||
        (access(insight_file_path(file), F_OK) != 0 && errno == ENOENT))
        file->state = INSIGHT_FILE_ABSENT;
    else if (outbox_open(sending->outbox, STORE_GLANCE, sending->clock,
                         out_outbox, &err) < 0)
        insight_file_fail(file, &err);
}

void api_delivery_write_file(struct json_writer *writer,
                             const struct insight_file *file)
{
    json_begin_object(writer);
    json_member_string(writer, "path",
                       file->url ? insight_file_path(file) : NULL);
    json_member_string(writer, "state", insight_file_state_name(file->state));
    json_member_string(writer, "problem",
                       file->state == INSIGHT_FILE_FAILED ? file->why.text
                                                          : NULL);
    json_end_object(writer);
}

static void write_text(struct json_writer *writer, const char *name,
                       struct slice text)
{
    json_key(writer, name);
    json_string_slice(writer, text.ptr ? text : SLICE(""));
}

/* Until when it is tried: known from the first try on. */
static utc_time end_of(const struct outbox_delivery *delivery, int64_t retry_s)
{
    return delivery->state == OUTBOX_WAITING &&
                   delivery->first_try_at != UTC_NONE
               ? delivery->first_try_at + retry_s
               : UTC_NONE;
}

int api_delivery_write(void *context, const struct outbox_listed *listed,
                       struct err *err)
{
    struct api_delivery_list *list = context;
    struct json_writer *writer = list->writer;
    const struct outbox_delivery *delivery = &listed->delivery;
    (void)err;
    list->has_more = list->n == list->limit;
    if (list->has_more)
        return 0;
    list->n++;
    list->last_id = delivery->id;
    json_begin_object(writer);
    json_member_int(writer, "id", delivery->id);
    json_member_day(writer, "day", delivery->day);
    write_text(writer, "domain", delivery->domain);
    write_text(writer, "identity", delivery->tenant);
    write_text(writer, "report_id", listed->report_id);
    json_member_int(writer, "successes", listed->success_sessions);
    json_member_int(writer, "failures", listed->failure_sessions);
    write_text(writer, "uri", delivery->uri);
    json_member_string(writer, "origin", outbox_origin_name(delivery->origin));
    json_member_string(writer, "state", outbox_state_name(delivery->state));
    json_member_time(writer, "start_at", delivery->start_at);
    json_member_time(writer, "next_at",
                     delivery->state == OUTBOX_WAITING ? delivery->next_at
                                                       : UTC_NONE);
    json_member_time(writer, "gives_up_at", end_of(delivery, list->retry_s));
    json_member_time(writer, "first_try_at", delivery->first_try_at);
    json_member_time(writer, "last_try_at", delivery->last_try_at);
    json_member_int(writer, "tries", delivery->tries);
    json_member_bool(writer, "under_way", delivery->is_open);
    write_text(writer, "answer", delivery->answer);
    json_end_object(writer);
    return 0;
}
