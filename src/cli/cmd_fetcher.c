/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <stdlib.h>

#include "base/domain.h"
#include "cli/cmd.h"
#include "cli/exit.h"
#include "cli/sending.h"
#include "fetch/answer.h"
#include "fetch/domain_line.h"

static const char *arg_tally[COMMAND_VALUES_MAX + 1];

const struct command_option cmd_fetcher_options[] = {
    { .name = "tally",
      .value = "URL...",
      .help = "these sums instead of those configured",
      .text = arg_tally },
    { 0 }
};

/* Opens what the default identity reports about. */
static int open_tallies(const struct outgoing_texts *urls,
                        struct tally **tallies, struct err *err)
{
    for (size_t i = 0; i < urls->n_items; i++) {
        if (tally_open(urls->items[i], STORE_READ, &clock_system, &tallies[i],
                       err))
            return -1;
    }
    return 0;
}

static int tell_domain(const struct answer_source *source, utc_day day,
                       const char *word, struct err *err)
{
    struct arena arena;
    const char *domain;
    int status;

    arena_init(&arena, 1 << 16);
    domain = domain_normalise(&arena, slice_of(word), NULL);
    if (!domain)
        status = arena_error(&arena, err);
    else if (!domain_line_is_sound(slice_of(domain)))
        status = err_set(err, ERR_USAGE, "%.100s is no domain name", word);
    else
        status = answer_details(source, day, slice_of(domain), stdout, err);
    arena_deinit(&arena);
    return status;
}

static int tell(const struct command_call *call,
                const struct answer_source *source, struct err *err)
{
    utc_day day;
    int status = 0;

    if (utc_day_parse(slice_of(call->arguments[0]), &day))
        return err_set(err, ERR_USAGE, "%.64s is no day; write 2026-10-01",
                       call->arguments[0]);
    if (call->n_arguments == 1)
        return answer_list(source, day, stdout, err);
    for (size_t i = 1; status == 0 && i < call->n_arguments; i++)
        status = tell_domain(source, day, call->arguments[i], err);
    return status;
}

static int run(const struct command_call *call, const struct sending *sending,
               struct err *err)
{
    const struct outgoing_texts *urls =
        &sending->settings.identities[0].tallies;
    struct tally **tallies = calloc(urls->n_items + 1, sizeof(struct tally *));
    const struct answer_source source = { .tallies = tallies,
                                          .n_tallies = urls->n_items,
                                          .clock = &clock_system };
    int status = tallies ? open_tallies(urls, tallies, err) : err_memory(err);

    if (status == 0)
        status = tell(call, &source, err);
    for (size_t i = 0; tallies && i < urls->n_items; i++)
        tally_close(tallies[i]);
    free(tallies);
    return status;
}

int cmd_fetcher(const struct command_call *call)
{
    const struct sending_options options = { .tallies = arg_tally };
    struct sending sending;
    struct err err;
    int status = sending_init(&sending, call, &options, &err)
                     ? -1
                     : run(call, &sending, &err);

    sending_deinit(&sending);
    if (status < 0)
        fprintf(stderr, "tlsrpt fetcher: %s\n", err.text);
    if (status > 0)
        fprintf(stderr, "tlsrpt fetcher: %s is not complete yet\n",
                call->arguments[0]);
    return status < 0 ? exit_of(&err) : EXIT_GOOD;
}
