/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "row.h"
#include "web/forwarded.h"

static void the_client_is_who_the_nearest_trusted_proxy_names(void **state)
{
    static const struct {
        const char *name;
        const char *forwarded;
        const char *list;
        const char *expected; /* "::" = nobody knows */
    } rows[] = {
        { "no field: the proxy itself", "", "", "192.0.2.1" },
        { "a list of one", "", "203.0.113.7", "203.0.113.7" },
        { "what the client wrote counts for nothing", "",
          "198.51.100.1, 203.0.113.7", "203.0.113.7" },
        { "a trusted proxy before another", "", "203.0.113.7, 192.0.2.9",
          "203.0.113.7" },
        { "all are trusted: the first", "", "192.0.2.8,192.0.2.9",
          "192.0.2.8" },
        { "with a port", "", "203.0.113.7:4711", "203.0.113.7" },
        { "IPv6", "", "2001:db8::7", "2001:db8::7" },
        { "no address", "", "203.0.113.7, unknown", "::" },
        { "an empty element", "", "203.0.113.7, ", "::" },
        { "no address behind a trusted one", "", "rubbish, 192.0.2.9", "::" },
        { "a pair", "for=203.0.113.7", "", "203.0.113.7" },
        { "more pairs", "by=192.0.2.9;For=\"203.0.113.7:99\";proto=https", "",
          "203.0.113.7" },
        { "a quoted IPv6", "for=198.51.100.1, for=\"[2001:db8::7]:4711\"", "",
          "2001:db8::7" },
        { "a comma within quotes", "for=\"a,b\";by=x, for=203.0.113.7", "",
          "203.0.113.7" },
        { "an escaped quote", "for=\"\\\",for=198.51.100.1\", for=203.0.113.7",
          "", "203.0.113.7" },
        { "hidden", "for=_hidden", "", "::" },
        { "no for", "proto=https", "", "::" },
        { "an open quote", "for=\"203.0.113.7", "", "::" },
        { "both agree", "for=203.0.113.7", "203.0.113.7", "203.0.113.7" },
        { "both differ", "for=198.51.100.1", "203.0.113.7", "::" },
    };
    struct peer_network trusted;
    struct peer proxy;
    struct err err;

    (void)state;
    assert_int_equal(peer_network_parse("192.0.2.0/24", &trusted, &err), 0);
    assert_int_equal(peer_parse(SLICE("192.0.2.1"), &proxy), 0);
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct forwarded fields = {
            .forwarded = slice_of(rows[i].forwarded),
            .x_forwarded_for = slice_of(rows[i].list),
        };
        char text[PEER_TEXT_BYTES];
        struct peer met = forwarded_client(&fields, &trusted, 1, &proxy);

        ROW_TEXT(rows[i].name, peer_format(&met, text), rows[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_client_is_who_the_nearest_trusted_proxy_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
