/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/import.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypt/digest.h"
#include "intake/limits.h"
#include "intake/read.h"
#include "intake/rows.h"
#include "json/writer.h"

/* Of the batch, labels and octets: what is read fills it up to
   INTAKE_BATCH_BYTES, and one small input more. */
enum { KEEP_MAX_BYTES = INTAKE_BATCH_BYTES + 2 * INTAKE_LARGE_BYTES };

/* What one result becomes, until it is put. */
struct pending {
    const char *label;
    struct slice raw;         /* the input it came from */
    size_t input;             /* its number in the batch */
    const char *refused;      /* the reason, NULL where rows hold a report */
    struct store_report rows; /* of a refusal the findings alone */
};

struct intake_import {
    struct store *store;
    struct intake_import_options options;
    struct intake_import_counts counts;
    struct digest *digest;
    struct buffer text; /* a report as it is hashed */

    /* The batch: read, and not yet put. */
    struct arena arena;
    struct pending pending[INTAKE_BATCH_RESULTS];
    size_t n_pending;
    size_t n_inputs;

    /* The input at hand. */
    const struct intake_source_input *input;
    const char *label; /* its copies in the arena, NULL while none */
    struct slice raw;
    unsigned char raw_hash[DIGEST_BYTES]; /* of a large one, which is put */
};

int intake_import_new(struct store *store,
                      const struct intake_import_options *options,
                      struct intake_import **out_import, struct err *err)
{
    struct intake_import *import = calloc(1, sizeof(*import));

    if (!import)
        return err_memory(err);
    import->store = store;
    import->options = *options;
    import->digest = digest_new();
    buffer_init(&import->text, JSON_WRITER_SINK_BYTES);
    arena_init(&import->arena, KEEP_MAX_BYTES);
    if (!import->digest) {
        intake_import_free(import);
        return err_memory(err);
    }
    *out_import = import;
    return 0;
}

void intake_import_free(struct intake_import *import)
{
    if (!import)
        return;
    digest_free(import->digest);
    buffer_deinit(&import->text);
    arena_deinit(&import->arena);
    free(import);
}

const struct intake_import_counts *intake_import_counts(
    const struct intake_import *import)
{
    return &import->counts;
}

/* ---- Reading, while nobody waits ----------------------------------------- */

static void add_to_digest(void *context, struct slice octets)
{
    digest_add(context, octets);
}

/* The hash of a report's content, whatever its spelling or container. */
static int hash_report(struct intake_import *import,
                       const struct report *report,
                       unsigned char out[static DIGEST_BYTES], struct err *err)
{
    struct json_writer writer;

    buffer_reset(&import->text);
    json_writer_init(&writer, &import->text);
    writer.sink = add_to_digest;
    writer.context = import->digest;
    report_write(report, &writer);
    json_writer_flush(&writer);
    digest_finish(import->digest, out);
    return import->text.failed ? err_memory(err) : 0;
}

static bool is_large(const struct intake_source_input *input)
{
    return input->octets.len >= INTAKE_LARGE_BYTES;
}

/* Keeps label and octets of the input at hand until its results are put; those
   of a large one are put already. */
static int keep_input(struct intake_import *import)
{
    struct slice octets = import->input->octets;

    if (import->label)
        return 0;
    import->label = arena_copy(&import->arena, slice_of(import->input->label));
    import->raw = slice_make(NULL, 0);
    if (is_large(import->input))
        return import->label ? 0 : -1;
    import->raw = slice_make(arena_copy(&import->arena, octets), octets.len);
    return import->label && import->raw.ptr ? 0 : -1;
}

/* The batch is not full. Returns: the place of the next result, NULL when out of
   memory. */
static struct pending *add_pending(struct intake_import *import)
{
    struct pending *slot = &import->pending[import->n_pending];

    if (keep_input(import))
        return NULL;
    *slot = (struct pending){ .label = import->label,
                              .raw = import->raw,
                              .input = import->n_inputs };
    return slot;
}

/* A report without organization-name goes under the domain of its contact. The
   key of the report keeps the name as reported. */
static const char *organization_key(struct intake_import *import,
                                    const struct report *report,
                                    const struct store_report *rows)
{
    const char *name = rows->organization;

    if (!*name)
        name = arena_copy(&import->arena, report_contact_domain(report));
    return name ? import->options.organization_key(&import->arena, name) : NULL;
}

static int read_report(struct intake_import *import,
                       const struct intake_result *result,
                       struct store_report *rows, struct err *err)
{
    if (intake_rows_make(result->report, &import->arena, rows, err) ||
        hash_report(import, result->report, rows->content_hash, err))
        return -1;
    rows->organization_key = organization_key(import, result->report, rows);
    if (!rows->organization_key)
        return arena_error(&import->arena, err);
    rows->payload = result->payload;
    rows->ordinal = result->ordinal;
    rows->input = import->label;
    rows->proof = import->options.proof;
    rows->reader_version = INTAKE_READER_VERSION;
    return 0;
}

static void tell_refused(struct intake_import *import, const char *reason)
{
    import->counts.refused++;
    if (import->options.refused)
        import->options.refused(import->options.context, import->input->label,
                                reason);
}

static int read_refusal(struct intake_import *import,
                        const struct intake_result *result,
                        struct pending *slot, struct err *err)
{
    size_t n = result->findings ? result->findings->n_items : 0;

    slot->refused = arena_copy(&import->arena, slice_of(result->refused));
    slot->rows.findings =
        intake_rows_findings(result->findings, &import->arena);
    slot->rows.n_findings = n;
    if (!slot->refused || (n > 0 && !slot->rows.findings))
        return arena_error(&import->arena, err);
    tell_refused(import, result->refused);
    return 0;
}

/* What is beyond a limit of ours is refused; it never ends the import. The
   reason is no copy, since the arena may be full. */
static void refuse_result(struct intake_import *import, struct pending *slot)
{
    slot->rows = (struct store_report){ .n_findings = 0 };
    slot->refused = "storing its many parts would take too much memory";
    tell_refused(import, slot->refused);
}

static bool is_batch_full(const struct intake_import *import)
{
    return import->n_pending >= INTAKE_BATCH_RESULTS ||
           import->arena.held_bytes >= INTAKE_BATCH_BYTES;
}

/* An input may hold any number of reports: those that fill a batch are put while
   it is being read. */
static int make_room(struct intake_import *import, struct err *err)
{
    if (!is_batch_full(import))
        return 0;
    import->label = NULL;
    return intake_import_commit(import, err);
}

static size_t rows_max_bytes(const struct intake_result *result)
{
    return result->room_bytes > INTAKE_ROWS_LEAST_BYTES
               ? result->room_bytes
               : INTAKE_ROWS_LEAST_BYTES;
}

static int take_result(void *context, const struct intake_result *result,
                       struct err *err)
{
    struct intake_import *import = context;
    struct pending *slot;
    struct err own;

    if (make_room(import, err))
        return -1;
    import->arena.max_bytes = KEEP_MAX_BYTES;
    slot = add_pending(import);
    if (!slot)
        return err_memory(err);
    import->arena.max_bytes = import->arena.held_bytes + rows_max_bytes(result);
    if (result->report ? read_report(import, result, &slot->rows, &own)
                       : read_refusal(import, result, slot, &own)) {
        if (own.kind != ERR_LIMIT) {
            if (err)
                *err = own;
            return -1;
        }
        refuse_result(import, slot);
    }
    import->n_pending++;
    return 0;
}

/* ---- Putting, as fast as can be ------------------------------------------ */

static void count_report(struct intake_import *import,
                         const struct store_report *rows,
                         enum store_outcome outcome)
{
    struct intake_import_counts *counts = &import->counts;

    counts->reports++;
    counts->outcomes[outcome]++;
    if (outcome != STORE_NEW)
        return;
    for (size_t i = 0; i < rows->n_subjects; i++) {
        counts->sessions =
            count_add(counts->sessions, rows->subjects[i].sessions);
        counts->failures =
            count_add(counts->failures, rows->subjects[i].failures);
    }
}

static int put_result(struct intake_import *import, struct pending *pending,
                      const unsigned char raw_hash[static DIGEST_BYTES],
                      struct err *err)
{
    enum store_outcome outcome;

    if (pending->refused)
        return store_put_quarantine(import->store, raw_hash, pending->label,
                                    pending->refused, pending->rows.findings,
                                    pending->rows.n_findings,
                                    INTAKE_READER_VERSION, NULL, err) < 0
                   ? -1
                   : 0;
    memcpy(pending->rows.raw_hash, raw_hash, DIGEST_BYTES);
    if (store_put_report(import->store, &pending->rows, &outcome, err))
        return -1;
    count_report(import, &pending->rows, outcome);
    return 0;
}

/* Puts all results of one input. out_next gets the first of the next one. */
static int put_input(struct intake_import *import, size_t first,
                     size_t *out_next, struct err *err)
{
    struct pending *pending = import->pending;
    unsigned char raw_hash[DIGEST_BYTES];
    size_t i = first;

    if (!pending[first].raw.ptr)
        memcpy(raw_hash, import->raw_hash, DIGEST_BYTES);
    else if (store_put_raw(import->store, pending[first].raw, raw_hash, err) <
             0)
        return -1;
    for (; i < import->n_pending && pending[i].input == pending[first].input;
         i++)
        if (put_result(import, &pending[i], raw_hash, err))
            return -1;
    *out_next = i;
    return 0;
}

/* Puts inputs in one transaction until all are put or others have waited. */
static int put_some(struct intake_import *import, size_t *next, struct err *err)
{
    int64_t begin_ms;

    if (store_begin(import->store, err))
        return -1;
    /* The wait for the lock is others' time. */
    begin_ms = clock_monotonic_ms();
    while (*next < import->n_pending &&
           clock_monotonic_ms() - begin_ms < INTAKE_BATCH_MS) {
        if (put_input(import, *next, next, err)) {
            store_rollback(import->store);
            return -1;
        }
    }
    if (store_commit(import->store, err)) {
        store_rollback(import->store);
        return -1;
    }
    return 0;
}

int intake_import_commit(struct intake_import *import, struct err *err)
{
    size_t next = 0;
    int rc = 0;

    while (rc == 0 && next < import->n_pending)
        rc = put_some(import, &next, err);
    import->n_pending = 0;
    import->n_inputs = 0;
    arena_reset(&import->arena);
    return rc;
}

/*
 * Reads a large input: first its octets are kept, then they are read where they
 * stand, so that at no time there are two copies of them.
 */
static int add_large(struct intake_import *import, struct err *err)
{
    const struct intake_source_input *input = import->input;

    if (intake_import_commit(import, err) || store_begin(import->store, err))
        return -1;
    if (store_put_raw(import->store, input->octets, import->raw_hash, err) <
            0 ||
        store_commit(import->store, err)) {
        store_rollback(import->store);
        return -1;
    }
    if (input->writable
            ? intake_read_in_place(input->writable, input->octets.len,
                                   input->name, take_result, import, err)
            : intake_read(input->octets, input->name, take_result, import, err))
        return -1;
    return intake_import_commit(import, err);
}

int intake_import_add(struct intake_import *import,
                      const struct intake_source_input *input, struct err *err)
{
    import->input = input;
    import->label = NULL;
    import->counts.inputs++;
    if (input->refused) {
        tell_refused(import, input->refused);
        return 0;
    }
    if (is_large(input))
        return add_large(import, err);
    if (intake_read(input->octets, input->name, take_result, import, err))
        return -1;
    import->n_inputs++;
    return is_batch_full(import) ? intake_import_commit(import, err) : 0;
}
