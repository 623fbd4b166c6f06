/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "fetch/day.h"

#include <stdio.h>
#include <string.h>

#include "base/count.h"
#include "base/text.h"
#include "event/event.h"
#include "event/limits.h"
#include "fetch/domain_line.h"
#include "fetch/limits.h"

void day_init(struct day *day, utc_day number, size_t max_bytes)
{
    *day = (struct day){ .day = number };
    list_init(&day->rows, sizeof(struct day_row));
    arena_init(&day->texts, max_bytes);
    arena_init(&day->scratch, EVENT_ARENA_BYTES);
    buffer_init(&day->key, FETCH_TEXT_BYTES);
}

void day_deinit(struct day *day)
{
    list_deinit(&day->rows);
    arena_deinit(&day->texts);
    arena_deinit(&day->scratch);
    buffer_deinit(&day->key);
}

void day_note_bad(struct day *day, const char *what, const char *why)
{
    struct buffer text;

    if (day->n_bad++)
        return;
    buffer_init(&text, sizeof(day->bad) - 1);
    text_add_terminal(&text, slice_make(what, strnlen(what, 100)));
    snprintf(day->bad, sizeof(day->bad), "%s: %s", buffer_text(&text), why);
    buffer_deinit(&text);
}

/* ---- A sum --------------------------------------------------------------- */

static int keep(struct day *day, struct slice text, struct slice *out,
                struct err *err)
{
    const char *copy = arena_copy(&day->texts, text);

    if (!copy)
        return arena_error(&day->texts, err);
    *out = slice_make(copy, text.len);
    return 0;
}

/* A text of the source that may be changed while it is read. */
static char *borrow(struct day *day, struct slice text)
{
    return text.len <= FETCH_TEXT_BYTES ? arena_copy(&day->scratch, text)
                                        : NULL;
}

/* Reads and cleans the policy of a sum.
 * Returns: 0 with its key in day->key, -1 with err. */
static int read_policy(struct day *day, const struct day_sum *sum,
                       struct event_policy *policy, struct event *event,
                       struct err *err)
{
    char *text = borrow(day, sum->policy);
    char *domain = borrow(day, sum->domain);

    if (!text || !domain)
        return arena_error(&day->scratch, err);
    if (event_policy_read(&day->scratch, text, sum->policy.len, policy, err))
        return -1;
    policy->failures = NULL;
    policy->n_failures = 0;
    day->type = policy->type;
    *event = (struct event){
        .domain = domain, .record = "", .policies = policy, .n_policies = 1
    };
    if (event_clean(&day->scratch, event, NULL, err))
        return -1;
    day->is_switched_off =
        day->type == EVENT_POLICY_STS && policy->type == EVENT_POLICY_NONE;
    day->type = policy->type;
    if (!domain_line_is_sound(slice_of(event->domain)))
        return err_set(err, ERR_INPUT, "\"d\" is no domain name");
    event_policy_key(policy, &day->key);
    return day->key.failed ? err_set(err, ERR_LIMIT, "a policy is too long")
                           : 0;
}

/* Makes the policy of a sum the one at hand, unless it is. Returns: 0, with an
 * empty policy_key where it is bad; -1 with err. */
static int take_policy(struct day *day, const struct day_sum *sum,
                       struct err *err)
{
    struct event event = { .domain = "" };
    struct event_policy policy;
    struct err why;

    if (day->policy.ptr && slice_equal(day->policy, sum->policy) &&
        slice_equal(day->domain, sum->domain))
        return 0;
    day->policy_key = (struct slice){ NULL, 0 };
    if (keep(day, sum->policy, &day->policy, err) ||
        keep(day, sum->domain, &day->domain, err))
        return -1;
    if (read_policy(day, sum, &policy, &event, &why)) {
        day_note_bad(day, day->domain.ptr, why.text);
        return 0;
    }
    if (keep(day, slice_of(event.domain), &day->clean, err))
        return -1;
    return keep(day, buffer_slice(&day->key), &day->policy_key, err);
}

/* Puts the key of a failure into day->key, empty where its policy, as far as it
 * matters to failures, has it not told. Returns: 0, -1 with err. */
static int read_failure(struct day *day, const struct day_sum *sum,
                        struct err *err)
{
    const char *strings[] = { "mode: none" };
    struct event_failure failure;
    struct event_policy policy = { .type = day->is_switched_off
                                               ? EVENT_POLICY_STS
                                               : EVENT_POLICY_NONE,
                                   .strings = strings,
                                   .n_strings = 1,
                                   .failures = &failure,
                                   .n_failures = 1 };
    struct event event = { .domain = "a.example",
                           .policies = &policy,
                           .n_policies = 1 };
    char *text = borrow(day, sum->failure);

    if (!text)
        return arena_error(&day->scratch, err);
    if (event_failure_read(&day->scratch, text, sum->failure.len, &failure,
                           err) ||
        event_clean(&day->scratch, &event, NULL, err))
        return -1;
    if (policy.n_failures == 0)
        return 0;
    event_detail_key(&failure, &day->key);
    return day->key.failed ? err_set(err, ERR_LIMIT, "a failure is too long")
                           : 0;
}

/* What cannot be true of a sum; NULL for a good one. */
static const char *find_fault(const struct day_sum *sum)
{
    if (sum->sessions < 0 || sum->failures < 0 || sum->failures > sum->sessions)
        return "its counts contradict each other";
    if (!count_is_plausible(sum->sessions))
        return "its counts are not plausible";
    if (sum->record.len == 0 || sum->record.len > EVENT_MAX_RECORD_BYTES)
        return "its record is missing or too long";
    if (text_utf8_prefix(sum->record) != sum->record.len ||
        memchr(sum->record.ptr, '\0', sum->record.len))
        return "its record is no text";
    if (sum->policy.len > FETCH_TEXT_BYTES ||
        sum->failure.len > FETCH_TEXT_BYTES)
        return "a text of it is too long";
    return NULL;
}

static int add_row(struct day *day, const struct day_sum *sum, struct err *err)
{
    struct day_row *added = list_add(&day->rows, &day->texts);
    struct tally_row *row = added ? &added->row : NULL;

    if (!row)
        return arena_error(&day->texts, err);
    added->type = day->type;
    added->is_switched_off = day->is_switched_off;
    added->is_dropped = sum->failure.len && day->key.len == 0;
    *row =
        (struct tally_row){ .day = day->day,
                            .domain = day->clean,
                            .policy = day->policy_key,
                            .sessions = sum->sessions,
                            .failures = sum->failure.len ? 0 : sum->failures };
    if (keep(day, sum->record, &row->record, err))
        return -1;
    return sum->failure.len
               ? keep(day, buffer_slice(&day->key), &row->detail, err)
               : 0;
}

int day_add(struct day *day, const struct day_sum *sum, struct err *err)
{
    const char *fault = find_fault(sum);
    struct err why;

    arena_reset(&day->scratch);
    buffer_reset(&day->key);
    if (fault) {
        day_note_bad(day, sum->domain.len ? "a sum" : "a sum without domain",
                     fault);
        return 0;
    }
    if (take_policy(day, sum, err))
        return -1;
    if (day->policy_key.len == 0)
        return 0;
    buffer_reset(&day->key);
    if (sum->failure.len && read_failure(day, sum, &why)) {
        day_note_bad(day, day->clean.ptr, why.text);
        return 0;
    }
    return add_row(day, sum, err);
}

/* ---- The tally ----------------------------------------------------------- */

static int put_rows(const struct day *day, struct tally *tally, struct err *err)
{
    const struct day_row *rows =
        (const struct day_row *)(const void *)day->rows.items;
    int status = tally_clear_day(tally, day->day, err);

    for (size_t i = 0; status == 0 && i < day->rows.n_items; i++)
        status = tally_add(tally, &rows[i].row, 0, err);
    return status;
}

int day_put(const struct day *day, const char *tally_url,
            const struct clock *clock, enum day_state state, struct err *err)
{
    struct tally *tally;
    int status;

    if (tally_open(tally_url, STORE_WRITE, clock, &tally, err) < 0)
        return -1;
    status = tally_begin(tally, err);
    if (status == 0) {
        status = put_rows(day, tally, err);
        if (status == 0 && state == DAY_WHOLE)
            status = tally_close_day(tally, day->day, err);
        if (status == 0)
            status = tally_commit(tally, err);
        else
            tally_abandon(tally);
    }
    tally_close(tally);
    return status;
}
