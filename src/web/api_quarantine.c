/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/quota.h"
#include "web/api_write.h"

/* A page of entries, gathered before their findings are asked for. */
struct page {
    struct arena *arena;
    struct store_quarantined *entries; /* room for limit */
    size_t n;
    size_t limit;
    bool has_more;
};

/* One entry more than is shown is asked for. */
static int keep_entry(void *context, const struct store_quarantined *entry,
                      struct err *err)
{
    struct page *page = context;
    page->has_more = page->n == page->limit;
    if (page->has_more)
        return 0;
    struct store_quarantined *kept = &page->entries[page->n++];
    *kept = *entry;
    kept->input = arena_copy(page->arena, slice_of(entry->input));
    kept->reason = arena_copy(page->arena, slice_of(entry->reason));
    return kept->input && kept->reason ? 0 : arena_error(page->arena, err);
}

static int find_page(const struct api_call *call, struct page *out_page,
                     struct err *err)
{
    size_t limit = call->request->limit;
    struct page page = { .arena = call->arena, .limit = limit };
    page.entries = arena_calloc(call->arena, limit, sizeof *page.entries);
    if (!page.entries)
        return arena_error(call->arena, err);
    if (store_each_quarantined(call->store, call->request->before, limit + 1,
                               keep_entry, &page, err) < 0)
        return -1;
    *out_page = page;
    return 0;
}

static int write_entry(struct json_writer *writer, const struct api_call *call,
                       const struct store_quarantined *entry, struct err *err)
{
    json_begin_object(writer);
    json_member_int(writer, "id", entry->id);
    json_member_string(writer, "input", entry->input);
    json_member_string(writer, "reason", entry->reason);
    json_member_time(writer, "stored_at", entry->stored_at);
    json_member_int(writer, "raw_bytes", entry->raw_bytes);
    json_member_int(writer, "reader_version", entry->reader_version);
    api_write_hash(writer, "raw_sha256", entry->raw_hash);
    json_key(writer, "findings");
    json_begin_array(writer);
    if (store_each_finding(call->store, STORE_FINDINGS_OF_QUARANTINE, entry->id,
                           api_write_finding, writer, err) < 0)
        return -1;
    json_end_array(writer);
    json_end_object(writer);
    return 0;
}

static int write_dropped(void *context, const char *source, int64_t count,
                         struct err *err)
{
    struct json_writer *writer = context;
    (void)err;
    json_begin_object(writer);
    json_member_string(writer, "source", source);
    json_member_int(writer, "count", count);
    json_end_object(writer);
    return 0;
}

int api_quarantine(const struct api_call *call, struct api_answer *answer,
                   struct err *err)
{
    struct page page = { .n = 0 };
    struct json_writer writer;
    int64_t quarantined;
    if (store_count_quarantined(call->store, &quarantined, err) < 0 ||
        find_page(call, &page, err) < 0)
        return -1;
    json_writer_init(&writer, &answer->body);
    json_begin_object(&writer);
    json_member_int(&writer, "quarantined", quarantined);
    json_key(&writer, "dropped");
    json_begin_array(&writer);
    if (store_each_dropped(call->store, write_dropped, &writer, err) < 0)
        return -1;
    json_end_array(&writer);
    json_key(&writer, "entries");
    json_begin_array(&writer);
    for (size_t i = 0; i < page.n; i++)
        if (write_entry(&writer, call, &page.entries[i], err) < 0)
            return -1;
    json_end_array(&writer);
    json_key(&writer, "next_before");
    if (page.has_more)
        json_int(&writer, page.entries[page.n - 1].id);
    else
        json_null(&writer);
    json_end_object(&writer);
    return 0;
}
