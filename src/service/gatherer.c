/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/gatherer.h"

#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "collect/day.h"
#include "fetch/limits.h"
#include "service/limits.h"

/* One source and its thread. */
struct fetcher {
    struct gatherer *gatherer;
    const struct outgoing_source *from;
    struct fetch_source source;
    pthread_t thread;
    bool is_started;
    atomic_bool has_looked; /* once since the start */
    struct day_watch watch;
    char failure[ERR_TEXT_BYTES]; /* the log has told of it; "" none */
    utc_day late_day;             /* the log has told that it is missed */
};

struct gatherer {
    struct gatherer_options options;
    struct fetcher *fetchers;
    size_t n_fetchers;
    int stop_fd;   /* readable when all are to end */
    int looked_fd; /* when one has looked for the first time */
};

/* ---- What is told -------------------------------------------------------- */

static void tell_stored(const struct fetcher *fetcher, utc_day day,
                        const struct fetch_sums *sums)
{
    char text[UTC_DAY_BYTES], rows[24], bad[24], off[24];

    utc_day_format(day, text);
    snprintf(rows, sizeof(rows), "%zu", sums->n_rows);
    snprintf(bad, sizeof(bad), "%" PRId64, sums->n_bad);
    snprintf(off, sizeof(off), "%" PRId64, sums->clock_off_s);
    if (!sums->is_gone)
        log_line(LOG_LEVEL_NOTICE, "day-fetched", "source",
                 fetcher->source.name, "day", text, "sums", rows, NULL);
    if (sums->n_bad)
        log_line(LOG_LEVEL_WARNING, "fetched-passed-over", "source",
                 fetcher->source.name, "day", text, "count", bad, "first",
                 sums->bad, NULL);
    if (sums->is_gone)
        log_line(LOG_LEVEL_NOTICE, "fetched-nothing", "source",
                 fetcher->source.name, "day", text, "reason",
                 "it has a later day and no session of this one", NULL);
    if (llabs(sums->clock_off_s) > SERVICE_GATHER_CLOCK_S)
        log_line(LOG_LEVEL_WARNING, "fetched-clock", "source",
                 fetcher->source.name, "seconds", off, NULL);
}

/* A line a change. why: "" when it works. */
static void tell_failure(struct fetcher *fetcher, const char *why)
{
    if (strcmp(fetcher->failure, why) == 0)
        return;
    snprintf(fetcher->failure, sizeof(fetcher->failure), "%s", why);
    if (*why)
        log_line(LOG_LEVEL_WARNING, "fetch-failing", "source",
                 fetcher->source.name, "reason", why, NULL);
}

/* A day beyond patience: its reports go out without the source. */
static void tell_late(struct fetcher *fetcher, utc_day day, const char *why)
{
    const struct gatherer_options *options = &fetcher->gatherer->options;
    const utc_time until =
        ((utc_time)day + 1) * UTC_DAY_SECONDS + options->settings->patience_s;
    char text[UTC_DAY_BYTES];

    if (clock_now(options->clock) < until || day <= fetcher->late_day)
        return;
    fetcher->late_day = day;
    log_line(LOG_LEVEL_ERROR, "fetched-too-late", "source",
             fetcher->source.name, "day", utc_day_format(day, text), "reason",
             why, NULL);
}

/* ---- A look -------------------------------------------------------------- */

/* Tells what became of a day. Returns: whether the next one may be fetched. */
static bool judge(struct fetcher *fetcher, utc_day day, int outcome,
                  const struct fetch_sums *sums, const struct err *err)
{
    switch (outcome) {
    case FETCH_STANDS: return true;
    case FETCH_STORED:
        tell_failure(fetcher, "");
        tell_stored(fetcher, day, sums);
        return true;
    case FETCH_LATE:
        tell_late(fetcher, day, "the day was closed meanwhile");
        return true;
    case FETCH_STOPPED: return false;
    case FETCH_SO_FAR:
        tell_failure(fetcher, "");
        tell_late(fetcher, day,
                  "the day was never closed there; it counts as it is");
        return false;
    case FETCH_PART:
        tell_failure(fetcher, err->text);
        tell_late(fetcher, day, "some domains could not be asked for");
        return false;
    case FETCH_NOT_READY:
        tell_failure(fetcher, "");
        tell_late(fetcher, day, "the day is not complete there");
        return false;
    default:
        tell_failure(fetcher, err->text);
        tell_late(fetcher, day, err->text);
        return false;
    }
}

/* Fetches what is owed, in order: to close a day closes those before it.
 * Returns: whether it looked; false while the clock is in doubt. */
static bool look(struct fetcher *fetcher)
{
    const struct gatherer *gatherer = fetcher->gatherer;
    const struct gatherer_options *options = &gatherer->options;
    const utc_time now = clock_now(options->clock);
    const utc_day today = utc_day_of(now);
    bool goes_on = true;

    if (!day_watch_trusts(&fetcher->watch, now, clock_monotonic_ms() / 1000))
        return false;
    fetcher->source.first =
        gatherer_first_day(fetcher->from, options->settings, today);
    for (utc_day day = fetcher->source.first; goes_on && day < today; day++) {
        struct fetch_sums sums;
        struct err err;
        const int outcome = fetch_day(&fetcher->source, day, gatherer->stop_fd,
                                      options->clock, &sums, &err);

        goes_on = judge(fetcher, day, outcome, &sums, &err);
    }
    return true;
}

/* Returns: whether it is to end. */
static bool wait_a_little(const struct gatherer *gatherer)
{
    struct pollfd one = { .fd = gatherer->stop_fd, .events = POLLIN };

    return poll(&one, 1, SERVICE_GATHER_LOOK_MS) > 0;
}

static void wake(int fd)
{
    const uint64_t one = 1;

    if (write(fd, &one, sizeof(one)) < 0)
        log_line(LOG_LEVEL_ERROR, "gatherer-deaf", NULL);
}

static void *run(void *context)
{
    struct fetcher *fetcher = context;
    struct gatherer *gatherer = fetcher->gatherer;

    do {
        if (look(fetcher) && !atomic_exchange(&fetcher->has_looked, true))
            wake(gatherer->looked_fd);
    } while (!gatherer->options.is_once && !wait_a_little(gatherer));
    return NULL;
}

/* ---- Beginning and end --------------------------------------------------- */

utc_day gatherer_first_day(const struct outgoing_source *from,
                           const struct outgoing_settings *settings,
                           utc_day today)
{
    const utc_day first = today - 1 - (utc_day)settings->lookback_days;

    return first > from->first ? first : from->first;
}

/* What one call may take. */
static int64_t call_s(const struct outgoing_source *from)
{
    return from->time_s ? from->time_s : SERVICE_GATHER_CALL_S;
}

struct fetch_source gatherer_source(const struct outgoing_source *from)
{
    return (struct fetch_source){
        .name = from->name,
        .command = from->command.n_items ? from->command.items : NULL,
        .database = from->database,
        .tally_url = from->tally,
        .n_domains = from->n_domains ? (size_t)from->n_domains : 1,
        .time_ms = (int)call_s(from) * 1000,
        .first = from->first,
    };
}

static int start_one(struct gatherer *gatherer, size_t i, struct err *err)
{
    const struct gatherer_options *options = &gatherer->options;
    struct fetcher *fetcher = &gatherer->fetchers[i];
    struct err why;
    utc_day closed;
    int number;

    fetcher->gatherer = gatherer;
    fetcher->from = &options->settings->sources[i];
    fetcher->late_day = UTC_DAY_NONE;
    fetcher->source = gatherer_source(fetcher->from);
    fetcher->source.max_bytes =
        FETCH_SOURCE_BYTES / options->settings->n_sources;
    /* What stands in the way of one source stops nobody else, and may pass. */
    if (fetch_ready(&fetcher->source, options->clock, &closed, &why)) {
        closed = UTC_DAY_NONE;
        tell_failure(fetcher, why.text);
    }
    /* Once, there is no while to wait for: the clock is believed. */
    day_watch_init(&fetcher->watch, clock_now(options->clock),
                   clock_monotonic_ms() / 1000,
                   options->is_once ? UTC_DAY_NONE : closed);
    number = pthread_create(&fetcher->thread, NULL, run, fetcher);
    if (number)
        return err_set(err, ERR_SYSTEM, "starting a thread: %s",
                       strerror(number));
    fetcher->is_started = true;
    return 0;
}

int gatherer_start(const struct gatherer_options *options,
                   struct gatherer **out_gatherer, struct err *err)
{
    const size_t n = options->settings->n_sources;
    struct gatherer *gatherer = calloc(1, sizeof(*gatherer));
    int status = 0;

    if (!gatherer) {
        err_memory(err);
        return -1;
    }
    gatherer->options = *options;
    gatherer->n_fetchers = n;
    gatherer->fetchers = calloc(n + 1, sizeof(*gatherer->fetchers));
    if (!gatherer->fetchers) {
        free(gatherer);
        err_memory(err);
        return -1;
    }
    gatherer->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    gatherer->looked_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (gatherer->stop_fd < 0 || gatherer->looked_fd < 0)
        status = err_system(err, "making a descriptor");
    for (size_t i = 0; status == 0 && i < n; i++)
        status = start_one(gatherer, i, err);
    if (status)
        gatherer_stop(gatherer);
    else
        *out_gatherer = gatherer;
    return status;
}

bool gatherer_has_looked(const struct gatherer *gatherer)
{
    bool has_looked = true;

    for (size_t i = 0; gatherer && i < gatherer->n_fetchers; i++)
        has_looked &= atomic_load(&gatherer->fetchers[i].has_looked);
    return has_looked;
}

int64_t gatherer_wait_ms(const struct outgoing_settings *settings)
{
    int64_t most_s = settings->patience_s;

    for (size_t i = 0; i < settings->n_sources; i++) {
        if (call_s(&settings->sources[i]) > most_s)
            most_s = call_s(&settings->sources[i]);
    }
    return most_s * 1000;
}

void gatherer_tell_slow(const struct gatherer *gatherer)
{
    for (size_t i = 0; gatherer && i < gatherer->n_fetchers; i++) {
        const struct fetcher *fetcher = &gatherer->fetchers[i];

        if (!atomic_load(&fetcher->has_looked))
            log_line(LOG_LEVEL_WARNING, "fetch-slow", "source",
                     fetcher->source.name, NULL);
    }
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

void gatherer_stop(struct gatherer *gatherer)
{
    if (!gatherer)
        return;
    if (gatherer->stop_fd >= 0)
        wake(gatherer->stop_fd);
    for (size_t i = 0; i < gatherer->n_fetchers; i++) {
        if (gatherer->fetchers[i].is_started)
            pthread_join(gatherer->fetchers[i].thread, NULL);
    }
    close_if_open(gatherer->stop_fd);
    close_if_open(gatherer->looked_fd);
    free(gatherer->fetchers);
    free(gatherer);
}

/* Until all have looked, nobody waits any more, or it has taken too long. */
static void wait_for_all(const struct gatherer *gatherer, int stop_fd)
{
    const int64_t until_ms =
        clock_monotonic_ms() + gatherer_wait_ms(gatherer->options.settings);
    struct pollfd polls[] = {
        { .fd = gatherer->looked_fd, .events = POLLIN },
        { .fd = stop_fd, .events = POLLIN },
    };
    int64_t left_ms;
    uint64_t count;

    while (!gatherer_has_looked(gatherer) && !polls[1].revents &&
           (left_ms = until_ms - clock_monotonic_ms()) > 0) {
        poll(polls, 2, left_ms < INT_MAX ? (int)left_ms : INT_MAX);
        if (polls[0].revents &&
            read(gatherer->looked_fd, &count, sizeof(count)) < 0)
            return;
    }
    gatherer_tell_slow(gatherer);
}

int gatherer_look(const struct outgoing_settings *settings,
                  const struct clock *clock, int stop_fd, struct err *err)
{
    const struct gatherer_options options = { .settings = settings,
                                              .clock = clock,
                                              .is_once = true };
    struct gatherer *gatherer = NULL;

    if (settings->n_sources == 0)
        return 0;
    if (gatherer_start(&options, &gatherer, err))
        return -1;
    wait_for_all(gatherer, stop_fd);
    gatherer_stop(gatherer);
    return 0;
}
