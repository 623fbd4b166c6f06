/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "insight/ledger_book.h"

/* ---- Days ---------------------------------------------------------------- */

/* The days of a range, as places in the book: [first, last], both counted from
 * today back; first > last where there is none. */
struct span {
    int first, last;
    uint64_t bits;
};

static struct span span_of(const struct ledger_book *book,
                           struct store_range range)
{
    const int64_t oldest = INSIGHT_LEDGER_DAYS - 1;
    int64_t first =
        range.to == UTC_DAY_NONE ? 0 : (int64_t)book->today - range.to;
    int64_t last =
        range.from == UTC_DAY_NONE ? oldest : (int64_t)book->today - range.from;
    struct span span = { .first = 1, .last = 0 };

    first = first < 0 ? 0 : first;
    last = last > oldest ? oldest : last;
    if (first > last)
        return span;
    span = (struct span){ .first = (int)first, .last = (int)last };
    for (int nth = span.first; nth <= span.last; nth++)
        span.bits |= UINT64_C(1) << nth;
    return span;
}

static void add_day(struct insight_ledger_day *sum,
                    const struct insight_ledger_day *day)
{
    const struct tally_sum all = ledger_day_sum(day);

    ledger_day_add(sum, &all);
    /* They may be the same ones each day. */
    if (sum->n_more < day->n_more)
        sum->n_more = day->n_more;
    sum->unnamed = count_add(sum->unnamed, day->unnamed);
}

static int tell_days(const struct ledger_book *book, struct span span,
                     struct arena *arena, struct insight_ledger_answer *answer,
                     struct err *err)
{
    struct insight_ledger_day *sum = &answer->sum;

    answer->days =
        arena_calloc(arena, INSIGHT_LEDGER_DAYS, sizeof(*answer->days));
    if (!answer->days)
        return arena_error(arena, err);
    *sum = (struct insight_ledger_day){ .day = UTC_DAY_NONE };
    for (int nth = span.last; nth >= span.first; nth--) {
        const struct insight_ledger_day *day = &book->days[nth];

        if (!book->is_known[nth] || (day->sessions == 0 && day->unnamed == 0))
            continue;
        if (answer->n_days == 0)
            sum->day = day->day;
        answer->days[answer->n_days++] = *day;
        add_day(sum, day);
    }
    answer->so_far = book->days[0];
    answer->so_far.day = book->today;
    return 0;
}

/* ---- Domains ------------------------------------------------------------- */

static struct insight_verdict judge(const struct ledger_domain *domain)
{
    int64_t sessions = 0, failures = 0;

    for (int nth = 0; nth < INSIGHT_RECENT_DAYS; nth++) {
        sessions = count_add(sessions, domain->sessions[nth]);
        failures = count_add(failures, domain->failures[nth]);
    }
    return insight_judge(sessions, failures);
}

static void count_domains(const struct ledger_book *book, struct span span,
                          struct insight_ledger_answer *answer)
{
    const uint64_t recent = (UINT64_C(1) << INSIGHT_RECENT_DAYS) - 1;

    answer->sum.n_domains = answer->sum.n_more;
    for (size_t i = 0; i < book->n_domains; i++) {
        const struct ledger_domain *domain = &book->domains[i];

        answer->sum.n_domains += (domain->seen & span.bits) != 0;
        answer->sum.n_failing += (domain->failed & span.bits) != 0;
        if (domain->seen & recent)
            answer->n_by_state[judge(domain).state]++;
    }
}

/* Failures of each domain in the range, by place. */
static int64_t *sum_failures(const struct ledger_book *book, struct span span,
                             struct arena *arena)
{
    int64_t *failures =
        arena_calloc(arena, book->n_domains + 1, sizeof(*failures));

    if (!failures)
        return NULL;
    for (int nth = span.first; nth <= span.last; nth++) {
        for (size_t i = 0; i < book->n_failing[nth]; i++) {
            const struct ledger_failing *one = &book->failing[nth][i];

            failures[one->place] =
                count_add(failures[one->place], one->failures);
        }
    }
    return failures;
}

static int rank(enum insight_state state)
{
    return state == INSIGHT_TROUBLE   ? 0
           : state == INSIGHT_WATCH   ? 1
           : state == INSIGHT_UNKNOWN ? 2
                                      : 3;
}

/* Where a domain stands in the list. */
struct standing {
    int rank;
    int64_t failures;
    const char *name;
};

static struct standing standing_of(const struct insight_ledger_domain *domain)
{
    return (struct standing){ rank(domain->verdict.state), domain->failures,
                              domain->domain };
}

static int compare_standings(const struct standing *x, const struct standing *y)
{
    if (x->rank != y->rank)
        return x->rank - y->rank;
    if (x->failures != y->failures)
        return x->failures < y->failures ? 1 : -1;
    return strcmp(x->name, y->name);
}

static int compare_domains(const void *a, const void *b)
{
    const struct standing x = standing_of(a), y = standing_of(b);

    return compare_standings(&x, &y);
}

/* ---- Cursors ------------------------------------------------------------- */

static int cursor_read(const char *text, struct standing *out, struct err *err)
{
    char *end;

    out->rank = (int)strtol(text, &end, 10);
    if (*end == '.') {
        out->failures = strtoll(end + 1, &end, 10);
        if (*end == '.' && out->rank >= 0 && out->failures >= 0) {
            out->name = end + 1;
            return 0;
        }
    }
    return err_set(err, ERR_USAGE, "this is no cursor of an answer before");
}

static void cursor_write(const struct insight_ledger_domain *last,
                         char text[static INSIGHT_LEDGER_CURSOR_BYTES])
{
    const struct standing at = standing_of(last);

    snprintf(text, INSIGHT_LEDGER_CURSOR_BYTES, "%d.%" PRId64 ".%s", at.rank,
             at.failures, at.name);
}

/* ---- The page ------------------------------------------------------------ */

/* The failing domains of the range, all of them, in order. */
static int list_all(const struct ledger_book *book, struct span span,
                    struct arena *arena,
                    struct insight_ledger_domain **out_domains, size_t *out_n,
                    struct err *err)
{
    const int64_t *failures = sum_failures(book, span, arena);
    struct insight_ledger_domain *domains;
    size_t n = 0;

    for (size_t i = 0; failures && i < book->n_domains; i++)
        n += failures[i] > 0;
    domains = arena_calloc(arena, n + 1, sizeof(*domains));
    if (!failures || !domains)
        return arena_error(arena, err);
    n = 0;
    for (size_t i = 0; i < book->n_domains; i++) {
        const struct ledger_domain *domain = &book->domains[i];

        if (failures[i] > 0)
            domains[n++] =
                (struct insight_ledger_domain){ domain->name, judge(domain),
                                                failures[i], domain->seen,
                                                domain->failed };
    }
    qsort(domains, n, sizeof(*domains), compare_domains);
    *out_domains = domains;
    *out_n = n;
    return 0;
}

/* Cuts the page out of the list; names are copied out of the book. */
static int cut_page(const struct insight_ledger_question *question,
                    struct insight_ledger_domain *all, size_t n,
                    struct arena *arena, struct insight_ledger_answer *answer,
                    struct err *err)
{
    struct standing behind = { .rank = -1, .name = "" };
    size_t at = 0;

    if (question->cursor && cursor_read(question->cursor, &behind, err))
        return -1;
    while (behind.rank >= 0 && at < n) {
        const struct standing one = standing_of(&all[at]);

        if (compare_standings(&one, &behind) > 0)
            break;
        at++;
    }
    answer->domains = all + at;
    answer->n_domains = n - at < question->limit ? n - at : question->limit;
    for (size_t i = 0; i < answer->n_domains; i++) {
        struct insight_ledger_domain *domain = &answer->domains[i];

        domain->domain = arena_copy(arena, slice_of(domain->domain));
        if (!domain->domain)
            return arena_error(arena, err);
    }
    if (answer->n_domains && at + answer->n_domains < n)
        cursor_write(&answer->domains[answer->n_domains - 1], answer->cursor);
    return 0;
}

int ledger_book_ask(const struct ledger_book *book,
                    const struct insight_ledger_question *question,
                    struct arena *arena, struct insight_ledger_answer *answer,
                    struct err *err)
{
    const struct span span = span_of(book, question->range);
    struct insight_ledger_domain *all = NULL;
    size_t n = 0;

    answer->today = book->today;
    if (tell_days(book, span, arena, answer, err))
        return -1;
    count_domains(book, span, answer);
    if (list_all(book, span, arena, &all, &n, err))
        return -1;
    return cut_page(question, all, n, arena, answer, err);
}

/* How the files stand, and when that was. */
static int tell_files(const struct insight_ledger *ledger, struct arena *arena,
                      struct insight_ledger_answer *answer, struct err *err)
{
    answer->is_ready = ledger->is_ready;
    answer->as_of = ledger->as_of;
    answer->today = utc_day_of(clock_now(ledger->clock));
    answer->so_far.day = answer->today;
    answer->sum.day = UTC_DAY_NONE;
    if (!ledger->is_ready)
        return 0;
    answer->files = arena_calloc(arena, ledger->n + 1, sizeof(*answer->files));
    if (!answer->files)
        return arena_error(arena, err);
    memcpy(answer->files, ledger->files, ledger->n * sizeof(*answer->files));
    answer->n_files = ledger->n;
    return 0;
}

int insight_ledger_ask(struct insight_ledger *ledger,
                       const struct insight_ledger_question *question,
                       struct arena *arena,
                       struct insight_ledger_answer *out_answer,
                       struct err *err)
{
    struct insight_ledger_answer answer = { .is_ready = false };
    int status;

    pthread_mutex_lock(&ledger->lock);
    status = tell_files(ledger, arena, &answer, err);
    if (status == 0 && ledger->book)
        status = ledger_book_ask(ledger->book, question, arena, &answer, err);
    pthread_mutex_unlock(&ledger->lock);
    if (status == 0)
        *out_answer = answer;
    return status;
}

/* ---- Since when ---------------------------------------------------------- */

utc_day insight_ledger_since(uint64_t seen, uint64_t failed, utc_day today,
                             bool *out_is_first)
{
    utc_day since = UTC_DAY_NONE;

    *out_is_first = true;
    for (int nth = 0; nth < INSIGHT_LEDGER_DAYS; nth++) {
        const uint64_t bit = UINT64_C(1) << nth;

        if (failed & bit) {
            since = today - nth;
        } else if ((seen & bit) && since != UTC_DAY_NONE) {
            *out_is_first = false;
            break;
        }
    }
    return since;
}

bool insight_ledger_is_open(uint64_t seen, uint64_t failed)
{
    const uint64_t last = seen & -seen;
    const uint64_t rest = seen & ~last;

    return (failed & (last | (rest & -rest))) != 0;
}
