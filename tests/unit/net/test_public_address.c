/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "net/public_address.h"
#include "row.h"

static struct sockaddr_storage address_of(const char *text)
{
    struct sockaddr_storage storage = { .ss_family = AF_INET };
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(443) };
    struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

    if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
        memcpy(&storage, &in, sizeof(in));
    } else {
        assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
        memcpy(&storage, &in6, sizeof(in6));
    }
    return storage;
}

static const struct {
    const char *text;
    bool is_public;
} rows[] = {
    { "8.8.8.8", true },
    { "0.0.0.0", false },
    { "0.1.2.3", false },
    { "9.255.255.255", true },
    { "10.0.0.0", false },
    { "10.255.255.255", false },
    { "11.0.0.0", true },
    { "100.63.255.255", true },
    { "100.64.0.0", false },
    { "100.127.255.255", false },
    { "100.128.0.0", true },
    { "127.0.0.1", false },
    { "127.255.255.254", false },
    { "169.254.169.254", false },
    { "172.15.255.255", true },
    { "172.16.0.1", false },
    { "172.31.255.255", false },
    { "172.32.0.0", true },
    { "192.0.0.8", false },
    { "192.0.1.1", true },
    { "192.0.2.1", false },
    { "192.88.99.1", false },
    { "192.167.255.255", true },
    { "192.168.1.1", false },
    { "198.17.255.255", true },
    { "198.18.0.1", false },
    { "198.19.255.255", false },
    { "198.20.0.0", true },
    { "198.51.100.7", false },
    { "203.0.113.9", false },
    { "223.255.255.255", true },
    { "224.0.0.1", false },
    { "240.0.0.1", false },
    { "255.255.255.255", false },
    { "::", false },
    { "::1", false },
    { "::ffff:127.0.0.1", false },
    { "::ffff:8.8.8.8", true },
    { "64:ff9b::7f00:1", false },
    { "64:ff9b::808:808", true },
    { "64:ff9b:1::1", false },
    { "100::1", false },
    { "2001::1", false },
    { "2001:200::1", true },
    { "2001:4860:4860::8888", true },
    { "2001:db8::1", false },
    { "2002:7f00:1::1", false },
    { "2002:808:808::1", true },
    { "2a00:1450::1", true },
    { "3fff::1", false },
    { "3ffe::1", true },
    { "4000::1", false },
    { "fc00::1", false },
    { "fd12:3456::1", false },
    { "fe80::1", false },
    { "ff02::1", false },
};

static void only_the_public_internet_is_public(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct sockaddr_storage address = address_of(rows[i].text);

        ROW_NUMBER(rows[i].text,
                   public_address_is((const struct sockaddr *)&address),
                   rows[i].is_public);
    }
}

static void no_other_family_is_public(void **state)
{
    struct sockaddr_storage address = { .ss_family = AF_UNIX };

    (void)state;
    assert_false(public_address_is((const struct sockaddr *)&address));
    assert_false(public_address_is_own((const struct sockaddr *)&address));
}

static void this_machine_is_known(void **state)
{
    struct sockaddr_storage loopback = address_of("127.0.0.1");
    struct sockaddr_storage other = address_of("198.51.100.77");

    (void)state;
    assert_true(public_address_is_own((const struct sockaddr *)&loopback));
    assert_false(public_address_is_own((const struct sockaddr *)&other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_public_internet_is_public),
        cmocka_unit_test(no_other_family_is_public),
        cmocka_unit_test(this_machine_is_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
