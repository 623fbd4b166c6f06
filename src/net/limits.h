/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/* Limits of the room `net`, each with its reason. */

enum {
    /* Connections that wait to be taken: with few a relay's Unix sockets are
       told to try again, and its TCP ones wait a second each. */
    NET_BACKLOG = 1024,
    /* Read at a time: what a relay sends ahead of an answer. */
    NET_READ_BYTES = 64 * 1024,
    /* A line of a reply, or of a command with an address. */
    NET_REPLY_BYTES = 1024,

    /* A mail server that does not answer, that does not get done with TLS and
       the login, and that falls silent afterwards. */
    NET_MAIL_CONNECT_S = 30,
    NET_MAIL_LOGIN_S = 60,
    NET_MAIL_SILENCE_S = 120,
    /* A password, or a token, which is base64 of some KiB. */
    NET_SECRET_BYTES = 16 * 1024,
    /* Mails named in one command: lines of some KiB, which every server takes. */
    NET_IMAP_SET = 100,
    /* UIDs asked for at once: a million are named in a line of 11 MB at most. */
    NET_IMAP_WINDOW = 1000000,
    /* A reply beside the mail in it: such a line, and a list of POP3. */
    NET_MAIL_REPLY_BYTES = 16 * 1024 * 1024,

    /* A server that a report is brought to: for connecting, for a
       POST, for a mail of some MB to a relay that looks at it before it answers. */
    NET_TRANSFER_CONNECT_S = 30,
    NET_POST_TOTAL_S = 120,
    NET_SUBMIT_TOTAL_S = 600,
    /* Of the answer to a POST: nobody reads it. */
    NET_POST_ANSWER_BYTES = 64 * 1024,

    /* Questions to DNS that are under way: more of them only wait for each
       other, and take memory. */
    NET_RESOLVER_QUERIES = 200,
    /* A question is answered by then, or counts as unanswered: long enough for
       a chain of name servers of which some are dead. */
    NET_RESOLVER_TIMEOUT_MS = 10000,
    /* Server that does not answer is waited for so long at most; by default it
       were two minutes, after which it is not asked for a quarter of an hour. */
    NET_RESOLVER_PATIENCE_MS = 4000
};
