/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/printer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"

enum {
    FLUSH_BYTES = 32 * 1024,
    OUT_MAX_BYTES = 64 * 1024 * 1024, /* one string of a report, escaped */
    WIDTH_LEAST = 40,
    WIDTH_MOST = 100 /* longer lines are hard to read */
};

static const char *const style_codes[PRINTER_STYLE_COUNT] = {
    [PRINTER_HEAD] = "\x1b[1m",   [PRINTER_FAINT] = "\x1b[2m",
    [PRINTER_GOOD] = "\x1b[32m",  [PRINTER_WARNING] = "\x1b[33m",
    [PRINTER_BAD] = "\x1b[1;31m",
};

bool printer_wants_color(int fd, enum options_color color)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    if (color != OPTIONS_COLOR_AUTO)
        return color == OPTIONS_COLOR_ALWAYS;
    if (no_color && *no_color)
        return false;
    return isatty(fd) && term && strcmp(term, "dumb") != 0;
}

static unsigned terminal_width(int fd)
{
    struct winsize size = { 0 };

    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 80;
    if (size.ws_col < WIDTH_LEAST)
        return WIDTH_LEAST;
    return size.ws_col > WIDTH_MOST ? WIDTH_MOST : size.ws_col;
}

void printer_init(struct printer *printer, int fd, enum command_format format,
                  enum options_color color)
{
    printer->fd = fd;
    printer->format = format;
    printer->has_color =
        format == COMMAND_FORMAT_TEXT && printer_wants_color(fd, color);
    printer->width = terminal_width(fd);
    printer->write_errno = 0;
    printer->is_held = false;
    buffer_init(&printer->out, OUT_MAX_BYTES);
}

static void write_all(struct printer *printer, struct slice octets)
{
    while (!printer->write_errno && octets.len > 0) {
        ssize_t n = write(printer->fd, octets.ptr, octets.len);

        if (n >= 0)
            octets = slice_skip(octets, (size_t)n);
        else if (errno != EINTR)
            printer->write_errno = errno;
    }
}

void printer_flush(struct printer *printer, bool now)
{
    if (printer->is_held || (!now && printer->out.len < FLUSH_BYTES))
        return;
    if (printer->out.failed && !printer->write_errno)
        printer->write_errno = ENOMEM;
    write_all(printer, buffer_slice(&printer->out));
    buffer_reset(&printer->out);
}

void printer_hold(struct printer *printer)
{
    printer_flush(printer, true);
    printer->is_held = true;
}

void printer_release(struct printer *printer, bool is_kept)
{
    printer->is_held = false;
    if (is_kept)
        printer_flush(printer, true);
    else
        buffer_reset(&printer->out);
}

int printer_close(struct printer *printer, struct err *err)
{
    printer->is_held = false;
    printer_flush(printer, true);
    buffer_deinit(&printer->out);
    if (!printer->write_errno)
        return 0;
    errno = printer->write_errno;
    return err_system(err, "cannot write to stdout");
}

/* Appends formatted text that was measured before. */
__attribute__((format(printf, 3, 0))) static void put(struct printer *printer,
                                                      int bytes,
                                                      const char *format,
                                                      va_list args)
{
    char *at = buffer_reserve(&printer->out, bytes > 0 ? (size_t)bytes + 1 : 1);

    if (at && bytes > 0) {
        vsnprintf(at, (size_t)bytes + 1, format, args);
        printer->out.len += (size_t)bytes;
    }
    printer_flush(printer, false);
}

void printer_say(struct printer *printer, const char *format, ...)
{
    va_list args;
    int bytes;

    va_start(args, format);
    bytes = vsnprintf(NULL, 0, format, args);
    va_end(args);
    va_start(args, format);
    put(printer, bytes, format, args);
    va_end(args);
}

void printer_say_style(struct printer *printer, enum printer_style style,
                       const char *format, ...)
{
    bool is_styled = printer->has_color && style_codes[style];
    va_list args;
    int bytes;

    if (is_styled)
        buffer_add_text(&printer->out, style_codes[style]);
    va_start(args, format);
    bytes = vsnprintf(NULL, 0, format, args);
    va_end(args);
    va_start(args, format);
    put(printer, bytes, format, args);
    va_end(args);
    if (is_styled)
        buffer_add_text(&printer->out, "\x1b[0m");
}

void printer_outside(struct printer *printer, const char *text)
{
    text_add_terminal(&printer->out, slice_of(text));
    printer_flush(printer, false);
}

/* Characters that take two columns: East Asian wide ones and pictographs. */
static bool is_wide(unsigned c)
{
    return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
           (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
           (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
           (c >= 0x1f300 && c <= 0x1f64f) || (c >= 0x20000 && c <= 0x3fffd);
}

static bool is_combining(unsigned c)
{
    return (c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200d) ||
           (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe00 && c <= 0xfe0f);
}

static size_t columns(struct slice text)
{
    size_t n = 0;

    while (text.len > 0) {
        size_t bytes;
        unsigned c = text_decode_utf8(text, &bytes);

        n += is_combining(c) ? 0 : is_wide(c) ? 2 : 1;
        text = slice_skip(text, bytes);
    }
    return n;
}

size_t printer_columns(const char *text)
{
    return columns(slice_of(text));
}

static void indent(struct buffer *out, unsigned n)
{
    buffer_add_format(out, "%*s", (int)n, "");
}

void printer_paragraph(struct printer *printer, unsigned first, unsigned rest,
                       const char *text)
{
    struct buffer escaped;
    struct slice left;
    size_t at = first;
    bool is_line_start = true;

    buffer_init(&escaped, OUT_MAX_BYTES);
    text_add_terminal(&escaped, slice_of(text));
    left = buffer_slice(&escaped);
    indent(&printer->out, first);
    while (left.len > 0) {
        struct slice word = slice_make(left.ptr, slice_find(left, ' '));
        size_t word_columns = columns(word);

        if (!is_line_start && at + 1 + word_columns > printer->width) {
            buffer_add_char(&printer->out, '\n');
            indent(&printer->out, rest);
            at = rest;
            is_line_start = true;
        }
        if (!is_line_start)
            buffer_add_char(&printer->out, ' ');
        buffer_add(&printer->out, word.ptr, word.len);
        at += word_columns + !is_line_start;
        is_line_start = false;
        left = slice_skip(left, word.len + 1);
    }
    buffer_add_char(&printer->out, '\n');
    buffer_deinit(&escaped);
    printer_flush(printer, false);
}

static void take_json(void *context, struct slice octets)
{
    write_all(context, octets);
}

struct json_writer *printer_json_begin(struct printer *printer)
{
    json_writer_init(&printer->json, &printer->out);
    printer->json.sink = take_json;
    printer->json.context = printer;
    return &printer->json;
}

void printer_json_end(struct printer *printer)
{
    buffer_add_char(&printer->out, '\n');
    printer_flush(printer, false);
}
