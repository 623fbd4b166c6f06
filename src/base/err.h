/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Error value: what went wrong, owned by the caller.
 *
 * A function that can fail returns int: 0 is success, a negative value is a
 * failure whose details stand in the caller's struct err and which is forwarded
 * unchanged, a positive value is a condition that this very function documents.
 * Filling a struct err allocates nothing. What is wrong with somebody's input is
 * no error but a finding, see base/finding.h.
 */

#include <stdint.h>

enum err_kind {
    ERR_NONE,
    ERR_MEMORY, /* an allocation failed, whatever the input */
    ERR_LIMIT,  /* input is beyond a limit of ours; err.text names it */
    ERR_INPUT,  /* input cannot be read at all; becomes a refusal */
    ERR_SYSTEM, /* a system call failed; see err.system_errno */
    ERR_STORE,  /* the store refused or failed */
    ERR_USAGE,  /* the caller or the operator asked for something impossible */
    ERR_KIND_COUNT
};

enum { ERR_TEXT_BYTES = 320 };

struct err {
    enum err_kind kind;
    int system_errno;          /* errno of a system call, else 0 */
    uint64_t offset;           /* octet in the input, where one is known */
    char text[ERR_TEXT_BYTES]; /* sentence without trailing stop */
};

/*
 * Fills err (NULL is allowed and ignored) from a printf format.
 * Returns: -1, so that a function can end with `return err_set(...)`.
 */
__attribute__((format(printf, 3, 4))) int err_set(struct err *err,
                                                  enum err_kind kind,
                                                  const char *format, ...);

/*
 * As err_set, with kind ERR_SYSTEM and the meaning of errno behind the text.
 * Returns: -1.
 */
__attribute__((format(printf, 2, 3))) int err_system(struct err *err,
                                                     const char *format, ...);

/* Fills err for a failed allocation. Returns: -1. */
int err_memory(struct err *err);

/*
 * Puts "context: " before the text, once per layer, cutting at the end where
 * the whole does not fit.
 * Returns: -1.
 */
__attribute__((format(printf, 2, 3))) int err_prefix(struct err *err,
                                                     const char *format, ...);
