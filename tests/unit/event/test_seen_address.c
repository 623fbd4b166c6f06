/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "event/event.h"
#include "event/seen_address.h"
#include "row.h"

static const struct {
    const char *name, *text, *clean;
} rows[] = {
    { "IPv4", "192.0.2.7", "192.0.2.7" },
    { "IPv6", "2001:db8:ABCD:0012::1", "2001:db8:abcd:12::1" },
    { "IPv4 in IPv6", "::ffff:192.0.2.1", "192.0.2.1" },
    { "brackets", "[2001:db8::7]", "2001:db8::7" },
    { "a zone", "fe80::1%eth0", "fe80::1" },
    { "a word", "unknown", NULL },
    { "a leading zero", "192.0.2.07", NULL },
    { "nothing", "", NULL },
};

static void addresses_are_written_one_way(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 100000);
    for (size_t i = 0; i < ROWS(rows); i++) {
        const char *clean = "untouched";

        ROW_NUMBER(rows[i].name,
                   seen_address_clean(&arena, rows[i].text, &clean), 0);
        ROW_TEXT(rows[i].name, clean, rows[i].clean);
    }
    arena_deinit(&arena);
    arena_init(&arena, 0);
    assert_int_equal(seen_address_clean(&arena, "::1", &(const char *){ 0 }),
                     -1);
    arena_deinit(&arena);
}

static const struct {
    const char *address;
    bool is_seen;
} places[] = {
    { "0.1.2.3", false },
    { "9.255.255.255", true },
    { "10.0.0.5", false },
    { "11.0.0.0", true },
    { "100.63.255.255", true },
    { "100.64.0.1", false },
    { "100.127.0.1", false },
    { "100.128.0.0", true },
    { "127.0.0.1", false },
    { "169.254.1.1", false },
    { "169.253.1.1", true },
    { "172.15.0.1", true },
    { "172.16.0.1", false },
    { "172.31.0.1", false },
    { "172.32.0.1", true },
    { "192.168.1.1", false },
    { "192.167.1.1", true },
    { "192.0.2.7", true },
    { "224.0.0.1", false },
    { "255.255.255.255", false },
    { "::", false },
    { "::1", false },
    { "::2", true },
    { "fc00::1", false },
    { "fdff::1", false },
    { "fe80::1", false },
    { "fec0::1", false },
    { "ff02::1", false },
    { "fe00::1", true },
    { "2001:db8::1", true },
};

static void what_nobody_outside_sees_is_left_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(places); i++)
        ROW_TEXT(places[i].address, seen_address_from(places[i].address, NULL),
                 places[i].is_seen ? places[i].address : NULL);
}

static void addresses_are_mapped(void **state)
{
    static const struct event_address addresses[] = {
        { "10.0.0.5", "198.51.100.5" }, { "198.51.100.5", "198.51.100.6" },
        { "203.0.113.9", "10.9.9.9" },  { NULL, "198.51.100.1" },
        { NULL, "2001:db8::1" },
    };
    static const struct event_cleaning options = { .addresses = addresses,
                                                   .n_addresses = 5 };
    static const struct {
        const char *name, *address, *seen;
    } maps[] = {
        { "one by name", "10.0.0.5", "198.51.100.5" },
        { "what came of a map is not mapped", "198.51.100.5", "198.51.100.5" },
        { "any other", "192.168.1.1", "198.51.100.1" },
        { "any other of IPv6", "fd00::1", "2001:db8::1" },
        { "a public one", "192.0.2.7", "192.0.2.7" },
        { "a public one by name", "203.0.113.9", "10.9.9.9" },
        { "as the operator will have it", "10.9.9.9", "10.9.9.9" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(maps); i++)
        ROW_TEXT(maps[i].name, seen_address_from(maps[i].address, &options),
                 maps[i].seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_written_one_way),
        cmocka_unit_test(what_nobody_outside_sees_is_left_out),
        cmocka_unit_test(addresses_are_mapped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
