/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "unwrap/unwrap.h"

#include <stdio.h>

#include "base/buffer.h"
#include "unwrap/gzip.h"
#include "unwrap/letter.h"
#include "unwrap/limits.h"
#include "unwrap/parcel.h"
#include "unwrap/promise.h"
#include "unwrap/sniff.h"
#include "unwrap/utf16.h"
#include "unwrap/zip.h"

/* Asked of the outermost octets only: further in, names lag behind. */
static void note_mismatch(struct parcel *parcel, enum sniff_kind kind)
{
    unsigned promise = promise_read(parcel->name, parcel->media_type);
    bool is_wrong = false;

    if (kind == SNIFF_GZIP)
        is_wrong = (promise & PROMISE_JSON) ||
                   ((promise & PROMISE_ZIP) && !(promise & PROMISE_GZIP));
    else if (kind == SNIFF_ZIP)
        is_wrong = promise & (PROMISE_JSON | PROMISE_GZIP);
    else if (kind == SNIFF_JSON || kind == SNIFF_UTF16 || kind == SNIFF_DMARC)
        is_wrong = promise & (PROMISE_GZIP | PROMISE_ZIP);
    if (is_wrong)
        parcel_note(parcel, UNWRAP_NAME_MISMATCH,
                    parcel->name ? parcel->name : parcel->media_type);
}

/* Returns: 0, or the candidate function's result after a refusal; *out_done. */
static int enter_container(struct unwrap_run *run, struct parcel *parcel,
                           bool *out_done)
{
    *out_done = parcel->n_containers >= UNWRAP_MAX_DEPTH;
    if (*out_done)
        return parcel_refuse(run, parcel, UNWRAP_CONTAINER_LIMIT,
                             "more than 3 containers one in the other");
    if (parcel->n_containers > 0)
        parcel_note(parcel, UNWRAP_CONTAINER_NESTED, NULL);
    return 0;
}

/* Refuses for what reading a container said, unless memory ran out. */
static int refuse_container(struct unwrap_run *run, struct parcel *parcel,
                            const struct err *err)
{
    if (err->kind == ERR_MEMORY)
        return err_memory(run->err);
    return parcel_refuse(run, parcel,
                         err->kind == ERR_LIMIT ? UNWRAP_CONTAINER_LIMIT
                                                : UNWRAP_CONTAINER_DAMAGED,
                         err->text);
}

static void note_gzip(struct parcel *parcel, const struct gzip_facts *facts)
{
    char value[64];

    if (facts->n_members > 1) {
        snprintf(value, sizeof value, "%u members", facts->n_members);
        parcel_note(parcel, UNWRAP_GZIP_MEMBERS, value);
    }
    if (facts->padding_bytes) {
        snprintf(value, sizeof value, "%zu octets%s", facts->padding_bytes,
                 facts->is_blank_padding ? "" : ", not blank");
        parcel_note(parcel, UNWRAP_GZIP_PADDING, value);
    }
}

static int open_inflated(struct unwrap_run *run, struct parcel *parcel,
                         struct buffer *octets, const struct gzip_facts *facts)
{
    struct parcel inner;

    note_gzip(parcel, facts);
    if (parcel_init_inner(run, parcel, "gzip", &inner) != 0 ||
        parcel_take_name(run, &inner, facts->name) != 0)
        return -1;
    inner.octets = buffer_slice(octets);
    inner.writable = octets->ptr;
    inner.n_containers++;
    return parcel_open(run, &inner);
}

static int open_gzip(struct unwrap_run *run, struct parcel *parcel)
{
    struct gzip_facts facts;
    struct buffer octets;
    struct err err = { .kind = ERR_NONE };
    bool is_done;
    int result = enter_container(run, parcel, &is_done);

    if (is_done)
        return result;
    buffer_init(&octets, run->octets_left);
    result = gzip_inflate(parcel->octets, &octets, &facts, &err);
    if (result != 0 && err.kind == ERR_LIMIT && octets.len == octets.max_bytes)
        err_set(&err, ERR_LIMIT, "gzip expands over 64 MiB");
    run->octets_left -= octets.len;
    if (result == 0)
        result = open_inflated(run, parcel, &octets, &facts);
    else
        result = refuse_container(run, parcel, &err);
    buffer_deinit(&octets);
    return result;
}

/* A zip that is being walked through. */
struct archive {
    struct unwrap_run *run;
    const struct parcel *parcel;
    unsigned n_reports;
    int result;
};

static int open_entry(struct archive *archive, const struct zip_part *part)
{
    struct unwrap_run *run = archive->run;
    char place[32];
    struct parcel inner;

    snprintf(place, sizeof place, "zip entry %u", part->number);
    if (parcel_init_inner(run, archive->parcel, place, &inner) != 0 ||
        parcel_take_name(run, &inner, slice_of(part->name)) != 0)
        return -1;
    inner.n_containers++;
    if (part->refused)
        return parcel_refuse(run, &inner,
                             part->is_limit ? UNWRAP_CONTAINER_LIMIT
                                            : UNWRAP_CONTAINER_DAMAGED,
                             part->refused);
    inner.octets = buffer_slice(part->octets);
    inner.writable = part->octets->ptr;
    return parcel_open(run, &inner);
}

static int take_entry(void *context, const struct zip_part *part,
                      struct err *err)
{
    struct archive *archive = context;

    (void)err;
    if (!part->refused &&
        !parcel_may_be_report(buffer_slice(part->octets), part->name, NULL))
        return 0;
    archive->n_reports++;
    archive->result = open_entry(archive, part);
    return archive->result != 0;
}

static int open_zip(struct unwrap_run *run, struct parcel *parcel)
{
    struct archive archive = { .run = run, .parcel = parcel };
    struct err err = { .kind = ERR_NONE };
    bool is_done;
    int result = enter_container(run, parcel, &is_done);

    if (is_done)
        return result;
    parcel_note(parcel, UNWRAP_CONTAINER_ZIP, NULL);
    result =
        zip_each(parcel->octets, &run->octets_left, take_entry, &archive, &err);
    if (result > 0 || archive.result != 0)
        return archive.result;
    if (result < 0)
        return refuse_container(run, parcel, &err);
    if (archive.n_reports == 0)
        return parcel_refuse(run, parcel, UNWRAP_CONTAINER_NO_REPORT,
                             "no report in the zip archive");
    return 0;
}

/* What is text now: a report, or something that is none for sure. */
static int open_text(struct unwrap_run *run, struct parcel *parcel,
                     enum sniff_kind kind)
{
    struct slice text = sniff_skip_mark(parcel->octets);

    if (kind == SNIFF_EMPTY)
        return parcel_refuse(run, parcel, UNWRAP_INPUT_EMPTY, "empty");
    parcel->is_xml = kind != SNIFF_JSON && sniff_is_xml(text);
    if (text.len < parcel->octets.len) {
        parcel_note(parcel, UNWRAP_BOM, NULL);
        if (parcel->writable)
            parcel->writable += parcel->octets.len - text.len;
        parcel->octets = text;
    }
    return parcel_give(run, parcel);
}

static int open_utf16(struct unwrap_run *run, struct parcel *parcel)
{
    struct buffer text;
    int result;

    buffer_init(&text, UNWRAP_MAX_BYTES);
    utf16_convert(parcel->octets, &text);
    parcel_note(parcel, UNWRAP_UTF16, NULL);
    if (text.failed && text.len < text.max_bytes - UTF16_MOST_BYTES) {
        result = err_memory(run->err);
    } else if (text.failed) {
        result = parcel_refuse(run, parcel, UNWRAP_CONTAINER_LIMIT,
                               "UTF-16 text is larger than 64 MiB");
    } else {
        parcel->octets = buffer_slice(&text);
        parcel->writable = text.ptr;
        result = open_text(run, parcel, sniff_octets(parcel->octets));
    }
    buffer_deinit(&text);
    return result;
}

int parcel_open(struct unwrap_run *run, struct parcel *parcel)
{
    enum sniff_kind kind = sniff_octets(parcel->octets);

    if (parcel->n_containers == 0)
        note_mismatch(parcel, kind);
    switch (kind) {
    case SNIFF_GZIP: return open_gzip(run, parcel);
    case SNIFF_ZIP: return open_zip(run, parcel);
    case SNIFF_UTF16: return open_utf16(run, parcel);
    case SNIFF_ZLIB:
        return parcel_refuse(run, parcel, UNWRAP_CONTAINER_UNKNOWN,
                             "not JSON: a zlib stream without gzip header");
    case SNIFF_PACKED:
        return parcel_refuse(
            run, parcel, UNWRAP_CONTAINER_UNKNOWN,
            "not JSON: packed by other means than gzip or zip");
    case SNIFF_OTHER:
        if (parcel->n_mails < UNWRAP_MAX_MAILS &&
            mail_is_message(parcel->octets))
            return letter_open(run, parcel);
        break;
    default: break;
    }
    return open_text(run, parcel, kind);
}

static int each(struct arena *arena, const struct parcel *input,
                unwrap_function *function, void *context, struct err *err)
{
    struct unwrap_run run = { .arena = arena,
                              .function = function,
                              .context = context,
                              .err = err,
                              .octets_left = UNWRAP_MAX_BYTES };
    struct parcel parcel = *input;

    parcel.place = "";
    finding_list_init(&parcel.findings, arena);
    return parcel_open(&run, &parcel);
}

int unwrap_each(struct arena *arena, struct slice octets, const char *name,
                unwrap_function *function, void *context, struct err *err)
{
    struct parcel parcel = { .octets = octets, .name = name };

    return each(arena, &parcel, function, context, err);
}

int unwrap_each_in_place(struct arena *arena, char *octets, size_t len,
                         const char *name, unwrap_function *function,
                         void *context, struct err *err)
{
    struct parcel parcel = { .octets = slice_make(octets, len),
                             .writable = octets,
                             .name = name };

    return each(arena, &parcel, function, context, err);
}
