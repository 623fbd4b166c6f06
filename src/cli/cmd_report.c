/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/domain.h"
#include "cli/cmd.h"
#include "cli/exit.h"
#include "cli/interrupt.h"
#include "cli/report_outlook.h"
#include "cli/report_print.h"
#include "cli/report_run.h"
#include "cli/report_self_test.h"
#include "cli/sending.h"
#include "cli/store_url.h"
#include "outgoing/night.h"
#include "service/gatherer.h"
#include "service/nights.h"
#include "store/url.h"

static bool arg_dry_run;
static bool arg_make;
static bool arg_once;
static const char *arg_self_test;
static const char *arg_identity;
static const char *arg_day;
static const char *arg_domain;
static const char *arg_outbox;
static const char *arg_tally[COMMAND_VALUES_MAX + 1];

const struct command_option cmd_report_options[] = {
    { .name = "dry-run",
      .help = "tell what would go out, to whom and why; make nothing",
      .flag = &arg_dry_run },
    { .name = "make",
      .help = "put the reports of a day into the outbox, deliver nothing",
      .flag = &arg_make },
    { .name = "once",
      .help = "compose and deliver what is due now, then end: for a timer",
      .flag = &arg_once },
    { .name = "self-test",
      .value = "ADDRESS",
      .help = "send a mail like a report's there, to see what the relay makes "
              "of it",
      .text = &arg_self_test },
    { .name = "identity",
      .value = "NAME",
      .help = "with --self-test: send as this identity, not as the first; with "
              "--tally: report as this one",
      .text = &arg_identity },
    { .name = "day",
      .value = "DAY",
      .help =
          "2026-10-01, today (--dry-run unless given) or yesterday (--make)",
      .text = &arg_day },
    { .name = "domain",
      .value = "DOMAIN",
      .help = "of this domain alone",
      .text = &arg_domain },
    { .name = "tally",
      .value = "URL...",
      .help = "read these sums instead of those configured",
      .text = arg_tally },
    { .name = "outbox",
      .value = "URL",
      .help = "use this outbox instead of the one configured",
      .text = &arg_outbox },
    { 0 }
};

static int fail(const struct err *err)
{
    fprintf(stderr, "tlsrpt report: %s\n", err->text);
    return exit_of(err);
}

/* The day asked for; without one the day that the form of the call is about. */
static int read_day(utc_day *out_day, struct err *err)
{
    const utc_day today = utc_day_of(clock_now(&clock_system));
    const char *text = arg_day;

    if (!text)
        text = arg_make ? "yesterday" : "today";
    if (strcmp(text, "today") == 0)
        *out_day = today;
    else if (strcmp(text, "yesterday") == 0)
        *out_day = today - 1;
    else if (utc_day_parse(slice_of(text), out_day))
        return err_set(err, ERR_USAGE,
                       "%.64s is no day; write 2026-10-01, today or yesterday",
                       text);
    if (arg_make && *out_day >= today)
        return err_set(err, ERR_USAGE,
                       "the day has not ended yet; see --dry-run");
    return 0;
}

/* Opens the outbox: to be made for --make; for a dry run where there is one. */
static int open_outbox(const struct sending *sending,
                       struct outbox **out_outbox, struct err *err)
{
    const char *url = sending->settings.outbox_url;

    *out_outbox = NULL;
    if (arg_make)
        return store_url_make_folder(url, err) ||
                       outbox_open(url, STORE_WRITE, &clock_system, out_outbox,
                                   err)
                   ? -1
                   : 0;
    if (!url_is_there(url))
        return 0;
    return outbox_open(url, STORE_READ, &clock_system, out_outbox, err);
}

static uint64_t draw_seed(void)
{
    uint64_t seed;

    if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
        seed = (uint64_t)clock_now(&clock_system) ^ (uint64_t)getpid() << 32;
    return seed;
}

static bool should_stop(void *context)
{
    (void)context;
    return interrupt_is_set();
}

/* What is made is told when it is stored: a reader that is slow must not keep the
 * outbox from those who deliver. */
static void hand_on(void *context, bool is_kept)
{
    const struct report_outlook *outlook = context;

    printer_release(outlook->printer, is_kept);
    printer_hold(outlook->printer);
}

static int run_night(struct report_outlook *outlook, struct outbox *outbox,
                     utc_day day, bool is_closing, struct err *err)
{
    const struct outgoing_night night = {
        .settings = outlook->settings,
        .outbox = outbox,
        .clock = &clock_system,
        .day = day,
        .seed = draw_seed(),
        .is_dry = !arg_make,
        .closes_tallies = is_closing,
        .domain = arg_domain,
        .should_stop = should_stop,
        .function = report_print_item,
        .hand_on = arg_make ? hand_on : NULL,
        .context = outlook,
    };
    struct outgoing_counts counts;
    int status;

    if (arg_make)
        printer_hold(outlook->printer);
    status = outgoing_night_run(&night, &counts, err);
    printer_release(outlook->printer, true);
    if (status < 0)
        return fail(err);
    report_print_total(outlook, day, night.is_dry, &counts);
    return status ? EXIT_UNKNOWN : EXIT_GOOD;
}

/* A dry run tells what stands in the way, too. */
static int look_and_run(const struct command_call *call,
                        struct sending *sending, struct outbox *outbox,
                        utc_day day, bool is_closing, struct err *err)
{
    struct report_outlook outlook = { .printer = call->printer,
                                      .settings = &sending->settings };
    int status;

    if (arg_dry_run &&
        report_outlook_init(&outlook, sending, outbox, day, err)) {
        status = fail(err);
    } else {
        report_outlook_print(&outlook);
        status = run_night(&outlook, outbox, day, is_closing, err);
    }
    report_outlook_deinit(&outlook);
    return status;
}

static int check(const struct sending *sending, struct err *err)
{
    if (sending->is_configured)
        return 0;
    if (arg_make)
        return err_set(err, ERR_USAGE,
                       "nobody to report as; write a section report into the"
                       " configuration, see tlsrpt.conf(5)");
    fprintf(stderr, "tlsrpt report: there is no section report in the"
                    " configuration; reports are told as they would be"
                    " without one\n");
    return 0;
}

/* A day is made when the daemon would make it, and closed where it would. */
static int check_due(struct sending *sending, utc_day day, bool *is_closing,
                     struct err *err)
{
    const struct nights nights = { .settings = &sending->settings,
                                   .clock = &clock_system };
    char text[UTC_DAY_BYTES];
    enum nights_state state;

    if (!arg_make)
        return 0;
    if (gatherer_look(&sending->settings, &clock_system, -1, err))
        return -1;
    state = nights_look(&nights, day);
    if (state == NIGHTS_WAITS)
        return err_set(err, ERR_USAGE,
                       "the collectors have not closed %s yet; try again, at"
                       " the latest at 01:00 UTC, or see --dry-run",
                       utc_day_format(day, text));
    *is_closing = state == NIGHTS_DUE;
    if (state == NIGHTS_DOUBTED)
        sending->settings.is_part = true;
    return 0;
}

static int make_or_tell(const struct command_call *call)
{
    const struct sending_options options = { .outbox = arg_outbox,
                                             .identity = arg_identity,
                                             .tallies = arg_tally };
    struct outbox *outbox = NULL;
    struct sending sending;
    struct err err;
    utc_day day;
    bool is_closing = false;
    int status;

    interrupt_init();
    if (sending_init(&sending, call, &options, &err) || check(&sending, &err) ||
        read_day(&day, &err) || check_due(&sending, day, &is_closing, &err) ||
        open_outbox(&sending, &outbox, &err))
        status = fail(&err);
    else
        status = look_and_run(call, &sending, outbox, day, is_closing, &err);
    outbox_close(outbox);
    sending_deinit(&sending);
    return status;
}

/* What is composed and delivered is all that is due, of nobody alone. */
static int check_run(const struct sending *sending, struct err *err)
{
    if (arg_day || arg_domain)
        return err_set(err, ERR_USAGE,
                       "--day and --domain go with --dry-run or --make");
    if (arg_tally[0] && !arg_once)
        return err_set(err, ERR_USAGE,
                       "--tally goes with --dry-run, --make or --once");
    if (!sending->is_configured)
        return err_set(err, ERR_USAGE,
                       "nobody to report as; write a section report into the"
                       " configuration, see tlsrpt.conf(5)");
    return 0;
}

static int run(const struct command_call *call)
{
    const struct sending_options options = { .outbox = arg_outbox,
                                             .identity = arg_identity,
                                             .tallies = arg_tally };
    struct sending sending;
    struct err err;
    int status;

    if (sending_init(&sending, call, &options, &err) ||
        check_run(&sending, &err))
        status = fail(&err);
    else
        status = report_run(call, &options, &sending, arg_once);
    sending_deinit(&sending);
    return status;
}

int cmd_report(const struct command_call *call)
{
    if (arg_identity && !arg_self_test && !arg_tally[0]) {
        fprintf(stderr, "tlsrpt report: --identity goes with --self-test or"
                        " --tally\n");
        return EXIT_USAGE;
    }
    if (arg_dry_run + arg_make + arg_once + (arg_self_test != NULL) > 1) {
        fprintf(stderr, "tlsrpt report: of --dry-run, --make, --once and "
                        "--self-test give one\n");
        return EXIT_USAGE;
    }
    if (arg_self_test)
        return report_self_test(call, arg_outbox, arg_self_test, arg_identity);
    return arg_dry_run || arg_make ? make_or_tell(call) : run(call);
}
