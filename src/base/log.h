/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Log: logfmt lines on stderr.
 *
 * One line a change of state: a stable message id, then key=value pairs with
 * outside text escaped. Under journald (JOURNAL_STREAM set) a line starts with
 * "<N>". Only service and cli log; the rooms below return errors.
 */

enum log_level {
    LOG_LEVEL_ERROR = 3,
    LOG_LEVEL_WARNING = 4,
    LOG_LEVEL_NOTICE = 5,
    LOG_LEVEL_INFO = 6,
    LOG_LEVEL_DEBUG = 7
};

/* Sets the least urgent level that is written; LOG_LEVEL_NOTICE at start. */
void log_set_level(enum log_level level);

/*
 * Writes one line: id, then pairs of key and value (both const char *, a NULL
 * value is written as ""), ended by NULL.
 * Example: log_line(LOG_LEVEL_NOTICE, "serve-ready", "listen", address, NULL);
 */
__attribute__((sentinel)) void log_line(enum log_level level, const char *id,
                                        ...);
