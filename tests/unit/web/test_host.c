/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web/host.h"

static void loopback_addresses_are_taken(void **state)
{
    static const struct {
        const char *text, *address;
        unsigned port;
    } rows[] = {
        { "127.0.0.1:8460", "127.0.0.1", 8460 },
        { "127.1.2.3:1", "127.1.2.3", 1 },
        { "127.0.0.1:0", "127.0.0.1", 0 },
        { "localhost:65535", "127.0.0.1", 65535 },
        { "[::1]:8460", "[::1]", 8460 },
        { "[0:0:0:0:0:0:0:1]:8460", "[::1]", 8460 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct host host;
        struct err err = { 0 };
        if (host_parse(rows[i].text, &host, &err) != 0 ||
            strcmp(host.address, rows[i].address) != 0 ||
            host.port != rows[i].port)
            fail_msg("%s: got %s:%u (%s)", rows[i].text, host.address,
                     host.port, err.text);
    }
}

static void all_others_are_refused(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        { "0.0.0.0:8460", "no loopback address" },
        { "[::]:8460", "no loopback address" },
        { "192.0.2.1:8460", "no loopback address" },
        { "128.0.0.1:8460", "no loopback address" },
        { "[2001:db8::1]:8460", "no loopback address" },
        { "[::ffff:127.0.0.1]:8460", "no loopback address" },
        { "example.com:8460", "no loopback address" },
        { "127.1:8460", "no loopback address" },
        { "[]:1", "no loopback address" },
        { "[:1", "no address to listen on" },
        { "127.0.0.1", "no address to listen on" },
        { "127.0.0.1:", "no address to listen on" },
        { "127.0.0.1:65536", "no address to listen on" },
        { "127.0.0.1:84a", "no address to listen on" },
        { "127.0.0.1:-1", "no address to listen on" },
        { ":8460", "no address to listen on" },
        { "::1:8460", "no address to listen on" },
        { "", "no address to listen on" },
        { "8460", "no address to listen on" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct host host = { .port = 77 };
        struct err err = { 0 };
        if (host_parse(rows[i].text, &host, &err) != -1 ||
            err.kind != ERR_USAGE || host.port != 77 ||
            !strstr(err.text, rows[i].says))
            fail_msg("%s: expected \"%s\", got %s", rows[i].text, rows[i].says,
                     err.text);
    }
}

static void a_host_field_must_name_the_server(void **state)
{
    static const struct {
        const char *listen, *field;
        bool is_ours;
    } rows[] = {
        { "127.0.0.1:8460", "127.0.0.1:8460", true },
        { "127.0.0.1:8460", "localhost:8460", true },
        { "127.0.0.1:8460", "LocalHost:8460", true },
        { "127.0.0.1:8460", "127.0.0.1", false },
        { "127.0.0.1:8460", "127.0.0.1:8461", false },
        { "127.0.0.1:8460", "127.0.0.2:8460", false },
        { "127.0.0.1:8460", "[::1]:8460", false },
        { "127.0.0.1:8460", "evil.example:8460", false },
        { "127.0.0.1:8460", "localhost.evil.example:8460", false },
        { "127.0.0.1:8460", "localhost.:8460", false },
        { "127.0.0.1:8460", "localhost:8460:8460", false },
        { "127.0.0.1:8460", "localhost:08460x", false },
        { "127.0.0.1:8460", "a@localhost:8460", false },
        { "127.0.0.1:8460", "", false },
        { "127.0.0.1:8460", ":8460", false },
        { "127.0.0.1:80", "127.0.0.1", true },
        { "127.0.0.1:80", "localhost:80", true },
        { "[::1]:8460", "[::1]:8460", true },
        { "[::1]:8460", "localhost:8460", true },
        { "[::1]:8460", "::1:8460", false },
        { "[::1]:8460", "127.0.0.1:8460", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct host host;
        struct err err;
        assert_int_equal(host_parse(rows[i].listen, &host, &err), 0);
        if (host_is_ours(&host, slice_of(rows[i].field)) != rows[i].is_ours)
            fail_msg("on %s, Host %s: expected %d", rows[i].listen,
                     rows[i].field, rows[i].is_ours);
    }
}

static void port_0_takes_a_free_one(void **state)
{
    struct host host, same;
    struct err err;
    (void)state;
    assert_int_equal(host_parse("127.0.0.1:0", &host, &err), 0);
    int fd = host_listen(&host, &err);
    assert_true(fd >= 0);
    assert_int_not_equal(host.port, 0);
    same = host;
    assert_int_equal(host_listen(&same, &err), -1);
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_non_null(strstr(err.text, "127.0.0.1"));
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_addresses_are_taken),
        cmocka_unit_test(all_others_are_refused),
        cmocka_unit_test(a_host_field_must_name_the_server),
        cmocka_unit_test(port_0_takes_a_free_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
