/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/deliver.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/err.h"
#include "net/handover.h"

enum {
    /* Larger mails are refused by the daemon, and by most MTAs before. */
    MAIL_MAX_BYTES = 96 * 1024 * 1024,
    READ_BYTES = 64 * 1024,
    /* An MTA waits longer: Postfix a thousand seconds. */
    WAIT_S = 300
};

static int read_mail(struct buffer *mail, struct err *err)
{
    for (;;) {
        char *room = buffer_reserve(mail, READ_BYTES);
        ssize_t n;

        if (!room)
            return err_set(err, ERR_LIMIT, "the mail is too large");
        n = read(STDIN_FILENO, room, READ_BYTES);
        if (n < 0 && errno != EINTR)
            return err_system(err, "reading the mail");
        if (n == 0)
            break;
        mail->len += n > 0 ? (size_t)n : 0;
    }
    return mail->len ? 0 : err_set(err, ERR_INPUT, "there is no mail on stdin");
}

int deliver_run(const char *socket, const char *recipient)
{
    struct buffer mail;
    struct err err;
    int status;

    buffer_init(&mail, MAIL_MAX_BYTES);
    status = read_mail(&mail, &err);
    if (status == 0)
        status =
            handover_mail(socket, recipient ? recipient : "tlsrpt@localhost",
                          buffer_slice(&mail), WAIT_S, &err);
    buffer_deinit(&mail);
    if (status == 0)
        return DELIVER_KEPT;
    fprintf(stderr,
            "tlsrpt import: not delivered, the mail is to be kept: %s\n",
            err.text);
    return DELIVER_LATER;
}

int deliver_is_asked(int argc, char **argv)
{
    /* Options may be cut short: --del means it, too. */
    for (int i = 1; i < argc; i++) {
        size_t len = strlen(argv[i]);

        if (len > 2 && strncmp(argv[i], "--deliver", len) == 0)
            return 1;
    }
    return 0;
}
