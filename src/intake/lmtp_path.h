/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The arguments of MAIL and RCPT: a path in angle brackets and parameters.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct lmtp_path {
    struct slice address; /* without brackets and source route; empty for <> */
    bool is_utf8;         /* SMTPUTF8 was given */
};

/*
 * Reads what follows MAIL: FROM:<path> with SIZE, BODY and SMTPUTF8.
 * max_bytes: the largest mail that is taken.
 * Returns: NULL, or the refusing reply, static.
 * RFC: 5321 section 4.1.1.2, 1870, 6152, 6531 section 3.4.
 */
const char *lmtp_path_read_mail(struct slice arguments, size_t max_bytes,
                                struct lmtp_path *out_path);

/*
 * Reads what follows RCPT: TO:<path>, which knows no parameters here.
 * is_utf8: the mail was announced with SMTPUTF8.
 * Returns: NULL, or the refusing reply, static.
 * RFC: 5321 section 4.1.1.3.
 */
const char *lmtp_path_read_rcpt(struct slice arguments, bool is_utf8,
                                struct lmtp_path *out_path);
