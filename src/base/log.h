/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Log: lines on stderr, logfmt or JSON.
 *
 * One line a change of state: a stable message id, then pairs of key and value
 * with outside text escaped. Under journald (JOURNAL_STREAM set) a line starts
 * with "<N>". What comes too often under one id is counted instead. Only service
 * and cli log; the rooms below return errors. docs/log.md lists the ids.
 */

#include <stdint.h>

enum log_level {
    LOG_LEVEL_ERROR = 3,
    LOG_LEVEL_WARNING = 4,
    LOG_LEVEL_NOTICE = 5,
    LOG_LEVEL_INFO = 6,
    LOG_LEVEL_DEBUG = 7
};

enum log_format { LOG_FORMAT_LOGFMT, LOG_FORMAT_JSON };

/* Lines of one id that are written within so many ms, unless set otherwise. */
enum { LOG_LIMIT_LINES = 60, LOG_LIMIT_MS = 60 * 1000 };

/* Sets the least urgent level that is written; LOG_LEVEL_NOTICE at start. */
void log_set_level(enum log_level level);

/* Sets the form of lines; LOG_FORMAT_LOGFMT at start. */
void log_set_format(enum log_format format);

/*
 * Sets how many lines of one id are written within window_ms from the first of
 * them. Others are counted, and told by "log-suppressed" with the next line of
 * any id behind that time. lines: 0 = all.
 */
void log_set_limit(unsigned lines, int64_t window_ms);

/*
 * Writes one line: id, then pairs of key and value (both const char *, a NULL
 * value is written as ""), ended by NULL. From any thread.
 * id: static, stable. JSON has all values as texts.
 * Example: log_line(LOG_LEVEL_NOTICE, "serve-ready", "listen", address, NULL);
 */
__attribute__((sentinel)) void log_line(enum log_level level, const char *id,
                                        ...);

/* Tells what was counted and not yet told: at the end of a program. */
void log_flush(void);
