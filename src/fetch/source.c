/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "fetch/source.h"

#include <stdio.h>

#include "fetch/day.h"
#include "fetch/details.h"
#include "fetch/domain_list.h"
#include "fetch/limits.h"
#include "os/program.h"
#include "store/collectd.h"
#include "store/tally.h"

/* A day on its way. */
struct fetching {
    const struct fetch_source *source;
    const struct clock *clock;
    struct program_limits limits;
    struct day *day;
    struct fetch_sums *sums;
    struct arena arena; /* of the list */
};

/* ---- A command ----------------------------------------------------------- */

/* Runs the command with a day and domains. Returns: as program_run. */
static int run(const struct fetching *fetching, const char *const *domains,
               size_t n, struct buffer *out, struct err *err)
{
    const char *argv[FETCH_WORDS_MAX + 1];
    char day[UTC_DAY_BYTES];
    size_t n_words = 0;

    while (fetching->source->command[n_words])
        n_words++;
    if (n_words + 1 + n > FETCH_WORDS_MAX)
        return err_set(err, ERR_USAGE, "the command has too many words");
    for (size_t i = 0; i < n_words; i++)
        argv[i] = fetching->source->command[i];
    argv[n_words++] = utc_day_format(fetching->day->day, day);
    for (size_t i = 0; i < n; i++)
        argv[n_words++] = domains[i];
    argv[n_words] = NULL;
    buffer_reset(out);
    return program_run(argv, &fetching->limits, out, err);
}

/* Returns: 0, 1 stopped, -1 with err. */
static int ask_list(struct fetching *fetching, struct domain_list *list,
                    struct err *err)
{
    struct buffer out;
    int status;

    buffer_init(&out, FETCH_LIST_BYTES);
    status = run(fetching, NULL, 0, &out, err);
    if (status == 0)
        status = domain_list_read(&fetching->arena, buffer_slice(&out),
                                  fetching->day, list, err);
    buffer_deinit(&out);
    return status;
}

/* Asks for all domains, some at a time. *out_n: how many were answered.
 * Returns: as ask_list. */
static int ask_details(struct fetching *fetching,
                       const struct domain_list *list, size_t *out_n,
                       struct err *err)
{
    const size_t most = fetching->source->n_domains;
    struct buffer out;
    int status = 0;

    *out_n = 0;
    buffer_init(&out, FETCH_DETAILS_BYTES);
    for (size_t i = 0; status == 0 && i < list->n_names;) {
        const size_t left = list->n_names - i;
        const size_t n = left < most ? left : most;
        size_t n_read = 0;

        status = run(fetching, list->names + i, n, &out, err);
        if (status == 0)
            status = details_read(out.ptr, out.len, list->names + i, n,
                                  fetching->day, &n_read, err);
        *out_n += n_read;
        /* The one that could not be read is passed over. */
        i += n_read < n ? n_read + 1 : n;
    }
    buffer_deinit(&out);
    return status;
}

static int gather_command(struct fetching *fetching, enum day_state *out_state,
                          struct err *err)
{
    struct domain_list list;
    size_t n;
    int status = ask_list(fetching, &list, err);

    if (status)
        return status < 0 ? -1 : FETCH_STOPPED;
    if (list.time != UTC_NONE)
        fetching->sums->clock_off_s = list.time - clock_now(fetching->clock);
    if (list.complete == UTC_DAY_NONE || list.complete < fetching->day->day)
        return FETCH_NOT_READY;
    fetching->sums->is_gone =
        list.n_names == 0 && list.complete > fetching->day->day;
    status = ask_details(fetching, &list, &n, err);
    fetching->sums->n_domains = n;
    if (status)
        return status < 0 ? -1 : FETCH_STOPPED;
    if (list.n_names && n == 0)
        return err_set(err, ERR_INPUT,
                       "nothing it says of its domains can be read; %.200s",
                       fetching->day->bad);
    *out_state = DAY_WHOLE;
    return FETCH_STORED;
}

/* ---- A database ---------------------------------------------------------- */

static int take_row(void *context, const struct collectd_row *row,
                    struct err *err)
{
    const struct day_sum sum = { .domain = row->domain,
                                 .record = row->record,
                                 .policy = row->policy,
                                 .failure = row->failure,
                                 .sessions = row->sessions,
                                 .failures = row->failures };

    return day_add(context, &sum, err);
}

static int gather_database(struct fetching *fetching, enum day_state *out_state,
                           struct err *err)
{
    bool is_complete;

    if (collectd_each(fetching->source->database, fetching->day->day, take_row,
                      fetching->day, &is_complete, err))
        return -1;
    *out_state = is_complete ? DAY_WHOLE : DAY_SO_FAR;
    return is_complete ? FETCH_STORED : FETCH_SO_FAR;
}

/* ---- A day --------------------------------------------------------------- */

int fetch_ready(const struct fetch_source *source, const struct clock *clock,
                utc_day *out_closed, struct err *err)
{
    struct tally *tally;
    int status;

    if (tally_open(source->tally_url, STORE_WRITE, clock, &tally, err) < 0)
        return -1;
    status = tally_closed_day(tally, out_closed, err);
    tally_close(tally);
    return status;
}

/* To close a day closes all before it, so none of those may be owed; and a day
 * that has not ended here may get more, whatever a clock elsewhere says. */
static bool may_close(const struct fetching *fetching, utc_day closed)
{
    const utc_day day = fetching->day->day;

    return (day == closed + 1 || day == fetching->source->first) &&
           day < utc_day_of(clock_now(fetching->clock));
}

static int fetch_into(struct fetching *fetching, utc_day closed,
                      struct err *err)
{
    const struct fetch_source *source = fetching->source;
    enum day_state state = DAY_SO_FAR;
    int outcome = source->command ? gather_command(fetching, &state, err)
                                  : gather_database(fetching, &state, err);
    int status;

    fetching->sums->n_rows = fetching->day->rows.n_items;
    fetching->sums->n_bad = fetching->day->n_bad;
    snprintf(fetching->sums->bad, sizeof(fetching->sums->bad), "%s",
             fetching->day->bad);
    if (outcome != FETCH_STORED && outcome != FETCH_SO_FAR)
        return outcome;
    if (!may_close(fetching, closed))
        state = DAY_SO_FAR;
    status =
        day_put(fetching->day, source->tally_url, fetching->clock, state, err);
    if (status < 0)
        return -1;
    return status > 0 ? FETCH_LATE : outcome;
}

int fetch_day(const struct fetch_source *source, utc_day day, int stop_fd,
              const struct clock *clock, struct fetch_sums *out_sums,
              struct err *err)
{
    struct day gathered;
    struct fetching fetching = { .source = source,
                                 .clock = clock,
                                 .limits = { .time_ms = source->time_ms,
                                             .stop_fd = stop_fd },
                                 .day = &gathered,
                                 .sums = out_sums };
    utc_day closed;
    int outcome;

    *out_sums = (struct fetch_sums){ .n_domains = 0 };
    if (fetch_ready(source, clock, &closed, err))
        return -1;
    if (day <= closed || day < source->first)
        return FETCH_STANDS;
    arena_init(&fetching.arena, FETCH_LIST_ARENA_BYTES);
    day_init(&gathered, day);
    outcome = fetch_into(&fetching, closed, err);
    day_deinit(&gathered);
    arena_deinit(&fetching.arena);
    return outcome;
}
