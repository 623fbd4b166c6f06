/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/api_write.h"

/* A list that is being written; one row more than is shown is asked for. */
struct listing {
    struct json_writer *writer;
    size_t left;     /* rows still to be written */
    int64_t last_id; /* of the last row written */
    bool has_more;
};

static int write_entry(void *context, const struct store_quarantined *entry,
                       struct err *err)
{
    struct listing *listing = context;
    struct json_writer *writer = listing->writer;
    (void)err;
    if (listing->left == 0) {
        listing->has_more = true;
        return 0;
    }
    listing->left--;
    listing->last_id = entry->id;
    json_begin_object(writer);
    json_member_int(writer, "id", entry->id);
    json_member_string(writer, "input", entry->input);
    json_member_string(writer, "reason", entry->reason);
    api_write_time(writer, "stored_at", entry->stored_at);
    json_member_int(writer, "raw_bytes", entry->raw_bytes);
    json_member_int(writer, "reader_version", entry->reader_version);
    api_write_hash(writer, "raw_sha256", entry->raw_hash);
    json_end_object(writer);
    return 0;
}

int api_quarantine(const struct api_call *call, struct api_answer *answer,
                   struct err *err)
{
    const struct request *request = call->request;
    struct json_writer writer;
    int64_t quarantined;
    if (store_count_quarantined(call->store, &quarantined, err) < 0)
        return -1;
    json_writer_init(&writer, &answer->body);
    json_begin_object(&writer);
    json_member_int(&writer, "quarantined", quarantined);
    json_key(&writer, "entries");
    json_begin_array(&writer);
    struct listing listing = { .writer = &writer, .left = request->limit };
    if (store_each_quarantined(call->store, request->before, request->limit + 1,
                               write_entry, &listing, err) < 0)
        return -1;
    json_end_array(&writer);
    json_key(&writer, "next_before");
    if (listing.has_more)
        json_int(&writer, listing.last_id);
    else
        json_null(&writer);
    json_end_object(&writer);
    return 0;
}
