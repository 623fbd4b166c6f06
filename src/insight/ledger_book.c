/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/ledger_book.h"

#include <stdlib.h>
#include <string.h>

#include "base/count.h"

/* Names of a million domains, and what one day of them takes while it is read. */
#define BOOK_BYTES ((size_t)256 << 20)

/* ---- Life ---------------------------------------------------------------- */

struct ledger_book *ledger_book_new(utc_day today, size_t max_domains)
{
    struct ledger_book *book = calloc(1, sizeof(*book));

    if (!book)
        return NULL;
    book->today = today;
    book->max_domains = max_domains;
    arena_init(&book->names, BOOK_BYTES);
    arena_init(&book->scratch, BOOK_BYTES);
    map_init(&book->places);
    for (size_t i = 0; i < INSIGHT_TALLIES_MAX; i++)
        map_init(&book->numbers[i]);
    return book;
}

void ledger_book_free(struct ledger_book *book)
{
    if (!book)
        return;
    for (size_t i = 0; i < INSIGHT_LEDGER_DAYS; i++)
        free(book->failing[i]);
    for (size_t i = 0; i < INSIGHT_TALLIES_MAX; i++)
        map_deinit(&book->numbers[i]);
    map_deinit(&book->places);
    arena_deinit(&book->scratch);
    arena_deinit(&book->names);
    free(book->domains);
    free(book);
}

/* ---- Domains ------------------------------------------------------------- */

static int grow(struct ledger_book *book, struct err *err)
{
    const size_t capacity = book->capacity ? book->capacity * 2 : 256;
    struct ledger_domain *domains;

    if (book->n_domains < book->capacity)
        return 0;
    domains = reallocarray(book->domains, capacity, sizeof(*domains));
    if (!domains)
        return err_memory(err);
    book->domains = domains;
    book->capacity = capacity;
    return 0;
}

int ledger_book_place(struct ledger_book *book, const char *name,
                      uint32_t *out_place, struct err *err)
{
    int64_t *place = map_find(&book->places, slice_of(name));
    const char *copy;

    if (place) {
        *out_place = (uint32_t)*place;
        return 0;
    }
    if (book->n_domains >= book->max_domains)
        return 1;
    copy = arena_copy(&book->names, slice_of(name));
    if (!copy)
        return arena_error(&book->names, err);
    if (grow(book, err))
        return -1;
    place = map_put(&book->places, slice_of(name));
    if (!place)
        return err_memory(err);
    *place = (int64_t)book->n_domains;
    *out_place = (uint32_t)book->n_domains;
    book->domains[book->n_domains++] = (struct ledger_domain){ .name = copy };
    return 0;
}

/* ---- Days ---------------------------------------------------------------- */

static int compare_places(const void *a, const void *b)
{
    const struct ledger_sum *x = a, *y = b;

    return (x->place > y->place) - (x->place < y->place);
}

void ledger_sum_add(struct tally_sum *to, const struct tally_sum *from)
{
    to->sessions = count_add(to->sessions, from->sessions);
    to->failures = count_add(to->failures, from->failures);
    to->success_evaluations =
        count_add(to->success_evaluations, from->success_evaluations);
    to->failure_evaluations =
        count_add(to->failure_evaluations, from->failure_evaluations);
}

/* Joins what several tallies have of one domain. Returns: how many are left. */
static size_t join(struct ledger_sum *sums, size_t n)
{
    size_t kept = 0;

    if (n)
        qsort(sums, n, sizeof(*sums), compare_places);
    for (size_t i = 0; i < n; i++) {
        if (kept && sums[kept - 1].place == sums[i].place)
            ledger_sum_add(&sums[kept - 1].sum, &sums[i].sum);
        else
            sums[kept++] = sums[i];
    }
    return kept;
}

struct tally_sum ledger_day_sum(const struct insight_ledger_day *day)
{
    return (struct tally_sum){ 0, day->sessions, day->failures,
                               day->success_evaluations,
                               day->failure_evaluations };
}

void ledger_day_add(struct insight_ledger_day *day, const struct tally_sum *sum)
{
    struct tally_sum all = ledger_day_sum(day);

    ledger_sum_add(&all, sum);
    day->sessions = all.sessions;
    day->failures = all.failures;
    day->success_evaluations = all.success_evaluations;
    day->failure_evaluations = all.failure_evaluations;
}

static void add_sum(struct insight_ledger_day *day, const struct tally_sum *sum)
{
    ledger_day_add(day, sum);
    day->n_domains++;
    day->n_failing += sum->failures > 0;
}

static void forget_day(struct ledger_book *book, int nth)
{
    const uint64_t bit = UINT64_C(1) << nth;

    for (size_t i = 0; book->is_known[nth] && i < book->n_domains; i++) {
        struct ledger_domain *domain = &book->domains[i];

        domain->seen &= ~bit;
        domain->failed &= ~bit;
        if (nth < INSIGHT_RECENT_DAYS)
            domain->sessions[nth] = domain->failures[nth] = 0;
    }
}

static void note(struct ledger_book *book, int nth,
                 const struct ledger_sum *sum)
{
    struct ledger_domain *domain = &book->domains[sum->place];
    const uint64_t bit = UINT64_C(1) << nth;

    domain->seen |= bit;
    if (sum->sum.failures > 0)
        domain->failed |= bit;
    if (nth < INSIGHT_RECENT_DAYS) {
        domain->sessions[nth] = sum->sum.sessions;
        domain->failures[nth] = sum->sum.failures;
    }
}

static int compare_failing(const void *a, const void *b)
{
    const struct ledger_failing *x = a, *y = b;

    if (x->failures != y->failures)
        return x->failures < y->failures ? 1 : -1;
    return (x->place > y->place) - (x->place < y->place);
}

/* The failing ones of a day, the worst first, up to what is kept. */
static int list_failing(const struct ledger_sum *sums, size_t n,
                        size_t n_failing, struct ledger_failing **out_failing,
                        struct err *err)
{
    struct ledger_failing *failing = calloc(n_failing + 1, sizeof(*failing));
    struct ledger_failing *cut;
    size_t kept = 0;

    if (!failing)
        return err_memory(err);
    for (size_t i = 0; i < n; i++) {
        if (sums[i].sum.failures > 0)
            failing[kept++] =
                (struct ledger_failing){ sums[i].place, sums[i].sum.failures };
    }
    qsort(failing, kept, sizeof(*failing), compare_failing);
    cut = kept > INSIGHT_LEDGER_FAILING
              ? realloc(failing, INSIGHT_LEDGER_FAILING * sizeof(*failing))
              : NULL;
    *out_failing = cut ? cut : failing;
    return 0;
}

int ledger_book_put(struct ledger_book *book, int nth,
                    const struct insight_ledger_day *day,
                    struct ledger_sum *sums, size_t n, struct err *err)
{
    struct insight_ledger_day sum = *day;
    struct ledger_failing *failing = NULL;
    const size_t n_kept = join(sums, n);

    for (size_t i = 0; i < n_kept; i++)
        add_sum(&sum, &sums[i].sum);
    if (list_failing(sums, n_kept, sum.n_failing, &failing, err))
        return -1;
    forget_day(book, nth);
    for (size_t i = 0; i < n_kept; i++)
        note(book, nth, &sums[i]);
    free(book->failing[nth]);
    book->failing[nth] = failing;
    book->n_failing[nth] = sum.n_failing < INSIGHT_LEDGER_FAILING
                               ? sum.n_failing
                               : INSIGHT_LEDGER_FAILING;
    book->days[nth] = sum;
    book->is_known[nth] = true;
    return 0;
}
