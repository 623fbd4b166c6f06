/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "sweep_event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "event/event.h"

enum { ARENA_BYTES = 1024 * 1024 };

/* Everything about it has to be copied. */
int sweep_event(void)
{
    static const char text[] =
        "{\"d\":\"Our.example\",\"pr\":\"\xff\",\"policies\":[{\"f\":0,"
        "\"policy-type\":2,\"policy-domain\":\"b\xc3\xbc.example\","
        "\"policy-string\":[\"a\\nb\"],\"mx-host\":[\"A.\"]},{\"f\":1,"
        "\"policy-type\":1,\"policy-string\":[\"3 1 1 ab\",\"2 1 1 ab\"],"
        "\"failure-details\":[{\"c\":205,\"s\":\"2001:DB8::1\","
        "\"n\":\"A.\",\"h\":\"250-A b\\r\\n250 c\",\"r\":\"[::1]\","
        "\"a\":\"a\\nb\",\"f\":\"\xff\"}]}]}";
    char copy[sizeof(text)];
    struct err err = { .kind = ERR_NONE };
    struct event event;
    struct arena arena;
    struct buffer keys;
    int rc;

    memcpy(copy, text, sizeof(text));
    arena_init(&arena, ARENA_BYTES);
    buffer_init(&keys, ARENA_BYTES);
    rc = event_read(&arena, copy, sizeof(text) - 1, &event, &err);
    if (rc == 0)
        rc = event_clean(&arena, &event, NULL, &err);
    assert_int_equal(err.kind, rc ? ERR_MEMORY : ERR_NONE);
    if (rc == 0) {
        assert_string_equal(event.policies[1].strings[0], "2 1 1 AB");
        assert_string_equal(event.policies[1].failures[0].receiving_ip, "::1");
        event_policy_key(&event.policies[0], &keys);
        event_detail_key(&event.policies[1].failures[0], &keys);
        rc = keys.failed ? -1 : 0;
    }
    buffer_deinit(&keys);
    arena_deinit(&arena);
    return rc;
}
