/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/domain.h"
#include "web/api_delivery.h"
#include "web/limits.h"

/* Composed days, gathered before the reasons of each are asked for. */
struct days {
    struct outbox_day rows[WEB_OUTBOX_DAYS];
    size_t n;
};

static int keep_day(void *context, const struct outbox_day *day,
                    struct err *err)
{
    struct days *days = context;
    (void)err;
    days->rows[days->n++] = *day;
    return 0;
}

static int write_reason(void *context, const struct outbox_skip_reason *reason,
                        struct err *err)
{
    struct json_writer *writer = context;
    (void)err;
    json_begin_object(writer);
    json_key(writer, "reason");
    json_string_slice(writer, reason->reason);
    json_member_int(writer, "reports", reason->n);
    json_end_object(writer);
    return 0;
}

static int write_days(struct json_writer *writer, struct outbox *outbox,
                      struct err *err)
{
    struct days days = { .n = 0 };
    if (outbox_each_day(outbox, WEB_OUTBOX_DAYS, keep_day, &days, err) < 0)
        return -1;
    json_key(writer, "days");
    json_begin_array(writer);
    for (size_t i = 0; i < days.n; i++) {
        const struct outbox_day *day = &days.rows[i];
        json_begin_object(writer);
        json_member_day(writer, "day", day->day);
        json_member_time(writer, "composed_at", day->composed_at);
        json_member_int(writer, "reports", day->n_reports);
        json_member_int(writer, "deliveries", day->n_deliveries);
        json_member_int(writer, "skipped", day->n_skipped);
        json_key(writer, "skip_reasons");
        json_begin_array(writer);
        if (day->n_skipped > 0 &&
            outbox_each_skip_reason(outbox, day->day, write_reason, writer,
                                    err) < 0)
            return -1;
        json_end_array(writer);
        json_end_object(writer);
    }
    json_end_array(writer);
    return 0;
}

static int write_counts(struct json_writer *writer, struct outbox *outbox,
                        struct err *err)
{
    int64_t n[OUTBOX_STATE_COUNT];
    utc_time next_due;
    if (outbox_count(outbox, n, err) < 0 ||
        outbox_next_due(outbox, &next_due, err) < 0)
        return -1;
    json_key(writer, "counts");
    json_begin_object(writer);
    for (unsigned i = 0; i < OUTBOX_STATE_COUNT; i++)
        json_member_int(writer, outbox_state_name((enum outbox_state)i), n[i]);
    json_end_object(writer);
    json_member_time(writer, "next_due", next_due);
    return 0;
}

struct suppressed {
    struct json_writer *writer;
    size_t n;
};

static int write_suppression(void *context,
                             const struct outbox_suppression *row,
                             struct err *err)
{
    struct suppressed *list = context;
    (void)err;
    if (list->n++ >= WEB_OUTBOX_SUPPRESSED)
        return 0;
    json_begin_object(list->writer);
    json_key(list->writer, "pattern");
    json_string_slice(list->writer, row->pattern);
    json_key(list->writer, "reason");
    json_string_slice(list->writer, row->reason);
    json_member_time(list->writer, "since", row->created_at);
    json_member_time(list->writer, "until", row->expires_at);
    json_end_object(list->writer);
    return 0;
}

static int write_suppressions(struct json_writer *writer,
                              const struct api_call *call,
                              struct outbox *outbox, struct err *err)
{
    struct suppressed list = { .writer = writer };
    json_key(writer, "suppressed");
    json_begin_array(writer);
    if (outbox_each_suppression(outbox, clock_now(call->sending->clock),
                                write_suppression, &list, err) < 0)
        return -1;
    json_end_array(writer);
    json_member_int(writer, "n_suppressed", (int64_t)list.n);
    return 0;
}

/* One row more than is shown is asked for. */
static int write_deliveries(struct json_writer *writer,
                            const struct api_call *call, struct outbox *outbox,
                            struct err *err)
{
    const struct request *request = call->request;
    const struct outbox_listing listing = {
        .state = request->state,
        .domain = slice_of(request->filter.domain),
        .before = request->before,
        .limit = request->limit + 1,
    };
    struct api_delivery_list list = { .writer = writer,
                                      .retry_s = call->sending->retry_s,
                                      .limit = request->limit };
    json_key(writer, "deliveries");
    json_begin_array(writer);
    if (outbox_each_listed(outbox, &listing, api_delivery_write, &list, err) <
        0)
        return -1;
    json_end_array(writer);
    json_key(writer, "next_before");
    if (list.has_more)
        json_int(writer, list.last_id);
    else
        json_null(writer);
    return 0;
}

static int write_outbox(struct json_writer *writer, const struct api_call *call,
                        struct outbox *outbox, struct err *err)
{
    if (write_counts(writer, outbox, err) < 0 ||
        write_days(writer, outbox, err) < 0 ||
        write_suppressions(writer, call, outbox, err) < 0)
        return -1;
    return write_deliveries(writer, call, outbox, err);
}

static void begin(struct json_writer *writer, const struct api_call *call,
                  const struct insight_file *file, struct api_answer *answer)
{
    buffer_reset(&answer->body);
    json_writer_init(writer, &answer->body);
    json_begin_object(writer);
    json_member_day(writer, "today", call->request->today);
    json_key(writer, "file");
    api_delivery_write_file(writer, file);
}

/* A file that cannot be read any more is told like one that never could. */
int api_outbox(const struct api_call *call, struct api_answer *answer,
               struct err *err)
{
    struct json_writer writer;
    struct insight_file file;
    struct outbox *outbox;
    int r = 0;
    api_delivery_open(call->sending, &file, &outbox);
    begin(&writer, call, &file, answer);
    if (outbox)
        r = write_outbox(&writer, call, outbox, err);
    outbox_close(outbox);
    if (r < 0 && err->kind != ERR_STORE)
        return -1;
    if (r < 0) {
        insight_file_fail(&file, err);
        begin(&writer, call, &file, answer);
    }
    json_end_object(&writer);
    return 0;
}
