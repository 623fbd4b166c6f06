/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "cli/table.h"

static const struct table_column columns[] = {
    { .name = "name", .csv_name = "name" },
    { .name = "", .csv_name = "more", .is_csv_only = true },
    { .name = "count", .csv_name = "count", .is_number = true },
    { .name = "last" },
};

static const char *printed(enum command_format format)
{
    static char text[4096];
    struct printer printer;
    struct table table;
    struct err err;
    int ends[2];
    ssize_t n;

    assert_int_equal(pipe(ends), 0);
    printer_init(&printer, ends[1], format, OPTIONS_COLOR_NEVER);
    table_init(&table, columns, 4);
    table_add(&table, PRINTER_PLAIN,
              "b\xc3\xbc"
              "cher");
    table_add(&table, PRINTER_PLAIN, "x");
    table_add(&table, PRINTER_BAD, "1,000");
    table_add(&table, PRINTER_PLAIN, "day");
    table_add(&table, PRINTER_PLAIN, "=1+1");
    table_add(&table, PRINTER_PLAIN, "\x1b[2J");
    table_add(&table, PRINTER_PLAIN, "7");
    table_add(&table, PRINTER_PLAIN, NULL);
    assert_false(table.failed);
    table_print(&table, &printer);
    table_deinit(&table);
    assert_int_equal(printer_close(&printer, &err), 0);
    close(ends[1]);
    n = read(ends[0], text, sizeof(text) - 1);
    close(ends[0]);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static void columns_are_aligned_by_what_is_drawn(void **state)
{
    (void)state;
    assert_string_equal(printed(COMMAND_FORMAT_TEXT), "name    count  last\n"
                                                      "b\xc3\xbc"
                                                      "cher  1,000  day\n"
                                                      "=1+1        7\n");
}

static void csv_is_quoted_and_has_no_formula(void **state)
{
    (void)state;
    assert_string_equal(printed(COMMAND_FORMAT_CSV), "name,more,count\r\n"
                                                     "b\xc3\xbc"
                                                     "cher,x,\"1,000\"\r\n"
                                                     "'=1+1,\\x1b[2J,7\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_aligned_by_what_is_drawn),
        cmocka_unit_test(csv_is_quoted_and_has_no_formula),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
