/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * import --deliver -: a mail from an MTA's pipe to the daemon.
 *
 * An MTA takes 0 for delivered and 75 (EX_TEMPFAIL) for "later", and returns
 * the mail to its sender for anything else. No report is ever to be returned, so
 * nothing else is said, whatever goes wrong.
 */

/* The exit statuses of a delivery. */
enum { DELIVER_KEPT = 0, DELIVER_LATER = 75 };

/* Where the daemon listens unless it is told else. */
#define DELIVER_SOCKET "unix:/run/tlsrpt/lmtp"

/*
 * Reads a mail from standard input and hands it over to the daemon at socket.
 * recipient: NULL where nobody said.
 * Returns: DELIVER_KEPT once the daemon said that it is kept, else
 * DELIVER_LATER with the reason on standard error.
 */
int deliver_run(const char *socket, const char *recipient);

/* Tells whether a command line asks for a delivery, even where it cannot be read
 * otherwise: then every status but 0 is to be DELIVER_LATER. */
int deliver_is_asked(int argc, char **argv);
