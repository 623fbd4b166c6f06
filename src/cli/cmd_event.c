/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/command.h"
#include "cli/event_words.h"
#include "cli/exit.h"
#include "cli/number.h"
#include "cli/options.h"
#include "cli/printer.h"
#include "event/event.h"
#include "event/limits.h"
#include "net/datagram_sender.h"
#include "json/writer.h"

static const char *arg_socket, *arg_domain, *arg_record, *arg_json, *arg_wait;
static bool arg_print;

const struct command_option cmd_event_options[] = {
    { .name = "socket",
      .value = "PATH",
      .help = "the collector's socket",
      .text = &arg_socket },
    { .name = "wait",
      .value = "SECONDS",
      .help = "wait for a full queue: 0, with --json 10, unless given",
      .text = &arg_wait },
    { .name = "print",
      .help = "print the datagram, send nothing",
      .flag = &arg_print },
    { .name = "json",
      .value = "FILE",
      .help = "datagrams as JSON Lines; - is stdin",
      .text = &arg_json },
    { .name = "domain",
      .value = "DOMAIN",
      .help = "the recipient domain",
      .text = &arg_domain },
    { .name = "record",
      .value = "TEXT",
      .help = "its TLSRPT record as published",
      .text = &arg_record },
    { .name = "policy",
      .value = "TYPE...",
      .help = "begins a policy: tlsa, sts, no-policy-found" },
    { .name = "policy-domain",
      .value = "NAME",
      .help = "whose policy it is; for tlsa the MX host" },
    { .name = "policy-string",
      .value = "LINE...",
      .help = "a line of it, or a TLSA record" },
    { .name = "mx-host", .value = "PATTERN...", .help = "an mx of its" },
    { .name = "result",
      .value = "RESULT",
      .help = "success or failure; else a failure where it has one" },
    { .name = "failure",
      .value = "TYPE...",
      .help = "begins a failure of it: a result type or its number" },
    { .name = "sending-mta-ip", .value = "ADDRESS", .help = "of it" },
    { .name = "receiving-mx-hostname", .value = "NAME", .help = "of it" },
    { .name = "receiving-mx-helo",
      .value = "TEXT",
      .help = "of it; the whole reply to EHLO will do" },
    { .name = "receiving-ip", .value = "ADDRESS", .help = "of it" },
    { .name = "additional-information", .value = "URI", .help = "of it" },
    { .name = "failure-reason-code", .value = "TEXT", .help = "of it" },
    { 0 }
};

/* ---- Handing over -------------------------------------------------------- */

/* What becomes of datagrams. */
struct handing {
    struct datagram_sender sender; /* unless they are printed */
    struct printer *printer;
    struct arena arena; /* one datagram as it is looked at */
    struct buffer copy;
    int64_t n_sent;
    int64_t n_refused;
};

static int complain(int status, const char *text)
{
    fprintf(stderr, "tlsrpt event: %s\n", text);
    if (status == EXIT_USAGE)
        fprintf(stderr, "Try: tlsrpt help event\n");
    return status;
}

/*
 * Reads a datagram as the collector will; of a copy, since reading changes it.
 * event gets it as it came.
 */
static int look(struct handing *handing, struct slice octets,
                struct event *event, struct err *err)
{
    arena_reset(&handing->arena);
    /* Twice: cleaning changes what was read, too. */
    for (int i = 0; i < 2; i++) {
        buffer_reset(&handing->copy);
        buffer_add(&handing->copy, octets.ptr, octets.len);
        if (handing->copy.failed)
            return err_set(err, ERR_LIMIT, "it has over %d octets",
                           EVENT_MAX_BYTES);
        if (event_read(&handing->arena, handing->copy.ptr, octets.len, event,
                       err) ||
            (i == 0 && event_clean(&handing->arena, event, NULL, err)))
            return -1;
    }
    return 0;
}

static void print(struct printer *printer, const struct event *event)
{
    struct json_writer writer;
    struct buffer text;

    buffer_init(&text, 8 * EVENT_MAX_BYTES);
    json_writer_init(&writer, &text);
    event_write(event, &writer);
    printer_say(printer, "%s\n", buffer_text(&text));
    buffer_deinit(&text);
}

static int hand_over(struct handing *handing, struct slice octets,
                     struct err *err)
{
    struct event event;

    if (look(handing, octets, &event, err))
        return -1;
    if (arg_print)
        print(handing->printer, &event);
    else if (datagram_sender_send(&handing->sender, octets, err))
        return -1;
    handing->n_sent++;
    return 0;
}

static int status_of(const struct err *err)
{
    return err->kind == ERR_INPUT || err->kind == ERR_LIMIT ? EXIT_FINDINGS
                                                            : exit_of(err);
}

/* ---- One event by options ------------------------------------------------ */

static int write_event(struct arena *arena, struct buffer *out, struct err *err)
{
    struct event event = { .domain = arg_domain, .record = arg_record };
    const struct options_value *values;
    struct json_writer writer;
    size_t n;

    if (!arg_domain || !arg_record)
        return err_set(err, ERR_USAGE, "--%s is missing",
                       arg_domain ? "record" : "domain");
    values = options_in_order(&n);
    if (event_words_read(arena, values, n, &event, err))
        return -1;
    json_writer_init(&writer, out);
    event_write(&event, &writer);
    return out->failed ? err_memory(err) : 0;
}

static int hand_over_words(struct handing *handing)
{
    struct buffer datagram;
    struct arena arena;
    struct err err;
    int status = EXIT_GOOD;

    arena_init(&arena, EVENT_ARENA_BYTES);
    buffer_init(&datagram, 8 * EVENT_MAX_BYTES);
    if (write_event(&arena, &datagram, &err) ||
        hand_over(handing, buffer_slice(&datagram), &err)) {
        if (err.kind == ERR_INPUT) {
            err.kind = ERR_USAGE;
            err_prefix(&err, "the collector would refuse it");
        }
        status = complain(status_of(&err), err.text);
    } else if (arg_verbose && !arg_print)
        fprintf(stderr, "tlsrpt event: %zu octets handed over to %s\n",
                datagram.len, arg_socket);
    buffer_deinit(&datagram);
    arena_deinit(&arena);
    return status;
}

/* ---- Datagrams by JSON Lines --------------------------------------------- */

/* Returns: 0; 1 for a line that is no event; -1 where none can be sent. */
static int take_line(struct handing *handing, struct slice line, int64_t number,
                     struct err *err)
{
    if (hand_over(handing, line, err) == 0)
        return 0;
    err_prefix(err, "line %lld", (long long)number);
    if (status_of(err) != EXIT_FINDINGS)
        return -1;
    handing->n_refused++;
    complain(EXIT_FINDINGS, err->text);
    return 1;
}

static int read_lines(struct handing *handing, FILE *file, struct err *err)
{
    size_t capacity = 0;
    char *text = NULL;
    int64_t number = 0;
    int rc = 0;
    ssize_t n;

    while (rc >= 0 && (errno = 0, n = getline(&text, &capacity, file)) >= 0) {
        struct slice line = slice_make(text, (size_t)n);

        number++;
        if (line.len && line.ptr[line.len - 1] == '\n')
            line.len--;
        if (slice_trim(line).len)
            rc = take_line(handing, line, number, err);
    }
    if (rc >= 0 && ferror(file))
        rc = err_system(err, "reading %s", arg_json);
    free(text);
    return rc < 0 ? -1 : 0;
}

static int hand_over_lines(struct handing *handing)
{
    bool is_stdin = strcmp(arg_json, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(arg_json, "rbe");
    struct err err;
    int rc;

    if (!file) {
        err_system(&err, "opening %s", arg_json);
        return complain(EXIT_UNKNOWN, err.text);
    }
    rc = read_lines(handing, file, &err);
    if (!is_stdin)
        fclose(file);
    if (rc)
        complain(EXIT_UNKNOWN, err.text);
    /* Who has to go on from there is told where. */
    if (rc || handing->n_refused || arg_verbose)
        fprintf(stderr, "tlsrpt event: %lld datagram%s %s, %lld refused\n",
                (long long)handing->n_sent, number_plural(handing->n_sent),
                arg_print ? "printed" : "handed over",
                (long long)handing->n_refused);
    if (rc)
        return exit_of(&err);
    return handing->n_refused ? EXIT_FINDINGS : EXIT_GOOD;
}

/* ---- The command --------------------------------------------------------- */

/* Reads --wait. Returns: milliseconds, -1 where it is no number of seconds. */
static int wait_ms(void)
{
    enum { DEFAULT_LINES_S = 10, MAX_S = 3600 };
    char *end;
    long seconds;

    if (!arg_wait)
        return arg_json ? DEFAULT_LINES_S * 1000 : 0;
    seconds = strtol(arg_wait, &end, 10);
    if (end == arg_wait || *end || seconds < 0 || seconds > MAX_S)
        return -1;
    return (int)seconds * 1000;
}

static int check_options(struct err *err)
{
    size_t n;

    options_in_order(&n);
    if (!arg_socket && !arg_print)
        return err_set(err, ERR_USAGE, "--socket is missing");
    if (arg_json && (arg_domain || arg_record || n))
        return err_set(err, ERR_USAGE,
                       "--json says all of an event: no other option can");
    if (wait_ms() < 0)
        return err_set(err, ERR_USAGE,
                       "--wait is a number of seconds up to 3600, not '%s'",
                       arg_wait);
    return 0;
}

int cmd_event(const struct command_call *call)
{
    struct handing handing = { .sender.fd = -1, .printer = call->printer };
    struct err err;
    int status;

    if (check_options(&err) ||
        (!arg_print &&
         datagram_sender_open(arg_socket, wait_ms(), &handing.sender, &err)))
        return complain(exit_of(&err), err.text);
    arena_init(&handing.arena, 2 * EVENT_ARENA_BYTES);
    buffer_init(&handing.copy, EVENT_MAX_BYTES);
    status = arg_json ? hand_over_lines(&handing) : hand_over_words(&handing);
    buffer_deinit(&handing.copy);
    arena_deinit(&handing.arena);
    datagram_sender_close(&handing.sender);
    return status;
}
