/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>

#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/doctor_print.h"
#include "cli/exit.h"
#include "cli/sending.h"
#include "doctor/doctor.h"

enum { ARENA_BYTES = 8 << 20 };

const struct command_option cmd_doctor_options[] = { { 0 } };

/* What is wrong goes before what could not be found out. */
static int status_of(const struct chart *chart)
{
    if (chart_count(chart, CHART_ERROR) || chart_count(chart, CHART_WARNING))
        return EXIT_FINDINGS;
    return chart_count(chart, CHART_UNKNOWN) ? EXIT_UNKNOWN : EXIT_GOOD;
}

static int examine(const struct command_call *call,
                   const struct sending *sending, struct err *err)
{
    const struct doctor_options options = {
        .settings = call->config ? call->config->settings : NULL,
        .sending = &sending->settings,
        .is_sending = sending->is_configured,
        .store_url = call->store_url,
        .tally_url = sending->tally_url,
        .resolver = sending_resolver(call),
        .clock = &clock_system,
    };
    struct arena arena;
    struct chart chart;
    int status = -1;

    arena_init(&arena, ARENA_BYTES);
    chart_init(&chart, &arena);
    if (doctor_examine(&options, &chart, err) == 0) {
        doctor_print(call->printer, &chart);
        status = status_of(&chart);
    }
    arena_deinit(&arena);
    return status;
}

int cmd_doctor(const struct command_call *call)
{
    const struct sending_options options = { .outbox = NULL };
    struct sending sending;
    struct err err;
    int status = -1;

    if (sending_init(&sending, call, &options, &err) == 0)
        status = examine(call, &sending, &err);
    sending_deinit(&sending);
    if (status >= 0)
        return status;
    fprintf(stderr, "tlsrpt doctor: %s\n", err.text);
    return exit_of(&err);
}
