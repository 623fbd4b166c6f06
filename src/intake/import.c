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

struct intake_import {
    struct store *store;
    struct intake_import_options options;
    struct intake_import_counts counts;
    struct digest *digest;
    struct buffer text; /* a report as it is hashed */
    struct arena rows;  /* of one report */
    bool in_batch;
    unsigned n_batch;       /* inputs in the batch */
    int64_t batch_begin_ms; /* clock_monotonic_ms */

    /* The input at hand. */
    const struct intake_source_input *input;
    bool is_raw_put;
    unsigned char raw_hash[DIGEST_BYTES];
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
    buffer_init(&import->text, INTAKE_HASH_MAX_BYTES);
    arena_init(&import->rows, INTAKE_ROWS_MAX_BYTES);
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
    if (import->in_batch)
        store_rollback(import->store);
    digest_free(import->digest);
    buffer_deinit(&import->text);
    arena_deinit(&import->rows);
    free(import);
}

const struct intake_import_counts *intake_import_counts(
    const struct intake_import *import)
{
    return &import->counts;
}

/* Begins the batch and keeps the raw octets, both where not yet done. */
static int ready_input(struct intake_import *import, struct err *err)
{
    if (!import->in_batch) {
        if (store_begin(import->store, err))
            return -1;
        import->in_batch = true;
        import->n_batch = 0;
        import->batch_begin_ms = clock_monotonic_ms();
    }
    if (!import->is_raw_put &&
        store_put_raw(import->store, import->input->octets, import->raw_hash,
                      err) < 0)
        return -1;
    import->is_raw_put = true;
    return 0;
}

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

static int put_report(struct intake_import *import,
                      const struct intake_result *result, struct err *err)
{
    struct store_report rows;
    enum store_outcome outcome;

    arena_reset(&import->rows);
    if (intake_rows_make(result->report, &import->rows, &rows, err) ||
        hash_report(import, result->report, rows.content_hash, err))
        return -1;
    rows.organization_key =
        import->options.organization_key(&import->rows, rows.organization);
    if (!rows.organization_key)
        return err_memory(err);
    memcpy(rows.raw_hash, import->raw_hash, DIGEST_BYTES);
    rows.payload = result->payload;
    rows.ordinal = result->ordinal;
    rows.input = import->input->label;
    rows.proof = import->options.proof;
    rows.reader_version = INTAKE_READER_VERSION;
    if (store_put_report(import->store, &rows, &outcome, err))
        return -1;
    count_report(import, &rows, outcome);
    return 0;
}

static void tell_refused(struct intake_import *import, const char *reason)
{
    import->counts.refused++;
    if (import->options.refused)
        import->options.refused(import->options.context, import->input->label,
                                reason);
}

static int put_refusal(struct intake_import *import,
                       const struct intake_result *result, struct err *err)
{
    struct store_finding *findings;
    size_t n = result->findings ? result->findings->n_items : 0;

    arena_reset(&import->rows);
    findings = intake_rows_findings(result->findings, &import->rows);
    if (n > 0 && !findings)
        return err_memory(err);
    if (store_put_quarantine(import->store, import->raw_hash,
                             import->input->label, result->refused, findings, n,
                             INTAKE_READER_VERSION, err) < 0)
        return -1;
    tell_refused(import, result->refused);
    return 0;
}

static int take_result(void *context, const struct intake_result *result,
                       struct err *err)
{
    struct intake_import *import = context;

    if (ready_input(import, err))
        return -1;
    return result->report ? put_report(import, result, err)
                          : put_refusal(import, result, err);
}

int intake_import_commit(struct intake_import *import, struct err *err)
{
    if (!import->in_batch)
        return 0;
    import->in_batch = false;
    if (store_commit(import->store, err)) {
        store_rollback(import->store);
        return -1;
    }
    return 0;
}

static bool is_batch_full(const struct intake_import *import)
{
    return import->n_batch >= INTAKE_BATCH_INPUTS ||
           clock_monotonic_ms() - import->batch_begin_ms >= INTAKE_BATCH_MS;
}

int intake_import_add(struct intake_import *import,
                      const struct intake_source_input *input, struct err *err)
{
    import->input = input;
    import->is_raw_put = false;
    import->counts.inputs++;
    if (input->refused) {
        tell_refused(import, input->refused);
        return 0;
    }
    /* A large input takes long to read: nobody shall wait for that. */
    if (input->octets.len >= INTAKE_LARGE_BYTES &&
        intake_import_commit(import, err))
        return -1;
    if (intake_read(input->octets, input->name, take_result, import, err))
        return -1;
    import->n_batch++;
    return is_batch_full(import) ? intake_import_commit(import, err) : 0;
}
