/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/import.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "intake/limits.h"
#include "intake/read.h"
#include "store/position.h"

/* Of the batch, labels and octets: what is read fills it up to
   INTAKE_BATCH_BYTES, and one small input more. */
enum { KEEP_MAX_BYTES = INTAKE_BATCH_BYTES + 2 * INTAKE_LARGE_BYTES };

/* What one item becomes, until it is put. */
struct pending {
    const char *label;
    struct slice raw;          /* the input it came from */
    size_t input;              /* its number in the batch */
    const char *refused;       /* the reason, NULL where rows hold a report */
    bool is_postponed;         /* it is to be read again */
    struct store_report *rows; /* a report */
    const struct store_finding *findings; /* of a refusal */
    size_t n_findings;
    struct store_arrival arrival;
    struct intake_outcome *outcome;        /* or NULL */
    const struct store_position *position; /* the end of an input, or NULL */
};

struct intake_import {
    struct store *store;
    struct intake_import_options options;
    struct intake_import_counts counts;
    struct intake_reading *reading; /* where options has none */
    struct intake_sink sink;

    /* The batch: read, and not yet put. */
    struct arena arena;
    struct pending pending[INTAKE_BATCH_RESULTS + 1]; /* one end beyond */
    size_t n_pending;
    size_t n_inputs;

    /* The input at hand. */
    struct intake_source_input at_hand;
    const struct intake_source_input *input;
    const char *label; /* its copies in the arena, NULL while none */
    struct slice raw;
    struct store_arrival arrival;         /* of its origin, likewise */
    unsigned char raw_hash[DIGEST_BYTES]; /* of a large one, which is put */
    bool is_raw_known; /* a large one was stored before, or is needed by now */
};

static const struct intake_origin of_file = { .source = "",
                                              .tenant = "",
                                              .destination = "" };

static int make_room(void *context, size_t room_bytes, struct err *err);
static int take_item(void *context, const struct intake_item *item,
                     struct err *err);

int intake_import_new(struct store *store,
                      const struct intake_import_options *options,
                      struct intake_import **out_import, struct err *err)
{
    struct intake_import *import = calloc(1, sizeof(*import));

    if (!import)
        return err_memory(err);
    import->store = store;
    import->options = *options;
    import->sink = (struct intake_sink){ .arena = &import->arena,
                                         .ready = make_room,
                                         .take = take_item,
                                         .context = import };
    arena_init(&import->arena, KEEP_MAX_BYTES);
    if (!options->read) {
        if (intake_reading_new(options->organization_key, &import->reading,
                               err)) {
            intake_import_free(import);
            return -1;
        }
        import->options.read = intake_reading_read;
        import->options.read_context = import->reading;
    }
    *out_import = import;
    return 0;
}

void intake_import_free(struct intake_import *import)
{
    if (!import)
        return;
    intake_reading_free(import->reading);
    arena_deinit(&import->arena);
    free(import);
}

const struct intake_import_counts *intake_import_counts(
    const struct intake_import *import)
{
    return &import->counts;
}

struct store *intake_import_store(const struct intake_import *import)
{
    return import->store;
}

/* ---- Reading, while nobody waits ----------------------------------------- */

static bool is_large(const struct intake_source_input *input)
{
    return input->octets.len >= INTAKE_LARGE_BYTES;
}

/* How the input at hand came, in the arena where the caller may let it go. */
static int keep_arrival(struct intake_import *import)
{
    const struct intake_origin *origin = import->input->origin;
    struct store_arrival *arrival = &import->arrival;

    if (!origin)
        origin = &of_file;
    *arrival = (struct store_arrival){
        .source = arena_copy(&import->arena, slice_of(origin->source)),
        .tenant = arena_copy(&import->arena, slice_of(origin->tenant)),
        .destination =
            arena_copy(&import->arena, slice_of(origin->destination)),
        .way = (int)origin->way,
        .rule = (int)origin->rule,
        .is_live = origin->is_live,
        .arrived_at = import->input->arrived_at,
        .judges = import->input->again ? import->input->again->id : 0,
    };
    return arrival->source && arrival->tenant && arrival->destination ? 0 : -1;
}

/* Keeps label and octets of the input at hand until its items are put; those of
   a large one are put already. */
static int keep_input(struct intake_import *import)
{
    struct slice octets = import->input->octets;

    if (import->label)
        return 0;
    import->label = arena_copy(&import->arena, slice_of(import->input->label));
    import->raw = slice_make(NULL, 0);
    if (!import->label || keep_arrival(import))
        return -1;
    if (is_large(import->input))
        return 0;
    import->raw = slice_make(arena_copy(&import->arena, octets), octets.len);
    return import->raw.ptr ? 0 : -1;
}

static bool is_batch_full(const struct intake_import *import)
{
    return import->n_pending >= INTAKE_BATCH_RESULTS ||
           import->arena.held_bytes >= INTAKE_BATCH_BYTES;
}

/* An input may hold any number of reports: those that fill a batch are put while
   it is being read. */
static int make_room(void *context, size_t room_bytes, struct err *err)
{
    struct intake_import *import = context;

    if (is_batch_full(import)) {
        import->label = NULL;
        if (intake_import_commit(import, err))
            return -1;
    }
    import->arena.max_bytes = KEEP_MAX_BYTES;
    if (keep_input(import))
        return err_memory(err);
    if (room_bytes < INTAKE_ROWS_LEAST_BYTES)
        room_bytes = INTAKE_ROWS_LEAST_BYTES;
    import->arena.max_bytes = import->arena.held_bytes + room_bytes;
    return 0;
}

static void tell_refused(struct intake_import *import, const char *reason)
{
    import->counts.refused++;
    if (import->options.refused)
        import->options.refused(import->options.context, import->input->label,
                                reason);
}

/* What who sent the input is told of its first refusal. */
static void note_refusal(struct intake_outcome *outcome,
                         const struct intake_item *item)
{
    if (!outcome)
        return;
    outcome->n_postponed += item->unread == INTAKE_UNREAD_YET;
    if (outcome->n_refused++ > 0)
        return;
    snprintf(outcome->reason, sizeof(outcome->reason), "%s", item->refused);
    if (item->n_findings == 0)
        return;
    /* The last finding is why it was refused; those before led there. */
    snprintf(outcome->code, sizeof(outcome->code), "%s",
             item->findings[item->n_findings - 1].code);
    snprintf(outcome->where, sizeof(outcome->where), "%s",
             item->findings[item->n_findings - 1].where);
}

static int take_report(struct intake_import *import,
                       const struct intake_item *item, struct pending *slot,
                       struct err *err)
{
    const struct intake_origin *origin = import->input->origin;
    const struct intake_source_input *input = import->input;
    struct intake_judgement judgement;
    struct store_report *rows;

    import->arena.max_bytes = import->arena.held_bytes + INTAKE_JUDGEMENT_BYTES;
    rows = arena_alloc(&import->arena, sizeof(*rows));
    if (!rows)
        return err_memory(err);
    if (intake_judge(&import->options.judges, origin ? origin : &of_file, item,
                     &import->arena, &judgement, err))
        return -1;
    *rows = *item->rows;
    rows->input = import->label;
    rows->proof = judgement.proof;
    rows->standing = judgement.standing;
    rows->arrival = import->arrival;
    rows->arrival.verdict = judgement.verdict;
    rows->arrival.reason = judgement.reason;
    rows->arrival.signer = judgement.signer;
    if (intake_rows_sign(
            rows, &import->arena, import->options.signed_key,
            strcmp(judgement.verdict, "pass") == 0 ? judgement.signer : ""))
        return arena_error(&import->arena, err);
    rows->arrival.judge_at = intake_judge_again(
        judgement.known, input->now ? input->now : input->arrived_at,
        input->again ? input->again->waited_s : 0,
        input->again ? input->again->tries + 1 : 0);
    rows->arrival.is_given_up =
        judgement.known != INTAKE_KNOWN && !rows->arrival.judge_at;
    slot->rows = rows;
    return 0;
}

/* Of an input that is judged again only what is asked for. */
static bool is_wanted(const struct intake_import *import,
                      const struct intake_item *item)
{
    const struct store_pending *again = import->input->again;

    if (!again)
        return true;
    return item->rows && item->rows->payload == again->payload &&
           item->rows->ordinal == again->ordinal;
}

static int take_item(void *context, const struct intake_item *item,
                     struct err *err)
{
    struct intake_import *import = context;
    struct pending *slot = &import->pending[import->n_pending];

    if (!is_wanted(import, item)) {
        /* It may be read another time. */
        if (item->unread)
            note_refusal(import->input->outcome, item);
        return 0;
    }
    if (item->rows && import->options.wants &&
        !import->options.wants(import->options.context, item->rows))
        return 0;
    *slot = (struct pending){ .label = import->label,
                              .raw = import->raw,
                              .input = import->n_inputs,
                              .refused = item->refused,
                              .is_postponed = item->unread == INTAKE_UNREAD_YET,
                              .findings = item->findings,
                              .n_findings = item->n_findings,
                              .arrival = import->arrival,
                              .outcome = import->input->outcome };
    if (item->refused) {
        note_refusal(slot->outcome, item);
        import->counts.postponed += slot->is_postponed;
        tell_refused(import, item->refused);
    } else if (take_report(import, item, slot, err)) {
        return -1;
    }
    import->n_pending++;
    return 0;
}

/* ---- Putting, as fast as can be ------------------------------------------ */

static void count_dmarc(struct intake_import_counts *counts,
                        const struct store_report *rows,
                        enum store_outcome outcome)
{
    counts->dmarc_reports++;
    if (outcome != STORE_NEW)
        return;
    counts->dmarc_new++;
    if (rows->standing != STORE_COUNTED)
        return;
    counts->messages =
        count_add(counts->messages,
                  count_add(rows->success_sessions, rows->failure_sessions));
    counts->failed_messages =
        count_add(counts->failed_messages, rows->failure_sessions);
}

static void count_verdict(struct intake_import_counts *counts,
                          const struct store_arrival *arrival)
{
    for (int i = 0; i < DKIM_VERDICT_COUNT; i++) {
        const char *name = dkim_reason_verdict_name((enum dkim_verdict)i);

        counts->verdicts[i] += strcmp(arrival->verdict, name) == 0;
    }
    counts->waiting += arrival->judge_at != 0;
}

static void count_report(struct intake_import *import,
                         const struct store_report *rows,
                         enum store_outcome outcome)
{
    struct intake_import_counts *counts = &import->counts;

    counts->reports++;
    counts->outcomes[outcome]++;
    counts->unproven +=
        outcome != STORE_DUPLICATE && rows->standing == STORE_UNPROVEN;
    count_verdict(counts, &rows->arrival);
    if (rows->dmarc)
        count_dmarc(counts, rows, outcome);
    if (outcome != STORE_NEW || rows->standing != STORE_COUNTED)
        return;
    for (size_t i = 0; i < rows->n_subjects; i++) {
        counts->sessions =
            count_add(counts->sessions, rows->subjects[i].sessions);
        counts->failures =
            count_add(counts->failures, rows->subjects[i].failures);
    }
}

static int put_refusal(struct intake_import *import,
                       const struct pending *pending,
                       const unsigned char raw_hash[static DIGEST_BYTES],
                       struct err *err)
{
    const struct store_refusal refusal = {
        .raw_hash = raw_hash,
        .input = pending->label,
        .reason = pending->refused,
        .findings = pending->findings,
        .n_findings = pending->n_findings,
        /* What is stale is read again. */
        .reader_version = INTAKE_READER_VERSION - pending->is_postponed,
        .arrival = pending->arrival,
    };

    return store_put_quarantine(import->store, &refusal, err) < 0 ? -1 : 0;
}

/* is_known gets true where the raw is needed for what it holds. */
static int put_result(struct intake_import *import, struct pending *pending,
                      const unsigned char raw_hash[static DIGEST_BYTES],
                      bool *is_known, struct err *err)
{
    enum store_outcome outcome;

    if (pending->refused) {
        *is_known = true;
        return put_refusal(import, pending, raw_hash, err);
    }
    memcpy(pending->rows->raw_hash, raw_hash, DIGEST_BYTES);
    if (store_put_report(import->store, pending->rows, &outcome, err))
        return -1;
    count_report(import, pending->rows, outcome);
    if (outcome != STORE_DUPLICATE)
        *is_known = true;
    if (pending->outcome)
        pending->outcome->n_reports[outcome]++;
    return 0;
}

/* Puts what items of one input become. out_next gets the first of the next one,
   is_known true where its raw is needed for one of them. */
static int put_results(struct intake_import *import, size_t first,
                       const unsigned char raw_hash[static DIGEST_BYTES],
                       size_t *out_next, bool *is_known, struct err *err)
{
    struct pending *pending = import->pending;
    size_t i = first;

    for (; i < import->n_pending && !pending[i].position &&
           pending[i].input == pending[first].input;
         i++)
        if (put_result(import, &pending[i], raw_hash, is_known, err))
            return -1;
    *out_next = i;
    return 0;
}

/* Puts all items of one input. The same reports in other octets leave nothing
   behind: whoever sends them again and again would fill the disk. */
static int put_input(struct intake_import *import, size_t first,
                     size_t *out_next, struct err *err)
{
    struct slice raw = import->pending[first].raw;
    unsigned char raw_hash[DIGEST_BYTES];
    bool is_known = false;

    if (!raw.ptr)
        return put_results(import, first, import->raw_hash, out_next,
                           &import->is_raw_known, err);
    if (store_put_raw(import->store, raw, raw_hash, err) < 0 ||
        put_results(import, first, raw_hash, out_next, &is_known, err))
        return -1;
    return is_known ? 0 : store_drop_raw(import->store, raw_hash, err);
}

/* Puts what comes next: the items of an input, or where its source stands. */
static int put_next(struct intake_import *import, size_t *next, struct err *err)
{
    const struct store_position *position = import->pending[*next].position;

    if (!position)
        return put_input(import, *next, next, err);
    ++*next;
    return store_put_position(import->store, position->source, position->item,
                              position->value, err);
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
        if (put_next(import, next, err)) {
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

static int read_input(struct intake_import *import, struct err *err)
{
    /* Where a source stands may change without anything new in it. */
    if ((import->input->octets.ptr || !import->input->position) &&
        import->options.read(import->options.read_context, import->input,
                             &import->sink, err))
        return -1;
    if (import->input->position)
        import->pending[import->n_pending++] =
            (struct pending){ .position = import->input->position };
    return 0;
}

/* Keeps, or forgets, the octets of a large input in a batch of its own. */
static int change_large(struct intake_import *import, bool is_put,
                        struct err *err)
{
    int status;

    if (store_begin(import->store, err))
        return -1;
    status = is_put ? store_put_raw(import->store, import->input->octets,
                                    import->raw_hash, err)
                    : store_drop_raw(import->store, import->raw_hash, err);
    if (status < 0 || store_commit(import->store, err)) {
        store_rollback(import->store);
        return -1;
    }
    return status;
}

/*
 * Reads a large input: first its octets are kept, then they are read where they
 * stand, so that at no time there are two copies of them.
 */
static int add_large(struct intake_import *import, struct err *err)
{
    int status;

    if (intake_import_commit(import, err))
        return -1;
    status = change_large(import, true, err);
    if (status < 0)
        return -1;
    import->is_raw_known = status > 0;
    if (read_input(import, err) || intake_import_commit(import, err))
        return -1;
    return import->is_raw_known ? 0 : change_large(import, false, err);
}

int intake_import_add(struct intake_import *import,
                      const struct intake_source_input *input, struct err *err)
{
    import->at_hand = *input;
    /* A small input is copied when the first item of it is there, so it must not
       be changed while it is read. */
    if (!is_large(input))
        import->at_hand.writable = NULL;
    import->input = &import->at_hand;
    import->label = NULL;
    import->counts.inputs++;
    if (input->refused) {
        tell_refused(import, input->refused);
        return 0;
    }
    if (is_large(input))
        return add_large(import, err);
    if (read_input(import, err))
        return -1;
    import->n_inputs++;
    return is_batch_full(import) ? intake_import_commit(import, err) : 0;
}
