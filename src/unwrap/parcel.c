/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "unwrap/parcel.h"

#include "base/buffer.h"
#include "base/text.h"
#include "unwrap/limits.h"
#include "unwrap/promise.h"
#include "unwrap/sniff.h"

/* The inner list grows on its own: what a sibling finds is not ours. */
static int copy_findings(const struct finding_list *from,
                         struct finding_list *to)
{
    finding_list_init(to, from->arena);
    to->n_dropped = from->n_dropped;
    if (from->n_items == 0)
        return 0;
    to->items = arena_alloc(from->arena, from->n_items * sizeof(*to->items));
    if (!to->items)
        return -1;
    memcpy(to->items, from->items, from->n_items * sizeof(*to->items));
    to->n_items = to->capacity = from->n_items;
    return 0;
}

int parcel_init_inner(struct unwrap_run *run, const struct parcel *outer,
                      const char *place, struct parcel *inner)
{
    const char *joined = outer->place;

    if (place && *outer->place)
        joined = arena_printf(run->arena, "%s, %s", outer->place, place);
    else if (place)
        joined = arena_copy(run->arena, slice_of(place));
    *inner = *outer;
    inner->octets = slice_make(NULL, 0);
    inner->writable = NULL;
    inner->place = joined;
    if (!joined || copy_findings(&outer->findings, &inner->findings) != 0)
        return err_memory(run->err);
    return 0;
}

void parcel_note(struct parcel *parcel, enum unwrap_finding finding,
                 const char *value)
{
    finding_list_add(&parcel->findings, unwrap_finding_kind(finding),
                     parcel->place, slice_of(value));
}

int parcel_take_name(struct unwrap_run *run, struct parcel *parcel,
                     struct slice name)
{
    const char *copy;

    if (name.len == 0 || text_utf8_prefix(name) != name.len ||
        (parcel->name && slice_find(name, '!') == name.len))
        return 0;
    copy = arena_copy(run->arena, name);
    if (!copy)
        return err_memory(run->err);
    parcel->name = copy;
    return 0;
}

static int call(struct unwrap_run *run, struct unwrap_candidate *candidate)
{
    run->n_candidates++;
    return run->function(run->context, candidate, run->err);
}

int parcel_refuse(struct unwrap_run *run, struct parcel *parcel,
                  enum unwrap_finding finding, const char *reason)
{
    struct unwrap_candidate candidate = { .file_name = parcel->name,
                                          .mail = parcel->mail,
                                          .place = parcel->place,
                                          .findings = &parcel->findings };

    /* One more than the maximum says that there were more. */
    if (run->n_candidates > UNWRAP_MAX_CANDIDATES)
        return 0;
    if (run->n_candidates == UNWRAP_MAX_CANDIDATES) {
        finding = UNWRAP_CONTAINER_LIMIT;
        reason = "holds more than 1000 reports";
    }
    candidate.refused = arena_copy(run->arena, slice_of(reason));
    if (!candidate.refused)
        return err_memory(run->err);
    parcel_note(parcel, finding, NULL);
    return call(run, &candidate);
}

static int give_copy(struct unwrap_run *run, const struct parcel *parcel,
                     struct unwrap_candidate *candidate)
{
    struct buffer copy;
    int result;

    buffer_init(&copy, parcel->octets.len);
    buffer_add(&copy, parcel->octets.ptr, parcel->octets.len);
    candidate->text = copy.ptr;
    result = copy.failed ? err_memory(run->err) : call(run, candidate);
    buffer_deinit(&copy);
    return result;
}

int parcel_give(struct unwrap_run *run, struct parcel *parcel)
{
    struct unwrap_candidate candidate = { .text = parcel->writable,
                                          .len = parcel->octets.len,
                                          .file_name = parcel->name,
                                          .mail = parcel->mail,
                                          .place = parcel->place,
                                          .is_xml = parcel->is_xml,
                                          .findings = &parcel->findings };

    if (run->n_candidates >= UNWRAP_MAX_CANDIDATES)
        return parcel_refuse(run, parcel, UNWRAP_CONTAINER_LIMIT, "");
    if (!candidate.text)
        return give_copy(run, parcel, &candidate);
    return call(run, &candidate);
}

/* UTF-16 text counts where it begins like JSON or XML. */
static bool is_utf16_report(struct slice octets)
{
    const char *p = octets.ptr + 2;

    return octets.len >= 4 &&
           (memchr("{[<", p[0], 3) || memchr("{[<", p[1], 3));
}

bool parcel_may_be_report(struct slice octets, const char *name,
                          const char *media_type)
{
    switch (sniff_octets(octets)) {
    case SNIFF_GZIP:
    case SNIFF_ZIP:
    case SNIFF_JSON:
    case SNIFF_DMARC: return true;
    case SNIFF_UTF16:
        if (is_utf16_report(octets))
            return true;
        break;
    default: break;
    }
    return promise_read(name, media_type) != 0;
}
