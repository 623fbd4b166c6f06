/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What mail_read gives of a mail, as one line of text, so that a row of a test
 * table is one string.
 */

#include <stddef.h>

#define HEAD "From: a@example.com\nSubject: s\nMIME-Version: 1.0\n"
#define MULTI                                                                  \
    HEAD "Content-Type: multipart/report; report-type=tlsrpt; boundary=b\n\n"

struct look_row {
    const char *name, *mail;
    const char *want;  /* "NUMBER TYPE NAME <CONTENT>;" for each part */
    unsigned oddities; /* of the last part */
};

/* Reads the mail of each row and fails the test where it is not as wanted. */
void look_at_rows(const struct look_row *rows, size_t n);
