/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Printer: all that a command writes to stdout goes through here.
 *
 * Collects output, writes it in large pieces and is asked once at the end
 * whether all of it went out. In text form outside strings are escaped and
 * colour is used where it is wanted; in JSON form a line is one document.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/err.h"
#include "cli/command.h"
#include "cli/options.h"
#include "json/writer.h"

/* What a piece of text is, for its colour. */
enum printer_style {
    PRINTER_PLAIN,
    PRINTER_HEAD,  /* a heading */
    PRINTER_FAINT, /* beside the point */
    PRINTER_GOOD,
    PRINTER_WARNING,
    PRINTER_BAD,
    PRINTER_STYLE_COUNT
};

struct printer {
    int fd;                     /* where it goes */
    enum command_format format; /* what was asked for */
    bool has_color;
    unsigned width; /* columns to fill; 80 where it is no terminal */
    struct buffer out;
    struct json_writer json;
    bool is_held;    /* see printer_hold */
    int write_errno; /* the first failure, 0 while all is well */
};

/*
 * Readies a printer. color: auto means a terminal, with NO_COLOR unset and TERM
 * not "dumb".
 */
void printer_init(struct printer *printer, int fd, enum command_format format,
                  enum options_color color);

/*
 * Writes what is left and frees the memory.
 * Returns: 0, -1 with err where anything could not be written.
 */
int printer_close(struct printer *printer, struct err *err);

/* ---- Text ---------------------------------------------------------------- */

/* Prints text of ours as it is. */
__attribute__((format(printf, 2, 3))) void printer_say(struct printer *printer,
                                                       const char *format, ...);

/* Prints text of ours in a style. */
__attribute__((format(printf, 3, 4))) void printer_say_style(
    struct printer *printer, enum printer_style style, const char *format, ...);

/* Prints text from outside, escaped for a terminal; NULL prints nothing. */
void printer_outside(struct printer *printer, const char *text);

/*
 * Prints a paragraph that may hold text from outside: escaped, broken at blanks
 * to the width, each line indented; ends with a line end.
 * first, rest: columns to indent the first line and those after it.
 */
void printer_paragraph(struct printer *printer, unsigned first, unsigned rest,
                       const char *text);

/* ---- JSON Lines ---------------------------------------------------------- */

/* Begins a line. Returns: the writer for its one document. */
struct json_writer *printer_json_begin(struct printer *printer);

/* Ends the line; hands it on. */
void printer_json_end(struct printer *printer);

/* ---- Any form ------------------------------------------------------------ */

/* Writes out what is collected, when it is much or `now` is set. */
void printer_flush(struct printer *printer, bool now);

/*
 * Writes out nothing until it is released: for what is not certain yet, or while
 * others wait for us. What came before is written at once.
 */
void printer_hold(struct printer *printer);

/*
 * Ends the hold. is_kept: what was printed meanwhile is written out, else it is
 * forgotten.
 */
void printer_release(struct printer *printer, bool is_kept);

/*
 * Tells whether colour suits a descriptor under an option value.
 */
bool printer_wants_color(int fd, enum options_color color);

/*
 * Columns that text takes on a terminal: wide and combining characters count as
 * they are drawn.
 */
size_t printer_columns(const char *text);
