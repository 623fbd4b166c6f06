/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "cli/phrase.h"
#include "cli/printer.h"

/* 2026-10-01 00:00:00 UTC. */
static const utc_time midnight = INT64_C(1790812800);

static void what_is_not_told_has_words(void **state)
{
    (void)state;
    assert_string_equal(phrase_or("a", "b"), "a");
    assert_string_equal(phrase_or("", "b"), "b");
    assert_string_equal(phrase_or(NULL, "b"), "b");
}

static void a_domain_is_shown_in_both_its_forms(void **state)
{
    static const struct {
        const char *domain;
        const char *told;
    } rows[] = {
        { "example.org", "example.org" },
        { "xn--mnchen-3ya.example",
          "xn--mnchen-3ya.example (m\xc3\xbcnchen.example)" },
        { "", "an unnamed domain" },
        { NULL, "an unnamed domain" },
    };
    struct arena scratch;
    struct buffer text;

    (void)state;
    arena_init(&scratch, 4096);
    buffer_init(&text, 256);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        phrase_add_domain(&text, &scratch, rows[i].domain);
        assert_string_equal(buffer_text(&text), rows[i].told);
        buffer_reset(&text);
    }
    buffer_deinit(&text);
    arena_deinit(&scratch);
}

static void days_are_one_or_a_range_or_none(void **state)
{
    const utc_time end = midnight + UTC_DAY_SECONDS;
    const struct {
        utc_time start, end;
        const char *told;
    } rows[] = {
        { midnight, end, "2026-10-01 (UTC)" },
        { midnight, end - 1, "2026-10-01 (UTC)" },
        { midnight, end + 1,
          "2026-10-01T00:00:00Z to 2026-10-02T00:00:01Z,"
          " counted on 2026-10-01" },
        { midnight + 1, end,
          "2026-10-01T00:00:01Z to 2026-10-02T00:00:00Z,"
          " counted on 2026-10-01" },
        { UTC_NONE, end, "no range of days given" },
        { midnight, UTC_NONE, "no range of days given" },
    };
    struct buffer text;

    (void)state;
    buffer_init(&text, 256);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        phrase_add_days(&text, rows[i].start, rows[i].end,
                        utc_day_of(midnight));
        assert_string_equal(buffer_text(&text), rows[i].told);
        buffer_reset(&text);
    }
    buffer_deinit(&text);
}

static void a_paragraph_is_printed_and_gone(void **state)
{
    struct printer printer;
    struct buffer text;
    struct err err;
    char met[64] = "";
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    printer_init(&printer, ends[1], COMMAND_FORMAT_TEXT, OPTIONS_COLOR_NEVER);
    buffer_init(&text, 256);
    buffer_add_text(&text, "once");
    phrase_end_paragraph(&text, &printer, 2, 4);
    assert_int_equal(text.len, 0);
    buffer_deinit(&text);
    assert_int_equal(printer_close(&printer, &err), 0);
    close(ends[1]);
    assert_int_equal(read(ends[0], met, sizeof(met) - 1), 7);
    close(ends[0]);
    assert_string_equal(met, "  once\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_told_has_words),
        cmocka_unit_test(a_domain_is_shown_in_both_its_forms),
        cmocka_unit_test(days_are_one_or_a_range_or_none),
        cmocka_unit_test(a_paragraph_is_printed_and_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
