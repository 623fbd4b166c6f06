/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/cmd.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/config_file.h"
#include "cli/deliver.h"
#include "cli/exit.h"
#include "cli/import_mailbox.h"
#include "cli/import_print.h"
#include "cli/import_proof.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/printer.h"
#include "cli/progress.h"
#include "cli/refusals.h"
#include "cli/sending.h"
#include "cli/store_url.h"
#include "insight/insight.h"
#include "intake/import.h"
#include "net/mail_url.h"

static bool arg_deliver;
static const char *arg_socket;
static const char *arg_recipient;
static const char *arg_password_file;
static const char *arg_token_command[COMMAND_VALUES_MAX + 1];
static const char *arg_ca_file;
static bool arg_plain;
static const char *arg_proof;
static const char *arg_resolver[COMMAND_VALUES_MAX + 1];
static const char *arg_anchor;

const struct command_option cmd_import_options[] = {
    { .name = "deliver",
      .help = "hand a mail on stdin to the daemon: exit 0 kept, 75 later",
      .flag = &arg_deliver },
    { .name = "socket",
      .value = "ADDRESS",
      .help =
          "where the daemon speaks LMTP: as configured, else " DELIVER_SOCKET,
      .text = &arg_socket },
    { .name = "recipient",
      .value = "ADDRESS",
      .help = "whom the mail is for",
      .text = &arg_recipient },
    { .name = "password-file",
      .value = "FILE",
      .help = "of a mailbox; others may not read it",
      .text = &arg_password_file },
    { .name = "token-command",
      .value = "WORD...",
      .help = "a program, and each of its arguments, that says a token",
      .text = arg_token_command },
    { .name = "ca-file",
      .value = "FILE",
      .help = "authorities of the mail server: the system's unless given",
      .text = &arg_ca_file },
    { .name = "plain",
      .help = "imap: and pop3: without TLS, to this machine alone",
      .flag = &arg_plain },
    { .name = "proof",
      .value = "RULE",
      .help =
          "verify the signatures of mails by DNS: mark counts all, require "
          "what passes alone; without it DNS is asked nothing and all counts",
      .text = &arg_proof },
    { .name = "resolver",
      .value = "ADDRESS...",
      .help = "ask DNS through it, 192.0.2.1 or ::1@5353; system: those of "
              "/etc/resolv.conf",
      .text = arg_resolver },
    { .name = "anchor",
      .value = "FILE",
      .help = "trust anchors of DNSSEC, instead of the system's",
      .text = &arg_anchor },
    { 0 }
};

enum {
    MMAP_FROM_BYTES = 1024 * 1024, /* larger blocks come and go whole */
    TRIM_FROM_BYTES = 8 * 1024 * 1024,
    TOP_PAD_BYTES = 1024 * 1024
};

/* One run of the command. */
struct importing {
    const struct command_call *call;
    struct store *store;
    struct intake_import *import;
    struct import_proof *proof;
    struct progress progress;
    struct refusals refusals;
    int64_t begin_ms;
    bool is_stopped;
};

static void note_refused(void *context, const char *label, const char *reason)
{
    struct importing *importing = context;
    struct printer talk;
    struct err err;

    refusals_add(&importing->refusals, label, reason);
    if (!arg_verbose)
        return;
    progress_clear(&importing->progress);
    printer_init(&talk, STDERR_FILENO, COMMAND_FORMAT_TEXT, arg_color);
    printer_outside(&talk, label);
    printer_say(&talk, ": refused: ");
    printer_outside(&talk, reason);
    printer_say(&talk, "\n");
    /* What cannot be said to stderr cannot be said at all. */
    (void)printer_close(&talk, &err);
}

static int import_input(void *context, const struct intake_source_input *input,
                        struct err *err)
{
    struct importing *importing = context;
    const struct intake_import_counts *counts =
        intake_import_counts(importing->import);
    struct intake_source_input judged = *input;

    if (interrupt_is_set()) {
        importing->is_stopped = true;
        return 1;
    }
    import_proof_mark(importing->proof, &judged, clock_now(&clock_system));
    if (intake_import_add(importing->import, &judged, err))
        return -1;
    progress_step(&importing->progress,
                  &(struct progress_state){ .done_bytes = input->done_bytes,
                                            .n_inputs = counts->inputs,
                                            .n_refused = counts->refused });
    return 0;
}

/* Reads all sources. Returns: 0, -1 with err. */
static int import_walk(struct importing *importing,
                       const struct intake_walk *walk, struct err *err)
{
    int rc;

    progress_init(&importing->progress, STDERR_FILENO, walk->bytes, !arg_quiet);
    rc = intake_source_each(walk, import_input, importing, err);
    progress_clear(&importing->progress);
    if (rc < 0)
        return -1;
    return intake_import_commit(importing->import, err);
}

/* Reads the mailboxes among the arguments. Returns: 0, -1 with err. */
static int import_mailboxes(struct importing *importing, struct err *err)
{
    const struct command_call *call = importing->call;
    struct import_mailbox_options options = {
        .password_file = arg_password_file,
        .token_command = { .items = arg_token_command },
        .ca_file = arg_ca_file,
        .is_plain = arg_plain,
        .rule = import_proof_rule(importing->proof),
    };
    int rc = 0;

    while (arg_token_command[options.token_command.n_items])
        options.token_command.n_items++;
    for (size_t i = 0; rc == 0 && i < call->n_arguments; i++) {
        options.url = call->arguments[i];
        if (!mail_url_is(options.url))
            continue;
        progress_init(&importing->progress, STDERR_FILENO, 0, !arg_quiet);
        rc = import_mailbox_each(&options, import_input, importing, err);
        progress_clear(&importing->progress);
    }
    /* What came before an interruption, or a failure, is kept. */
    if (rc < 0)
        (void)intake_import_commit(importing->import, NULL);
    return rc < 0 ? -1 : intake_import_commit(importing->import, err);
}

static int open_proof(struct importing *importing, struct err *err)
{
    const struct command_call *call = importing->call;
    struct import_proof_options options = {
        .word = arg_proof,
        .resolver = sending_resolver(call),
        .settings = call->config ? call->config->settings : NULL,
    };

    if (!arg_proof && (*arg_resolver || arg_anchor))
        return err_set(err, ERR_USAGE, "DNS is asked with --proof alone");
    if (*arg_resolver) {
        options.resolver.forwards = arg_resolver;
        options.resolver.n_forwards = 0;
        while (arg_resolver[options.resolver.n_forwards])
            options.resolver.n_forwards++;
    }
    if (arg_anchor)
        options.resolver.anchor_file = arg_anchor;
    if (import_proof_open(&options, &importing->proof, err))
        return -1;
    if (arg_proof && !import_proof_validates(importing->proof))
        fprintf(stderr,
                "tlsrpt import: answers of DNS are not validated: there is no "
                "trust anchor at " RESOLVER_ROOT_ANCHOR "\n");
    return 0;
}

static int import_all(struct importing *importing, struct err *err)
{
    const struct command_call *call = importing->call;
    struct intake_import_options options = { .organization_key =
                                                 insight_organization_key,
                                             .signed_key =
                                                 insight_organization_signed,
                                             .refused = note_refused,
                                             .context = importing };
    struct intake_walk walk;
    int rc = open_proof(importing, err);

    if (rc == 0) {
        options.judges = import_proof_judges(importing->proof);
        rc = store_url_make_folder(call->store_url, err);
    }
    if (rc == 0)
        rc = store_open(call->store_url, STORE_WRITE, &clock_system,
                        &importing->store, err);
    if (rc == 0)
        rc = intake_import_new(importing->store, &options, &importing->import,
                               err);

    intake_walk_init(&walk);
    for (size_t i = 0; rc == 0 && i < call->n_arguments; i++)
        if (!mail_url_is(call->arguments[i]))
            rc = intake_walk_add(&walk, call->arguments[i], err);
    if (rc == 0)
        rc = import_walk(importing, &walk, err);
    if (rc == 0 && !importing->is_stopped)
        rc = import_mailboxes(importing, err);
    intake_walk_deinit(&walk);
    return rc;
}

static int finish(struct importing *importing, int rc, const struct err *err)
{
    struct import_print_outcome outcome = {
        .refusals = &importing->refusals,
        .store_url = importing->call->store_url,
        .elapsed_ms = clock_monotonic_ms() - importing->begin_ms,
        .is_proof_asked = arg_proof != NULL,
        .is_stopped = importing->is_stopped
    };

    if (rc) {
        fprintf(stderr, "tlsrpt import: %s\n", err->text);
        return exit_of(err);
    }
    outcome.counts = intake_import_counts(importing->import);
    refusals_sort(&importing->refusals);
    if (arg_format == COMMAND_FORMAT_JSON)
        import_print_json(importing->call->printer, &outcome);
    else
        import_print_text(importing->call->printer, &outcome);
    if (importing->is_stopped)
        return EXIT_UNKNOWN;
    return outcome.counts->refused ? EXIT_FINDINGS : EXIT_GOOD;
}

/*
 * Thousands of mails take and give back the same half megabyte: left alone, the
 * allocator returns it to the system after each, and every mail pays for new
 * pages.
 */
static void keep_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, MMAP_FROM_BYTES);
    mallopt(M_TRIM_THRESHOLD, TRIM_FROM_BYTES);
    mallopt(M_TOP_PAD, TOP_PAD_BYTES);
}

static int import(const struct command_call *call)
{
    struct importing importing = { .call = call,
                                   .begin_ms = clock_monotonic_ms() };
    struct err err;
    int status;

    keep_memory();
    refusals_init(&importing.refusals);
    interrupt_init();
    status = finish(&importing, import_all(&importing, &err), &err);
    intake_import_free(importing.import);
    import_proof_close(importing.proof);
    store_close(importing.store);
    refusals_deinit(&importing.refusals);
    return status;
}

/* Where the daemon that goes by the same configuration speaks LMTP. What is wrong
   with a configuration is the daemon's to say: mail does not wait for that. */
static int deliver(void)
{
    const char *path = arg_socket ? NULL : config_file_find(arg_config);
    const char *socket = arg_socket ? arg_socket : DELIVER_SOCKET;
    struct config config;
    struct err err;
    int status;

    if (!path || config_read(path, config_file_load, NULL, &config, &err))
        return deliver_run(socket, arg_recipient);
    if (config.settings && config.settings->n_lmtp)
        socket = config.settings->lmtp[0].listen;
    status = deliver_run(socket, arg_recipient);
    config_deinit(&config);
    return status;
}

int cmd_import(const struct command_call *call)
{
    if (!arg_deliver)
        return import(call);
    if (call->n_arguments != 1 || strcmp(call->arguments[0], "-") != 0) {
        fprintf(stderr,
                "tlsrpt import: --deliver takes one mail, on stdin (-)\n");
        return DELIVER_LATER;
    }
    return deliver();
}
