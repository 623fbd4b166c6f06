/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "fetch/source.h"

#include <stdio.h>

#include "fetch/day.h"
#include "fetch/details.h"
#include "fetch/domain_list.h"
#include "fetch/limits.h"
#include "fetch/switched_off.h"
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
    size_t n_failed;    /* calls for one domain */
    struct err failure; /* of the first of them */
};

static size_t max_bytes(const struct fetch_source *source)
{
    return source->max_bytes ? source->max_bytes : FETCH_SOURCE_BYTES;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

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

    buffer_init(&out,
                smaller(FETCH_LIST_BYTES, max_bytes(fetching->source) / 8));
    status = run(fetching, NULL, 0, &out, err);
    if (status == 0)
        status = domain_list_read(&fetching->arena, buffer_slice(&out),
                                  fetching->day, list, err);
    buffer_deinit(&out);
    return status;
}

/* What to do about a domain that alone fails.
 * Returns: 0 to pass it over, -1 with err where it is one too many. */
static int pass_over(struct fetching *fetching, const char *domain,
                     const struct buffer *out, struct err *err)
{
    if (out->failed) {
        day_note_bad(fetching->day, domain, "it says more than may be read");
        return 0;
    }
    if (fetching->n_failed++ == 0)
        fetching->failure = *err;
    return fetching->n_failed > FETCH_FAILURES_MAX ? -1 : 0;
}

/* Asks for some domains, and for fewer where that fails, down to one.
 * *n: how many may be asked for; then how many are done with. *out_n grows by those
 * that were answered.
 * Returns: as ask_list. */
static int ask_some(struct fetching *fetching, const char *const *names,
                    size_t *n, struct buffer *out, size_t *out_n,
                    struct err *err)
{
    size_t n_read = 0;
    int status = run(fetching, names, *n, out, err);

    while (status < 0 && *n > 1) {
        *n /= 2;
        status = run(fetching, names, *n, out, err);
    }
    if (status < 0) {
        *out_n += out->failed;
        return pass_over(fetching, names[0], out, err);
    }
    if (status == 0)
        status = details_read(out->ptr, out->len, names, *n, fetching->day,
                              &n_read, err);
    *out_n += n_read;
    /* The one that could not be read is passed over. */
    if (n_read < *n)
        *n = n_read + 1;
    return status;
}

/* Asks for all domains, some at a time: what was too many once is not asked for
 * at once again until some went well. *out_n: how many were answered.
 * Returns: as ask_list. */
static int ask_details(struct fetching *fetching,
                       const struct domain_list *list, size_t *out_n,
                       struct err *err)
{
    const size_t most = fetching->source->n_domains;
    size_t batch = most;
    struct buffer out;
    int status = 0;

    *out_n = 0;
    buffer_init(&out,
                smaller(FETCH_DETAILS_BYTES, max_bytes(fetching->source) / 16));
    for (size_t i = 0; status == 0 && i < list->n_names;) {
        const size_t asked = smaller(list->n_names - i, batch);
        size_t n = asked;

        status = ask_some(fetching, list->names + i, &n, &out, out_n, err);
        i += n;
        batch = n < asked ? n : smaller(most, batch * 2);
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
    if (list.n_names && n == 0 && fetching->n_failed) {
        *err = fetching->failure;
        return -1;
    }
    if (list.n_names && n == 0)
        return err_set(err, ERR_INPUT,
                       "nothing it says of its domains can be read; %.200s",
                       fetching->day->bad);
    *out_state = fetching->n_failed ? DAY_SO_FAR : DAY_WHOLE;
    return fetching->n_failed ? FETCH_PART : FETCH_STORED;
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

    if (outcome >= 0 && switched_off_join(fetching->day, err))
        return -1;
    fetching->sums->n_rows = fetching->day->rows.n_items;
    fetching->sums->n_bad = fetching->day->n_bad;
    snprintf(fetching->sums->bad, sizeof(fetching->sums->bad), "%s",
             fetching->day->bad);
    if (outcome != FETCH_STORED && outcome != FETCH_SO_FAR &&
        outcome != FETCH_PART)
        return outcome;
    if (!may_close(fetching, closed))
        state = DAY_SO_FAR;
    status =
        day_put(fetching->day, source->tally_url, fetching->clock, state, err);
    if (status < 0)
        return -1;
    if (outcome == FETCH_PART)
        *err = fetching->failure;
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
    arena_init(&fetching.arena, max_bytes(source) / 4);
    day_init(&gathered, day, max_bytes(source) / 2);
    outcome = fetch_into(&fetching, closed, err);
    day_deinit(&gathered);
    arena_deinit(&fetching.arena);
    return outcome;
}
