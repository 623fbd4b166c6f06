/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/reread.h"

#include <stdlib.h>

#include "base/clock.h"
#include "intake/import.h"
#include "intake/limits.h"
#include "intake/read.h"
#include "store/prune.h"
#include "store/stale.h"

struct intake_reread {
    struct store *store;
    struct intake_reread_options options;
    struct intake_reading *reading; /* where options has none */
    struct intake_import *import;   /* for what is new */
    struct intake_sink sink;
    struct intake_reread_counts counts;
    struct arena items; /* the item at hand */
    struct buffer octets;
    enum store_stale_kind kind;
    int64_t after_id; /* raws up to this one are done */
    int64_t begin_ms; /* of the batch */
    bool is_in_batch;

    /* The raw at hand. */
    struct arena arena;
    struct store_stale stale;
    const char *reasons[INTAKE_REREAD_REASONS];
    size_t n_reasons;
    size_t n_refused; /* items, of any reason */
    size_t n_reports;
    enum intake_unread unread;
    const struct store_finding *unread_finding; /* static, or NULL */
    bool does_hurry;          /* the reading: else nobody may wait for it */
    int64_t n_unmet;          /* reports that are not stored as of this raw */
    struct store_floor floor; /* what was pruned does not come back */
    int64_t stored_at;        /* the raw, by the way at hand */

    /* The way at hand. */
    const struct store_stale_way *way;
    size_t n_come; /* reports that stand by it */
    bool has_more; /* more of them are to be put */
};

static bool is_kept_long(const struct intake_reread *reread,
                         const struct store_report *rows)
{
    return !store_floor_has(&reread->floor, rows->day, reread->stored_at);
}

/* Tells whether a report stands by the way at hand, of which nobody knows any more
   where it came to: judged by that it would only seem to be nobody's. */
static bool has_come(const struct intake_reread *reread,
                     const struct store_report *rows)
{
    const struct store_stale_way *way = reread->way;
    struct store_read read;

    return !way->arrival.destination[0] &&
           store_find_read(reread->store, reread->stale.raw_id, rows->payload,
                           rows->ordinal, &read, NULL) == 0 &&
           read.origin_id == way->origin_id;
}

static bool wants(void *context, const struct store_report *rows)
{
    struct intake_reread *reread = context;

    if (has_come(reread, rows)) {
        reread->n_come++;
        return false;
    }
    return is_kept_long(reread, rows);
}

/* Nobody asks DNS here: the daemon judges what is put. */
static enum intake_known find_no_key(void *context, const char *query_name,
                                     struct arena *arena,
                                     struct dkim_answer *out_answer)
{
    (void)context, (void)query_name, (void)arena, (void)out_answer;
    return INTAKE_PENDING;
}

static enum intake_known claims_later(void *context,
                                      const struct intake_origin *origin,
                                      const char *domain, bool *out_is_ours)
{
    (void)context, (void)domain;
    *out_is_ours = !origin->is_live;
    return origin->is_live ? INTAKE_PENDING : INTAKE_KNOWN;
}

static int ready(void *context, size_t room_bytes, struct err *err);
static int take(void *context, const struct intake_item *item, struct err *err);

int intake_reread_new(struct store *store,
                      const struct intake_reread_options *options,
                      struct intake_reread **out_reread, struct err *err)
{
    struct intake_import_options import = {
        .organization_key = options->organization_key,
        .signed_key = options->signed_key,
        .read = options->read,
        .read_context = options->read_context,
        .judges = { .find_key = find_no_key, .claims = claims_later },
        .wants = wants,
    };
    struct intake_reread *reread = calloc(1, sizeof(*reread));

    if (!reread)
        return err_memory(err);
    import.context = reread;
    reread->store = store;
    reread->options = *options;
    arena_init(&reread->items, INTAKE_CONTAINER_MAX_BYTES);
    arena_init(&reread->arena, INTAKE_CONTAINER_MAX_BYTES);
    buffer_init(&reread->octets, INTAKE_INPUT_MAX_BYTES);
    reread->sink = (struct intake_sink){
        .arena = &reread->items, .ready = ready, .take = take, .context = reread
    };
    if ((!options->read && intake_reading_new(options->organization_key,
                                              &reread->reading, err)) ||
        intake_import_new(store, &import, &reread->import, err)) {
        intake_reread_free(reread);
        return -1;
    }
    if (!options->read) {
        reread->options.read = intake_reading_read;
        reread->options.read_context = reread->reading;
    }
    *out_reread = reread;
    return 0;
}

void intake_reread_free(struct intake_reread *reread)
{
    if (!reread)
        return;
    if (reread->is_in_batch)
        store_rollback(reread->store);
    intake_import_free(reread->import);
    intake_reading_free(reread->reading);
    arena_deinit(&reread->items);
    arena_deinit(&reread->arena);
    buffer_deinit(&reread->octets);
    free(reread);
}

const struct intake_reread_counts *intake_reread_counts(
    const struct intake_reread *reread)
{
    return &reread->counts;
}

void intake_reread_seek(struct intake_reread *reread,
                        enum store_stale_kind kind, int64_t after_id)
{
    reread->kind = kind;
    reread->after_id = after_id;
}

int64_t intake_reread_place(const struct intake_reread *reread)
{
    return reread->after_id;
}

bool intake_reread_is_in_batch(const struct intake_reread *reread)
{
    return reread->is_in_batch;
}

/* ---- Batches ------------------------------------------------------------- */

static int begin(struct intake_reread *reread, struct err *err)
{
    if (reread->is_in_batch)
        return 0;
    if (store_begin(reread->store, err))
        return -1;
    reread->is_in_batch = true;
    reread->begin_ms = clock_monotonic_ms();
    return 0;
}

int intake_reread_commit(struct intake_reread *reread, struct err *err)
{
    if (!reread->is_in_batch)
        return 0;
    reread->is_in_batch = false;
    return store_commit(reread->store, err);
}

/* Lets others write when this batch has lasted. */
static int commit_in_time(struct intake_reread *reread, struct err *err)
{
    if (clock_monotonic_ms() - reread->begin_ms < INTAKE_REREAD_MS)
        return 0;
    return intake_reread_commit(reread, err);
}

/* ---- One raw ------------------------------------------------------------- */

static int ready(void *context, size_t room_bytes, struct err *err)
{
    struct intake_reread *reread = context;

    (void)err;
    arena_reset(&reread->items);
    reread->items.max_bytes =
        reread->items.held_bytes + room_bytes + INTAKE_ROWS_LEAST_BYTES;
    return 0;
}

static int keep_reason(struct intake_reread *reread, const char *reason,
                       struct err *err)
{
    const char *copy;

    if (reread->n_reasons == INTAKE_REREAD_REASONS)
        return 0;
    copy = arena_copy(&reread->arena, slice_of(reason));
    if (!copy)
        return arena_error(&reread->arena, err);
    reread->reasons[reread->n_reasons++] = copy;
    return 0;
}

static void count(struct intake_reread_counts *counts,
                  enum store_replaced replaced)
{
    counts->same += replaced == STORE_REPLACED_SAME;
    counts->changed += replaced == STORE_REPLACED_CHANGED;
    counts->merged += replaced == STORE_REPLACED_MERGED;
}

/* Puts a new reading in the place of the old one, under the organisation that its
   signer has shown to be. */
static int replace(struct intake_reread *reread, const struct store_read *read,
                   const struct store_report *report,
                   enum store_replaced *out_replaced, struct err *err)
{
    struct store_report rows = *report;

    if (intake_rows_sign(&rows, &reread->items, reread->options.signed_key,
                         read->signer))
        return arena_error(&reread->items, err);
    return store_replace_report(reread->store, read->id, &rows, out_replaced,
                                err);
}

static int take(void *context, const struct intake_item *item, struct err *err)
{
    struct intake_reread *reread = context;
    enum store_replaced replaced = STORE_REPLACED_SAME;
    struct store_read read;
    int status;

    reread->unread = item->unread;
    reread->unread_finding = item->unread && item->n_findings
                                 ? &item->findings[item->n_findings - 1]
                                 : NULL;
    if (item->unread == INTAKE_UNREAD_YET)
        return 0;
    if (item->refused) {
        reread->n_refused++;
        return keep_reason(reread, item->refused, err);
    }
    if (begin(reread, err))
        return -1;
    status =
        store_find_read(reread->store, reread->stale.raw_id,
                        item->rows->payload, item->rows->ordinal, &read, err);
    if (status > 0 && !is_kept_long(reread, item->rows))
        return 0;
    reread->n_reports++;
    if (status == 0 && read.version >= INTAKE_READER_VERSION)
        return 0;
    if (status == 0)
        status = replace(reread, &read, item->rows, &replaced, err);
    if (status < 0)
        return -1;
    if (status > 0)
        reread->n_unmet++;
    else
        count(&reread->counts, replaced);
    return reread->does_hurry ? commit_in_time(reread, err)
                              : intake_reread_commit(reread, err);
}

static void set_hurry(struct intake_reread *reread, bool does_hurry)
{
    reread->does_hurry = does_hurry;
    if (reread->options.hurry)
        reread->options.hurry(reread->options.read_context, does_hurry);
}

/* Puts what is in the raw as an import does that came by one of its ways; what is
   stored is a duplicate.
   Returns: 0; 1 where less could be read than before; -1 with err. */
static int put_by(struct intake_reread *reread,
                  const struct store_stale_way *way, struct err *err)
{
    const struct store_arrival *arrival = &way->arrival;
    const struct intake_origin origin = {
        .source = arrival->source,
        .tenant = arrival->tenant,
        .destination = arrival->destination,
        .way = (enum intake_way)arrival->way,
        .rule = (enum intake_rule)arrival->rule,
        .is_live = arrival->is_live,
    };
    struct intake_outcome outcome = { .n_refused = 0 };
    const struct intake_source_input input = {
        .label = way->input,
        .octets = buffer_slice(&reread->octets),
        .origin = &origin,
        /* A signature is held against the time the mail came. */
        .arrived_at = arrival->arrived_at,
        .now = clock_now(reread->options.clock),
        .outcome = &outcome,
    };

    reread->stored_at = arrival->arrived_at;
    reread->way = way;
    reread->n_come = 0;
    if (intake_import_add(reread->import, &input, err) ||
        intake_import_commit(reread->import, err))
        return -1;
    /* What came by another way already may count for this one. */
    reread->counts.added += outcome.n_reports[STORE_NEW];
    reread->counts.added += outcome.n_reports[STORE_CONFLICT];
    if (way == reread->stale.ways)
        reread->counts.added += outcome.n_reports[STORE_TAKEOVER];
    return outcome.n_refused > reread->n_refused ||
           intake_outcome_count(&outcome) + reread->n_come < reread->n_reports;
}

/* As put_by, by all ways that it came by: which of them counts the store says. */
static int put_new(struct intake_reread *reread, struct err *err)
{
    int is_less = 0;

    /* It is read once more for each, and nobody waits. */
    set_hurry(reread, false);
    for (size_t i = 0; i < reread->stale.n_ways; i++) {
        int status = put_by(reread, &reread->stale.ways[i], err);

        if (status < 0)
            return -1;
        is_less |= status;
    }
    return is_less;
}

/* Puts why it cannot be read, without another try. */
static int put_unread(struct intake_reread *reread, struct err *err)
{
    struct store_refusal refusal = {
        .raw_hash = reread->stale.raw_hash,
        .reason = reread->reasons[0],
        .findings = reread->unread_finding,
        .n_findings = reread->unread_finding != NULL,
        .reader_version = INTAKE_READER_VERSION,
    };

    if (begin(reread, err))
        return -1;
    for (size_t i = 0; i < reread->stale.n_ways; i++) {
        refusal.input = reread->stale.ways[i].input;
        refusal.arrival = reread->stale.ways[i].arrival;
        if (store_put_quarantine(reread->store, &refusal, err) < 0)
            return -1;
    }
    return 0;
}

static int settle(struct intake_reread *reread, struct err *err)
{
    int64_t n_gone;

    if (begin(reread, err) ||
        store_settle_refusals(reread->store, &reread->stale,
                              INTAKE_READER_VERSION, reread->reasons,
                              reread->n_reasons, &n_gone, err))
        return -1;
    reread->counts.released += n_gone;
    reread->counts.refused += reread->n_reasons > 0;
    reread->has_more = reread->stale.has_more && n_gone > 0;
    return intake_reread_commit(reread, err);
}

/* Reports that the older reader read and today's does not. */
static int count_lost(struct intake_reread *reread, struct err *err)
{
    int64_t n;

    if (store_count_unread(reread->store, reread->stale.raw_id,
                           INTAKE_READER_VERSION, &n, err))
        return -1;
    reread->counts.lost += n;
    return 0;
}

static int read_once(struct intake_reread *reread,
                     const struct intake_source_input *input, bool does_hurry,
                     struct err *err)
{
    const struct intake_reread_options *options = &reread->options;

    reread->n_reasons = 0;
    reread->n_refused = 0;
    reread->n_reports = 0;
    reread->n_unmet = 0;
    reread->unread = INTAKE_READ;
    set_hurry(reread, does_hurry);
    return options->read(options->read_context, input, &reread->sink, err);
}

/* Takes the time that it takes, but while nobody waits. */
static int read_input(struct intake_reread *reread,
                      const struct intake_source_input *input, struct err *err)
{
    if (read_once(reread, input, true, err))
        return -1;
    if (reread->unread != INTAKE_UNREAD_YET)
        return 0;
    return intake_reread_commit(reread, err) ||
                   read_once(reread, input, false, err)
               ? -1
               : 0;
}

int intake_reread_octets(struct store *store,
                         const unsigned char raw_hash[static DIGEST_BYTES],
                         struct buffer *out, struct err *err)
{
    struct err own;
    int status;

    buffer_reset(out);
    status = store_get_raw(store, raw_hash, out, &own);
    if (status >= 0)
        return status;
    if (own.kind == ERR_INPUT || own.kind == ERR_LIMIT)
        return 1;
    if (err)
        *err = own;
    return -1;
}

/* Returns: 0, 1 where the octets are gone, -1 with err. */
static int read_raw(struct intake_reread *reread, struct err *err)
{
    struct intake_source_input input = { .label = reread->stale.ways->input };
    const struct intake_origin origin = { .source = "",
                                          .tenant = "",
                                          .destination = "" };
    int status;

    reread->has_more = false;
    /* A large one is read while nobody waits. */
    if (reread->stale.bytes > INTAKE_REREAD_LARGE_BYTES &&
        intake_reread_commit(reread, err))
        return -1;
    status = intake_reread_octets(reread->store, reread->stale.raw_hash,
                                  &reread->octets, err);
    if (status)
        return status;
    if (store_find_floor(reread->store, &reread->floor, err))
        return -1;
    reread->stored_at = reread->stale.ways->arrival.arrived_at;
    input.octets = buffer_slice(&reread->octets);
    input.origin = &origin;
    reread->counts.raws++;
    if (read_input(reread, &input, err) || count_lost(reread, err))
        return -1;
    if (reread->n_unmet == 0 && reread->stale.last_refusal_id == 0 &&
        reread->n_reasons == 0)
        return 0;
    if (intake_reread_commit(reread, err))
        return -1;
    status = reread->unread && reread->n_unmet == 0 ? put_unread(reread, err)
                                                    : put_new(reread, err);
    /* What was not put stays stale: its entry keeps the raw. */
    if (status)
        return status < 0 ? -1 : 0;
    return settle(reread, err);
}

/* Reads a raw until it is put by all ways that it came by, some at a time. Returns:
   0, 1 where the octets are gone, -1 with err. */
static int read_ways(struct intake_reread *reread, struct err *err)
{
    int status = read_raw(reread, err);
    struct intake_reread_counts once = reread->counts;

    while (status == 0 && reread->has_more) {
        status = store_find_stale_raw(reread->store, reread->stale.raw_id,
                                      &reread->arena, &reread->stale, err);
        if (status > 0) {
            status = 0; /* nothing is left of it */
            break;
        }
        if (status == 0)
            status = read_raw(reread, err);
    }
    once.added = reread->counts.added;
    once.released = reread->counts.released;
    reread->counts = once;
    return status;
}

int intake_reread_step(struct intake_reread *reread, struct err *err)
{
    int status;

    arena_reset(&reread->arena);
    status =
        store_find_stale(reread->store, reread->kind, INTAKE_READER_VERSION,
                         reread->after_id, &reread->arena, &reread->stale, err);
    if (status < 0)
        return -1;
    if (status > 0)
        return intake_reread_commit(reread, err) ? -1 : 0;
    reread->after_id = reread->stale.raw_id;
    status = reread->stale.is_gone ? 1 : read_ways(reread, err);
    if (status < 0)
        return -1;
    reread->counts.gone += status;
    return commit_in_time(reread, err) ? -1 : 1;
}

int intake_reread_entry(struct intake_reread *reread,
                        const struct store_quarantined *entry, struct err *err)
{
    int64_t raw_id;
    int status;

    arena_reset(&reread->arena);
    status = store_find_raw(reread->store, entry->raw_hash, &raw_id, err);
    if (status == 0)
        status = store_find_stale_raw(reread->store, raw_id, &reread->arena,
                                      &reread->stale, err);
    if (status == 0)
        status = read_ways(reread, err);
    if (status < 0)
        return -1;
    reread->counts.gone += status;
    return intake_reread_commit(reread, err) ? -1 : status;
}
