/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/handover.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/endpoint.h"
#include "net/limits.h"

/* One conversation: what is written goes out in pieces, replies come by line. */
struct handover {
    int fd;
    size_t n_out;
    size_t n_in;
    char out[NET_READ_BYTES];
    char in[NET_REPLY_BYTES];
};

static int flush(struct handover *handover, struct err *err)
{
    size_t done = 0;

    while (done < handover->n_out) {
        ssize_t n =
            write(handover->fd, handover->out + done, handover->n_out - done);

        if (n < 0 && errno != EINTR)
            return err_system(err, "sending");
        done += n > 0 ? (size_t)n : 0;
    }
    handover->n_out = 0;
    return 0;
}

static int put(struct handover *handover, struct slice octets, struct err *err)
{
    while (octets.len) {
        size_t room = sizeof(handover->out) - handover->n_out;
        size_t n = octets.len < room ? octets.len : room;

        memcpy(handover->out + handover->n_out, octets.ptr, n);
        handover->n_out += n;
        octets = slice_skip(octets, n);
        if (n == room && flush(handover, err))
            return -1;
    }
    return 0;
}

/* Reads until a line is there. Returns: its length with LF, -1 with err. */
static ssize_t read_line(struct handover *handover, struct err *err)
{
    for (;;) {
        const char *end = memchr(handover->in, '\n', handover->n_in);
        ssize_t n;

        if (end)
            return end - handover->in + 1;
        if (handover->n_in == sizeof(handover->in))
            return err_set(err, ERR_SYSTEM, "its reply is too long");
        n = read(handover->fd, handover->in + handover->n_in,
                 sizeof(handover->in) - handover->n_in);
        if (n < 0 && errno != EINTR)
            return err_system(err, "waiting for its answer");
        if (n == 0)
            return err_set(err, ERR_SYSTEM, "it closed the connection");
        handover->n_in += n > 0 ? (size_t)n : 0;
    }
}

/* Reads a reply to its last line, which must begin with `digit`. */
static int expect(struct handover *handover, char digit, struct err *err)
{
    for (;;) {
        ssize_t len = read_line(handover, err);
        char line[128];
        bool is_last;

        if (len < 0)
            return -1;
        snprintf(line, sizeof(line), "%.*s", (int)strcspn(handover->in, "\r\n"),
                 handover->in);
        handover->n_in -= (size_t)len;
        memmove(handover->in, handover->in + len, handover->n_in);
        is_last = strlen(line) < 4 || line[3] != '-';
        if (line[0] != digit)
            return err_set(err, ERR_SYSTEM, "it said: %s", line);
        if (is_last)
            return 0;
    }
}

/* Says a line and expects an answer. */
static int say(struct handover *handover, const char *line, char digit,
               struct err *err)
{
    if (put(handover, slice_of(line), err) || flush(handover, err))
        return -1;
    return expect(handover, digit, err);
}

/* Sends the mail line by line as LMTP wants it. */
static int send_mail(struct handover *handover, struct slice octets,
                     struct err *err)
{
    while (octets.len) {
        struct slice line = slice_line(octets);
        size_t len = line.len;

        octets = slice_skip(octets, len);
        if (line.ptr[len - 1] == '\n')
            len -= len > 1 && line.ptr[len - 2] == '\r' ? 2 : 1;
        if (line.ptr[0] == '.' && put(handover, SLICE("."), err))
            return -1;
        if (put(handover, slice_make(line.ptr, len), err) ||
            put(handover, SLICE("\r\n"), err))
            return -1;
    }
    return say(handover, ".\r\n", '2', err);
}

/* An address beyond ASCII is said to be one (RFC 6531 section 3.4). */
static const char *mail_from(const char *recipient)
{
    for (const char *at = recipient; *at; at++) {
        if ((unsigned char)*at > 127)
            return "MAIL FROM:<> SMTPUTF8\r\n";
    }
    return "MAIL FROM:<>\r\n";
}

static int converse(struct handover *handover, const char *recipient,
                    struct slice octets, struct err *err)
{
    char to[NET_REPLY_BYTES];
    int len = snprintf(to, sizeof(to), "RCPT TO:<%s>\r\n", recipient);

    if (len < 0 || (size_t)len >= sizeof(to) || strpbrk(recipient, "<>\r\n"))
        return err_set(err, ERR_USAGE, "the recipient is no address");
    if (expect(handover, '2', err) ||
        say(handover, "LHLO localhost\r\n", '2', err) ||
        say(handover, mail_from(recipient), '2', err) ||
        say(handover, to, '2', err) || say(handover, "DATA\r\n", '3', err))
        return -1;
    return send_mail(handover, octets, err);
}

int handover_mail(const char *address, const char *recipient,
                  struct slice octets, int seconds, struct err *err)
{
    struct handover *handover = calloc(1, sizeof(*handover));
    struct endpoint endpoint;
    int status = -1;

    if (!handover)
        return err_memory(err);
    if (endpoint_parse(address, &endpoint, err) == 0) {
        handover->fd = endpoint_connect(&endpoint, seconds, err);
        if (handover->fd >= 0) {
            status = converse(handover, recipient, octets, err);
            if (status)
                err_prefix(err, "%s", address);
            close(handover->fd);
        }
    }
    free(handover);
    return status;
}
