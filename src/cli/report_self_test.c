/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/report_self_test.h"

#include <stdio.h>
#include <string.h>

#include "cli/exit.h"
#include "cli/printer.h"
#include "cli/sending.h"
#include "cli/store_url.h"
#include "service/self_test_mail.h"

static void print_json(struct printer *printer, const char *identity,
                       const char *address, const struct self_test_mail *mail)
{
    struct json_writer *json = printer_json_begin(printer);

    json_begin_object(json);
    json_member_string(json, "identity", identity);
    json_member_string(json, "address", address);
    json_member_string(json, "token", mail->token);
    json_member_bool(json, "taken", mail->is_taken);
    json_member_string(json, "answer", mail->answer);
    json_end_object(json);
    printer_json_end(printer);
}

static void print_text(struct printer *printer, const char *address,
                       const struct self_test_mail *mail)
{
    printer_say(printer, "self-test %s to ", mail->token);
    printer_outside(printer, address);
    printer_say(printer, ": ");
    printer_outside(printer, mail->answer);
    printer_say(printer, "\n");
    if (mail->is_taken)
        printer_say(printer, "When it has come back: tlsrpt doctor --proof "
                             "FILE\n");
}

static int find_number(const struct sending *sending, const char *name,
                       size_t *out_number, struct err *err)
{
    const struct outgoing_settings *settings = &sending->settings;

    if (!sending->is_configured)
        return err_set(err, ERR_USAGE,
                       "nobody to report as; write a section report into the"
                       " configuration, see tlsrpt.conf(5)");
    for (size_t i = 0; i < settings->n_identities; i++) {
        if (!name || strcmp(settings->identities[i].name, name) == 0) {
            *out_number = i;
            return 0;
        }
    }
    return err_set(err, ERR_USAGE, "there is no identity %.64s", name);
}

static int send_one(const struct command_call *call,
                    const struct sending *sending, const char *address,
                    const char *identity, struct err *err)
{
    const struct outgoing_settings *settings = &sending->settings;
    struct outbox *outbox = NULL;
    struct self_test_mail mail;
    size_t number = 0;
    int rc;

    if (find_number(sending, identity, &number, err) ||
        store_url_make_folder(settings->outbox_url, err) ||
        outbox_open(settings->outbox_url, STORE_WRITE, &clock_system, &outbox,
                    err))
        return -1;
    rc = self_test_mail_send(settings, number, address, outbox, &clock_system,
                             &mail, err);
    outbox_close(outbox);
    if (rc)
        return -1;
    if (call->printer->format == COMMAND_FORMAT_JSON)
        print_json(call->printer, settings->identities[number].name, address,
                   &mail);
    else
        print_text(call->printer, address, &mail);
    return mail.is_taken ? EXIT_GOOD : EXIT_UNKNOWN;
}

int report_self_test(const struct command_call *call, const char *outbox,
                     const char *address, const char *identity)
{
    const struct sending_options options = { .outbox = outbox };
    struct sending sending;
    struct err err;
    int status = -1;

    if (sending_init(&sending, call, &options, &err) == 0)
        status = send_one(call, &sending, address, identity, &err);
    sending_deinit(&sending);
    if (status >= 0)
        return status;
    fprintf(stderr, "tlsrpt report: %s\n", err.text);
    return exit_of(&err);
}
