/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/night.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "outgoing/compose.h"
#include "outgoing/echo.h"
#include "outgoing/limits.h"
#include "outgoing/schedule.h"
#include "store/tally_merged.h"

enum { PLAN_ARENA_BYTES = 8 << 20 };

/* A night under way. */
struct pass {
    const struct outgoing_night *night;
    const struct outgoing_identity *identity;
    struct outgoing_suppression suppression;
    struct outgoing_schedule schedule;
    struct outgoing_echo echo;
    struct outgoing_composer composer;
    struct outgoing_draft draft;
    bool has_draft;
    utc_day pruned;     /* what was sent of it and before is forgotten */
    const char *broken; /* why the draft cannot be reported; or NULL */
    struct arena arena; /* of the plan */
    struct outgoing_counts *counts;
    struct err failure;        /* of the first tally that cannot be read */
    struct outgoing_item item; /* being judged */
    char *report_id;           /* of its first part, in the arena */
    int64_t batch_ms;          /* when the batch began */
    int64_t n_batch;
    bool is_in_batch;
    bool is_ended; /* by us, not by a tally that cannot be read */
};

/* ---- Batches ------------------------------------------------------------- */

static int begin_batch(struct pass *pass, struct err *err)
{
    if (pass->is_in_batch)
        return 0;
    if (outbox_begin(pass->night->outbox, err))
        return -1;
    pass->is_in_batch = true;
    pass->n_batch = 0;
    pass->batch_ms = clock_monotonic_ms();
    return 0;
}

/* Lets what was noted of a batch be handed on, or forgotten. */
static void hand_on(const struct outgoing_night *night, bool is_kept)
{
    if (night->function && night->hand_on)
        night->hand_on(night->context, is_kept);
}

static int end_batch(struct pass *pass, struct err *err)
{
    int status;

    if (!pass->is_in_batch)
        return 0;
    pass->is_in_batch = false;
    status = outbox_commit(pass->night->outbox, err);
    hand_on(pass->night, status == 0);
    return status;
}

static void abandon_batch(struct pass *pass)
{
    if (!pass->is_in_batch)
        return;
    pass->is_in_batch = false;
    outbox_abandon(pass->night->outbox);
    hand_on(pass->night, false);
}

static int tell(struct pass *pass, struct err *err)
{
    const struct outgoing_night *night = pass->night;

    return night->function ? night->function(night->context, &pass->item, err)
                           : 0;
}

/* Commits what is long enough in the way of others. */
static int end_full_batch(struct pass *pass, struct err *err)
{
    if (pass->is_in_batch &&
        (++pass->n_batch >= OUTGOING_BATCH_REPORTS ||
         clock_monotonic_ms() - pass->batch_ms >= OUTGOING_BATCH_MS))
        return end_batch(pass, err);
    return 0;
}

/* Tells of the item at hand, before or behind the end of its batch. */
static int end_item(struct pass *pass, struct err *err)
{
    int status;

    if (pass->night->function && !pass->night->hand_on)
        return end_batch(pass, err) ? -1 : tell(pass, err);
    status = tell(pass, err);
    return status ? status : end_full_batch(pass, err);
}

/* ---- Judging ------------------------------------------------------------- */

static struct outbox_skip key_of(const struct pass *pass)
{
    return (struct outbox_skip){ .day = pass->draft.day,
                                 .tenant = slice_of(pass->identity->name),
                                 .domain = slice_of(pass->draft.domain),
                                 .record = pass->draft.record };
}

static bool is_reportable(const char *domain)
{
    for (const char *c = domain; *c; c++) {
        if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') ||
              *c == '-' || *c == '_' || *c == '.'))
            return false;
    }
    /* A recipient at an address literal has no policy, and no record. */
    return strchr(domain, '.') && strlen(domain) <= 253 &&
           !outgoing_target_is_address(domain);
}

/* Why no report is made, before anybody asks for whom: *out_reason, NULL where
 * nothing speaks against it. Returns: 0, -1 with err. */
static int judge(struct pass *pass, const char **out_reason, struct err *err)
{
    const struct outgoing_sums sums = outgoing_draft_sums(&pass->draft);
    bool is_echo;

    pass->item.successes = sums.successes;
    pass->item.failures = sums.failures;
    *out_reason = NULL;
    /* Loop protection: our own mails are no reason for more mail. */
    if (outgoing_echo_judge(&pass->echo, pass->draft.domain, sums.sessions,
                            &is_echo, err))
        return -1;
    if (pass->draft.n_policies == 0)
        *out_reason = "there was no session";
    else if (!is_reportable(pass->draft.domain))
        *out_reason = "it is no domain name";
    else if (is_echo)
        *out_reason = "its sessions carried our own report mails alone";
    else if (pass->night->settings->is_failures_only && sums.failures == 0 &&
             !sums.has_details)
        *out_reason = "nothing failed, and only failures are reported";
    return 0;
}

static const char too_large[] = "it is too large to be composed";

/* What is beyond reading or memory spoils the report of its domain and no other.
 * Returns: 0 with pass->broken, -1 with err where it is something else. */
static int spoil(struct pass *pass, const struct err *err)
{
    if (err->kind != ERR_INPUT && err->kind != ERR_LIMIT)
        return -1;
    pass->broken =
        err->kind == ERR_INPUT ? "one of its sums cannot be read" : too_large;
    return 0;
}

/* ---- Putting ------------------------------------------------------------- */

static int put_part(struct pass *pass, const struct outbox_report *report,
                    struct err *err)
{
    struct outbox_destination destinations[OUTGOING_TARGETS_MAX];
    const struct outgoing_plan *plan = pass->item.plan;
    size_t n = 0;

    for (size_t i = 0; i < plan->n_lines; i++) {
        const struct outgoing_line *line = &plan->lines[i];
        const bool is_held = line->fate == OUTGOING_HELD;
        struct outbox_destination *to = &destinations[n];

        if (line->fate == OUTGOING_LEFT_OUT)
            continue;
        *to = (struct outbox_destination){
            .uri = slice_of(line->target.uri),
            .host = slice_of(line->target.host),
            .origin = line->origin,
            .state = is_held ? OUTBOX_SUPPRESSED : OUTBOX_WAITING,
            .reason = is_held ? slice_of(line->why) : slice_of("")
        };
        if (outgoing_schedule_draw(&pass->schedule, to->host, &to->start_at,
                                   err))
            return -1;
        pass->counts->n_suppressed += is_held;
        pass->counts->n_deliveries += !is_held;
        n++;
    }
    return pass->night->is_dry ? 0
                               : outbox_put_report(pass->night->outbox, report,
                                                   destinations, n, err);
}

/* Takes a part from the composer. */
static int take_part(void *context, const struct outbox_report *report,
                     struct err *err)
{
    struct pass *pass = context;
    struct outgoing_item *item = &pass->item;
    int status;

    if (item->n_parts++ == 0) {
        pass->report_id = arena_copy(&pass->arena, report->report_id);
        if (!pass->report_id)
            return arena_error(&pass->arena, err);
        item->report_id = slice_make(pass->report_id, report->report_id.len);
    }
    item->json_bytes += report->json_bytes;
    item->gzip_bytes += (int64_t)report->octets.len;
    status = put_part(pass, report, err);
    return status < 0 ? -1 : 0;
}

static int put_skip(struct pass *pass, const char *reason, struct err *err)
{
    struct outbox_skip skip = key_of(pass);

    pass->item.verdict = OUTGOING_SKIPPED;
    pass->item.reason = reason;
    if (pass->night->is_dry)
        return 0;
    skip.reason = slice_of(reason);
    return outbox_put_skip(pass->night->outbox, &skip, err) < 0 ? -1 : 0;
}

static int make_report(struct pass *pass, struct err *err)
{
    struct outgoing_item *item = &pass->item;
    int status;

    item->verdict = OUTGOING_MADE;
    status = outgoing_compose(&pass->composer, pass->identity, &pass->draft,
                              take_part, pass, err);
    /* One monstrous domain keeps no other from its report. */
    if (status < 0 && err->kind == ERR_LIMIT && item->n_parts == 0)
        return put_skip(pass, too_large, err);
    if (status < 0 && err->kind == ERR_LIMIT)
        log_line(LOG_LEVEL_ERROR, "report-cut", "domain", pass->draft.domain,
                 "reason", err->text, NULL);
    else if (status)
        return -1;
    item->json = buffer_slice(&pass->composer.json);
    pass->counts->json_bytes += item->json_bytes;
    pass->counts->gzip_bytes += item->gzip_bytes;
    return 0;
}

/* ---- One domain and record ----------------------------------------------- */

/* Decides about a draft, and does so. Returns: 0, -1 with err. */
static int decide(struct pass *pass, struct outgoing_plan *plan,
                  struct err *err)
{
    const char *reason;

    if (pass->broken)
        return put_skip(pass, pass->broken, err);
    if (outgoing_draft_end(&pass->draft, err))
        return spoil(pass, err) ? -1 : put_skip(pass, pass->broken, err);
    if (judge(pass, &reason, err))
        return spoil(pass, err) ? -1 : put_skip(pass, pass->broken, err);
    if (!reason) {
        if (outgoing_plan_make(pass->night->settings, &pass->suppression,
                               &pass->arena, slice_of(pass->draft.domain),
                               pass->draft.record, plan, err))
            return spoil(pass, err) ? -1 : put_skip(pass, pass->broken, err);
        pass->item.plan = plan;
        reason = plan->reason;
    }
    return reason ? put_skip(pass, reason, err) : make_report(pass, err);
}

/* Whether the report of the draft stands already. Returns: 1, 0, -1. */
static int stands(struct pass *pass, struct err *err)
{
    const struct outbox_skip key = key_of(pass);
    int status = 0;

    if (pass->night->outbox)
        status = outbox_has_report(pass->night->outbox, &key, err);
    if (status < 0)
        return -1;
    if (status > 0)
        pass->item.reason = "it stands in the outbox already";
    else if (pass->pruned != UTC_DAY_NONE && pass->draft.day <= pass->pruned)
        pass->item.reason = "what was sent about its day is forgotten already";
    else
        return 0;
    pass->item.verdict = OUTGOING_STANDS;
    return 1;
}

/* Ends the draft at hand: the report of one domain and record. */
static int finish_draft(struct pass *pass, struct err *err)
{
    struct outgoing_plan plan;
    int status;

    if (!pass->has_draft)
        return 0;
    pass->has_draft = false;
    arena_reset(&pass->arena);
    pass->item = (struct outgoing_item){ .day = pass->draft.day,
                                         .identity = pass->identity,
                                         .domain = pass->draft.domain,
                                         .record = pass->draft.record,
                                         .reason = "" };
    if (!pass->night->is_dry && begin_batch(pass, err))
        return -1;
    status = stands(pass, err);
    if (status < 0 || (status == 0 && decide(pass, &plan, err)))
        return err_prefix(err, "%s", pass->draft.domain);
    pass->counts->n_items[pass->item.verdict]++;
    pass->item.n_folded = pass->draft.n_folded;
    return end_item(pass, err);
}

/* Begins the draft of a row. One of several tallies that is beyond memory is told
 * as a report without a record. */
static int begin_draft(struct pass *pass, const struct tally_row *row,
                       struct err *err)
{
    if (outgoing_draft_begin(&pass->draft, row, err))
        return -1;
    pass->has_draft = true;
    pass->broken = row->is_too_much ? too_large : NULL;
    return 0;
}

/* Adds a row to the draft. */
static int add_row(struct pass *pass, const struct tally_row *row,
                   struct err *err)
{
    if (pass->broken || outgoing_draft_add(&pass->draft, row, err) == 0)
        return 0;
    return spoil(pass, err);
}

/* Takes a row of the tallies. */
static int take(struct pass *pass, const struct tally_row *row, struct err *err)
{
    const struct outgoing_night *night = pass->night;
    int status;

    if (night->domain && !slice_equal(row->domain, slice_of(night->domain)))
        return 0;
    if (row->domain.len == 0 || (row->record.len == 0 && !row->is_too_much)) {
        if (row->detail.len == 0)
            pass->counts->n_unnamed =
                count_add(pass->counts->n_unnamed, row->sessions);
        return 0;
    }
    if (!pass->has_draft || !outgoing_draft_takes(&pass->draft, row)) {
        status = finish_draft(pass, err);
        if (status)
            return status;
        if (night->should_stop && night->should_stop(night->context))
            return 1;
        if (begin_draft(pass, row, err))
            return -1;
    }
    return add_row(pass, row, err);
}

static int take_row(void *context, const struct tally_row *row, struct err *err)
{
    struct pass *pass = context;
    const int status = take(pass, row, err);

    pass->is_ended = status != 0;
    return status;
}

/* ---- The whole ----------------------------------------------------------- */

static void close_tallies(struct tally **tallies, size_t n)
{
    for (size_t i = 0; i < n; i++)
        tally_close(tallies[i]);
    free(tallies);
}

/* Goes on without the identity: a report of a part of its sums would be false.
 * The first reason is the one that is told at the end. */
static int pass_over(struct pass *pass, const struct err *err)
{
    pass->has_draft = false;
    log_line(LOG_LEVEL_ERROR, "tally-unread", "identity", pass->identity->name,
             "reason", err->text, NULL);
    if (pass->counts->n_failed++ == 0)
        pass->failure = *err;
    return 0;
}

/* What closing a day left out; the collector may never start again to tell. */
static void tell_damaged(const struct tally *tally)
{
    const int64_t n = tally_damaged(tally);
    char text[24];

    snprintf(text, sizeof(text), "%" PRId64, n);
    if (n > 0)
        log_line(LOG_LEVEL_ERROR, "tally-damaged", "batches_left_out", text,
                 NULL);
}

/* Closes the day in a tally that has it open, before a sum of it is read: what
 * came afterwards would be in no report. */
static int close_day(const struct pass *pass, struct tally *tally,
                     const char *url, struct err *err)
{
    struct tally *writer = NULL;
    utc_day closed;
    int status = tally_closed_day(tally, &closed, err);

    if (status || closed >= pass->night->day || !pass->night->closes_tallies)
        return status;
    if (tally_open(url, STORE_WRITE, pass->night->clock, &writer, err) < 0)
        return err_prefix(err, "closing the day");
    status = tally_close_day(writer, pass->night->day, err);
    tell_damaged(writer);
    tally_close(writer);
    return status ? err_prefix(err, "closing the day") : 0;
}

static int open_tallies(const struct pass *pass,
                        const struct outgoing_texts *urls,
                        struct tally **tallies, struct err *err)
{
    for (size_t i = 0; i < urls->n_items; i++) {
        if (tally_open(urls->items[i], STORE_READ, pass->night->clock,
                       &tallies[i], err) < 0 ||
            close_day(pass, tallies[i], urls->items[i], err))
            return -1;
    }
    return 0;
}

static int run_identity(struct pass *pass,
                        const struct outgoing_identity *identity,
                        struct err *err)
{
    const struct outgoing_texts *urls = &identity->tallies;
    struct tally **tallies = calloc(urls->n_items + 1, sizeof(*tallies));
    int status;

    if (!tallies)
        return err_memory(err);
    pass->identity = identity;
    pass->is_ended = false;
    outgoing_echo_begin(&pass->echo, identity);
    status = open_tallies(pass, urls, tallies, err);
    if (status == 0 && urls->n_items)
        status = tally_merged_each(tallies, urls->n_items, pass->night->day,
                                   take_row, pass, err);
    if (status < 0 && !pass->is_ended)
        status = pass_over(pass, err);
    else if (status == 0)
        status = finish_draft(pass, err);
    close_tallies(tallies, urls->n_items);
    return status;
}

static int run_all(struct pass *pass, struct err *err)
{
    const struct outgoing_night *night = pass->night;
    int status = 0;

    for (size_t i = 0; status == 0 && i < night->settings->n_identities; i++)
        status = run_identity(pass, &night->settings->identities[i], err);
    if (status < 0)
        abandon_batch(pass);
    /* Also where it was stopped: what is made is made. */
    if (end_batch(pass, err))
        return -1;
    if (status == 0 && pass->counts->n_failed) {
        *err = pass->failure;
        return -1;
    }
    if (status == 0 && !night->is_dry && !night->domain &&
        !night->settings->is_part &&
        night->day < utc_day_of(clock_now(night->clock)))
        status = outbox_close_day(night->outbox, night->day, err);
    return status;
}

static int begin(struct pass *pass, struct err *err)
{
    const struct outgoing_night *night = pass->night;
    const struct outgoing_settings *settings = night->settings;

    arena_init(&pass->arena, PLAN_ARENA_BYTES);
    pass->echo = (struct outgoing_echo){ .settings = settings,
                                         .outbox = night->outbox,
                                         .clock = night->clock,
                                         .day = night->day };
    outgoing_schedule_init(&pass->schedule, night->day, clock_now(night->clock),
                           settings->spread_s, settings->max_a_minute,
                           night->seed);
    if (outgoing_composer_init(&pass->composer, err) ||
        outgoing_draft_init(&pass->draft, err))
        return -1;
    pass->pruned = UTC_DAY_NONE;
    if (!night->outbox)
        return 0;
    return outbox_pruned_day(night->outbox, &pass->pruned, err) ||
                   outgoing_suppression_init(&pass->suppression, night->outbox,
                                             clock_now(night->clock), err)
               ? -1
               : 0;
}

int outgoing_night_run(const struct outgoing_night *night,
                       struct outgoing_counts *out_counts, struct err *err)
{
    struct pass pass = { .night = night, .counts = out_counts };
    int status;

    *out_counts = (struct outgoing_counts){ .n_deliveries = 0 };
    arena_init(&pass.suppression.arena, OUTGOING_SUPPRESSION_BYTES);
    status = begin(&pass, err);
    if (status == 0)
        status = run_all(&pass, err);
    outgoing_echo_deinit(&pass.echo);
    outgoing_draft_deinit(&pass.draft);
    outgoing_composer_deinit(&pass.composer);
    outgoing_schedule_deinit(&pass.schedule);
    outgoing_suppression_deinit(&pass.suppression);
    arena_deinit(&pass.arena);
    return status;
}
