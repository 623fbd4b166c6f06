/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Handover: one mail to an LMTP server of this machine, for a program that an
 * MTA pipes mail to.
 */

#include "base/err.h"
#include "base/slice.h"

/*
 * Gives a mail to the server at an address of net/endpoint.h and waits for its
 * answer. octets: bare LF is sent as CRLF, dots at the beginning of lines are
 * doubled.
 * seconds: for each answer.
 * Returns: 0 when the server said that it is kept (2xx), -1 with err for
 * everything else, whatever the reason.
 */
int handover_mail(const char *address, const char *recipient,
                  struct slice octets, int seconds, struct err *err);
