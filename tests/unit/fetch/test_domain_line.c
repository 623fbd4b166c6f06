/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "fetch/domain_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "row.h"

static const struct {
    const char *name, *text;
    bool is_sound;
} lines[] = {
    { "a domain", "a.example", true },
    { "one label", "localhost", true },
    { "an A-label", "xn--bcher-kva.example", true },
    { "an underscore", "_a.example", true },
    { "nothing", "", false },
    { "the end of a list", ".", false },
    { "an option", "-oProxyCommand=x", false },
    { "a blank", "a b", false },
    { "a word for a shell", "a;reboot", false },
    { "a substitution", "$(reboot)", false },
    { "upper case", "A.example", false },
    { "a carriage return", "a.example\r", false },
    { "not ASCII",
      "b\xc3\xbc"
      "cher.example",
      false },
};

static void only_names_are_lines(void **state)
{
    char longest[255];

    (void)state;
    for (size_t i = 0; i < ROWS(lines); i++) {
        if (domain_line_is_sound(slice_of(lines[i].text)) != lines[i].is_sound)
            fail_msg("%s", lines[i].name);
    }
    memset(longest, 'a', sizeof(longest));
    assert_true(domain_line_is_sound(slice_make(longest, 253)));
    assert_false(domain_line_is_sound(slice_make(longest, 254)));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(
        only_names_are_lines) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
