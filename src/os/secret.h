/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * A secret from a file: of one line, or a key of many.
 */

#include "base/buffer.h"
#include "base/err.h"

enum { SECRET_MAX_BYTES = 16 * 1024 }; /* tokens have some KiB */

/*
 * Appends the secret in a file, without the line end behind it. A file that
 * everybody may read or write is refused: what stands in it is no secret.
 * Returns: 0, -1 with err.
 * Errors: ERR_SYSTEM (cannot be read), ERR_USAGE (permissions, empty, more than
 * one line, no file).
 */
int secret_read(const char *path, struct buffer *out, struct err *err);

/*
 * Appends all of a file that holds a secret, a key in PEM for one. Refused as by
 * secret_read, but that it may have any number of lines.
 * Returns: 0, -1 with err.
 */
int secret_read_text(const char *path, struct buffer *out, struct err *err);

/*
 * Cuts one line end off a secret and looks whether it is of one line.
 * what: what it came from, for people.
 * Returns: 0, -1 with err (ERR_USAGE).
 */
int secret_trim(struct buffer *secret, const char *what, struct err *err);

/* Frees a buffer whose octets nobody shall find in memory later. */
void secret_forget(struct buffer *secret);
