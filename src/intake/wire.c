/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/wire.h"

#include "intake/limits.h"
#include "intake/wire_dkim.h"
#include "intake/wire_dmarc.h"
#include "intake/wire_field.h"
#include "policy/policy_type.h"
#include "unwrap/limits.h"

/* What a frame of each kind may have at most, without its head. */
static const size_t max_bytes[WIRE_KIND_COUNT] = {
    [WIRE_HELLO] = WIRE_HELLO_MAX_BYTES,
    [WIRE_REQUEST] = INTAKE_INPUT_MAX_BYTES + WIRE_NAME_MAX_BYTES + 64,
    [WIRE_ITEM] = INTAKE_WIRE_ITEM_BYTES,
    [WIRE_END] = 0,
};

/* ---- Frames -------------------------------------------------------------- */

int wire_find(struct slice octets, struct wire_frame *out_frame)
{
    struct wire_field_input input;
    struct wire_frame frame = { .bytes = 0 };
    size_t len;

    *out_frame = frame;
    if (octets.len < WIRE_HEAD_BYTES)
        return 1;
    wire_field_init(&input, slice_make(octets.ptr, WIRE_HEAD_BYTES));
    frame.kind = wire_field_take_u32(&input, WIRE_KIND_COUNT);
    len = wire_field_take_u32(&input, UINT32_MAX);
    if (wire_field_end(&input) || len > max_bytes[frame.kind])
        return -1;
    frame.bytes = WIRE_HEAD_BYTES + len;
    frame.payload = slice_make(octets.ptr + WIRE_HEAD_BYTES, len);
    *out_frame = frame;
    return octets.len < frame.bytes;
}

/* Returns: where the frame begins. */
static size_t begin_frame(struct buffer *out, enum wire_kind kind)
{
    size_t begin = out->len;

    wire_field_put_u32(out, kind);
    wire_field_put_u32(out, 0);
    return begin;
}

/* Writes the length of a frame when it is known; more_bytes follow it. */
static void end_frame(struct buffer *out, enum wire_kind kind, size_t begin,
                      size_t more_bytes)
{
    size_t len;
    uint32_t len_32;

    if (out->failed)
        return;
    len = out->len - begin - WIRE_HEAD_BYTES + more_bytes;
    len_32 = (uint32_t)len;
    if (len > max_bytes[kind])
        out->failed = true;
    else
        memcpy(out->ptr + begin + sizeof(len_32), &len_32, sizeof(len_32));
}

/* ---- Requests ------------------------------------------------------------ */

void wire_put_request(struct buffer *out, const struct wire_request *request)
{
    size_t begin = begin_frame(out, WIRE_REQUEST);
    const char *name = request->name;

    if (name && strlen(name) > WIRE_NAME_MAX_BYTES)
        name += strlen(name) - WIRE_NAME_MAX_BYTES;
    wire_field_put_i64(out, request->arrived_at);
    wire_field_put_u8(out, request->is_mail);
    wire_field_put_size(out, name ? strlen(name) : 0);
    wire_field_put_u8(out, name != NULL);
    if (name)
        wire_field_put_octets(out, name, strlen(name) + 1);
    end_frame(out, WIRE_REQUEST, begin, request->octets.len);
}

size_t wire_unpacked_bytes(size_t bytes)
{
    return bytes < UNWRAP_MAX_BYTES / UNWRAP_MAX_RATIO
               ? bytes * UNWRAP_MAX_RATIO + UNWRAP_RATIO_FREE_BYTES
               : UNWRAP_MAX_BYTES;
}

int wire_read_request(struct slice payload, struct wire_request *out_request)
{
    struct wire_request request = { .name = NULL };
    struct wire_field_input input;
    size_t name_bytes;

    wire_field_init(&input, payload);
    request.arrived_at = wire_field_take_i64(&input, INT64_MIN, INT64_MAX);
    request.is_mail = wire_field_take_u8(&input, 2);
    name_bytes = wire_field_take_u32(&input, WIRE_NAME_MAX_BYTES + 1);
    /* The name of a file is octets, not text. */
    if (wire_field_take_u8(&input, 2)) {
        request.name = wire_field_take_octets(&input, name_bytes + 1);
        wire_field_check(&input, request.name && !request.name[name_bytes]);
    }
    request.octets = slice_make(input.at, input.left);
    if (input.is_bad)
        return -1;
    *out_request = request;
    return 0;
}

/* ---- Hello, end ---------------------------------------------------------- */

void wire_put_hello(struct buffer *out, const char *text)
{
    size_t begin = begin_frame(out, WIRE_HELLO);

    wire_field_put_text(out, text);
    end_frame(out, WIRE_HELLO, begin, 0);
}

const char *wire_read_hello(struct slice payload)
{
    struct wire_field_input input;
    const char *text;

    wire_field_init(&input, payload);
    text = wire_field_take_text(&input, WIRE_HELLO_MAX_BYTES);
    return wire_field_end(&input) ? NULL : text;
}

void wire_put_end(struct buffer *out)
{
    end_frame(out, WIRE_END, begin_frame(out, WIRE_END), 0);
}

/* ---- Items --------------------------------------------------------------- */

static void put_findings(struct buffer *out,
                         const struct store_finding *findings, size_t n)
{
    wire_field_put_size(out, n);
    for (size_t i = 0; i < n; i++) {
        wire_field_put_text(out, findings[i].code);
        wire_field_put_text(out, findings[i].where);
        wire_field_put_text(out, findings[i].value);
    }
}

static void put_policies(struct buffer *out, const struct store_report *rows)
{
    wire_field_put_size(out, rows->n_policies);
    for (size_t i = 0; i < rows->n_policies; i++) {
        const struct store_policy *policy = &rows->policies[i];

        wire_field_put_u8(out,
                          (uint8_t)policy_type_parse(slice_of(policy->type)));
        wire_field_put_i64(out, policy->success_sessions);
        wire_field_put_i64(out, policy->failure_sessions);
        wire_field_put_text(out, policy->type_text);
        wire_field_put_text(out, policy->policy_domain);
        wire_field_put_text(out, policy->subject_domain);
        wire_field_put_text(out, policy->policy_text);
        wire_field_put_text(out, policy->mx_hosts);
    }
}

static void put_subjects(struct buffer *out, const struct store_report *rows)
{
    wire_field_put_size(out, rows->n_subjects);
    for (size_t i = 0; i < rows->n_subjects; i++) {
        wire_field_put_i64(out, rows->subjects[i].sessions);
        wire_field_put_i64(out, rows->subjects[i].failures);
        wire_field_put_text(out, rows->subjects[i].domain);
    }
}

/* Shares point to the names of subjects, mostly to that of the share before.
   Each is put as the number of its subject, or a report of many shares would be
   larger here than in memory. */
static void put_shares(struct buffer *out, const struct store_report *rows,
                       const struct store_share *shares, size_t n)
{
    size_t subject = 0;

    wire_field_put_size(out, n);
    for (size_t i = 0; i < n; i++) {
        size_t tries = 0;

        for (; tries < rows->n_subjects; tries++) {
            if (rows->subjects[subject].domain == shares[i].domain)
                break;
            subject = (subject + 1) % rows->n_subjects;
        }
        if (tries == rows->n_subjects)
            out->failed = true;
        wire_field_put_size(out, subject);
        wire_field_put_i64(out, shares[i].failures);
        wire_field_put_text(out, shares[i].key);
    }
}

static void put_rows(struct buffer *out, const struct store_report *rows)
{
    wire_field_put_octets(out, rows->content_hash, DIGEST_BYTES);
    wire_field_put_size(out, rows->payload);
    wire_field_put_size(out, rows->ordinal);
    wire_field_put_text(out, rows->organization);
    wire_field_put_text(out, rows->organization_key);
    wire_field_put_text(out, rows->contact_info);
    wire_field_put_text(out, rows->report_id);
    wire_field_put_i64(out, rows->start);
    wire_field_put_i64(out, rows->end);
    wire_field_put_text(out, rows->start_odd);
    wire_field_put_text(out, rows->end_odd);
    put_policies(out, rows);
    put_subjects(out, rows);
    put_shares(out, rows, rows->results, rows->n_results);
    put_shares(out, rows, rows->mxs, rows->n_mxs);
    put_findings(out, rows->findings, rows->n_findings);
    wire_dmarc_put(out, rows->dmarc);
}

void wire_put_item(struct buffer *out, const struct intake_item *item)
{
    size_t begin = begin_frame(out, WIRE_ITEM);

    wire_dkim_put(out, item->dkim);
    wire_field_put_u8(out, item->rows != NULL);
    if (item->rows) {
        wire_field_put_text(out, item->contact_domain);
        wire_field_put_text(out, item->submitter_domain);
        put_rows(out, item->rows);
    } else {
        wire_field_put_text(out, item->refused);
        put_findings(out, item->findings, item->n_findings);
    }
    end_frame(out, WIRE_ITEM, begin, 0);
}
