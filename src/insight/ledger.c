/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/list.h"
#include "insight/ledger_book.h"

/* ---- Life ---------------------------------------------------------------- */

int insight_ledger_new(const char *const *urls, size_t n,
                       const struct clock *clock,
                       struct insight_ledger **out_ledger, struct err *err)
{
    struct insight_ledger *ledger = calloc(1, sizeof(*ledger));

    if (!ledger)
        return err_memory(err);
    pthread_mutex_init(&ledger->lock, NULL);
    ledger->urls = urls;
    ledger->n = n < INSIGHT_TALLIES_MAX ? n : INSIGHT_TALLIES_MAX;
    ledger->max_domains = INSIGHT_LEDGER_DOMAINS;
    ledger->clock = clock;
    *out_ledger = ledger;
    return 0;
}

void insight_ledger_free(struct insight_ledger *ledger)
{
    if (!ledger)
        return;
    ledger_book_free(ledger->book);
    pthread_mutex_destroy(&ledger->lock);
    free(ledger);
}

/* ---- Reading ------------------------------------------------------------- */

/* Sums of one tally that are looked at for each domain there is room for: there may
 * be others on each day. */
enum { GATHERED = 4 };

/* The sums of a tally, before their names are asked for. */
struct gathering {
    struct list sums;    /* struct tally_sum */
    struct arena *arena; /* says how many may be */
    size_t max;          /* beyond it they are counted alone */
    struct insight_ledger_day *day;
};

/* Counts a domain that there is no room for. */
static void count_more(struct insight_ledger_day *day,
                       const struct tally_sum *sum)
{
    ledger_day_add(day, sum);
    day->n_more++;
    day->n_domains++;
    day->n_failing += sum->failures > 0;
}

static int gather(void *context, const struct tally_sum *sum, struct err *err)
{
    struct gathering *g = context;
    struct tally_sum *slot;

    if (sum->domain == 0) {
        g->day->unnamed = count_add(g->day->unnamed, sum->sessions);
        return 0;
    }
    if (g->sums.n_items >= g->max) {
        count_more(g->day, sum);
        return 0;
    }
    slot = list_add(&g->sums, g->arena);
    if (!slot)
        return arena_error(g->arena, err);
    *slot = *sum;
    return 0;
}

/* Notes a number for the check whether it still is that of the same name. */
static void note_check(struct ledger_checks *checks, int64_t number,
                       uint32_t place)
{
    const size_t at = checks->n++ % LEDGER_CHECKED;

    checks->last[at].number = number;
    checks->last[at].place = place;
}

/* The place of a number in the book, where its name has none yet a new one.
 * Returns: 0, 1 where the book is full, -1 with err. */
static int find_place(struct insight_ledger *ledger, struct ledger_book *book,
                      size_t source, struct tally *tally, int64_t number,
                      uint32_t *out_place, struct err *err)
{
    const struct slice key = slice_make((const char *)&number, sizeof(number));
    int64_t *known = map_find(&book->numbers[source], key);
    const char *name = NULL;
    int status;

    if (known) {
        *out_place = (uint32_t)*known;
        return 0;
    }
    arena_reset(&book->scratch);
    status = tally_domain_name(tally, number, &book->scratch, &name, err);
    if (status)
        return status < 0 ? -1 : err_set(err, ERR_STORE, "a name is missing");
    /* Who asks may be looking at the places. */
    pthread_mutex_lock(&ledger->lock);
    status = ledger_book_place(book, name, out_place, err);
    pthread_mutex_unlock(&ledger->lock);
    if (status)
        return status;
    known = map_put(&book->numbers[source], key);
    if (!known)
        return err_memory(err);
    *known = *out_place;
    note_check(&book->checks[source], number, *out_place);
    return 0;
}

static int add_sums(struct insight_ledger *ledger, struct ledger_book *book,
                    size_t source, struct tally *tally,
                    const struct list *gathered, struct list *sums,
                    struct insight_ledger_day *day, struct err *err)
{
    const struct tally_sum *all =
        (const struct tally_sum *)(const void *)gathered->items;

    for (size_t i = 0; i < gathered->n_items; i++) {
        struct ledger_sum *slot;
        uint32_t place = 0;
        const int status =
            find_place(ledger, book, source, tally, all[i].domain, &place, err);

        if (status < 0)
            return -1;
        if (status) {
            count_more(day, &all[i]);
            continue;
        }
        slot = list_add(sums, &book->scratch);
        if (!slot)
            return arena_error(&book->scratch, err);
        *slot = (struct ledger_sum){ place, all[i] };
    }
    return 0;
}

/* Reads a day of one tally. One that fails by now is told, and left out. */
static int read_source(struct insight_ledger *ledger, struct ledger_book *book,
                       struct insight_tallies *tallies, size_t source,
                       struct list *sums, struct insight_ledger_day *day,
                       struct err *err)
{
    const struct insight_ledger_day before = *day;
    const size_t n_before = sums->n_items;
    struct gathering g = { .arena = &book->scratch,
                           .max = GATHERED * book->max_domains,
                           .day = day };
    int status;

    arena_reset(&book->scratch);
    list_init(&g.sums, sizeof(struct tally_sum));
    status = tally_each_sum(tallies->open[source], day->day, gather, &g, err);
    if (status == 0)
        status = add_sums(ledger, book, source, tallies->open[source], &g.sums,
                          sums, day, err);
    list_deinit(&g.sums);
    if (status && err->kind != ERR_MEMORY) {
        insight_file_fail(&tallies->files[source], err);
        sums->n_items = n_before;
        *day = before;
        status = 0;
    }
    return status;
}

static int read_day(struct insight_ledger *ledger, struct ledger_book *book,
                    struct insight_tallies *tallies, int nth, bool is_closed,
                    struct err *err)
{
    struct insight_ledger_day day = { .day = book->today - nth,
                                      .is_closed = is_closed };
    struct list sums;
    int status = 0;

    list_init(&sums, sizeof(struct ledger_sum));
    for (size_t i = 0; status == 0 && i < tallies->n; i++) {
        if (tallies->open[i])
            status = read_source(ledger, book, tallies, i, &sums, &day, err);
    }
    if (status == 0) {
        pthread_mutex_lock(&ledger->lock);
        status = ledger_book_put(book, nth, &day,
                                 (struct ledger_sum *)(void *)sums.items,
                                 sums.n_items, err);
        pthread_mutex_unlock(&ledger->lock);
    }
    list_deinit(&sums);
    return status;
}

/* ---- Refreshing ---------------------------------------------------------- */

/* What the tallies say of themselves. */
struct look {
    bool is_open[INSIGHT_TALLIES_MAX];
    int64_t changes[INSIGHT_TALLIES_MAX];
    utc_day closed_day; /* the last that all have closed */
};

static void take_look(struct insight_tallies *tallies, struct look *look)
{
    bool is_any = false;

    *look = (struct look){ .closed_day = UTC_DAY_NONE };
    for (size_t i = 0; i < tallies->n; i++) {
        utc_day closed = UTC_DAY_NONE;
        struct err err;

        if (!tallies->open[i])
            continue;
        if (tally_change(tallies->open[i], &look->changes[i], &err) ||
            tally_closed_day(tallies->open[i], &closed, &err)) {
            insight_file_fail(&tallies->files[i], &err);
            tally_close(tallies->open[i]);
            tallies->open[i] = NULL;
            continue;
        }
        look->is_open[i] = true;
        if (!is_any || closed < look->closed_day)
            look->closed_day = closed;
        is_any = true;
    }
}

/* Whether a number is by now that of another name: a tally may give a number anew
 * when all that were made after it are gone. */
static bool is_renamed(struct ledger_book *book, size_t source,
                       struct tally *tally)
{
    const struct ledger_checks *checks = &book->checks[source];

    for (size_t i = 0; i < checks->n && i < LEDGER_CHECKED; i++) {
        const char *known = book->domains[checks->last[i].place].name;
        const char *name = known;
        struct err err;

        arena_reset(&book->scratch);
        if (tally_domain_name(tally, checks->last[i].number, &book->scratch,
                              &name, &err) == 0 &&
            strcmp(name, known) != 0)
            return true;
    }
    return false;
}

/* Whether what is known is of other files, or of another day: numbers may then
 * be those of other names. */
static bool is_outdated(const struct insight_ledger *ledger,
                        const struct insight_tallies *tallies,
                        const struct look *look, utc_day today)
{
    struct ledger_book *book = ledger->book;

    if (!book || book->today != today)
        return true;
    for (size_t i = 0; i < ledger->n; i++) {
        if (look->is_open[i] != book->is_open[i] ||
            look->changes[i] < book->changes[i] ||
            (look->changes[i] != book->changes[i] && tallies->open[i] &&
             is_renamed(book, i, tallies->open[i])))
            return true;
    }
    return false;
}

static bool is_changed(const struct insight_ledger *ledger,
                       const struct ledger_book *book, const struct look *look)
{
    return memcmp(book->changes, look->changes,
                  ledger->n * sizeof(*book->changes)) != 0;
}

/* Reads the days that are not known yet, today first. Returns: 0; 1 where it was
 * told to stop; -1 with err. */
static int read_days(struct insight_ledger *ledger, struct ledger_book *book,
                     struct insight_tallies *tallies, const struct look *look,
                     bool (*should_stop)(void *context), void *context,
                     struct err *err)
{
    const bool has_changed = is_changed(ledger, book, look);

    for (int nth = 0; nth < INSIGHT_LEDGER_DAYS; nth++) {
        const bool is_closed = book->today - nth <= look->closed_day;

        if (book->is_known[nth] && (book->days[nth].is_closed || !has_changed))
            continue;
        if (should_stop && should_stop(context))
            return 1;
        if (read_day(ledger, book, tallies, nth, is_closed, err))
            return -1;
    }
    memcpy(book->changes, look->changes, sizeof(book->changes));
    /* One that failed half-way is not in all days: it begins anew. */
    for (size_t i = 0; i < ledger->n; i++)
        book->is_open[i] =
            look->is_open[i] && tallies->files[i].state == INSIGHT_FILE_READ;
    return 0;
}

/* What is told from now on. */
static void publish(struct insight_ledger *ledger, struct ledger_book *book,
                    const struct insight_tallies *tallies)
{
    struct ledger_book *old = NULL;

    pthread_mutex_lock(&ledger->lock);
    if (book && book != ledger->book) {
        old = ledger->book;
        ledger->book = book;
    }
    memcpy(ledger->files, tallies->files, sizeof(ledger->files));
    ledger->as_of = clock_now(ledger->clock);
    ledger->is_ready = true;
    pthread_mutex_unlock(&ledger->lock);
    ledger_book_free(old);
}

int insight_ledger_refresh(struct insight_ledger *ledger,
                           bool (*should_stop)(void *context), void *context,
                           struct err *err)
{
    const utc_day today = utc_day_of(clock_now(ledger->clock));
    struct ledger_book *book = ledger->book;
    struct insight_tallies tallies;
    struct look look;
    int status;

    insight_tallies_open(&tallies, ledger->urls, ledger->n, ledger->clock);
    take_look(&tallies, &look);
    if (is_outdated(ledger, &tallies, &look, today))
        book = ledger_book_new(today, ledger->max_domains);
    status = book ? read_days(ledger, book, &tallies, &look, should_stop,
                              context, err)
                  : err_memory(err);
    if (status == 0)
        publish(ledger, book, &tallies);
    else if (book != ledger->book)
        ledger_book_free(book);
    insight_tallies_close(&tallies);
    return status < 0 ? -1 : 0;
}
