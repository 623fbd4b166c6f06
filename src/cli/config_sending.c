/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/config_sending.h"

#include "cli/config.h"
#include "cli/printer.h"
#include "cli/sending.h"
#include "cli/store_url.h"
#include "service/letters.h"

static void say_outside(struct printer *printer, const char *before,
                        const char *text)
{
    printer_say(printer, "%s", before);
    printer_outside(printer, text);
}

static void say_list(struct printer *printer,
                     const struct outgoing_texts *texts, const char *between,
                     const char *none)
{
    for (size_t i = 0; i < texts->n_items; i++)
        say_outside(printer, i ? between : "", texts->items[i]);
    if (texts->n_items == 0)
        printer_say(printer, "%s", none);
}

/* Where none is named both are the service manager's and the default. */
static void print_collector(struct printer *printer,
                            const struct settings *settings,
                            const char *tally_url)
{
    const struct collector_settings *collect = &settings->collect;

    if (!collect->socket && !collect->tally_url)
        return;
    say_outside(printer, "collects session events at ",
                collect->socket ? collect->socket
                                : "the socket of the service manager");
    if (collect->group)
        say_outside(printer, ", open to group ", collect->group);
    say_outside(printer, ", into ", tally_url);
    printer_say(printer, "\n");
}

static void print_signing(struct printer *printer,
                          const struct outgoing_identity *identity)
{
    struct letters_signer signers[LETTERS_SIGNERS];
    const size_t n = letters_signers(identity, signers);

    if (n == 0)
        printer_say(printer, "; the relay signs its mails");
    for (size_t i = 0; i < n; i++) {
        say_outside(printer, i ? " and " : "; mails signed as ",
                    signers[i].selector);
        say_outside(printer, "._domainkey.", letters_signing_domain(identity));
    }
}

static void print_identity(struct printer *printer,
                           const struct outgoing_identity *identity)
{
    if (*identity->name) {
        say_outside(printer, "identity ", identity->name);
        printer_say(printer, ": ");
    }
    say_outside(printer, "reports as ", identity->organization_name);
    say_outside(printer, ", ", outgoing_identity_sender(identity));
    printer_say(printer, ", about ");
    say_list(printer, &identity->tallies, ", ", "nothing");
    print_signing(printer, identity);
    printer_say(printer, "\n");
}

static void print_sources(struct printer *printer,
                          const struct outgoing_settings *settings)
{
    for (size_t i = 0; i < settings->n_sources; i++) {
        const struct outgoing_source *source = &settings->sources[i];

        say_outside(printer, "fetches sums of ", source->name);
        if (source->database)
            say_outside(printer, " from the database ", source->database);
        else
            printer_say(printer, " by ");
        say_list(printer, &source->command, " ", "");
        say_outside(printer, ", into ", source->tally);
        printer_say(printer, "\n");
    }
}

static void print_mail(struct printer *printer,
                       const struct outgoing_relay *relay)
{
    if (relay->url)
        say_outside(printer, ", and by mail through ", relay->url);
    else if (relay->sendmail.n_items)
        printer_say(printer, ", and by mail through the command ");
    else
        printer_say(printer, ", but not by mail: no relay and no sendmail");
    say_list(printer, &relay->sendmail, " ", "");
}

/* To whom is in the records of others. */
static void print_ways(struct printer *printer,
                       const struct outgoing_settings *settings)
{
    printer_say(printer, "sends %s to whom TLSRPT records name%s, by HTTPS%s",
                settings->is_failures_only ? "those with failures" : "them",
                settings->is_checked_again ? ", if they still do then" : "",
                settings->requires_certificate ? " with a valid certificate"
                                               : "");
    print_mail(printer, &settings->relay);
    say_outside(printer, "; outbox ", settings->outbox_url);
    printer_say(printer, "\n");
    for (size_t i = 0; i < settings->n_rules; i++)
        say_outside(printer,
                    i ? ", " : "but for rules: ", settings->rules[i].name);
    if (settings->n_rules)
        printer_say(printer, "\n");
    if (settings->copies.n_items) {
        printer_say(printer, "copies of all go to ");
        say_list(printer, &settings->copies, ", ", "");
        printer_say(printer, "\n");
    }
}

static void print_all(struct printer *printer, const struct settings *settings,
                      const struct sending *sending)
{
    print_collector(printer, settings, sending->tally_url);
    if (!sending->is_configured)
        return;
    for (size_t i = 0; i < sending->settings.n_identities; i++)
        print_identity(printer, &sending->identities[i]);
    print_sources(printer, &sending->settings);
    print_ways(printer, &sending->settings);
}

void config_sending_print(struct printer *printer, const struct config *config)
{
    const struct sending_options options = { .outbox = NULL };
    struct command_call call = { .config = config };
    char url[STORE_URL_BYTES];
    struct sending sending;
    struct err err;

    call.store_url = config->settings->store_url;
    if (!call.store_url) {
        if (store_url_find(NULL, url, &err))
            return;
        call.store_url = url;
    }
    if (sending_init(&sending, &call, &options, &err)) {
        say_outside(printer, "reports nothing: ", err.text);
        printer_say(printer, "\n");
    } else {
        print_all(printer, config->settings, &sending);
    }
    sending_deinit(&sending);
}
