/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/errand.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "outgoing/suppression.h"
#include "service/limits.h"

/* One that is run. */
struct errand {
    const struct errand_kit *kit;
    struct outbox *outbox;
    int64_t id;
    struct arena arena;
    struct outbox_load load;
    struct outgoing_target target;
    struct courier_end end;
    bool is_ended; /* before anything was sent */
    struct err *err;
};

/* Ends it without sending. */
static void end_early(struct errand *e, enum attempt_kind kind, const char *why)
{
    e->end.outcome.kind = kind;
    snprintf(e->end.answer, sizeof(e->end.answer), "%s", why);
    e->is_ended = true;
}

/* ---- Before -------------------------------------------------------------- */

/* Ends it for good, unsent. Returns: 1, -1 with err. */
static int leave(struct errand *e, enum outbox_state state, const char *why)
{
    return outbox_change(e->outbox, e->id, state, UTC_NONE, why, e->err) < 0
               ? -1
               : 1;
}

/* Asks whether it has come onto the list since it was composed.
 * Returns: 0; 1 where it is held; -1 with err. */
static int ask_suppression(struct errand *e)
{
    struct outgoing_suppressed met;
    int rc = outbox_is_forced(e->outbox, e->id, e->err);

    if (rc)
        return rc < 0 ? -1 : 0;
    rc = outgoing_suppression_ask(e->outbox, clock_now(e->kit->clock),
                                  &e->target, &e->arena, &met, e->err);
    if (rc)
        return rc < 0 ? -1 : 0;
    return leave(e, OUTBOX_SUPPRESSED, met.why);
}

/*
 * Asks whether the domain still wants it there. What a rule or the operator put
 * there is not the domain's to say.
 * Returns: 0; 1 where it has been dropped; -1 with err.
 */
static int ask_consent(struct errand *e)
{
    const struct outbox_delivery *delivery = &e->load.delivery;

    if (!e->kit->consent || delivery->origin != OUTBOX_RECORD)
        return 0;
    switch (consent_ask(e->kit->consent, &e->arena, delivery->domain,
                        delivery->uri)) {
    case CONSENT_GIVEN: return 0;
    case CONSENT_UNKNOWN:
        end_early(e, ATTEMPT_NAME,
                  "DNS does not say whether the domain still wants it");
        return 0;
    case CONSENT_WITHDRAWN: break;
    }
    return leave(e, OUTBOX_DROPPED,
                 "the domain's record does not name it any more");
}

/* What is wrong with the address ends it, what is wrong with us may pass. */
static int write_mail(struct errand *e, struct letter *letter)
{
    utc_time now = clock_now(e->kit->clock);
    struct err why;

    if (letters_write(e->kit->letters, &e->load, &e->target, now, letter,
                      &why) == 0)
        return 0;
    if (why.kind == ERR_MEMORY)
        return err_memory(e->err);
    end_early(e, why.kind == ERR_USAGE ? ATTEMPT_OURS : ATTEMPT_UNUSABLE,
              why.text);
    return 0;
}

/* Sees to it that the load has the mail that all tries send. */
static int keep_mail(struct errand *e)
{
    struct letter letter;
    int rc;

    if (e->load.mail.len)
        return 0;
    letter_init(&letter);
    rc = write_mail(e, &letter);
    if (rc == 0 && !e->is_ended) {
        rc = outbox_keep_mail(e->outbox, e->id, buffer_slice(&letter.octets),
                              buffer_slice(&letter.sender),
                              buffer_slice(&letter.recipient), e->err);
        /* What the outbox has now is what is sent, whoever put it there. */
        if (rc >= 0)
            rc = outbox_load(e->outbox, e->id, &e->arena, &e->load, e->err);
    }
    letter_deinit(&letter);
    return rc;
}

/* Returns: 0; 1 where it is not to be tried; -1 with err. */
static int prepare(struct errand *e)
{
    struct err why;
    int rc;

    if (outgoing_target_read(&e->arena, e->load.delivery.uri, &e->target,
                             &why)) {
        if (why.kind == ERR_MEMORY)
            return err_memory(e->err);
        end_early(e, ATTEMPT_UNUSABLE, why.text);
        return 0;
    }
    rc = ask_suppression(e);
    if (rc == 0)
        rc = ask_consent(e);
    if (rc || e->is_ended)
        return rc;
    return e->target.scheme == OUTGOING_MAILTO ? keep_mail(e) : 0;
}

/* ---- After --------------------------------------------------------------- */

static void log_end(const struct errand *e, const struct attempt_next *next)
{
    static const struct {
        const char *id;
        enum log_level level;
    } rows[ATTEMPT_FATE_COUNT] = {
        [ATTEMPT_DELIVERED] = { "report-delivered", LOG_LEVEL_INFO },
        [ATTEMPT_AGAIN] = { "report-delayed", LOG_LEVEL_INFO },
        [ATTEMPT_REFUSED] = { "report-refused", LOG_LEVEL_NOTICE },
        [ATTEMPT_GIVEN_UP] = { "report-given-up", LOG_LEVEL_NOTICE },
    };
    char number[24], at[UTC_TIME_BYTES];

    snprintf(number, sizeof(number), "%" PRId64, e->id);
    log_line(rows[next->fate].level, rows[next->fate].id, "delivery", number,
             "domain",
             arena_copy((struct arena *)(uintptr_t)&e->arena,
                        e->load.delivery.domain),
             "to", e->target.uri ? e->target.uri : "", "answer", e->end.answer,
             "next",
             next->fate == ATTEMPT_AGAIN ? utc_format(next->at, at) : "", NULL);
}

/* It has been sent: that must not be forgotten because the disk is full for a
 * moment. Returns: as outbox_note_try. */
static int note(struct errand *e, const struct outbox_try *try)
{
    struct pollfd stop = { .fd = e->kit->courier.stop_fd, .events = POLLIN };
    bool is_told = false;

    for (;;) {
        int rc = outbox_note_try(e->outbox, e->id, try, e->err);

        if (rc >= 0 || e->err->kind == ERR_USAGE)
            return rc;
        if (!is_told)
            log_line(LOG_LEVEL_ERROR, "outbox-failing", "error", e->err->text,
                     NULL);
        is_told = true;
        if (poll(&stop, 1, SERVICE_OUTBOX_RETRY_MS) > 0)
            return -1;
    }
}

static int conclude(struct errand *e, enum attempt_fate *out_fate)
{
    static const enum outbox_state states[ATTEMPT_FATE_COUNT] = {
        [ATTEMPT_DELIVERED] = OUTBOX_DELIVERED,
        [ATTEMPT_AGAIN] = OUTBOX_WAITING,
        [ATTEMPT_REFUSED] = OUTBOX_REFUSED,
        [ATTEMPT_GIVEN_UP] = OUTBOX_GIVEN_UP,
    };
    const struct outbox_delivery *delivery = &e->load.delivery;
    utc_time now = clock_now(e->kit->clock);
    const struct attempt_history history = {
        .now = now,
        .first_try_at =
            delivery->first_try_at == UTC_NONE ? now : delivery->first_try_at,
        .tries = delivery->tries + 1,
        .retry_s = e->kit->courier.settings->retry_s,
        .random = arc4random(),
    };
    const struct attempt_next next = attempt_decide(&e->end.outcome, &history);
    const struct outbox_try try = { .state = states[next.fate],
                                    .next_at = next.at,
                                    .answer = e->end.answer,
                                    .is_mail = e->end.is_mail };

    if (note(e, &try) < 0)
        return -1;
    log_end(e, &next);
    *out_fate = next.fate;
    return 0;
}

/* ---- All of it ----------------------------------------------------------- */

static int run(struct errand *e, enum attempt_fate *out_fate)
{
    int rc = outbox_load(e->outbox, e->id, &e->arena, &e->load, e->err);

    if (rc)
        return rc < 0 ? -1 : 0;
    /* What was due when it was handed over may have been tried since. */
    if (e->load.delivery.state != OUTBOX_WAITING ||
        e->load.delivery.next_at > clock_now(e->kit->clock))
        return 0;
    rc = prepare(e);
    if (rc == 0)
        rc = outbox_note_start(
            e->outbox, e->id,
            !e->is_ended && e->target.scheme == OUTGOING_MAILTO, e->err);
    if (rc)
        return rc < 0 ? -1 : 0;
    if (!e->is_ended &&
        courier_bring(&e->kit->courier, &e->load, &e->target, &e->end, e->err))
        return -1;
    return conclude(e, out_fate);
}

int errand_run(const struct errand_kit *kit, struct outbox *outbox,
               int64_t delivery, enum attempt_fate *out_fate, struct err *err)
{
    struct errand e = {
        .kit = kit, .outbox = outbox, .id = delivery, .err = err
    };
    int rc;

    *out_fate = ATTEMPT_FATE_COUNT;
    arena_init(&e.arena, SERVICE_ERRAND_BYTES);
    rc = run(&e, out_fate);
    arena_deinit(&e.arena);
    return rc;
}
