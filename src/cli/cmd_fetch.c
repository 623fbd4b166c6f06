/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/exit.h"
#include "cli/number.h"
#include "cli/printer.h"
#include "cli/sending.h"
#include "cli/store_url.h"
#include "fetch/source.h"
#include "service/gatherer.h"

static const char *arg_day;
static const char *arg_from;
static const char *arg_into;
static const char *arg_database;

const struct command_option cmd_fetch_options[] = {
    { .name = "day",
      .value = "DAY",
      .help = "2026-10-01, today or yesterday; without it all that are owed",
      .text = &arg_day },
    { .name = "from",
      .value = "NAME",
      .help = "from this source of the configuration alone",
      .text = &arg_from },
    { .name = "database",
      .value = "FILE",
      .help = "from this database of tlsrpt-collectd, with --into",
      .text = &arg_database },
    { .name = "into",
      .value = "URL",
      .help = "into this tally instead of the source's own",
      .text = &arg_into },
    { 0 }
};

/* What a run met. */
struct told {
    const struct command_call *call;
    bool has_failed;
    bool has_bad;
};

static const char *const words[FETCH_OUTCOME_COUNT] = {
    [FETCH_STORED] = "fetched",
    [FETCH_STANDS] = "stands already",
    [FETCH_NOT_READY] = "not complete there yet",
    [FETCH_SO_FAR] = "fetched as far as it is complete",
    [FETCH_PART] = "fetched but for domains that could not be asked for",
    [FETCH_LATE] = "closed here meanwhile, nothing was stored",
    [FETCH_STOPPED] = "stopped"
};

static void tell_json(struct printer *printer, const char *name, utc_day day,
                      const char *word, const struct fetch_sums *sums)
{
    struct json_writer *json = printer_json_begin(printer);

    json_begin_object(json);
    json_member_string(json, "source", name);
    json_member_day(json, "day", day);
    json_member_string(json, "outcome", word);
    json_member_int(json, "sums", (int64_t)sums->n_rows);
    json_member_int(json, "passed_over", sums->n_bad);
    json_end_object(json);
    printer_json_end(printer);
}

static void tell(struct told *told, const char *name, utc_day day, int outcome,
                 const struct fetch_sums *sums, const struct err *err)
{
    struct printer *printer = told->call->printer;
    const char *word = outcome < 0 ? err->text : words[outcome];
    char text[UTC_DAY_BYTES];

    told->has_failed |= outcome < 0 || outcome == FETCH_PART;
    told->has_bad |= sums->n_bad > 0;
    if (printer->format == COMMAND_FORMAT_JSON) {
        tell_json(printer, name, day, word, sums);
        return;
    }
    printer_say(printer, "%s %s: %s", name, utc_day_format(day, text), word);
    if (outcome == FETCH_STORED || outcome == FETCH_SO_FAR ||
        outcome == FETCH_PART)
        printer_say(printer, ", %zu sum%s", sums->n_rows,
                    number_plural((int64_t)sums->n_rows));
    printer_say(printer, "\n");
    if (outcome == FETCH_PART)
        printer_say(printer, "  the first of them: %s\n", err->text);
    if (sums->n_bad)
        printer_say(printer, "  %lld passed over; the first: %s\n",
                    (long long)sums->n_bad, sums->bad);
}

/* The days asked for: *out_first to *out_last. */
static int read_days(const struct outgoing_source *from,
                     const struct outgoing_settings *settings,
                     utc_day *out_first, utc_day *out_last, struct err *err)
{
    const utc_day today = utc_day_of(clock_now(&clock_system));
    utc_day day = today - 1;

    if (arg_day && strcmp(arg_day, "today") == 0)
        day = today;
    else if (arg_day && strcmp(arg_day, "yesterday") != 0 &&
             utc_day_parse(slice_of(arg_day), &day))
        return err_set(err, ERR_USAGE,
                       "%.64s is no day; write 2026-10-01, today or yesterday",
                       arg_day);
    if (day > today)
        return err_set(err, ERR_USAGE, "%.64s has not begun", arg_day);
    *out_last = day;
    *out_first = arg_day ? day : gatherer_first_day(from, settings, today);
    return 0;
}

static int fetch_from(struct told *told,
                      const struct outgoing_settings *settings,
                      const struct outgoing_source *from, struct err *err)
{
    struct fetch_source source = gatherer_source(from);
    char url[STORE_URL_BYTES];
    utc_day first = 0, last = 0, closed;

    if (read_days(from, settings, &first, &last, err))
        return -1;
    /* A day that is asked for alone closes none that is owed before it. Of one
     * that is wanted in a file of its own, `since` says nothing. */
    if (!arg_day)
        source.first = first;
    else if (arg_into)
        source.first = 0;
    if (arg_into && store_url_find(arg_into, url, err))
        return -1;
    if (arg_into)
        source.tally_url = url;
    if (fetch_ready(&source, &clock_system, &closed, err))
        return -1;
    for (utc_day day = first; day <= last; day++) {
        struct fetch_sums sums;
        struct err why;
        const int outcome =
            fetch_day(&source, day, -1, &clock_system, &sums, &why);

        tell(told, source.name, day, outcome, &sums, &why);
        /* To close a day closes those before it. */
        if (outcome < 0 || outcome == FETCH_NOT_READY)
            break;
    }
    return 0;
}

static int fetch_configured(struct told *told,
                            const struct outgoing_settings *settings,
                            struct err *err)
{
    size_t n = 0;
    int status = 0;

    for (size_t i = 0; status == 0 && i < settings->n_sources; i++) {
        if (arg_from && strcmp(arg_from, settings->sources[i].name) != 0)
            continue;
        n++;
        status = fetch_from(told, settings, &settings->sources[i], err);
    }
    if (status == 0 && n == 0)
        return err_set(err, ERR_USAGE,
                       "the configuration names no source %.64s; see"
                       " tlsrpt.conf(5)",
                       arg_from ? arg_from : "at all");
    return status;
}

static int run(struct told *told, const struct outgoing_settings *settings,
               struct err *err)
{
    const struct outgoing_source database = { .name = "database",
                                              .database = arg_database };

    if (arg_database && (!arg_into || arg_from))
        return err_set(err, ERR_USAGE,
                       "--database goes with --into, and not with --from");
    if (arg_into && !arg_database && !arg_from)
        return err_set(err, ERR_USAGE, "--into goes with --from or --database");
    return arg_database ? fetch_from(told, settings, &database, err)
                        : fetch_configured(told, settings, err);
}

int cmd_fetch(const struct command_call *call)
{
    const struct sending_options options = { .outbox = NULL };
    struct told told = { .call = call };
    struct sending sending;
    struct err err;
    int status = sending_init(&sending, call, &options, &err)
                     ? -1
                     : run(&told, &sending.settings, &err);

    sending_deinit(&sending);
    if (status) {
        fprintf(stderr, "tlsrpt fetch: %s\n", err.text);
        return exit_of(&err);
    }
    if (told.has_failed)
        return EXIT_UNKNOWN;
    return told.has_bad ? EXIT_FINDINGS : EXIT_GOOD;
}
