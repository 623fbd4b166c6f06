/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/log.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/text.h"

enum {
    LINE_BYTES = 4096, /* longer lines are cut; a pipe takes them whole */
    END_BYTES = 1      /* kept for the line end */
};

static enum log_level least = LOG_LEVEL_NOTICE;

void log_set_level(enum log_level level)
{
    least = level;
}

static const char *level_name(enum log_level level)
{
    static const char *const names[] = { "error", "warning", "notice", "info",
                                         "debug" };

    return names[level - LOG_LEVEL_ERROR];
}

/* One write a line, so that threads do not mix; a failing stderr is nothing
 * that could be told anybody. */
static void emit(struct buffer *line)
{
    line->failed = false;
    line->max_bytes = LINE_BYTES;
    buffer_add_char(line, '\n');
    if (line->len) {
        ssize_t written = write(STDERR_FILENO, line->ptr, line->len);

        (void)written;
    }
}

void log_line(enum log_level level, const char *id, ...)
{
    struct buffer line;
    const char *key;
    va_list args;

    if (level > least)
        return;
    buffer_init(&line, LINE_BYTES - END_BYTES);
    if (getenv("JOURNAL_STREAM"))
        buffer_add_format(&line, "<%d>", (int)level);
    buffer_add_format(&line, "level=%s id=%s", level_name(level), id);
    va_start(args, id);
    while ((key = va_arg(args, const char *))) {
        const char *value = va_arg(args, const char *);

        buffer_add_format(&line, " %s=", key);
        text_add_log(&line, slice_of(value ? value : ""));
    }
    va_end(args);
    emit(&line);
    buffer_deinit(&line);
}
