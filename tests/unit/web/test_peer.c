/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "row.h"
#include "web/peer.h"

static void addresses_are_read_with_and_without_port(void **state)
{
    static const struct {
        const char *text;
        const char *expected; /* NULL = no address */
    } rows[] = {
        { "192.0.2.1", "192.0.2.1" },
        { "192.0.2.1:4711", "192.0.2.1" },
        { "2001:db8::1", "2001:db8::1" },
        { "[2001:db8::1]", "2001:db8::1" },
        { "[2001:db8::1]:4711", "2001:db8::1" },
        { "::ffff:192.0.2.1", "192.0.2.1" },
        { "", NULL },
        { "unknown", NULL },
        { "_hidden", NULL },
        { "192.0.2.1:", NULL },
        { "192.0.2.1:x", NULL },
        { "192.0.2.1:123456", NULL },
        { "192.0.2", NULL },
        { "[2001:db8::1", NULL },
        { "[2001:db8::1]x", NULL },
        { "[]", NULL },
        { ":", NULL },
        { "fe80::1%eth0", NULL },
        { "2001:db8:0000:0000:0000:0000:0000:0000:0000:0000:0001", NULL },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        char text[PEER_TEXT_BYTES];
        struct peer peer;
        int status = peer_parse(slice_of(rows[i].text), &peer);

        ROW_NUMBER(rows[i].text, status, rows[i].expected ? 0 : -1);
        if (status == 0)
            ROW_TEXT(rows[i].text, peer_format(&peer, text), rows[i].expected);
    }
    struct peer peer;
    assert_int_equal(peer_parse(slice_make("192.0.2.1\0", 10), &peer), -1);
}

static void sockets_have_their_peer(void **state)
{
    struct sockaddr_in ipv4 = { .sin_family = AF_INET };
    struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6 };
    const struct sockaddr local = { .sa_family = AF_UNIX };
    char text[PEER_TEXT_BYTES];
    struct peer peer;

    (void)state;
    inet_pton(AF_INET, "192.0.2.7", &ipv4.sin_addr);
    inet_pton(AF_INET6, "::ffff:192.0.2.7", &ipv6.sin6_addr);
    peer = peer_of((const struct sockaddr *)&ipv4);
    assert_string_equal(peer_format(&peer, text), "192.0.2.7");
    peer = peer_of((const struct sockaddr *)&ipv6);
    assert_string_equal(peer_format(&peer, text), "192.0.2.7");
    peer = peer_of(&local);
    assert_true(peer_is_loopback(&peer));
    peer = peer_of(NULL);
    assert_true(peer_is_loopback(&peer));
}

static struct peer read_peer(const char *text)
{
    struct peer peer;

    assert_int_equal(peer_parse(slice_of(text), &peer), 0);
    return peer;
}

static void this_machine_and_nobody_are_known(void **state)
{
    static const struct {
        const char *text;
        bool is_loopback;
        bool is_unknown;
    } rows[] = {
        { "127.0.0.1", true, false },  { "127.8.9.10", true, false },
        { "::1", true, false },        { "126.0.0.1", false, false },
        { "128.0.0.1", false, false }, { "::2", false, false },
        { "::", false, true },         { "0.0.0.0", false, false },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct peer peer = read_peer(rows[i].text);

        ROW_NUMBER(rows[i].text, peer_is_loopback(&peer), rows[i].is_loopback);
        ROW_NUMBER(rows[i].text, peer_is_unknown(&peer), rows[i].is_unknown);
    }
}

static void a_customer_is_an_address_or_a_64(void **state)
{
    char text[PEER_TEXT_BYTES];
    struct peer peer = read_peer("2001:db8:1:2:3:4:5:6");
    struct peer group = peer_group(&peer);

    (void)state;
    assert_string_equal(peer_format(&group, text), "2001:db8:1:2::");
    peer = read_peer("192.0.2.9");
    group = peer_group(&peer);
    assert_string_equal(peer_format(&group, text), "192.0.2.9");
}

static void networks_hold_their_addresses(void **state)
{
    static const struct {
        const char *network;
        const char *peer;
        bool expected;
    } rows[] = {
        { "192.0.2.0/24", "192.0.2.255", true },
        { "192.0.2.0/24", "192.0.3.0", false },
        { "192.0.2.128/25", "192.0.2.127", false },
        { "192.0.2.128/25", "192.0.2.128", true },
        { "192.0.2.1", "192.0.2.1", true },
        { "192.0.2.1", "192.0.2.2", false },
        { "0.0.0.0/0", "203.0.113.1", true },
        { "0.0.0.0/0", "2001:db8::1", false },
        { "2001:db8::/33", "2001:db8:7fff::1", true },
        { "2001:db8::/33", "2001:db8:8000::1", false },
        { "::/0", "192.0.2.1", true },
        { "::ffff:192.0.2.0/120", "192.0.2.77", true },
        { "::ffff:192.0.2.0/120", "192.0.3.77", false },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct peer_network network;
        struct peer peer = read_peer(rows[i].peer);
        struct err err;

        ROW_NUMBER(rows[i].network,
                   peer_network_parse(rows[i].network, &network, &err), 0);
        ROW_NUMBER(rows[i].network, peer_network_holds(&network, 1, &peer),
                   rows[i].expected);
    }
    struct peer nobody = read_peer("192.0.2.1");
    assert_false(peer_network_holds(NULL, 0, &nobody));
}

static void what_is_no_network_is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "proxy.example",
        "192.0.2.0/",
        "192.0.2.0/33",
        "192.0.2.0/x",
        "192.0.2.1/24",
        "2001:db8::/129",
        "2001:db8::1/64",
        "192.0.2.0/0024",
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct peer_network network;
        struct err err = { .kind = ERR_NONE };

        ROW_NUMBER(rows[i], peer_network_parse(rows[i], &network, &err), -1);
        ROW_NUMBER(rows[i], err.kind, ERR_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_with_and_without_port),
        cmocka_unit_test(sockets_have_their_peer),
        cmocka_unit_test(this_machine_and_nobody_are_known),
        cmocka_unit_test(a_customer_is_an_address_or_a_64),
        cmocka_unit_test(networks_hold_their_addresses),
        cmocka_unit_test(what_is_no_network_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
