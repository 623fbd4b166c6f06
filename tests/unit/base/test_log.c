/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/log.h"

#include <stdlib.h>
#include <unistd.h>

#include "row.h"

/* What a call to log_line wrote to stderr. */
static char written[20000];
static int saved_stderr, ends[2];

static void listen_in(void)
{
    assert_int_equal(pipe(ends), 0);
    saved_stderr = dup(STDERR_FILENO);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
}

static void stop_listening(void)
{
    ssize_t n;

    assert_true(dup2(saved_stderr, STDERR_FILENO) >= 0);
    close(saved_stderr);
    close(ends[1]);
    n = read(ends[0], written, sizeof(written) - 1);
    close(ends[0]);
    written[n > 0 ? n : 0] = '\0';
}

static void a_line_holds_pairs_with_outside_text_escaped(void **state)
{
    (void)state;
    unsetenv("JOURNAL_STREAM");
    listen_in();
    log_line(LOG_LEVEL_ERROR, "import-failed", "path", "a b.json", "why",
             "\x1b[2J\"x\"\n", "none", NULL, "host", "mx.example", NULL);
    stop_listening();
    assert_string_equal(written,
                        "level=error id=import-failed path=\"a b.json\" "
                        "why=\"\\x1b[2J\\\"x\\\"\\x0a\" none=\"\" "
                        "host=mx.example\n");
}

static void levels_are_named_and_the_least_is_kept(void **state)
{
    static const struct {
        enum log_level level;
        const char *line;
    } rows[] = {
        { LOG_LEVEL_ERROR, "level=error id=x\n" },
        { LOG_LEVEL_WARNING, "level=warning id=x\n" },
        { LOG_LEVEL_NOTICE, "level=notice id=x\n" },
        { LOG_LEVEL_INFO, "level=info id=x\n" },
        { LOG_LEVEL_DEBUG, "level=debug id=x\n" },
    };

    (void)state;
    unsetenv("JOURNAL_STREAM");
    for (size_t least = 0; least < ROWS(rows); least++) {
        for (size_t i = 0; i < ROWS(rows); i++) {
            log_set_level(rows[least].level);
            listen_in();
            log_line(rows[i].level, "x", NULL);
            stop_listening();
            ROW_TEXT(rows[i].line, written, i <= least ? rows[i].line : "");
        }
    }
    log_set_level(LOG_LEVEL_NOTICE);
}

static void the_journal_is_told_the_priority(void **state)
{
    (void)state;
    setenv("JOURNAL_STREAM", "8:1", 1);
    listen_in();
    log_line(LOG_LEVEL_WARNING, "x", "a", "1", NULL);
    stop_listening();
    unsetenv("JOURNAL_STREAM");
    assert_string_equal(written, "<4>level=warning id=x a=1\n");
}

/* However long outside text is, a line ends before the next one begins. */
static void a_line_cut_short_still_ends(void **state)
{
    static const size_t lengths[] = { 4050, 4060, 4066, 4067, 4068,
                                      4069, 4070, 4071, 4096, 9000 };

    (void)state;
    unsetenv("JOURNAL_STREAM");
    for (size_t i = 0; i < ROWS(lengths); i++) {
        char *value = calloc(1, lengths[i] + 1);
        size_t len;

        memset(value, 'x', lengths[i]);
        listen_in();
        log_line(LOG_LEVEL_ERROR, "x", "value", value, "next", "y", NULL);
        stop_listening();
        len = strlen(written);
        assert_true(len > 1 && len <= 4096);
        assert_int_equal(written[len - 1], '\n');
        assert_ptr_equal(strchr(written, '\n'), written + len - 1);
        free(value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_holds_pairs_with_outside_text_escaped),
        cmocka_unit_test(levels_are_named_and_the_least_is_kept),
        cmocka_unit_test(the_journal_is_told_the_priority),
        cmocka_unit_test(a_line_cut_short_still_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
