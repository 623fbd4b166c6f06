/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>

#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/config_file.h"
#include "cli/doctor_print.h"
#include "cli/exit.h"
#include "cli/sending.h"
#include "doctor/doctor.h"
#include "doctor/proof.h"
#include "intake/source.h"

enum { ARENA_BYTES = 8 << 20 };

static const char *arg_proof;

const struct command_option cmd_doctor_options[] = {
    { .name = "proof",
      .value = "SOURCE",
      .help = "take the self-test mail in this file, folder or mailbox as a "
              "proof that the relay signs",
      .text = &arg_proof },
    { 0 }
};

/* What is wrong goes before what could not be found out. */
static int status_of(const struct chart *chart)
{
    if (chart_count(chart, CHART_ERROR) || chart_count(chart, CHART_WARNING))
        return EXIT_FINDINGS;
    return chart_count(chart, CHART_UNKNOWN) ? EXIT_UNKNOWN : EXIT_GOOD;
}

/* ---- A self-test that came back ------------------------------------------ */

struct proving {
    const struct doctor_options *options;
    struct chart *chart;
    bool is_found;
};

/* Returns: 1 when the mail that is looked for was met. */
static int look_at_input(void *context, const struct intake_source_input *input,
                         struct err *err)
{
    struct proving *proving = context;
    int status;

    if (input->refused) {
        fprintf(stderr, "tlsrpt doctor: %s: %s\n", input->label,
                input->refused);
        return 0;
    }
    status = proof_take(proving->options, input->octets, proving->chart, err);
    if (status < 0)
        return -1;
    proving->is_found = status == 0;
    return proving->is_found;
}

static int prove(const struct doctor_options *options, struct chart *chart,
                 struct err *err)
{
    struct proving proving = { .options = options, .chart = chart };
    struct intake_walk walk;
    int rc;

    if (!options->is_sending)
        return err_set(err, ERR_USAGE,
                       "nobody reports; write a section report into the"
                       " configuration, see tlsrpt.conf(5)");
    intake_walk_init(&walk);
    rc = intake_walk_add(&walk, arg_proof, err);
    if (rc == 0)
        rc = intake_source_each(&walk, look_at_input, &proving, err);
    intake_walk_deinit(&walk);
    if (rc >= 0 && !proving.is_found)
        proof_miss(chart);
    return rc < 0 ? -1 : 0;
}

/* ---- Running ------------------------------------------------------------- */

static int examine(const struct command_call *call,
                   const struct sending *sending, struct err *err)
{
    const struct doctor_options options = {
        .settings = call->config ? call->config->settings : NULL,
        .config_file = CONFIG_FILE_DEFAULT,
        .sending = &sending->settings,
        .is_sending = sending->is_configured,
        .store_url = call->store_url,
        .tally_url = sending->tally_url,
        .resolver = sending_resolver(call),
        .clock = &clock_system,
    };
    struct arena arena;
    struct chart chart;
    int rc, status = -1;

    arena_init(&arena, ARENA_BYTES);
    chart_init(&chart, &arena);
    rc = arg_proof ? prove(&options, &chart, err)
                   : doctor_examine(&options, &chart, err);
    if (rc == 0) {
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
