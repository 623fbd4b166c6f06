/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "row.h"

static const struct {
    const char *uri;
    int scheme; /* -1: none */
    const char *host, *local, *path;
    unsigned port;
} rows[] = {
    { "mailto:TLS@Our.Example", OUTGOING_MAILTO, "our.example", "TLS", "", 0 },
    { "mailto:a%2Cb@our.example?subject=x", OUTGOING_MAILTO, "our.example",
      "a,b", "", 0 },
    { "https://In.our.example:8443/a?b", OUTGOING_HTTPS, "in.our.example", "",
      "/a?b", 8443 },
    { "directory:/var/spool/sent", OUTGOING_DIRECTORY, "", "",
      "/var/spool/sent", 0 },
    { "directory:sent", -1, NULL, NULL, NULL, 0 },
    { "directory:", -1, NULL, NULL, NULL, 0 },
    { "mailto:tls", -1, NULL, NULL, NULL, 0 },
    { "https:///x", -1, NULL, NULL, NULL, 0 },
    { "http://our.example/", -1, NULL, NULL, NULL, 0 },
    { "", -1, NULL, NULL, NULL, 0 },
};

static void uris_of_the_operator_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct outgoing_target target;
        struct arena arena;
        struct err err;
        int status;

        arena_init(&arena, 1 << 20);
        status =
            outgoing_target_read(&arena, slice_of(rows[i].uri), &target, &err);
        ROW_NUMBER(rows[i].uri, status, rows[i].scheme < 0 ? -1 : 0);
        if (status == 0) {
            ROW_NUMBER(rows[i].uri, target.scheme, rows[i].scheme);
            ROW_TEXT(rows[i].uri, target.uri, rows[i].uri);
            ROW_TEXT(rows[i].uri, target.host, rows[i].host);
            ROW_TEXT(rows[i].uri, target.local, rows[i].local);
            ROW_TEXT(rows[i].uri, target.path, rows[i].path);
            ROW_NUMBER(rows[i].uri, target.port, rows[i].port);
        } else {
            ROW_NUMBER(rows[i].uri, err.kind, ERR_USAGE);
        }
        arena_deinit(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uris_of_the_operator_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
