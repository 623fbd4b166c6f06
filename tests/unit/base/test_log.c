/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"

#include <stdlib.h>
#include <unistd.h>

#include "row.h"
#include "said.h"

static struct said said;

static void a_line_holds_pairs_with_outside_text_escaped(void **state)
{
    (void)state;
    unsetenv("JOURNAL_STREAM");
    said_begin(&said);
    log_line(LOG_LEVEL_ERROR, "import-failed", "path", "a b.json", "why",
             "\x1b[2J\"x\"\n", "none", NULL, "host", "mx.example", NULL);
    (void)said_end(&said);
    assert_string_equal(said.text,
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
            said_begin(&said);
            log_line(rows[i].level, "x", NULL);
            (void)said_end(&said);
            ROW_TEXT(rows[i].line, said.text, i <= least ? rows[i].line : "");
        }
    }
    log_set_level(LOG_LEVEL_NOTICE);
}

static void the_journal_is_told_the_priority(void **state)
{
    (void)state;
    setenv("JOURNAL_STREAM", "8:1", 1);
    said_begin(&said);
    log_line(LOG_LEVEL_WARNING, "x", "a", "1", NULL);
    (void)said_end(&said);
    unsetenv("JOURNAL_STREAM");
    assert_string_equal(said.text, "<4>level=warning id=x a=1\n");
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
        said_begin(&said);
        log_line(LOG_LEVEL_ERROR, "x", "value", value, "next", "y", NULL);
        (void)said_end(&said);
        len = strlen(said.text);
        assert_true(len > 1 && len <= 4096);
        assert_int_equal(said.text[len - 1], '\n');
        assert_ptr_equal(strchr(said.text, '\n'), said.text + len - 1);
        free(value);
    }
}

/* Members are texts, and the line is one object however it is cut. */
static void a_line_may_be_json(void **state)
{
    (void)state;
    unsetenv("JOURNAL_STREAM");
    log_set_format(LOG_FORMAT_JSON);
    said_begin(&said);
    log_line(LOG_LEVEL_ERROR, "import-failed", "path", "a b.json", "why",
             "\x1b\"x\"\n", "none", NULL, NULL);
    (void)said_end(&said);
    assert_string_equal(said.text,
                        "{\"level\":\"error\",\"id\":\"import-failed\","
                        "\"path\":\"a b.json\",\"why\":\"\\u001b\\\"x\\\""
                        "\\u000a\",\"none\":\"\"}\n");
    setenv("JOURNAL_STREAM", "8:1", 1);
    said_begin(&said);
    log_line(LOG_LEVEL_NOTICE, "x", NULL);
    (void)said_end(&said);
    unsetenv("JOURNAL_STREAM");
    assert_string_equal(said.text, "<5>{\"level\":\"notice\",\"id\":\"x\"}\n");
    log_set_format(LOG_FORMAT_LOGFMT);
}

static void a_json_line_cut_short_is_whole(void **state)
{
    (void)state;
    unsetenv("JOURNAL_STREAM");
    log_set_format(LOG_FORMAT_JSON);
    for (size_t n = 4000; n < 4100; n++) {
        char *value = calloc(1, n + 8);
        const char *in;
        size_t len;

        memset(value, 'x', n);
        memcpy(value + n, "\"\x1b\xc3\xbc\n", 6);
        said_begin(&said);
        log_line(LOG_LEVEL_ERROR, "x", "value", value, "next", "y", NULL);
        (void)said_end(&said);
        len = strlen(said.text);
        assert_true(len > 4000 && len <= 4096);
        assert_string_equal(said.text + len - 3, "\"}\n");
        /* What stands behind the value is whole or is not there. */
        in = strstr(said.text, "xxx");
        in += strspn(in, "x");
        while (*in && *in != '"') {
            if (*in == '\\')
                in += in[1] == 'u' ? 6 : 2;
            else
                in += (unsigned char)*in < 0x80 ? 1 : 2;
        }
        assert_true(strcmp(in, "\"}\n") == 0 ||
                    strncmp(in, "\",\"next\":\"", 10) == 0);
        free(value);
    }
    log_set_format(LOG_FORMAT_LOGFMT);
}

static size_t count_lines(const char *part)
{
    size_t n = 0;

    for (const char *at = said.text; (at = strstr(at, part)); at++)
        n++;
    return n;
}

static void what_comes_too_often_is_counted(void **state)
{
    (void)state;
    unsetenv("JOURNAL_STREAM");
    log_set_limit(3, INT64_C(3600) * 1000);
    said_begin(&said);
    for (int i = 0; i < 10; i++)
        log_line(LOG_LEVEL_WARNING, "often", NULL);
    log_line(LOG_LEVEL_WARNING, "rare", NULL);
    log_flush();
    log_flush();
    (void)said_end(&said);
    assert_int_equal(count_lines("id=often\n"), 3);
    assert_int_equal(count_lines("id=rare\n"), 1);
    assert_int_equal(
        count_lines("level=warning id=log-suppressed of=often lines=7\n"), 1);
    assert_int_equal(count_lines("log-suppressed"), 1);
    log_set_limit(0, 0);
}

static void another_window_begins_by_telling(void **state)
{
    int64_t begin_ms;

    (void)state;
    unsetenv("JOURNAL_STREAM");
    log_set_limit(1, 0);
    said_begin(&said);
    log_line(LOG_LEVEL_NOTICE, "x", "n", "1", NULL);
    log_line(LOG_LEVEL_NOTICE, "x", "n", "2", NULL);
    (void)said_end(&said);
    assert_string_equal(said.text,
                        "level=notice id=x n=1\nlevel=notice id=x n=2\n");
    log_set_limit(1, 20);
    said_begin(&said);
    /* Until a window had two lines, however seldom we run. */
    do {
        begin_ms = clock_monotonic_ms();
        log_line(LOG_LEVEL_NOTICE, "y", NULL);
        log_line(LOG_LEVEL_NOTICE, "y", NULL);
    } while (clock_monotonic_ms() - begin_ms >= 20);
    while (clock_monotonic_ms() - begin_ms < 50)
        continue;
    log_line(LOG_LEVEL_NOTICE, "y", NULL);
    (void)said_end(&said);
    assert_true(count_lines("id=log-suppressed of=y lines=") >= 1);
    assert_true(count_lines("id=y\n") >= 2);
    log_set_limit(0, 0);
    said_begin(&said);
    for (int i = 0; i < 100; i++)
        log_line(LOG_LEVEL_NOTICE, "z", NULL);
    (void)said_end(&said);
    assert_int_equal(count_lines("id=z\n"), 100);
    log_set_limit(0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_holds_pairs_with_outside_text_escaped),
        cmocka_unit_test(levels_are_named_and_the_least_is_kept),
        cmocka_unit_test(the_journal_is_told_the_priority),
        cmocka_unit_test(a_line_cut_short_still_ends),
        cmocka_unit_test(a_line_may_be_json),
        cmocka_unit_test(a_json_line_cut_short_is_whole),
        cmocka_unit_test(what_comes_too_often_is_counted),
        cmocka_unit_test(another_window_begins_by_telling),
    };

    log_set_limit(0, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
