/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>

#include "base/clock.h"
#include "base/domain.h"
#include "cli/cmd.h"
#include "cli/command.h"
#include "cli/exit.h"
#include "cli/options.h"
#include "cli/printer.h"
#include "cli/since.h"
#include "cli/summary_print.h"
#include "insight/insight.h"

static const char *arg_since;
static const char *arg_domain;

const struct command_option cmd_summary_options[] = {
    { "since", "TIME", "how far back: 30d, 4w, 6m, 1y, a day (all)", NULL,
      &arg_since, 0 },
    { "domain", "DOMAIN", "this domain alone", NULL, &arg_domain, 0 },
    { 0 }
};

enum { ARENA_MAX_BYTES = 1024 * 1024 * 1024 };

/* What one run works with. */
struct summing {
    const struct command_call *call;
    struct arena arena;
    struct store_range range;
    struct insight_overview overview;
    struct summary_print_sums sums;
};

static int read_range(struct summing *summing, struct err *err)
{
    utc_day today = utc_day_of(clock_now(&clock_system));

    summing->range = (struct store_range){ UTC_DAY_NONE, UTC_DAY_NONE };
    if (!arg_since)
        return 0;
    if (since_parse(arg_since, today, &summing->range.from, err))
        return -1;
    if (summing->range.from != UTC_DAY_NONE)
        summing->range.to = today;
    return 0;
}

static int read_domain(struct summing *summing, struct err *err)
{
    if (!arg_domain)
        return 0;
    summing->sums.domain =
        domain_normalise(&summing->arena, slice_of(arg_domain), NULL);
    return summing->sums.domain ? 0 : err_memory(err);
}

/* What DMARC reports say. */
static int sum_mail(struct summing *summing, struct err *err)
{
    struct store *store = summing->call->store;
    struct insight_authentication_row *rows;

    if (insight_authentication_rows(store, summing->sums.domain, summing->range,
                                    &summing->arena, &rows,
                                    &summing->sums.n_mail, err))
        return -1;
    summing->sums.mail = rows;
    return store_dmarc_totals(store, summing->sums.domain, summing->range,
                              &summing->sums.mail_totals, err);
}

static int sum(struct summing *summing, struct err *err)
{
    const struct insight_question question = {
        .range = summing->range,
        .domain = summing->sums.domain,
        .n_detailed = SIZE_MAX,
    };
    struct store *store = summing->call->store;
    int rc;

    if (store_hold(store, err))
        return -1;
    rc = insight_overview(store, &question, &summing->arena, &summing->overview,
                          err);
    if (rc == 0)
        rc = sum_mail(summing, err);
    store_release(store);
    if (rc)
        return -1;
    summing->sums.overview = &summing->overview;
    if (arg_format == COMMAND_FORMAT_JSON) {
        summary_print_json(summing->call->printer, &summing->sums);
        return 0;
    }
    return summary_print_table(summing->call->printer, &summing->sums, err);
}

int cmd_summary(const struct command_call *call)
{
    struct summing summing = { .call = call };
    struct err err;
    int rc;

    arena_init(&summing.arena, ARENA_MAX_BYTES);
    rc = read_range(&summing, &err);
    if (rc == 0)
        rc = read_domain(&summing, &err);
    if (rc == 0)
        rc = sum(&summing, &err);
    arena_deinit(&summing.arena);
    if (rc == 0)
        return EXIT_GOOD;
    fprintf(stderr, "tlsrpt summary: %s\n", err.text);
    return exit_of(&err);
}
