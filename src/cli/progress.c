/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/number.h"

enum {
    DRAW_EVERY_MS = 100,
    FIRST_AFTER_MS = 150, /* shorter work needs no bar */
    BAR_MAX = 40,
    BAR_LEAST = 8
};

void progress_init(struct progress *progress, int fd, int64_t total_bytes,
                   bool is_wanted)
{
    *progress = (struct progress){ .fd = fd,
                                   .is_shown = is_wanted && isatty(fd),
                                   .total_bytes = total_bytes };
    if (!progress->is_shown)
        return;
    progress->begin_ms = clock_monotonic_ms();
    progress->drawn_ms = progress->begin_ms + FIRST_AFTER_MS - DRAW_EVERY_MS;
}

static void add_bar(char *text, unsigned width, double done)
{
    unsigned full = (unsigned)(done * width);

    *text++ = '[';
    for (unsigned i = 0; i < width; i++)
        *text++ = i < full ? '#' : '.';
    *text++ = ']';
    *text = '\0';
}

/* Time left, told from what the rest would take at the pace so far. */
static void add_left(char *text, size_t bytes, double done, int64_t elapsed_ms)
{
    double left_s =
        done > 0 ? (double)elapsed_ms / 1000 / done * (1 - done) : 0;

    text[0] = '\0';
    if (done > 0.01 && elapsed_ms > 2000)
        snprintf(text, bytes, ", %d:%02d left", (int)left_s / 60,
                 (int)left_s % 60);
}

const char *progress_format(const struct progress_state *state,
                            int64_t total_bytes, int64_t elapsed_ms,
                            unsigned width,
                            char text[static PROGRESS_LINE_BYTES])
{
    char tail[PROGRESS_LINE_BYTES / 2], left[32], inputs[NUMBER_TEXT_BYTES];
    char refused[NUMBER_TEXT_BYTES], bar[BAR_MAX + 3] = "";
    double done =
        total_bytes > 0 ? (double)state->done_bytes / (double)total_bytes : 0;
    size_t used;

    if (done > 1)
        done = 1;
    add_left(left, sizeof(left), done, elapsed_ms);
    if (state->what)
        used = (size_t)snprintf(tail, sizeof(tail), " %s%s", state->what, left);
    else
        used = (size_t)snprintf(tail, sizeof(tail), " %s inputs, %s refused%s",
                                number_count(state->n_inputs, inputs),
                                number_count(state->n_refused, refused), left);
    if (total_bytes > 0 && width > used + BAR_LEAST + 8) {
        size_t room = width - used - 8;

        add_bar(bar, room > BAR_MAX ? BAR_MAX : (unsigned)room, done);
        snprintf(text, PROGRESS_LINE_BYTES, "%s %3.0f %%%s", bar, 100 * done,
                 tail);
    } else {
        snprintf(text, PROGRESS_LINE_BYTES, "%.*s", (int)width, tail + 1);
    }
    return text;
}

static unsigned width_of(int fd)
{
    struct winsize size = { 0 };

    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 80;
    return size.ws_col > 120 ? 120 : size.ws_col;
}

/* A bar that cannot be drawn is no reason to stop. */
static void draw(const struct progress *progress, const char *text)
{
    char line[PROGRESS_LINE_BYTES + 8];
    int bytes = snprintf(line, sizeof(line), "\r\x1b[K%s", text);

    if (write(progress->fd, line, (size_t)bytes) < 0)
        return;
}

void progress_step(struct progress *progress,
                   const struct progress_state *state)
{
    char text[PROGRESS_LINE_BYTES];
    int64_t now;

    if (!progress->is_shown)
        return;
    now = clock_monotonic_ms();
    if (now - progress->drawn_ms < DRAW_EVERY_MS)
        return;
    progress->drawn_ms = now;
    progress->is_drawn = true;
    draw(progress,
         progress_format(state, progress->total_bytes, now - progress->begin_ms,
                         width_of(progress->fd) - 1, text));
}

void progress_clear(struct progress *progress)
{
    if (progress->is_drawn)
        draw(progress, "");
    progress->is_drawn = false;
}
