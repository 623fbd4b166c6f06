/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/config_value.h"
#include "cli/exit.h"
#include "cli/outbox_print.h"
#include "cli/sending.h"
#include "cli/store_url.h"
#include "cli/suggest.h"
#include "outgoing/match.h"
#include "outgoing/pattern.h"
#include "outgoing/suppression.h"
#include "store/url.h"

enum { PATTERN_ARENA_BYTES = 64 * 1024, DELIVERY_ARENA_BYTES = 64 << 20 };

static const char *arg_outbox;
static const char *arg_day;
static const char *arg_domain;
static const char *arg_state;
static const char *arg_reason;
static const char *arg_for;
static bool arg_force;

const struct command_option cmd_outbox_options[] = {
    { .name = "outbox",
      .value = "URL",
      .help = "use this outbox instead of the one configured",
      .text = &arg_outbox },
    { .name = "day",
      .value = "DAY",
      .help = "list: of the reports about this day, 2026-10-01",
      .text = &arg_day },
    { .name = "domain",
      .value = "DOMAIN",
      .help = "list: of the reports about this domain",
      .text = &arg_domain },
    { .name = "state",
      .value = "STATE",
      .help = "list: waiting, delivered, refused, given-up, suppressed or "
              "dropped",
      .text = &arg_state },
    { .name = "reason",
      .value = "TEXT",
      .help = "suppress: why, for whoever looks at the list",
      .text = &arg_reason },
    { .name = "for",
      .value = "TIME",
      .help = "suppress: so long, 90d; for ever unless given",
      .text = &arg_for },
    { .name = "force",
      .help = "retry: although the destination is on the list",
      .flag = &arg_force },
    { 0 }
};

/* What a verb works with. */
struct work {
    struct outbox *outbox;
    struct printer *printer;
    char **arguments;
    size_t n_arguments;
};

static int fail(const struct err *err)
{
    fprintf(stderr, "tlsrpt outbox: %s\n", err->text);
    return exit_of(err);
}

/* ---- list, show ---------------------------------------------------------- */

static int read_state(unsigned *out_states, struct err *err)
{
    *out_states = 0;
    if (!arg_state)
        return 0;
    for (unsigned i = 0; i < OUTBOX_STATE_COUNT; i++) {
        if (strcmp(outbox_state_name((enum outbox_state)i), arg_state) == 0)
            *out_states = 1u << i;
    }
    if (*out_states)
        return 0;
    return err_set(err, ERR_USAGE,
                   "%.64s is no state; write waiting, delivered, refused,"
                   " given-up, suppressed or dropped",
                   arg_state);
}

static int list(const struct work *work)
{
    struct outbox_filter filter = { .day = UTC_DAY_NONE,
                                    .domain = slice_of(arg_domain) };
    struct err err;

    if (read_state(&filter.states, &err))
        return fail(&err);
    if (arg_day && utc_day_parse(slice_of(arg_day), &filter.day)) {
        err_set(&err, ERR_USAGE, "%.64s is no day; write 2026-10-01", arg_day);
        return fail(&err);
    }
    if (outbox_print_list(work->printer, work->outbox, &filter, &err))
        return fail(&err);
    return EXIT_GOOD;
}

static int read_id(const char *text, int64_t *out_id, struct err *err)
{
    char *end;

    errno = 0;
    *out_id = strtoll(text, &end, 10);
    if (*end || end == text || errno || *out_id <= 0)
        return err_set(err, ERR_USAGE,
                       "%.64s is no number of a delivery; see tlsrpt outbox"
                       " list",
                       text);
    return 0;
}

/* Runs `each` for the number in each argument. Returns: enum exit_status. */
static int for_each(const struct work *work,
                    int (*each)(const struct work *work, int64_t id,
                                struct err *err))
{
    int status = EXIT_GOOD;

    for (size_t i = 0; i < work->n_arguments; i++) {
        struct err err;
        int64_t id;
        int rc = read_id(work->arguments[i], &id, &err);

        if (rc == 0)
            rc = each(work, id, &err);
        if (rc < 0)
            return fail(&err);
        if (rc > 0) {
            fprintf(stderr,
                    "tlsrpt outbox: there is no delivery %lld that this can be"
                    " done to\n",
                    (long long)id);
            status = EXIT_FINDINGS;
        }
    }
    return status;
}

static int show_one(const struct work *work, int64_t id, struct err *err)
{
    return outbox_print_one(work->printer, work->outbox, id, err);
}

static int show(const struct work *work)
{
    return for_each(work, show_one);
}

/* ---- retry, drop --------------------------------------------------------- */

/* Refuses what is on the list: it would be held again before it is sent.
 * Returns: 0; 1 where there is no such delivery; -1 with err. */
static int check_listed(const struct work *work, int64_t id,
                        struct arena *arena, struct err *err)
{
    struct outgoing_suppressed met;
    struct outgoing_target target;
    struct outbox_load load;
    int rc = outbox_load(work->outbox, id, arena, &load, err);

    if (rc)
        return rc;
    /* What cannot be read is told when it is tried. */
    if (outgoing_target_read(arena, load.delivery.uri, &target, err))
        return err->kind == ERR_USAGE ? 0 : -1;
    rc = outgoing_suppression_ask(work->outbox, clock_now(&clock_system),
                                  &target, arena, &met, err);
    if (rc)
        return rc < 0 ? -1 : 0;
    return err_set(err, ERR_USAGE,
                   "delivery %lld is not tried: it is %.200s; run tlsrpt"
                   " outbox unsuppress '%.*s' before, or retry with --force",
                   (long long)id, met.why, (int)met.pattern.len,
                   met.pattern.ptr);
}

static int try_again(const struct work *work, int64_t id, struct err *err)
{
    static const char why[] = "tried again by hand";
    const utc_time now = clock_now(&clock_system);
    struct arena arena;
    int rc;

    if (arg_force)
        return outbox_force(work->outbox, id, now, why, err);
    arena_init(&arena, DELIVERY_ARENA_BYTES);
    rc = check_listed(work, id, &arena, err);
    arena_deinit(&arena);
    return rc ? rc
              : outbox_change(work->outbox, id, OUTBOX_WAITING, now, why, err);
}

static int retry_one(const struct work *work, int64_t id, struct err *err)
{
    const int rc = try_again(work, id, err);

    if (rc == 0)
        outbox_print_change(work->printer, id, OUTBOX_WAITING);
    return rc;
}

static int drop_one(const struct work *work, int64_t id, struct err *err)
{
    const int rc = outbox_change(work->outbox, id, OUTBOX_DROPPED, 0,
                                 "dropped by hand", err);

    if (rc == 0)
        outbox_print_change(work->printer, id, OUTBOX_DROPPED);
    return rc;
}

static int retry(const struct work *work)
{
    return for_each(work, retry_one);
}

static int drop(const struct work *work)
{
    return for_each(work, drop_one);
}

/* ---- suppress, unsuppress ------------------------------------------------ */

struct holding {
    struct slice pattern;
    int64_t *ids; /* of deliveries that wait; heap */
    size_t n, capacity;
};

/* Gathers what waits for a destination that is now suppressed. */
static int gather(void *context, const struct outbox_delivery *delivery,
                  struct err *err)
{
    struct holding *h = context;
    struct outgoing_target target;
    struct arena arena;
    int status = 0;

    arena_init(&arena, PATTERN_ARENA_BYTES);
    if (outgoing_target_read(&arena, delivery->uri, &target, err) == 0 &&
        outgoing_match_target(h->pattern, &target)) {
        if (h->n == h->capacity) {
            const size_t capacity = h->capacity ? h->capacity * 2 : 64;
            int64_t *ids = reallocarray(h->ids, capacity, sizeof(*ids));

            if (ids) {
                h->ids = ids;
                h->capacity = capacity;
            } else {
                status = err_memory(err);
            }
        }
        if (status == 0)
            h->ids[h->n++] = delivery->id;
    }
    arena_deinit(&arena);
    return status;
}

static int end_waiting(const struct work *work, const char *pattern,
                       const char *why, size_t *out_n, struct err *err)
{
    const struct outbox_filter waiting = { .day = UTC_DAY_NONE,
                                           .states = 1u << OUTBOX_WAITING };
    struct holding h = { .pattern = slice_of(pattern) };
    int status = outbox_each_delivery(work->outbox, &waiting, gather, &h, err);

    for (size_t i = 0; status == 0 && i < h.n; i++)
        status = outbox_change(work->outbox, h.ids[i], OUTBOX_SUPPRESSED, 0,
                               why, err) < 0
                     ? -1
                     : 0;
    *out_n = h.n;
    free(h.ids);
    return status;
}

/* Reads --for. Returns: 0, -1 with err. */
static int read_until(utc_time *out_until, struct err *err)
{
    int64_t seconds;

    *out_until = UTC_NONE;
    if (!arg_for)
        return 0;
    if (config_value_duration(arg_for, 1, INT64_C(400) * 366 * 86400, &seconds,
                              err))
        return err_prefix(err, "--for");
    *out_until = clock_now(&clock_system) + seconds;
    return 0;
}

static int read_pattern(struct arena *arena, const char *text,
                        const char **out_pattern, struct err *err)
{
    return outgoing_pattern_read(arena, slice_of(text), OUTGOING_PATTERN_TARGET,
                                 out_pattern, err);
}

static int suppress(const struct work *work)
{
    const char *reason = arg_reason ? arg_reason : "by hand";
    const char *pattern;
    struct arena arena;
    utc_time until;
    struct err err;
    size_t n = 0;
    int status;

    arena_init(&arena, PATTERN_ARENA_BYTES);
    if (read_until(&until, &err) ||
        read_pattern(&arena, work->arguments[0], &pattern, &err) ||
        outbox_suppress(work->outbox, pattern, reason, until, &err) ||
        end_waiting(work, pattern, reason, &n, &err)) {
        status = fail(&err);
    } else {
        outbox_print_suppressed(work->printer, pattern, until, n);
        status = EXIT_GOOD;
    }
    arena_deinit(&arena);
    return status;
}

/* As it was written, which may have been taken by an older version, or as it is
 * put onto the list. Returns: as outbox_unsuppress. */
static int take_off(struct outbox *outbox, const char *text, struct err *err)
{
    int rc = outbox_unsuppress(outbox, text, err);
    const char *pattern;
    struct arena arena;
    struct err none;

    if (rc <= 0)
        return rc;
    arena_init(&arena, PATTERN_ARENA_BYTES);
    if (read_pattern(&arena, text, &pattern, &none) == 0)
        rc = outbox_unsuppress(outbox, pattern, err);
    arena_deinit(&arena);
    return rc;
}

static int unsuppress(const struct work *work)
{
    struct err err;
    const int rc = take_off(work->outbox, work->arguments[0], &err);

    if (rc < 0)
        return fail(&err);
    if (rc == 0)
        return EXIT_GOOD;
    fprintf(stderr, "tlsrpt outbox: %.200s is not on the list\n",
            work->arguments[0]);
    return EXIT_FINDINGS;
}

static int suppressed(const struct work *work)
{
    struct err err;

    if (outbox_print_suppressions(work->printer, work->outbox,
                                  clock_now(&clock_system), &err))
        return fail(&err);
    return EXIT_GOOD;
}

/* ---- The whole ----------------------------------------------------------- */

static const struct verb {
    const char *name;
    int (*run)(const struct work *work);
    const char *missing; /* what must be given; NULL: nothing is taken */
    size_t max_arguments;
    enum store_mode mode;
    bool makes_outbox; /* where there is none yet */
} verbs[] = {
    { "list", list, NULL, 0, STORE_READ, false },
    { "show", show, "ID", COMMAND_ANY_NUMBER, STORE_READ, false },
    { "retry", retry, "ID", COMMAND_ANY_NUMBER, STORE_WRITE, false },
    { "drop", drop, "ID", COMMAND_ANY_NUMBER, STORE_WRITE, false },
    { "suppress", suppress, "PATTERN", 1, STORE_WRITE, true },
    { "unsuppress", unsuppress, "PATTERN", 1, STORE_WRITE, false },
    { "suppressed", suppressed, NULL, 0, STORE_READ, false },
};

enum { N_VERBS = sizeof(verbs) / sizeof(*verbs) };

static const struct verb *find_verb(const char *name)
{
    struct suggest suggest;

    suggest_init(&suggest, name);
    for (size_t i = 0; i < N_VERBS; i++) {
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
        suggest_add(&suggest, verbs[i].name);
    }
    fprintf(stderr, "tlsrpt outbox: there is no outbox %.64s%s%s\n", name,
            suggest.nearest ? "; did you mean " : "",
            suggest.nearest ? suggest.nearest : "");
    return NULL;
}

static int check(const struct verb *verb, const struct work *work,
                 struct err *err)
{
    if (verb->missing && work->n_arguments == 0)
        return err_set(err, ERR_USAGE, "%s is missing", verb->missing);
    if (work->n_arguments > verb->max_arguments)
        return err_set(err, ERR_USAGE, "there is no use for '%.64s'",
                       work->arguments[verb->max_arguments]);
    return 0;
}

static int open_outbox(const char *url, const struct verb *verb,
                       struct outbox **out_outbox, struct err *err)
{
    if (!url_is_there(url)) {
        if (!verb->makes_outbox)
            return err_set(err, ERR_STORE, "there is no outbox at %.200s",
                           url_path(url));
        if (store_url_make_folder(url, err))
            return -1;
    }
    return outbox_open(url, verb->mode, &clock_system, out_outbox, err);
}

int cmd_outbox(const struct command_call *call)
{
    const struct sending_options options = { .outbox = arg_outbox };
    const bool has_verb = call->n_arguments > 0;
    const struct verb *verb = find_verb(has_verb ? call->arguments[0] : "list");
    struct work work = { .printer = call->printer,
                         .arguments = call->arguments + has_verb,
                         .n_arguments = call->n_arguments - has_verb };
    struct sending sending;
    struct err err;
    int status;

    if (!verb)
        return EXIT_USAGE;
    if (sending_init(&sending, call, &options, &err) ||
        check(verb, &work, &err) ||
        open_outbox(sending.settings.outbox_url, verb, &work.outbox, &err))
        status = fail(&err);
    else
        status = verb->run(&work);
    outbox_close(work.outbox);
    sending_deinit(&sending);
    return status;
}
