/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/reading.h"

#include <stdlib.h>
#include <string.h>

#include "intake/dmarc_rows.h"
#include "intake/limits.h"
#include "intake/read.h"
#include "intake/render_dmarc.h"
#include "intake/rows.h"
#include "json/writer.h"

const struct store_finding *intake_unread_finding(
    enum intake_unread_reason reason)
{
    /* As in the table of unwrap. */
    static const struct store_finding findings[INTAKE_UNREAD_REASON_COUNT] = {
        [INTAKE_UNREAD_CRASH] = { .code = "reader-crashed", .where = "" },
        [INTAKE_UNREAD_LATE] = { .code = "reader-late", .where = "" },
        [INTAKE_UNREAD_SLOW] = { .code = "read-later", .where = "" },
    };

    return &findings[reason];
}

struct intake_reading {
    const char *(*organization_key)(struct arena *arena, const char *name);
    struct digest *digest;
    struct buffer text; /* a report as it is hashed */
    struct arena mail;  /* the signatures of the input at hand */
    struct dkim dkim;

    /* The input at hand. */
    const struct intake_source_input *input;
    const struct intake_sink *sink;
};

int intake_reading_new(const char *(*organization_key)(struct arena *arena,
                                                       const char *name),
                       struct intake_reading **out_reading, struct err *err)
{
    struct intake_reading *reading = calloc(1, sizeof(*reading));

    if (!reading)
        return err_memory(err);
    reading->organization_key = organization_key;
    reading->digest = digest_new();
    buffer_init(&reading->text, JSON_WRITER_SINK_BYTES);
    arena_init(&reading->mail, INTAKE_SIGNATURES_BYTES);
    if (!reading->digest) {
        intake_reading_free(reading);
        return err_memory(err);
    }
    *out_reading = reading;
    return 0;
}

void intake_reading_free(struct intake_reading *reading)
{
    if (!reading)
        return;
    digest_free(reading->digest);
    buffer_deinit(&reading->text);
    arena_deinit(&reading->mail);
    free(reading);
}

static void add_to_digest(void *context, struct slice octets)
{
    digest_add(context, octets);
}

static void write_dmarc(struct json_writer *writer,
                        const struct dmarc_report *report)
{
    json_begin_object(writer);
    render_dmarc_members(writer, report);
    json_end_object(writer);
}

/* The hash of a report's content, whatever its spelling or container. */
static int hash_report(struct intake_reading *reading,
                       const struct intake_result *result,
                       unsigned char out[static DIGEST_BYTES], struct err *err)
{
    struct json_writer writer;

    buffer_reset(&reading->text);
    json_writer_init(&writer, &reading->text);
    writer.sink = add_to_digest;
    writer.context = reading->digest;
    if (result->dmarc)
        write_dmarc(&writer, result->dmarc);
    else
        report_write(result->report, &writer);
    json_writer_flush(&writer);
    digest_finish(reading->digest, out);
    return reading->text.failed ? err_memory(err) : 0;
}

/* A report without organization-name goes under the domain of its contact. The
   key of the report keeps the name as reported. */
static const char *organization_key(struct intake_reading *reading,
                                    const struct store_report *rows,
                                    const char *contact_domain)
{
    const char *name =
        *rows->organization ? rows->organization : contact_domain;

    return reading->organization_key(reading->sink->arena, name);
}

static int make_rows(const struct intake_result *result, struct arena *arena,
                     struct store_report *rows, struct err *err)
{
    return result->dmarc
               ? intake_dmarc_rows_make(result->dmarc, arena, rows, err)
               : intake_rows_make(result->report, arena, rows, err);
}

static int read_report(struct intake_reading *reading,
                       const struct intake_result *result,
                       struct intake_item *item, struct err *err)
{
    struct arena *arena = reading->sink->arena;
    struct store_report *rows = arena_calloc(arena, 1, sizeof(*rows));

    item->contact_domain = arena_copy(
        arena, result->dmarc ? intake_dmarc_contact_domain(result->dmarc)
                             : report_contact_domain(result->report));
    item->submitter_domain =
        arena_copy(arena, slice_of(result->submitter ? result->submitter : ""));
    if (!rows || !item->contact_domain || !item->submitter_domain)
        return arena_error(arena, err);
    if (make_rows(result, arena, rows, err) ||
        hash_report(reading, result, rows->content_hash, err))
        return -1;
    rows->organization_key =
        organization_key(reading, rows, item->contact_domain);
    if (!rows->organization_key)
        return arena_error(arena, err);
    rows->payload = result->payload;
    rows->ordinal = result->ordinal;
    rows->reader_version = INTAKE_READER_VERSION;
    item->rows = rows;
    return 0;
}

static int read_refusal(struct intake_reading *reading,
                        const struct intake_result *result,
                        struct intake_item *item, struct err *err)
{
    struct arena *arena = reading->sink->arena;

    item->n_findings = result->findings ? result->findings->n_items : 0;
    item->refused = arena_copy(arena, slice_of(result->refused));
    item->findings = intake_rows_findings(result->findings, arena);
    return item->refused && (item->n_findings == 0 || item->findings)
               ? 0
               : arena_error(arena, err);
}

static int take_result(void *context, const struct intake_result *result,
                       struct err *err)
{
    struct intake_reading *reading = context;
    const struct intake_sink *sink = reading->sink;
    const struct intake_origin *origin = reading->input->origin;
    struct intake_item item = { .contact_domain = "", .submitter_domain = "" };
    struct err own;
    int rc = sink->ready(sink->context, result->room_bytes, err);

    if (rc)
        return rc;
    if (!result->refused ? read_report(reading, result, &item, &own)
                         : read_refusal(reading, result, &item, &own)) {
        if (own.kind != ERR_LIMIT) {
            if (err)
                *err = own;
            return -1;
        }
        /* What is beyond a limit of ours is refused; it ends nothing. The
           reason is no copy, since the arena may be full. */
        item = (struct intake_item){
            .refused = "storing its many parts would take too much memory"
        };
    }
    if (origin && origin->way == INTAKE_WAY_MAIL)
        item.dkim = &reading->dkim;
    return sink->take(sink->context, &item, err);
}

/* Signatures beyond what we hold of them prove nothing. */
static int read_signatures(struct intake_reading *reading, struct err *err)
{
    const struct intake_source_input *input = reading->input;
    struct err own;

    arena_reset(&reading->mail);
    reading->dkim = (struct dkim){ .n_signatures = 0 };
    if (!input->origin || input->origin->way != INTAKE_WAY_MAIL ||
        dkim_read(&reading->mail, input->octets, input->arrived_at,
                  &reading->dkim, &own) == 0)
        return 0;
    reading->dkim = (struct dkim){ .n_signatures = 0 };
    return own.kind == ERR_LIMIT ? 0 : err_memory(err);
}

int intake_reading_read(void *context, const struct intake_source_input *input,
                        const struct intake_sink *sink, struct err *err)
{
    struct intake_reading *reading = context;

    reading->input = input;
    reading->sink = sink;
    if (read_signatures(reading, err))
        return -1;
    return intake_read_kinds(input->octets, input->writable, input->name,
                             INTAKE_KIND_ALL, take_result, reading, err);
}
