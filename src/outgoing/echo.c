/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/echo.h"

#include <stdlib.h>

#include "outgoing/key.h"
#include "policy/policy_type.h"

enum { KEY_BYTES = 1024 * 1024 /* more than a datagram has */ };

/* The sessions of a domain in one tally, record by record as they come. */
struct count {
    const char *domain;
    int64_t by_type[POLICY_TYPE_COUNT]; /* under the record at hand */
    struct arena record;                /* its text */
    struct arena key;
    struct slice text;
    bool has_record;
    int64_t sessions; /* under those before */
};

static void close_all(struct outgoing_echo *echo)
{
    if (!echo->tallies)
        return;
    for (size_t i = 0; i < echo->identity->tallies.n_items; i++)
        tally_close(echo->tallies[i]);
    free(echo->tallies);
    echo->tallies = NULL;
}

void outgoing_echo_begin(struct outgoing_echo *echo,
                         const struct outgoing_identity *identity)
{
    close_all(echo);
    echo->identity = identity;
}

void outgoing_echo_deinit(struct outgoing_echo *echo)
{
    close_all(echo);
}

/* Handles of our own: those of the night are asked at this very moment. */
static int open_all(struct outgoing_echo *echo, struct err *err)
{
    const struct outgoing_texts *urls = &echo->identity->tallies;

    if (echo->tallies)
        return 0;
    echo->tallies = calloc(urls->n_items + 1, sizeof(*echo->tallies));
    if (!echo->tallies)
        return err_memory(err);
    for (size_t i = 0; i < urls->n_items; i++) {
        if (tally_open(urls->items[i], STORE_READ, echo->clock,
                       &echo->tallies[i], err) < 0)
            return -1;
    }
    return 0;
}

/* ---- Counting ------------------------------------------------------------ */

/* One session may stand under sts and tlsa: the larger of the two counts. */
static void end_record(struct count *count)
{
    const int64_t *n = count->by_type;

    count->sessions = count_add(
        count->sessions,
        count_add(n[POLICY_TYPE_NONE],
                  count_max(n[POLICY_TYPE_STS], n[POLICY_TYPE_TLSA])));
    for (size_t i = 0; i < POLICY_TYPE_COUNT; i++)
        count->by_type[i] = 0;
}

static int begin_record(struct count *count, struct slice record,
                        struct err *err)
{
    const char *text;

    end_record(count);
    arena_reset(&count->record);
    text = arena_copy(&count->record, record);
    if (!text)
        return arena_error(&count->record, err);
    count->text = slice_make(text, record.len);
    count->has_record = true;
    return 0;
}

/* What cannot be read is no session that anybody could be told of. */
static int take_row(void *context, const struct tally_row *row, struct err *err)
{
    struct count *count = context;
    struct report_policy policy;
    bool is_odd;

    if (row->detail.len)
        return 0;
    if ((!count->has_record || !slice_equal(count->text, row->record)) &&
        begin_record(count, row->record, err))
        return -1;
    arena_reset(&count->key);
    if (outgoing_key_policy(&count->key, row->policy, count->domain, &policy,
                            &is_odd, err))
        return err->kind == ERR_MEMORY ? -1 : 0;
    count->by_type[policy.type] =
        count_add(count->by_type[policy.type], row->sessions);
    return 0;
}

static int count_in(struct tally *tally, utc_day day, const char *domain,
                    int64_t *n, struct err *err)
{
    struct count count = { .domain = domain };
    int status;

    arena_init(&count.record, KEY_BYTES);
    arena_init(&count.key, KEY_BYTES);
    status = tally_each_of(tally, day, slice_of(domain), take_row, &count, err);
    end_record(&count);
    *n = count_add(*n, count.sessions);
    arena_deinit(&count.record);
    arena_deinit(&count.key);
    return status;
}

/* ---- Judging ------------------------------------------------------------- */

int outgoing_echo_judge(struct outgoing_echo *echo, const char *domain,
                        int64_t sessions, bool *out_is_echo, struct err *err)
{
    int64_t mails = 0, all = 0;

    *out_is_echo = false;
    if (!echo->outbox || echo->identity->has_mails_elsewhere)
        return 0;
    if (outbox_count_mails(echo->outbox, echo->day, slice_of(domain), &mails,
                           err))
        return -1;
    mails *= echo->settings->sessions_per_mail; /* at most 100 */
    if (mails == 0 || sessions > mails)
        return 0;
    if (open_all(echo, err))
        return -1;
    for (size_t i = 0; i < echo->identity->tallies.n_items; i++) {
        if (count_in(echo->tallies[i], echo->day, domain, &all, err))
            return -1;
    }
    *out_is_echo = all <= mails;
    return 0;
}
