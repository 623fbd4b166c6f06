/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/printer.h"

static struct printer printer;
static int ends[2];

static void begin(enum options_color color)
{
    assert_int_equal(pipe(ends), 0);
    printer_init(&printer, ends[1], COMMAND_FORMAT_TEXT, color);
}

/* What came out, after closing the printer. */
static const char *text(void)
{
    static char met[4096];
    struct err err;
    ssize_t n;

    assert_int_equal(printer_close(&printer, &err), 0);
    close(ends[1]);
    n = read(ends[0], met, sizeof(met) - 1);
    close(ends[0]);
    met[n > 0 ? n : 0] = '\0';
    return met;
}

static void outside_text_is_escaped_and_ours_is_not(void **state)
{
    (void)state;
    begin(OPTIONS_COLOR_NEVER);
    printer_say(&printer, "a %d ", 7);
    printer_outside(&printer, "evil\x1b[2Jname");
    printer_outside(&printer, NULL);
    printer_say_style(&printer, PRINTER_BAD, "!\n");
    assert_string_equal(text(), "a 7 evil\\x1b[2Jname!\n");
}

static void what_is_held_is_written_or_forgotten(void **state)
{
    char met[16] = "";
    (void)state;
    begin(OPTIONS_COLOR_NEVER);
    printer_say(&printer, "before ");
    printer_hold(&printer);
    printer_say(&printer, "%0*d", 40000, 0);
    printer_flush(&printer, true);
    assert_int_equal(read(ends[0], met, sizeof(met)), 7);
    assert_string_equal(met, "before ");
    printer_release(&printer, false);
    printer_hold(&printer);
    printer_say(&printer, "kept ");
    printer_release(&printer, true);
    printer_hold(&printer);
    printer_say(&printer, "at the end");
    assert_string_equal(text(), "kept at the end");
}

static void colour_only_where_wanted(void **state)
{
    (void)state;
    begin(OPTIONS_COLOR_ALWAYS);
    printer_say_style(&printer, PRINTER_BAD, "x");
    printer_say_style(&printer, PRINTER_PLAIN, "y");
    assert_string_equal(text(), "\x1b[1;31mx\x1b[0my");
    begin(OPTIONS_COLOR_AUTO);
    assert_false(printer.has_color);
    printer_say_style(&printer, PRINTER_BAD, "x");
    assert_string_equal(text(), "x");
}

static void paragraphs_break_at_blanks(void **state)
{
    (void)state;
    begin(OPTIONS_COLOR_NEVER);
    printer.width = 20;
    printer_paragraph(&printer, 2, 4,
                      "one two three four five sixteenletters "
                      "averyverylongwordindeed end");
    assert_string_equal(text(), "  one two three four\n"
                                "    five\n"
                                "    sixteenletters\n"
                                "    averyverylongwordindeed\n"
                                "    end\n");
}

static void columns_count_what_is_drawn(void **state)
{
    (void)state;
    assert_int_equal(printer_columns("abc"), 3);
    assert_int_equal(printer_columns("b\xc3\xbc"
                                     "cher"),
                     6);
    assert_int_equal(printer_columns("\xe4\xbe\x8b\xe5\xad\x90"), 4);
    assert_int_equal(printer_columns("e\xcc\x81"), 1);
}

static void a_json_document_is_a_line(void **state)
{
    struct json_writer *json;

    (void)state;
    begin(OPTIONS_COLOR_ALWAYS);
    for (int i = 0; i < 2; i++) {
        json = printer_json_begin(&printer);
        json_begin_object(json);
        json_member_int(json, "i", i);
        json_end_object(json);
        printer_json_end(&printer);
    }
    assert_string_equal(text(), "{\"i\":0}\n{\"i\":1}\n");
}

static void a_failed_write_is_told_at_the_end(void **state)
{
    struct err err;

    (void)state;
    printer_init(&printer, -1, COMMAND_FORMAT_TEXT, OPTIONS_COLOR_NEVER);
    printer_say(&printer, "x");
    assert_int_equal(printer_close(&printer, &err), -1);
    assert_int_equal(err.kind, ERR_SYSTEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outside_text_is_escaped_and_ours_is_not),
        cmocka_unit_test(what_is_held_is_written_or_forgotten),
        cmocka_unit_test(colour_only_where_wanted),
        cmocka_unit_test(paragraphs_break_at_blanks),
        cmocka_unit_test(columns_count_what_is_drawn),
        cmocka_unit_test(a_json_document_is_a_line),
        cmocka_unit_test(a_failed_write_is_told_at_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
