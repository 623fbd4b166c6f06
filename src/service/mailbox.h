/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Mailbox: a source that is asked for reports again and again, by IMAP or POP3.
 *
 * A thread a mailbox: it looks at once and then at intervals, gives what is new
 * to the receiver, and only when that is committed does to the mail what is
 * configured. Where it stands is written with the reports (table position), so
 * that nothing is lost or fetched without need however it ends. Failures make it
 * wait longer and longer; one line of log tells of each change.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "intake/origin.h"
#include "service/names.h"
#include "service/receiver.h"

/* What becomes of a mail that held a report and is stored. Other mail stays. */
enum mailbox_after {
    MAILBOX_LEAVE,
    MAILBOX_FLAG, /* IMAP: it gets a keyword */
    MAILBOX_MOVE, /* IMAP: to a folder */
    MAILBOX_DELETE
};

#define MAILBOX_KEYWORD "$TlsReport"

/* Zero or NULL is what stands in brackets. Strings must outlive the mailbox. */
struct mailbox_options {
    const char *name;                    /* of the source; not NULL */
    const char *url;                     /* see net/mail_url.h; not NULL */
    const char *password_file;           /* of nobody else; or */
    struct settings_names token_command; /* says a token */
    const char *ca_file;                 /* of authorities [the machine's] */
    bool is_plain; /* imap: or pop3: to loopback without STARTTLS */
    enum mailbox_after after;
    const char *folder;  /* for MAILBOX_MOVE */
    const char *keyword; /* for MAILBOX_FLAG [MAILBOX_KEYWORD] */
    int64_t interval_s;  /* [300] */
    int64_t max_bytes;   /* of a mail [32 MiB]; larger ones are left alone */
    const char *tenant;  /* [none] */
    const char *destination; /* "mailto:..." as published [user of the URL,
                                where it is an address] */
    enum intake_rule rule;
    enum recipient_from recipient_from; /* whose a mail is, before tenant */
};

/*
 * Looks whether options make sense, without asking the server.
 * Returns: 0, -1 with err (ERR_USAGE).
 */
int mailbox_check(const struct mailbox_options *options, struct err *err);

struct mailbox;

/*
 * Starts to look, in a thread of its own (block signals before). The receiver
 * must outlive the mailbox.
 * store_url: where it stood is read there.
 * Returns: 0, -1 with err.
 */
int mailbox_start(const struct mailbox_options *options,
                  struct receiver *receiver, const char *store_url,
                  const struct clock *clock, struct mailbox **out_mailbox,
                  struct err *err);

/* Tells it to end, without waiting. */
void mailbox_end(struct mailbox *mailbox);

/* Ends it and waits: at most for what the receiver has. NULL is allowed. */
void mailbox_stop(struct mailbox *mailbox);
