/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/api_write.h"
#include "web/limits.h"

/* Gives the octets as they came in, to be saved and never to be shown. */
static int answer_raw(const struct api_call *call, const char *kind, int64_t id,
                      const unsigned char hash[static DIGEST_BYTES],
                      struct api_answer *answer, struct err *err)
{
    answer->media_type = "application/octet-stream";
    answer->file_name =
        arena_printf(call->arena, "tlsrpt-%s-%lld.raw", kind, (long long)id);
    if (!answer->file_name)
        return err_memory(err);
    buffer_deinit(&answer->body);
    buffer_init(&answer->body, WEB_RAW_BYTES);
    int r = store_get_raw(call->store, hash, &answer->body, err);
    if (r > 0) {
        err_set(err, ERR_INPUT, "its raw octets are no longer kept");
        return 404;
    }
    return r;
}

int api_report_raw(const struct api_call *call, struct api_answer *answer,
                   struct err *err)
{
    struct store_origin origin;
    int r = api_find_report(call, &origin, err);
    if (r != 0)
        return r;
    return answer_raw(call, "report", origin.id, origin.raw_hash, answer, err);
}

/* Looks for one entry: the newest that is not newer than its id. */
struct search {
    int64_t id;
    bool is_found;
    unsigned char raw_hash[DIGEST_BYTES];
};

static int match_entry(void *context, const struct store_quarantined *entry,
                       struct err *err)
{
    struct search *search = context;
    (void)err;
    search->is_found = entry->id == search->id;
    memcpy(search->raw_hash, entry->raw_hash, sizeof search->raw_hash);
    return 0;
}

int api_quarantine_raw(const struct api_call *call, struct api_answer *answer,
                       struct err *err)
{
    struct search search = { .is_found = false };
    if (request_number_parse(call->capture, &search.id) == 0 &&
        store_each_quarantined(call->store, search.id + 1, 1, match_entry,
                               &search, err) < 0)
        return -1;
    if (!search.is_found) {
        err_set(err, ERR_INPUT, "there is no refused input of this number");
        return 404;
    }
    return answer_raw(call, "refused", search.id, search.raw_hash, answer, err);
}
