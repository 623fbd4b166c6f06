/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/sending.h"

#include <inttypes.h>

#include "base/count.h"
#include "base/domain.h"
#include "insight/ledger_book.h"
#include "insight/recent.h"
#include "insight/sending_reason.h"
#include "record/tlsrpt.h"

/* What is known while the answer is made. */
struct making {
    const struct insight_tallies *tallies;
    const struct insight_sending_question *question;
    struct arena *arena;
    struct insight_sending_domain *out;
    int64_t numbers[INSIGHT_TALLIES_MAX]; /* -1: not in that tally */
    struct tally_sum recent;              /* what it is judged by */
};

/* ---- Days ---------------------------------------------------------------- */

/* Returns: 0, 1 where no tally knows it, -1 with err. */
static int find_numbers(struct making *making, struct err *err)
{
    const struct slice name = slice_of(making->question->domain);
    int missing = 1;

    for (size_t i = 0; i < making->tallies->n; i++) {
        int status = 1;

        making->numbers[i] = -1;
        if (making->tallies->open[i] && name.len)
            status = tally_domain_find(making->tallies->open[i], name,
                                       &making->numbers[i], err);
        if (status < 0)
            return -1;
        if (status == 0)
            missing = 0;
    }
    return missing;
}

/* The sum of one day over all tallies. */
static int sum_day(const struct making *making, utc_day day,
                   struct tally_sum *out_sum, struct err *err)
{
    struct insight_ledger_day all = { .day = day };

    for (size_t i = 0; i < making->tallies->n; i++) {
        struct tally_sum sum;

        if (!making->tallies->open[i] || making->numbers[i] < 0)
            continue;
        if (tally_sum_of(making->tallies->open[i], day, making->numbers[i],
                         &sum, err))
            return -1;
        ledger_day_add(&all, &sum);
    }
    *out_sum = ledger_day_sum(&all);
    return 0;
}

static bool is_within(struct store_range range, utc_day day)
{
    return (range.from == UTC_DAY_NONE || day >= range.from) &&
           (range.to == UTC_DAY_NONE || day <= range.to);
}

static void note_day(struct making *making, int nth, utc_day day,
                     const struct tally_sum *sum)
{
    struct insight_sending_domain *out = making->out;
    const uint64_t bit = UINT64_C(1) << nth;

    out->seen |= bit;
    if (sum->failures > 0)
        out->failed |= bit;
    if (nth < INSIGHT_RECENT_DAYS) {
        making->recent.sessions =
            count_add(making->recent.sessions, sum->sessions);
        making->recent.failures =
            count_add(making->recent.failures, sum->failures);
    }
    if (nth == 0)
        ledger_day_add(&out->so_far, sum);
    if (out->first_day == UTC_DAY_NONE)
        out->first_day = day;
    out->last_day = day;
    if (!is_within(making->question->range, day))
        return;
    out->days[out->n_days] = (struct insight_ledger_day){ .day = day };
    ledger_day_add(&out->days[out->n_days++], sum);
    ledger_day_add(&out->sum, sum);
    if (out->sum.day == UTC_DAY_NONE)
        out->sum.day = day;
}

/* All days that are known, from the oldest. Returns: 0, 1 where none has a
 * session, -1 with err. */
static int find_days(struct making *making, struct err *err)
{
    struct insight_sending_domain *out = making->out;
    const utc_day today = making->question->today;

    out->days =
        arena_calloc(making->arena, INSIGHT_LEDGER_DAYS, sizeof(*out->days));
    if (!out->days)
        return arena_error(making->arena, err);
    out->sum.day = UTC_DAY_NONE;
    out->so_far.day = today;
    out->first_day = out->last_day = UTC_DAY_NONE;
    for (int nth = INSIGHT_LEDGER_DAYS - 1; nth >= 0; nth--) {
        struct tally_sum sum;

        if (sum_day(making, today - nth, &sum, err))
            return -1;
        if (sum.sessions > 0)
            note_day(making, nth, today - nth, &sum);
    }
    out->verdict =
        insight_judge(making->recent.sessions, making->recent.failures);
    out->since = insight_ledger_since(out->seen, out->failed, today,
                                      &out->is_since_first);
    out->is_open = insight_ledger_is_open(out->seen, out->failed);
    return out->seen ? 0 : 1;
}

/* ---- Reasons ------------------------------------------------------------- */

/* The last day of the range that failed; UTC_DAY_NONE where none did. */
static utc_day last_bad_day(const struct insight_sending_domain *domain)
{
    for (size_t i = domain->n_days; i > 0; i--) {
        if (domain->days[i - 1].failures > 0)
            return domain->days[i - 1].day;
    }
    return UTC_DAY_NONE;
}

static int find_reasons(struct making *making, struct err *err)
{
    struct insight_sending_domain *out = making->out;
    const bool is_row = making->question->depth == INSIGHT_SENDING_ROW;
    const utc_day last = last_bad_day(out);
    const struct sending_reason_question question = {
        .tallies = making->tallies,
        .numbers = making->numbers,
        .domain = out->domain,
        .days = { is_row ? last : out->sum.day, last },
        .n = is_row ? 1 : INSIGHT_SENDING_REASONS,
    };

    if (last == UTC_DAY_NONE)
        return 0;
    return sending_reason_find(&question, making->arena, &out->reasons,
                               &out->n_reasons, err);
}

/* ---- The next report ----------------------------------------------------- */

static int read_record(struct making *making, struct err *err)
{
    struct insight_sending_next *next = &making->out->next;
    struct tlsrpt_record record;

    if (tlsrpt_record_read(making->arena, slice_of(next->record), &record, err))
        return -1;
    if (record.verdict != TLSRPT_VALID || record.n_destinations == 0)
        return 0;
    next->destinations = arena_calloc(making->arena, record.n_destinations,
                                      sizeof(*next->destinations));
    if (!next->destinations)
        return arena_error(making->arena, err);
    for (size_t i = 0; i < record.n_destinations; i++)
        next->destinations[next->n_destinations++] = record.destinations[i].uri;
    return 0;
}

/* The record of the last day with sessions, in the first tally that has one. */
static int find_next(struct making *making, struct err *err)
{
    struct insight_sending_domain *out = making->out;
    const utc_day today = making->question->today;

    out->next = (struct insight_sending_next){ .day = UTC_DAY_NONE,
                                               .after = UTC_NONE,
                                               .record = "" };
    if (out->seen & 1) {
        out->next.day = today;
        out->next.after = (utc_time)(today + 1) * UTC_DAY_SECONDS;
    }
    for (size_t i = 0; !*out->next.record && i < making->tallies->n; i++) {
        if (making->tallies->open[i] && making->numbers[i] >= 0 &&
            tally_record_of(making->tallies->open[i], out->last_day,
                            making->numbers[i], making->arena,
                            &out->next.record, err))
            return -1;
    }
    return *out->next.record ? read_record(making, err) : 0;
}

/* ---- Policies ------------------------------------------------------------ */

static int add_policy(void *context, const struct tally_policy *policy,
                      struct err *err)
{
    struct making *making = context;
    struct insight_sending_domain *out = making->out;
    struct insight_sending_policy *slot;

    if (out->n_policies == INSIGHT_SENDING_POLICIES)
        return 0;
    slot = &out->policies[out->n_policies++];
    slot->type = arena_copy(making->arena, slice_of(policy->type));
    slot->domain = arena_copy(making->arena, slice_of(policy->domain));
    slot->text = arena_copy(making->arena, slice_of(policy->text));
    slot->successes = policy->successes;
    slot->failures = policy->failures;
    return slot->type && slot->domain && slot->text
               ? 0
               : arena_error(making->arena, err);
}

static int find_policies(struct making *making, struct err *err)
{
    struct insight_sending_domain *out = making->out;

    out->policies = arena_calloc(making->arena, INSIGHT_SENDING_POLICIES,
                                 sizeof(*out->policies));
    if (!out->policies)
        return arena_error(making->arena, err);
    for (size_t i = 0; i < making->tallies->n; i++) {
        if (making->tallies->open[i] && making->numbers[i] >= 0 &&
            tally_each_policy(making->tallies->open[i], out->last_day,
                              making->numbers[i], INSIGHT_SENDING_POLICIES,
                              add_policy, making, err))
            return -1;
    }
    return 0;
}

/* ---- Sentences ----------------------------------------------------------- */

static const char *domain_sentence(const struct making *making)
{
    const struct tally_sum *recent = &making->recent;
    const struct insight_sending_domain *out = making->out;
    const char *worst =
        out->n_reasons ? out->reasons[0].advice->title : "no reason told";
    char last[UTC_DAY_BYTES];

    if (recent->sessions == 0)
        return arena_printf(making->arena,
                            "No session in the last 7 days; the last one was on"
                            " %s",
                            utc_day_format(out->last_day, last));
    if (recent->failures == 0)
        return arena_printf(making->arena,
                            "All %" PRId64 " sessions of the last 7 days"
                            " succeeded, today so far",
                            recent->sessions);
    return arena_printf(making->arena,
                        "%" PRId64 " of %" PRId64 " sessions failed in the last"
                        " 7 days, today so far%s%s",
                        recent->failures, recent->sessions,
                        out->verdict.is_noise ? "; so few among so many are"
                                                " noise"
                                              : ", most often: ",
                        out->verdict.is_noise ? "" : worst);
}

/* "3 of 40 domains that we send to have trouble" */
static const char *states_sentence(struct arena *arena, size_t n, size_t n_all,
                                   const char *one, const char *many)
{
    if (n_all == 1)
        return arena_printf(arena, "The one domain that we sent to %s", one);
    return arena_printf(arena, "%zu of %zu domains that we send to %s", n,
                        n_all, n == 1 ? one : many);
}

const char *insight_sending_sentence(const struct insight_ledger_answer *answer,
                                     struct arena *arena)
{
    const size_t *n = answer->n_by_state;
    const size_t n_all = n[INSIGHT_TROUBLE] + n[INSIGHT_WATCH] +
                         n[INSIGHT_WELL] + n[INSIGHT_UNKNOWN];

    if (!answer->is_ready)
        return "The sums are being read; look again in a moment";
    if (n_all == 0)
        return "No session was counted in the last 7 days";
    if (n[INSIGHT_TROUBLE])
        return states_sentence(arena, n[INSIGHT_TROUBLE], n_all, "has trouble",
                               "have trouble");
    if (n[INSIGHT_WATCH])
        return states_sentence(arena, n[INSIGHT_WATCH], n_all,
                               "is worth watching", "are worth watching");
    if (n_all == 1)
        return "The one domain that we sent to is well";
    return arena_printf(arena, "All %zu domains that we send to are well",
                        n_all);
}

/* The day that says how it is now: today, once some have been sent to. */
static const struct insight_ledger_day *newest(
    const struct insight_ledger_answer *answer)
{
    enum { ENOUGH = 5 };

    if (answer->so_far.n_domains >= ENOUGH)
        return &answer->so_far;
    return answer->n_days ? &answer->days[answer->n_days - 1] : NULL;
}

const char *insight_sending_note(const struct insight_ledger_answer *answer,
                                 struct arena *arena)
{
    enum { FEWEST = 5 };
    const struct insight_ledger_day *day = newest(answer);
    char text[UTC_DAY_BYTES];

    if (!day || day->n_failing < FEWEST || day->n_failing * 2 < day->n_domains)
        return NULL;
    return arena_printf(arena,
                        "%zu of %zu domains failed on %s: what so many have in"
                        " common is our side. Look at our own certificates of"
                        " authorities, clock, resolver and network first",
                        day->n_failing, day->n_domains,
                        utc_day_format(day->day, text));
}

/* ---- The whole ----------------------------------------------------------- */

static int make(struct making *making, struct err *err)
{
    struct insight_sending_domain *out = making->out;
    int status = find_numbers(making, err);

    if (status == 0)
        status = find_days(making, err);
    if (status)
        return status;
    out->domain = making->question->domain;
    out->unicode = domain_unicode(making->arena, out->domain);
    if (!out->unicode)
        return arena_error(making->arena, err);
    if (find_reasons(making, err) || find_next(making, err))
        return -1;
    if (making->question->depth == INSIGHT_SENDING_WHOLE &&
        find_policies(making, err))
        return -1;
    out->sentence = domain_sentence(making);
    return out->sentence ? 0 : arena_error(making->arena, err);
}

static int find_in(const struct insight_tallies *tallies,
                   const struct insight_sending_question *question,
                   struct arena *arena,
                   struct insight_sending_domain *out_domain, struct err *err)
{
    struct insight_sending_domain out = { .since = UTC_DAY_NONE };
    struct making making = {
        .tallies = tallies, .question = question, .arena = arena, .out = &out
    };
    const int status = make(&making, err);

    if (status == 0)
        *out_domain = out;
    return status;
}

/* Asks each tally alone and closes those that fail. Returns: whether one did. */
static bool close_failing(struct insight_tallies *tallies,
                          const struct insight_sending_question *question,
                          struct arena *arena)
{
    bool is_any = false;

    for (size_t i = 0; i < tallies->n; i++) {
        struct insight_tallies one = { .n = tallies->n };
        struct insight_sending_domain domain;
        struct err err;

        one.open[i] = tallies->open[i];
        if (!one.open[i] ||
            find_in(&one, question, arena, &domain, &err) >= 0 ||
            err.kind != ERR_STORE)
            continue;
        insight_file_fail(&tallies->files[i], &err);
        tally_close(tallies->open[i]);
        tallies->open[i] = NULL;
        is_any = true;
    }
    return is_any;
}

int insight_sending_find(struct insight_tallies *tallies,
                         const struct insight_sending_question *question,
                         struct arena *arena,
                         struct insight_sending_domain *out_domain,
                         struct err *err)
{
    const int status = find_in(tallies, question, arena, out_domain, err);

    if (status >= 0 || err->kind != ERR_STORE ||
        !close_failing(tallies, question, arena))
        return status;
    return find_in(tallies, question, arena, out_domain, err);
}
