/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/text.h"

enum {
    LINE_BYTES = 4096, /* longer lines are cut; a pipe takes them whole */
    END_BYTES = 3,     /* kept for the line end, and what JSON closes with */
    MAX_IDS = 128      /* that are counted; there are some fifty */
};

/* What was written of an id within its window. */
struct count {
    const char *id;
    enum log_level level;
    int64_t end_ms;
    unsigned n_lines, n_suppressed;
};

static atomic_int least = LOG_LEVEL_NOTICE;
static atomic_int form = LOG_FORMAT_LOGFMT;

/* Held for some hundred nanoseconds, and never while something is written: this
   room knows no threads to wait with. */
static atomic_flag lock = ATOMIC_FLAG_INIT;
static struct count counts[MAX_IDS]; /* all of these under lock */
static size_t n_counts;
static unsigned limit_lines = LOG_LIMIT_LINES;
static int64_t limit_ms = LOG_LIMIT_MS;

static void take_lock(void)
{
    while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire))
        ;
}

static void drop_lock(void)
{
    atomic_flag_clear_explicit(&lock, memory_order_release);
}

void log_set_level(enum log_level level)
{
    atomic_store(&least, level);
}

void log_set_format(enum log_format format)
{
    atomic_store(&form, format);
}

void log_set_limit(unsigned lines, int64_t window_ms)
{
    take_lock();
    limit_lines = lines;
    limit_ms = window_ms;
    n_counts = 0;
    drop_lock();
}

/* ---- A line -------------------------------------------------------------- */

static const char *level_name(enum log_level level)
{
    static const char *const names[] = { "error", "warning", "notice", "info",
                                         "debug" };

    return names[level - LOG_LEVEL_ERROR];
}

/* One write a line, so that threads do not mix; a failing stderr is nothing
 * that could be told anybody. */
static void emit(struct buffer *line, const char *end)
{
    line->failed = false;
    line->max_bytes = LINE_BYTES;
    buffer_add_text(line, end);
    if (line->len) {
        ssize_t written = write(STDERR_FILENO, line->ptr, line->len);

        (void)written;
    }
}

/* As much of a value as there is room for: what is cut must not cut a character,
   or an escape, in two. */
static void add_json_value(struct buffer *line, struct slice value)
{
    while (value.len && !line->failed) {
        size_t len = line->len, n;

        (void)text_decode_utf8(value, &n);
        text_add_json(line, slice_make(value.ptr, n));
        if (line->failed)
            line->len = len;
        value = slice_skip(value, n);
    }
}

/* Adds a member whose closing quote comes with the next one, or the end. */
static void add_json(struct buffer *line, const char *key, const char *value)
{
    size_t len = line->len;

    if (line->failed)
        return;
    buffer_add_format(line, "\",\"%s\":\"", key);
    if (line->failed)
        line->len = len;
    else
        add_json_value(line, slice_of(value));
}

static void add_pair(struct buffer *line, enum log_format format,
                     const char *key, const char *value)
{
    if (format == LOG_FORMAT_JSON) {
        add_json(line, key, value);
        return;
    }
    buffer_add_format(line, " %s=", key);
    text_add_log(line, slice_of(value));
}

static void begin(struct buffer *line, enum log_format format,
                  enum log_level level, const char *id)
{
    buffer_init(line, LINE_BYTES - END_BYTES);
    if (getenv("JOURNAL_STREAM"))
        buffer_add_format(line, "<%d>", (int)level);
    if (format == LOG_FORMAT_JSON)
        buffer_add_format(line, "{\"level\":\"%s\",\"id\":\"%s",
                          level_name(level), id);
    else
        buffer_add_format(line, "level=%s id=%s", level_name(level), id);
}

static void end(struct buffer *line, enum log_format format)
{
    emit(line, format == LOG_FORMAT_JSON ? "\"}\n" : "\n");
    buffer_deinit(line);
}

/* ---- The limit ----------------------------------------------------------- */

static void tell_suppressed(const struct count *count)
{
    enum log_format format = (enum log_format)atomic_load(&form);
    struct buffer line;
    char number[16];

    snprintf(number, sizeof(number), "%u", count->n_suppressed);
    begin(&line, format, count->level, "log-suppressed");
    add_pair(&line, format, "of", count->id);
    add_pair(&line, format, "lines", number);
    end(&line, format);
}

/* Forgets windows that are over by now, under lock. Returns: how many of them
   are to be told of, out_told. */
static size_t end_windows(int64_t now_ms, struct count out_told[static MAX_IDS])
{
    size_t n = 0, n_told = 0;

    for (size_t i = 0; i < n_counts; i++) {
        if (counts[i].end_ms > now_ms)
            counts[n++] = counts[i];
        else if (counts[i].n_suppressed)
            out_told[n_told++] = counts[i];
    }
    n_counts = n;
    return n_told;
}

/* Under lock. Returns: NULL where there are too many. */
static struct count *find_count(enum log_level level, const char *id,
                                int64_t now_ms)
{
    for (size_t i = 0; i < n_counts; i++) {
        if (strcmp(counts[i].id, id) == 0)
            return &counts[i];
    }
    if (n_counts == MAX_IDS)
        return NULL;
    counts[n_counts] =
        (struct count){ .id = id, .level = level, .end_ms = now_ms + limit_ms };
    return &counts[n_counts++];
}

/* Counts a line. Returns: whether it may be written. */
static bool may_write(enum log_level level, const char *id)
{
    int64_t now_ms = clock_monotonic_ms();
    struct count told[MAX_IDS], *count;
    size_t n_told;
    bool may = true;

    take_lock();
    n_told = end_windows(now_ms, told);
    count = limit_lines ? find_count(level, id, now_ms) : NULL;
    if (count) {
        may = count->n_lines < limit_lines;
        count->n_lines += may;
        count->n_suppressed += !may;
    }
    drop_lock();
    for (size_t i = 0; i < n_told; i++)
        tell_suppressed(&told[i]);
    return may;
}

void log_flush(void)
{
    struct count told[MAX_IDS];
    size_t n_told;

    take_lock();
    n_told = end_windows(INT64_MAX, told);
    drop_lock();
    for (size_t i = 0; i < n_told; i++)
        tell_suppressed(&told[i]);
}

void log_line(enum log_level level, const char *id, ...)
{
    enum log_format format = (enum log_format)atomic_load(&form);
    struct buffer line;
    const char *key;
    va_list args;

    if ((int)level > atomic_load(&least) || !may_write(level, id))
        return;
    begin(&line, format, level, id);
    va_start(args, id);
    while ((key = va_arg(args, const char *))) {
        const char *value = va_arg(args, const char *);

        add_pair(&line, format, key, value ? value : "");
    }
    va_end(args);
    end(&line, format);
}
