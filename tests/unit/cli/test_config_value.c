/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cli/config_value.h"

enum { DAY = 86400 };

static void durations_have_units_and_ranges(void **state)
{
    static const struct {
        const char *text;
        int64_t max, want; /* want -1: refused */
        const char *says;
    } rows[] = {
        { "90d", INT64_MAX, 90 * DAY, NULL },
        { "2w", INT64_MAX, 14 * DAY, NULL },
        { "12h", DAY, 12 * 3600, NULL },
        { "5min", DAY, 300, NULL },
        { "1s", DAY, 1, NULL },
        { "24h", DAY, DAY, NULL },
        { "forever", INT64_MAX, INT64_MAX, NULL },
        { "forever", DAY, -1, "a number with its unit" },
        { "0s", DAY, -1, "from 1s to 1d" },
        { "0", DAY, -1, "from 1s to 1d" },
        { "25h", DAY, -1, "from 1s to 1d" },
        { "5", DAY, -1, "e.g. 90d" },
        { "5 min", DAY, -1, "e.g. 90d" },
        { "5m", DAY, -1, "e.g. 90d" },
        { "-5s", DAY, -1, "e.g. 90d" },
        { "+5s", DAY, -1, "e.g. 90d" },
        { "d", DAY, -1, "e.g. 90d" },
        { "1.5h", DAY, -1, "e.g. 90d" },
        { "0x10s", DAY, -1, "e.g. 90d" },
        { "5S", DAY, -1, "e.g. 90d" },
        { "9223372036854775807s", DAY, -1, "from 1s to 1d" },
        { "9223372036854775808s", DAY, -1, "e.g. 90d" },
        { "9223372036854775807w", INT64_MAX, -1, "1s at least" },
        { "18446744073709551617s", INT64_MAX, -1, "e.g. 90d" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t got = -1;
        struct err err = { 0 };

        config_value_duration(rows[i].text, 1, rows[i].max, &got, &err);
        if (got != rows[i].want ||
            (rows[i].says && !strstr(err.text, rows[i].says)))
            fail_msg("%s: expected %lld %s, got %lld %s", rows[i].text,
                     (long long)rows[i].want, rows[i].says ? rows[i].says : "",
                     (long long)got, err.text);
    }
}

static void sizes_have_units_and_ranges(void **state)
{
    static const struct {
        const char *text;
        int64_t want;
        const char *says;
    } rows[] = {
        { "10MiB", 10 << 20, NULL },
        { "1GiB", 1 << 30, NULL },
        { "1GB", 1000000000, NULL },
        { "500kB", 500000, NULL },
        { "512KiB", 512 << 10, NULL },
        { "2TiB", INT64_C(2) << 40, NULL },
        { "100B", 100, NULL },
        { "0", 0, NULL },
        { "0MiB", 0, NULL },
        { "3TiB", -1, "from 0B to 2TiB" },
        { "10", -1, "its unit" },
        { "10M", -1, "its unit" },
        { "10mib", -1, "its unit" },
        { "", -1, "its unit" },
        { "9223372036854775807TiB", -1, "from 0B to 2TiB" },
        { "99999999999999999999B", -1, "its unit" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t got = -1;
        struct err err = { 0 };

        config_value_size(rows[i].text, 0, INT64_C(2) << 40, &got, &err);
        if (got != rows[i].want ||
            (rows[i].says && !strstr(err.text, rows[i].says)))
            fail_msg("%s: got %lld %s", rows[i].text, (long long)got, err.text);
    }
}

static void counts_flags_and_words_are_exact(void **state)
{
    static const char *const words[] = { "leave", "move", "delete", NULL };
    int64_t count = 0;
    unsigned index = 9;
    bool flag = false;
    struct err err;

    (void)state;
    assert_int_equal(config_value_count("7", 1, 10, &count, &err), 0);
    assert_int_equal(count, 7);
    assert_int_equal(config_value_count("11", 1, 10, &count, &err), -1);
    assert_string_equal(err.text,
                        "is \"11\", but must be a whole number from 1 to 10");
    assert_int_equal(config_value_count("7x", 1, 10, &count, &err), -1);
    assert_int_equal(config_value_count("", 0, 10, &count, &err), -1);
    assert_int_equal(config_value_flag("yes", &flag, &err), 0);
    assert_true(flag);
    assert_int_equal(config_value_flag("no", &flag, &err), 0);
    assert_false(flag);
    assert_int_equal(config_value_flag("true", &flag, &err), -1);
    assert_int_equal(config_value_word("move", words, &index, &err), 0);
    assert_int_equal(index, 1);
    assert_int_equal(config_value_word("deleet", words, &index, &err), -1);
    assert_string_equal(err.text, "is \"deleet\", but must be leave, move or "
                                  "delete; did you mean delete?");
    assert_int_equal(config_value_word("zzzzzz", words, &index, &err), -1);
    assert_string_equal(err.text,
                        "is \"zzzzzz\", but must be leave, move or delete");
}

static const char *domain(const char *text)
{
    static struct arena arena;
    static struct err err;
    const char *out;

    arena_deinit(&arena);
    arena_init(&arena, 65536);
    return config_value_domain(&arena, text, &out, &err) ? err.text : out;
}

static const char *recipient(const char *text)
{
    static struct arena arena;
    static struct err err;
    const char *out;

    arena_deinit(&arena);
    arena_init(&arena, 65536);
    return config_value_recipient(&arena, text, &out, &err) ? err.text : out;
}

static void names_are_normalised_or_refused(void **state)
{
    (void)state;
    assert_string_equal(domain("Example.COM."), "example.com");
    assert_string_equal(domain(".Example.com"), ".example.com");
    assert_string_equal(domain("b\xc3\xbc"
                               "cher.example"),
                        "xn--bcher-kva.example");
    assert_string_equal(domain("a b"), "has \"a b\", which is no domain name");
    assert_string_equal(domain("."), "has \"\", which is no domain name");
    assert_string_equal(
        domain("*.example.com"),
        "has \"*.example.com\"; write .example.com for a domain and all below");
    assert_string_equal(recipient("TLS@Example.com"), "tls@example.com");
    assert_string_equal(recipient("@Example.com"), "@example.com");
    assert_string_equal(recipient("+Acme"), "+acme");
    assert_string_equal(recipient("a@b@example.com"), "a@b@example.com");
    for (const char *const *bad =
             (const char *const[]){ "acme", "+", "+a@b.c", "a b@example.com",
                                    "<a@example.com>", "", NULL };
         *bad; bad++)
        assert_non_null(strstr(recipient(*bad), "write user@example.com"));
    assert_string_equal(recipient("a@b c"),
                        "has \"a@b c\"; write user@example.com, @example.com "
                        "or \"+extension\"");
}

static const char *authority(const char *text)
{
    static char room[4096];
    const char *out = NULL;
    struct arena arena;
    struct err err;

    arena_init(&arena, sizeof(room));
    snprintf(room, sizeof(room), "%s",
             config_value_authority(&arena, text, &out, &err) ? err.text : out);
    arena_deinit(&arena);
    return room;
}

static void a_host_may_have_a_port(void **state)
{
    (void)state;
    assert_string_equal(authority("Reports.Example.com."),
                        "reports.example.com");
    assert_string_equal(authority("Reports.example.com:8443"),
                        "reports.example.com:8443");
    assert_string_equal(authority("reports.example.com:443"),
                        "reports.example.com");
    assert_string_equal(authority("reports.example.com:65535"),
                        "reports.example.com:65535");
    for (const char *const *bad =
             (const char *const[]){ ".example.com", "a.example:", "a.example:0",
                                    "a.example:65536", "a.example:+1",
                                    "a.example:1x", "a.example:99999999999",
                                    "a.example:1:2", NULL };
         *bad; bad++)
        assert_non_null(
            strstr(authority(*bad), "must be a name, or name:port"));
    assert_string_equal(authority(":1"), "has \"\", which is no domain name");
    assert_string_equal(authority("*.example.com:1"),
                        "has \"*.example.com\", which is no domain name");
    assert_string_equal(authority("a b:1"),
                        "has \"a b\", which is no domain name");
}

static void what_is_written_is_read_the_same(void **state)
{
    static const int64_t seconds[] = { 1,     59,     60,       3600,
                                       86400, 604800, 90 * DAY, INT64_MAX };
    static const int64_t sizes[] = {
        0, 1, 1000, 1024, 1500, 10 << 20, INT64_C(1) << 40, 1000000
    };
    struct err err;
    char room[32];

    (void)state;
    for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
        int64_t got = -1;

        config_value_format_duration(seconds[i], room);
        assert_int_equal(config_value_duration(room, 0, INT64_MAX, &got, &err),
                         0);
        assert_true(got == seconds[i]);
    }
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        int64_t got = -1;

        config_value_format_size(sizes[i], room);
        assert_int_equal(config_value_size(room, 0, INT64_MAX, &got, &err), 0);
        assert_true(got == sizes[i]);
    }
    assert_string_equal(config_value_format_duration(90 * DAY, room), "90d");
    assert_string_equal(config_value_format_size(256 << 20, room), "256MiB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_have_units_and_ranges),
        cmocka_unit_test(sizes_have_units_and_ranges),
        cmocka_unit_test(counts_flags_and_words_are_exact),
        cmocka_unit_test(names_are_normalised_or_refused),
        cmocka_unit_test(a_host_may_have_a_port),
        cmocka_unit_test(what_is_written_is_read_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
